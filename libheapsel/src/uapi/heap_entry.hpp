// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>

#include <linux/types.h>

#include <heapsel/usable_heaps.hpp>

namespace heapsel::uapi {

/// More entries than any machine has regions, for all uses of a device; a driver that goes on would
/// go on for ever.
inline constexpr std::uint32_t max_heaps = 256;

/// What an entry of a driver's list of heaps is.
enum class EntryKind : std::uint8_t {
    heap,
    by_driver, ///< What the driver takes by itself; `heap.name` may be empty.
    part       ///< The use has no memory of its own; `heap.name` is that of the other use.
};

/// An entry of the list, which V4L2 and DRM both have.
struct HeapEntry {
    std::string use; ///< Raw.
    EntryKind kind = EntryKind::heap;
    UsableHeap heap;
};

/// The fields that v4l2_heap and drm_mode_heap both have.
struct HeapFields {
    std::uint32_t flags = 0;
    std::uint32_t accounting = 0;
    std::span<const __u8> use;
    std::span<const __u8> name;
    std::span<const __u8> cgroup_region;
};

[[nodiscard]] HeapEntry heap_entry(const HeapFields& fields);

} // namespace heapsel::uapi
