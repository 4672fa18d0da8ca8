// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include <dirent.h>

#include <heapsel/error.hpp>
#include <heapsel/unique_fd.hpp>

namespace heapsel {

struct DirectoryEntry {
    std::string name;
    std::filesystem::file_type type; ///< Of itself, not of what a link leads to.
};

/// Where the types of entries are from.
enum class EntryTypes : std::uint8_t {
    listed,   ///< The listing. Of what is mounted over, that is the type of what lies below.
    looked_up ///< A look at each entry, as it would be opened.
};

/// An open directory. What is in it is looked up from there, which takes the kernel less than its
/// whole path, and no link in it is followed. std::filesystem's iterator does the same, and ends
/// the program where there is no memory for it.
class Directory {
  public:
    /// A link is followed here. The errno of opendir(3).
    [[nodiscard]] static Result<Directory> open(const std::filesystem::path& path);
    /// A link is refused here. The errno of open(2): ENOTDIR where it is one.
    [[nodiscard]] static Result<Directory> open_no_link(const std::filesystem::path& path);

    /// The directory `name` in this one. The errno of openat(2): ENOTDIR where it is a link.
    [[nodiscard]] Result<Directory> directory(const std::string& name) const;
    /// Sorted by name. The errno of readdir(3).
    [[nodiscard]] Result<std::vector<DirectoryEntry>>
    entries(EntryTypes types = EntryTypes::listed) const;
    /// As read_file(). ELOOP: it is a link.
    [[nodiscard]] Result<std::string> file(const std::string& name, std::size_t limit) const;
    /// There is something of that path below.
    [[nodiscard]] bool has(const std::string& name) const;

    [[nodiscard]] const std::string& path() const { return path_; }

  private:
    struct Close {
        void operator()(DIR* open) const { ::closedir(open); }
    };

    explicit Directory(std::string path) : path_(std::move(path)) {}

    /// The directory `path`, which is open as `fd`, or could not be opened.
    [[nodiscard]] static Result<Directory> of(UniqueFd fd, std::string path);
    [[nodiscard]] std::string path_of(const std::string& name) const;

    std::unique_ptr<DIR, Close> open_;
    std::string path_;
};

/// What is in `directory`, sorted. The errors are those of Directory.
[[nodiscard]] Result<std::vector<DirectoryEntry>>
list_directory(const std::filesystem::path& directory, EntryTypes types = EntryTypes::listed);

} // namespace heapsel
