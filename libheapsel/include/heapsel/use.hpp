// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <string_view>

#include <heapsel/export.hpp>

namespace heapsel {

/// What a device wants memory for, a use, goes by the name that its driver gives it. Each use is
/// bound to heaps of its own, or to none. These are the names that most drivers have:
inline constexpr std::string_view frame_use = "frame";         ///< Pictures that userspace gets.
inline constexpr std::string_view bitstream_use = "bitstream"; ///< The coded data of a codec.
inline constexpr std::string_view reference_use = "reference"; ///< Pictures only the device sees.
inline constexpr std::string_view metadata_use = "metadata";   ///< All else inside a driver.
inline constexpr std::string_view motion_use = "motion";       ///< Motion vectors of a codec.
inline constexpr std::array common_uses{frame_use, bitstream_use, reference_use, metadata_use,
                                        motion_use};

inline constexpr std::size_t max_use_bytes = 31; ///< Of a name, as in the kernel.

/// `text` can be the name of a use: letters, digits, '-', '_' and '.', the first one a letter, and
/// no more than `max_use_bytes`.
[[nodiscard]] HEAPSEL_EXPORT bool is_use_name(std::string_view text);

} // namespace heapsel
