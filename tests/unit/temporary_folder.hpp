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

/// How many file descriptors this process has open.
[[nodiscard]] std::size_t open_fd_count();

} // namespace heapsel::test
