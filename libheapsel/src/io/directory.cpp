// SPDX-License-Identifier: LGPL-2.1-or-later
#include "io/directory.hpp"

#include <algorithm>
#include <cerrno>
#include <string_view>
#include <utility>

#include <fcntl.h>
#include <sys/stat.h>

#include "io/file.hpp"

namespace heapsel {
namespace {

namespace fs = std::filesystem;

constexpr int directory_flags = O_RDONLY | O_DIRECTORY | O_NONBLOCK | O_CLOEXEC;

fs::file_type looked_up_type(int directory, const char* name) {
    struct stat status{};
    if (::fstatat(directory, name, &status, AT_SYMLINK_NOFOLLOW) != 0)
        return fs::file_type::unknown;
    switch (status.st_mode & S_IFMT) {
    case S_IFREG:
        return fs::file_type::regular;
    case S_IFDIR:
        return fs::file_type::directory;
    case S_IFLNK:
        return fs::file_type::symlink;
    case S_IFCHR:
        return fs::file_type::character;
    default:
        return fs::file_type::unknown;
    }
}

fs::file_type type_of(int directory, const dirent& entry, EntryTypes types) {
    if (types == EntryTypes::looked_up)
        return looked_up_type(directory, &entry.d_name[0]);
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
        return looked_up_type(directory, &entry.d_name[0]);
    }
}

std::unexpected<Error> unlistable(int code, std::string directory) {
    return std::unexpected(Error{.code = code,
                                 .operation = "list the directory",
                                 .subject = std::move(directory),
                                 .hint = {}});
}

} // namespace

Result<Directory> Directory::of(UniqueFd fd, std::string path) {
    Directory directory(std::move(path));
    if (fd)
        directory.open_.reset(::fdopendir(fd.get()));
    if (directory.open_ == nullptr)
        return unlistable(errno, directory.path_);
    static_cast<void>(fd.release());
    return directory;
}

Result<Directory> Directory::open(const fs::path& path) {
    return of(UniqueFd(::open(path.c_str(), directory_flags)), path.native());
}

Result<Directory> Directory::open_no_link(const fs::path& path) {
    return of(UniqueFd(::open(path.c_str(), directory_flags | O_NOFOLLOW)), path.native());
}

Result<Directory> Directory::directory(const std::string& name) const {
    std::string path = path_of(name);
    return of(UniqueFd(::openat(::dirfd(open_.get()), name.c_str(), directory_flags | O_NOFOLLOW)),
              std::move(path));
}

Result<std::vector<DirectoryEntry>> Directory::entries(EntryTypes types) const {
    std::vector<DirectoryEntry> entries;
    ::rewinddir(open_.get());
    errno = 0;
    while (const dirent* const entry = ::readdir(open_.get())) {
        const std::string_view name = &entry->d_name[0];
        if (name != "." && name != "..")
            entries.push_back(
                {.name = std::string(name), .type = type_of(::dirfd(open_.get()), *entry, types)});
        errno = 0;
    }
    if (errno != 0)
        return unlistable(errno, path_);
    std::ranges::sort(entries, {}, &DirectoryEntry::name);
    return entries;
}

Result<std::string> Directory::file(const std::string& name, std::size_t limit) const {
    const UniqueFd fd(::openat(::dirfd(open_.get()), name.c_str(), file_flags | O_NOFOLLOW));
    auto content = fd ? read_open_file(fd.get(), limit) : std::unexpected(errno);
    if (!content)
        return unreadable(content.error(), path_of(name));
    return *std::move(content);
}

bool Directory::has(const std::string& name) const {
    struct stat status{};
    return ::fstatat(::dirfd(open_.get()), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
}

std::string Directory::path_of(const std::string& name) const {
    return path_ + (path_.ends_with('/') ? "" : "/") + name;
}

Result<std::vector<DirectoryEntry>> list_directory(const fs::path& directory, EntryTypes types) {
    return Directory::open(directory).and_then(
        [types](const Directory& open) { return open.entries(types); });
}

} // namespace heapsel
