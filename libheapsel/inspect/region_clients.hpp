// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <vector>

#include <heapsel/error.hpp>

namespace heapsel {

/// A device whose `memory-region` points at reserved memory.
struct MemoryRegionUser {
    std::string path;     ///< Raw.
    bool enabled = false; ///< Neither it nor a node above it is disabled.
    std::vector<std::uint32_t> phandles;
};

/// Of all devices together: a board has a hundred.
inline constexpr std::size_t max_memory_region_references = 4096;
inline constexpr std::size_t max_user_path = 1024;

/// The devices of a flattened tree that have a `memory-region`, in the tree's order. Those as deep
/// or with as long a path as no kernel takes are left out, as are lists of parts of cells.
///
/// EINVAL: the tree is malformed. E2BIG: more references than the limit.
[[nodiscard]] Result<std::vector<MemoryRegionUser>>
region_clients(std::span<const std::byte> bytes);

/// The paths of the nodes that have these phandles, as far as above; raw. EINVAL: the tree is
/// malformed.
[[nodiscard]] Result<std::map<std::uint32_t, std::string>>
paths_of(std::span<const std::byte> bytes, const std::set<std::uint32_t>& phandles);

} // namespace heapsel
