// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <filesystem>
#include <string_view>

namespace heapsel::test {

/// A new folder under the system's temporary one; removed, with what is in it, with the object.
class TemporaryFolder {
  public:
    TemporaryFolder();
    TemporaryFolder(const TemporaryFolder&) = delete;
    TemporaryFolder& operator=(const TemporaryFolder&) = delete;
    ~TemporaryFolder();

    [[nodiscard]] const std::filesystem::path& path() const { return path_; }
    /// Writes a file, making the folders on the way.
    void write(const std::filesystem::path& relative, std::string_view content = {}) const;
    void make_folder(const std::filesystem::path& relative) const;

  private:
    std::filesystem::path path_;
};

/// This process, and those that it starts, are in `folder` while it lives.
class InFolder {
  public:
    explicit InFolder(const std::filesystem::path& folder)
        : before_(std::filesystem::current_path()) {
        std::filesystem::current_path(folder);
    }
    InFolder(const InFolder&) = delete;
    InFolder& operator=(const InFolder&) = delete;
    ~InFolder() { std::filesystem::current_path(before_); }

  private:
    std::filesystem::path before_;
};

/// How many file descriptors this process has open.
[[nodiscard]] std::size_t open_fd_count();

} // namespace heapsel::test
