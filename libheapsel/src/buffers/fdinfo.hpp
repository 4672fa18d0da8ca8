// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

#include <heapsel/dmabuf.hpp>

namespace heapsel {

/// More than the kernel ever says of a descriptor.
inline constexpr std::size_t max_fdinfo = std::size_t{64} << 10U;

/// What the fdinfo of a descriptor says of the dma-buf behind it; nothing if there is none. A user
/// may have put anything into the buffer's name, which stands last, so of a key that is there twice
/// the first counts. Pure.
[[nodiscard]] std::optional<Dmabuf> parse_fdinfo(std::string_view text);

} // namespace heapsel
