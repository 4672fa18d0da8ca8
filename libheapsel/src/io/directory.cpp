// SPDX-License-Identifier: LGPL-2.1-or-later
#include "io/directory.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <climits>
#include <string_view>
#include <utility>

#include <dirent.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

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

fs::file_type type_of(int directory, const dirent64& entry, EntryTypes types) {
    const bool all = types == EntryTypes::listed;
    if (entry.d_type == DT_LNK)
        return fs::file_type::symlink;
    if (entry.d_type == DT_CHR)
        return fs::file_type::character;
    if (all && entry.d_type == DT_REG)
        return fs::file_type::regular;
    if (all && entry.d_type == DT_DIR)
        return fs::file_type::directory;
    return looked_up_type(directory, &entry.d_name[0]);
}

std::unexpected<Error> unlistable(int code, std::string directory) {
    return std::unexpected(Error{.code = code,
                                 .operation = "list the directory",
                                 .subject = std::move(directory),
                                 .hint = {}});
}

} // namespace

Result<Directory> Directory::of(UniqueFd fd, std::string path) {
    if (!fd)
        return unlistable(errno, std::move(path));
    return Directory(std::move(fd), std::move(path));
}

Result<Directory> Directory::open(const fs::path& path) {
    return of(UniqueFd(::open(path.c_str(), directory_flags)), path.native());
}

Result<Directory> Directory::open_no_link(const fs::path& path) {
    return of(UniqueFd(::open(path.c_str(), directory_flags | O_NOFOLLOW)), path.native());
}

Result<Directory> Directory::directory(const std::string& name) const {
    std::string path = path_of(name);
    return of(UniqueFd(::openat(fd_.get(), name.c_str(), directory_flags | O_NOFOLLOW)),
              std::move(path));
}

Result<std::vector<DirectoryEntry>> Directory::entries(EntryTypes types) const {
    std::vector<DirectoryEntry> entries;
    alignas(dirent64) std::array<char, 4096> buffer{};
    for (;;) {
        const ssize_t got = ::getdents64(fd_.get(), buffer.data(), buffer.size());
        if (got < 0)
            return unlistable(errno, path_);
        if (got == 0)
            break;
        for (ssize_t at = 0; at < got;) {
            // The kernel fills the buffer with records of this type, each as long as it says.
            const auto& entry =
                *reinterpret_cast<const dirent64*>(&buffer.at(static_cast<std::size_t>(at)));
            const std::string_view name = &entry.d_name[0];
            if (name != "." && name != "..")
                entries.push_back(
                    {.name = std::string(name), .type = type_of(fd_.get(), entry, types)});
            at += entry.d_reclen;
        }
    }
    std::ranges::sort(entries, {}, &DirectoryEntry::name);
    return entries;
}

Result<std::string> Directory::file(const std::string& name, std::size_t limit) const {
    const UniqueFd fd(::openat(fd_.get(), name.c_str(), file_flags | O_NOFOLLOW));
    auto content = fd ? read_open_file(fd.get(), limit) : std::unexpected(errno);
    if (!content)
        return unreadable(content.error(), path_of(name));
    return *std::move(content);
}

std::expected<std::string, int> Directory::link(const std::string& name) const {
    std::array<char, PATH_MAX> target{};
    const ssize_t length = ::readlinkat(fd_.get(), name.c_str(), target.data(), target.size());
    if (length < 0)
        return std::unexpected(errno);
    if (static_cast<std::size_t>(length) == target.size())
        return std::unexpected(ENAMETOOLONG);
    return std::string(target.data(), static_cast<std::size_t>(length));
}

bool Directory::has(const std::string& name) const {
    struct stat status{};
    return ::fstatat(fd_.get(), name.c_str(), &status, AT_SYMLINK_NOFOLLOW) == 0;
}

std::string Directory::path_of(const std::string& name) const {
    return path_ + (path_.ends_with('/') ? "" : "/") + name;
}

Result<std::vector<DirectoryEntry>> list_directory(const fs::path& directory, EntryTypes types) {
    return Directory::open(directory).and_then(
        [types](const Directory& open) { return open.entries(types); });
}

} // namespace heapsel
