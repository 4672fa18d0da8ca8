// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include <linux/types.h>

#include "temporary_directory.hpp"

namespace heapsel::test {

/// Answers ioctl(2) in place of the kernel, which is one that lists usable heaps. A program that
/// links this has one ioctl() for all. One lives at a time.
class FakeIoctl {
  public:
    FakeIoctl();
    FakeIoctl(const FakeIoctl&) = delete;
    FakeIoctl& operator=(const FakeIoctl&) = delete;
    virtual ~FakeIoctl();

    /// From here on, the kernel is one that does not.
    void lists_no_usable_heaps();

    /// 0 or an errno; nothing leaves the answer to the kernel.
    [[nodiscard]] virtual std::optional<int> answer(int fd, unsigned long request,
                                                    void* argument) = 0;

  private:
    TemporaryDirectory heaps_; ///< The kernel's, in sysfs.
};

/// Writes at most the whole field, without a zero at its end if the text is that long.
void fill(std::span<__u8> field, std::string_view text);

} // namespace heapsel::test
