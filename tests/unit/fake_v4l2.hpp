// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>

#include <heapsel/unique_fd.hpp>

#include "uapi/v4l2_heap.h"

namespace heapsel::test {

/// Answers ioctl(2) on a descriptor of its own as a V4L2 driver does, or as none should. A program
/// that links this has one ioctl() for all; what is on other descriptors goes to the kernel. One
/// lives at a time.
class FakeV4l2 {
  public:
    FakeV4l2();
    FakeV4l2(const FakeV4l2&) = delete;
    FakeV4l2& operator=(const FakeV4l2&) = delete;
    ~FakeV4l2();

    [[nodiscard]] int fd() const { return fd_.get(); }
    [[nodiscard]] int answer(unsigned long request, void* argument);

    std::uint32_t device_caps = V4L2_CAP_VIDEO_M2M;
    /// Fills in an entry and gives 0, or an errno. At first, that of a driver without the ioctl.
    std::function<int(v4l2_heap&)> enumerate;
    int interruptions = 0; ///< How many calls fail with EINTR first.

  private:
    UniqueFd fd_;
};

/// Writes at most the whole field, without a zero at its end if the text is that long.
void fill(std::span<__u8> field, std::string_view text);

} // namespace heapsel::test
