// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <functional>
#include <map>

#include <heapsel/unique_fd.hpp>

#include "fake_ioctl.hpp"
#include "uapi/v4l2_heap.h"

namespace heapsel::test {

/// Answers on a descriptor of its own as a V4L2 driver does, or as none should.
class FakeV4l2 : public FakeIoctl {
  public:
    FakeV4l2();

    [[nodiscard]] int fd() const { return fd_.get(); }
    [[nodiscard]] std::optional<int> answer(int fd, unsigned long request, void* argument) override;

    std::uint32_t device_caps = V4L2_CAP_VIDEO_M2M;
    /// Fills in an entry and gives 0, or an errno. At first, that of a driver without the ioctl.
    std::function<int(v4l2_heap&)> enumerate;
    /// Fills in what is set on the queue with this type and gives 0, or an errno.
    std::function<int(v4l2_format&)> format;
    /// What becomes of any other request, or of one of these: gives 0, or an errno.
    std::map<unsigned long, std::function<int(void*)>> others;
    std::uint32_t format_flags = 0; ///< Of the only format that each queue lists.
    int interruptions = 0;          ///< How many calls fail with EINTR first.

  private:
    UniqueFd fd_;
};

} // namespace heapsel::test
