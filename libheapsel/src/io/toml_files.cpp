// SPDX-License-Identifier: LGPL-2.1-or-later
#include "io/toml_files.hpp"

#include <cerrno>
#include <system_error>

#include "io/directory.hpp"

namespace heapsel {

namespace fs = std::filesystem;

Result<std::vector<fs::path>> toml_files(const fs::path& directory) {
    std::vector<fs::path> files;
    const auto entries = list_directory(directory);
    if (!entries && entries.error().code == ENOENT)
        return files;
    if (!entries)
        return std::unexpected(entries.error());
    for (const auto& [name, type] : *entries) {
        if (name.ends_with(".toml") && !name.starts_with('.'))
            files.push_back(directory / name);
    }
    return files;
}

bool is_masked(const fs::path& file) {
    std::error_code failure;
    return fs::read_symlink(file, failure) == "/dev/null";
}

} // namespace heapsel
