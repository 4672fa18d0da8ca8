// SPDX-License-Identifier: LGPL-2.1-or-later
#include "heaps/sysfs_entries.hpp"

#include <cerrno>
#include <format>
#include <string_view>
#include <system_error>
#include <utility>

#include <heapsel/printable.hpp>

#include "heaps/sysfs.hpp"
#include "io/attribute.hpp"

namespace heapsel {
namespace {

namespace fs = std::filesystem;

class DirectoryReader {
  public:
    explicit DirectoryReader(HeapDirectories& into) : into_(into) {}

    void read(const fs::path& path) {
        into_.directories.push_back({.name = path.filename().native(),
                                     .path = path,
                                     .node = node(path / "of_node"),
                                     .size = size(path / "size_bytes")});
    }

  private:
    [[nodiscard]] std::optional<std::string> node(const fs::path& link) {
        std::error_code failure;
        const fs::path target = fs::read_symlink(link, failure);
        if (failure.value() == ENOENT)
            return std::nullopt;
        auto found = failure ? std::nullopt : reserved_node(target.native());
        if (!found)
            into_.warnings.push_back(
                std::format("{} is ignored: it is no link to a child of /reserved-memory.",
                            printable(link.native())));
        return found;
    }

    [[nodiscard]] std::optional<std::uint64_t> size(const fs::path& file) {
        const auto number = read_number(file);
        if (number)
            return *number;
        if (number.error().code != ENOENT)
            into_.warnings.push_back(number.error().message());
        return std::nullopt;
    }

    HeapDirectories& into_;
};

} // namespace

std::optional<std::string> reserved_node(std::string_view target) {
    constexpr std::string_view base = "/firmware/devicetree/base";
    constexpr std::string_view parent = "/reserved-memory/";
    const auto at = target.find(base);
    if (at == std::string_view::npos)
        return std::nullopt;
    const std::string_view path = target.substr(at + base.size());
    if (!path.starts_with(parent))
        return std::nullopt;
    const std::string_view name = path.substr(parent.size());
    if (name.empty() || name == "." || name == ".." || name.contains('/'))
        return std::nullopt;
    return std::string(path);
}

HeapDirectories read_heap_directories(const fs::path& root) {
    HeapDirectories found;
    for (const fs::path& path : class_directories(root, "dma_heap"))
        DirectoryReader(found).read(path);
    return found;
}

} // namespace heapsel
