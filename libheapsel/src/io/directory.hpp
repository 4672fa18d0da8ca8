// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <expected>
#include <filesystem>
#include <string>
#include <utility>
#include <vector>

#include <heapsel/error.hpp>
#include <heapsel/unique_fd.hpp>

namespace heapsel {

struct DirectoryEntry {
    std::string name;
    std::filesystem::file_type type; ///< Of itself, not of what a link leads to.
};

/// Where the types of entries are from.
enum class EntryTypes : std::uint8_t {
    listed,          ///< The listing. Of what is mounted over, that is the type of what lies below.
    devices_believed ///< The listing where it says that it is a device or a link; else a look.
};

/// An open directory. What is in it is looked up from there, which takes the kernel less than its
/// whole path, and no link in it is followed. std::filesystem's iterator ends the program where
/// there is no memory for it, and opendir(3) makes system calls of its own.
class Directory {
  public:
    /// A link is followed here. The errno of open(2).
    [[nodiscard]] static Result<Directory> open(const std::filesystem::path& path);
    /// A link is refused here. The errno of open(2): ENOTDIR where it is one.
    [[nodiscard]] static Result<Directory> open_no_link(const std::filesystem::path& path);

    /// The directory `name` in this one. The errno of openat(2): ENOTDIR where it is a link.
    [[nodiscard]] Result<Directory> directory(const std::string& name) const;
    /// Sorted by name; asked once. The errno of getdents64(2).
    [[nodiscard]] Result<std::vector<DirectoryEntry>>
    entries(EntryTypes types = EntryTypes::listed) const;
    /// What `name` below is called from outside.
    [[nodiscard]] std::string path_of(const std::string& name) const;
    /// As read_file(). ELOOP: it is a link.
    [[nodiscard]] Result<std::string> file(const std::string& name, std::size_t limit) const;
    /// Where the link of that path below leads, as it says it. The errno of readlinkat(2), or
    /// ENAMETOOLONG.
    [[nodiscard]] std::expected<std::string, int> link(const std::string& name) const;
    /// There is something of that path below.
    [[nodiscard]] bool has(const std::string& name) const;

    [[nodiscard]] const std::string& path() const { return path_; }
    /// For the *at() calls; borrowed.
    [[nodiscard]] int fd() const { return fd_.get(); }

  private:
    Directory(UniqueFd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}

    /// The directory `path`, which is open as `fd`, or could not be opened.
    [[nodiscard]] static Result<Directory> of(UniqueFd fd, std::string path);

    UniqueFd fd_;
    std::string path_;
};

/// What is in `directory`, sorted. The errors are those of Directory.
[[nodiscard]] Result<std::vector<DirectoryEntry>>
list_directory(const std::filesystem::path& directory, EntryTypes types = EntryTypes::listed);

} // namespace heapsel
