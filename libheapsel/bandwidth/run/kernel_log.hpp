// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string_view>

#include <heapsel/error.hpp>
#include <heapsel/unique_fd.hpp>

namespace heapsel::bandwidth {

/// What the kernel's log says from now on. Move-only.
class KernelLog {
  public:
    /// EACCES, EPERM: kernel.dmesg_restrict keeps this user from it. Else the errno of open(2).
    [[nodiscard]] static Result<KernelLog> from_now();

    /// A record since the last call has `text` in it. The errno of read(2).
    [[nodiscard]] Result<bool> says(std::string_view text) const;

  private:
    explicit KernelLog(UniqueFd fd) : fd_(std::move(fd)) {}

    UniqueFd fd_;
};

/// What a driver says there whose counters stopped at their largest value.
inline constexpr std::string_view lost_counts = "events lost";

} // namespace heapsel::bandwidth
