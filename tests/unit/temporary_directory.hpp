// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <filesystem>
#include <string_view>

namespace heapsel::test {

/// A new directory under the system's temporary one; removed, with what is in it, with the object.
class TemporaryDirectory {
  public:
    TemporaryDirectory();
    TemporaryDirectory(const TemporaryDirectory&) = delete;
    TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
    ~TemporaryDirectory();

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    /// Writes a file, making the directories on the way.
    void write(const std::filesystem::path& relative, std::string_view content = {}) const;
    void make_directory(const std::filesystem::path& relative) const;

  private:
    std::filesystem::path path_;
};

/// This process, and those that it starts, are in `directory` while it lives.
class InDirectory {
  public:
    explicit InDirectory(const std::filesystem::path& directory)
        : before_(std::filesystem::current_path()) {
        std::filesystem::current_path(directory);
    }
    InDirectory(const InDirectory&) = delete;
    InDirectory& operator=(const InDirectory&) = delete;
    ~InDirectory() { std::filesystem::current_path(before_); }

  private:
    std::filesystem::path before_;
};

/// How many file descriptors this process has open.
[[nodiscard]] std::size_t open_fd_count();

} // namespace heapsel::test
