// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include <heapsel/error.hpp>

namespace heapsel {

/// The last address that all devices of a flattened tree reach, as the dma-ranges of their buses
/// say, disabled ones apart; the last of all addresses where none says so
/// (of_dma_get_max_cpu_address()). What is malformed, or deeper than any board's, says nothing.
///
/// EINVAL: the tree is malformed.
[[nodiscard]] Result<std::uint64_t> dma_limit(std::span<const std::byte> bytes);

} // namespace heapsel
