// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

#include <heapsel/export.hpp>

namespace heapsel {

/// A video queue of a V4L2 device, seen from userspace. Whether its frames have one plane or
/// several is the driver's affair.
enum class Queue : std::uint8_t {
    capture, ///< What the device fills: a camera's or a decoder's pictures.
    output   ///< What the device reads: an encoder's pictures, a decoder's bitstream.
};
inline constexpr std::array all_queues{Queue::capture, Queue::output};
[[nodiscard]] HEAPSEL_EXPORT std::string_view to_string(Queue queue);
/// Nothing if `text` is neither of the words that `to_string` gives.
[[nodiscard]] HEAPSEL_EXPORT std::optional<Queue> parse_queue(std::string_view text);

} // namespace heapsel
