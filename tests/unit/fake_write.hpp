// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <string_view>

namespace heapsel::test {

/// Answers write(2) to one file as the kernel does for one of its own in sysfs. A program that
/// links this has one write() for all; what is for other files goes to the kernel. One lives at a
/// time.
class FakeAttribute {
  public:
    /// `store` gets what is written to `file`, and gives 0 or an errno.
    FakeAttribute(std::filesystem::path file, std::function<int(std::string_view)> store);
    FakeAttribute(const FakeAttribute&) = delete;
    FakeAttribute& operator=(const FakeAttribute&) = delete;
    ~FakeAttribute();

    [[nodiscard]] bool is_open_as(int fd) const;
    [[nodiscard]] int store(std::string_view text) const { return store_(text); }

  private:
    std::filesystem::path file_;
    std::function<int(std::string_view)> store_;
};

} // namespace heapsel::test
