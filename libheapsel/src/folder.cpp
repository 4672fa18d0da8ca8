// SPDX-License-Identifier: LGPL-2.1-or-later
#include "folder.hpp"

#include <algorithm>
#include <cerrno>
#include <memory>
#include <string_view>
#include <system_error>
#include <utility>

#include <dirent.h>

namespace heapsel {
namespace {

namespace fs = std::filesystem;

fs::file_type type_of(const dirent& entry, const fs::path& path) {
    switch (entry.d_type) {
    case DT_REG:
        return fs::file_type::regular;
    case DT_DIR:
        return fs::file_type::directory;
    case DT_LNK:
        return fs::file_type::symlink;
    case DT_CHR:
        return fs::file_type::character;
    default:
        std::error_code failure;
        return fs::symlink_status(path, failure).type();
    }
}

std::unexpected<Error> unlistable(int code, const fs::path& folder) {
    return std::unexpected(Error{
        .code = code, .attempted = "list the folder", .subject = folder.native(), .remedy = {}});
}

} // namespace

Result<std::vector<FolderEntry>> list_folder(const fs::path& folder) {
    const auto close = [](DIR* open) { ::closedir(open); };
    const std::unique_ptr<DIR, decltype(close)> open(::opendir(folder.c_str()));
    if (!open)
        return unlistable(errno, folder);
    std::vector<FolderEntry> entries;
    errno = 0;
    while (const dirent* const entry = ::readdir(open.get())) {
        const std::string_view name = &entry->d_name[0];
        if (name != "." && name != "..") {
            fs::path path = folder / name;
            const fs::file_type type = type_of(*entry, path);
            entries.push_back({.path = std::move(path), .type = type});
        }
        errno = 0;
    }
    if (errno != 0)
        return unlistable(errno, folder);
    std::ranges::sort(entries, {}, &FolderEntry::path);
    return entries;
}

} // namespace heapsel
