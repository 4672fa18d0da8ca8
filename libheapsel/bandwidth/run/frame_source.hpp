// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <heapsel/error.hpp>

namespace heapsel::bandwidth {

/// Who says how many frames a run had.
struct FrameSource {
    std::optional<std::uint64_t> given; ///< The user; absent: the kernel counts them.
    bool operator==(const FrameSource&) const = default;
};

/// "v4l2", or "count:N" with N of 1 or more.
///
/// EINVAL: it is neither. ERANGE: N does not fit 64 bits.
[[nodiscard]] Result<FrameSource> parse_frame_source(std::string_view text);

/// For a report: "counted as the device gave them out", "given by the user, not counted".
[[nodiscard]] std::string describe(const FrameSource& source);

} // namespace heapsel::bandwidth
