// SPDX-License-Identifier: LGPL-2.1-or-later
#include "facts/fact_sources.hpp"

#include <algorithm>
#include <format>
#include <iterator>
#include <utility>

#include <heapsel/printable.hpp>

#include "io/file.hpp"
#include "io/toml_files.hpp"

namespace heapsel {
namespace {

namespace fs = std::filesystem;

class SourceReader {
  public:
    FactsRead read(const fs::path& root) && {
        auto files = listed(root / "usr/share/heapsel/heaps.d");
        const auto of_administrator = listed(root / "etc/heapsel/heaps.d");
        std::erase_if(files, [&](const fs::path& file) {
            return std::ranges::contains(of_administrator, file.filename(), &fs::path::filename);
        });
        std::ranges::copy(of_administrator, std::back_inserter(files));
        if (files.size() > max_fact_files) {
            warnings().push_back(std::format("There are more than {} files of facts; those from {} "
                                             "on are ignored.",
                                             max_fact_files,
                                             printable(files[max_fact_files].native())));
            files.resize(max_fact_files);
        }
        std::ranges::for_each(files, [&](const fs::path& file) { add(file); });
        return std::move(facts_);
    }

  private:
    std::vector<std::string>& warnings() { return facts_.warnings; }

    std::vector<fs::path> listed(const fs::path& directory) {
        auto files = toml_files(directory);
        if (files)
            return *std::move(files);
        warnings().push_back(files.error().message());
        return {};
    }

    void add(const fs::path& file) {
        if (is_masked(file))
            return;
        const auto text = read_file(file, max_fact_bytes);
        if (!text) {
            warnings().push_back(text.error().message());
            return;
        }
        FactsRead read = parse_facts(*text, file);
        std::ranges::move(read.facts, std::back_inserter(facts_.facts));
        std::ranges::move(read.warnings, std::back_inserter(warnings()));
    }

    FactsRead facts_;
};

} // namespace

FactsRead read_heap_facts(const fs::path& root) {
    return SourceReader().read(root);
}

} // namespace heapsel
