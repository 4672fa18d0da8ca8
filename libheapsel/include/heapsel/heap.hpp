// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <heapsel/export.hpp>
#include <heapsel/node_mode.hpp>
#include <heapsel/trait.hpp>

namespace heapsel {

/// A range of physical memory, in bytes.
struct Region {
    std::uint64_t base = 0; ///< The first address.
    std::uint64_t size = 0; ///< How many follow it.
    friend bool operator==(const Region&, const Region&) = default;
};

/// In bytes. Buffers of a dma-buf consist of whole pages, of which none is smaller.
inline constexpr std::uint64_t smallest_page = 4096;

/// Whether this process may allocate: the heap's node opened read-only, or why it did not.
enum class Permission : std::uint8_t {
    granted,
    denied, ///< EACCES or EPERM.
    broken, ///< Any other errno: the node is there and has no driver behind it, say.
    unknown ///< A recorded tree: there is nothing to open.
};
[[nodiscard]] HEAPSEL_EXPORT std::string_view to_string(Permission permission);

/// What hands the buffers out.
enum class Exporter : std::uint8_t {
    dma_heap,
    udmabuf ///< /dev/udmabuf, over a memfd: no heap, and only like one in what it is described by.
};
[[nodiscard]] HEAPSEL_EXPORT std::string_view to_string(Exporter exporter);

/// One heap: a value, and no handle. Other names of the same region are its aliases.
struct HEAPSEL_EXPORT Heap {
    std::string name;                 ///< The stable name where there are several.
    std::vector<std::string> aliases; ///< Sorted; without `name`.
    std::string device;               ///< e.g. /dev/dma_heap/system, under the scanned root.
    /// Its directories in sysfs, e.g. /sys/class/dma_heap/system, under the scanned root: the main
    /// name's first, then those of the aliases that are heaps to the kernel.
    std::vector<std::string> sysfs;
    std::optional<Region> region; ///< Absent where the heap has no fixed region, or none known.
    Provenance region_from;       ///< Where the region was learned.
    /// In bytes: no buffer is ever larger. Also where the address is not known; absent where the
    /// heap has no memory of its own, or nobody says how much.
    std::optional<std::uint64_t> size;
    Provenance size_from; ///< Where the size was learned.
    /// The last byte of physical memory that a buffer can have. Absent where nobody says.
    std::optional<std::uint64_t> last_address;
    Provenance last_address_from; ///< Where that was learned.
    /// A buffer begins at a multiple of its size, rounded up to a power of two, or of this many
    /// bytes if that is less; never of less than a page.
    std::uint64_t largest_alignment = smallest_page;
    Provenance alignment_from;                   ///< Where that was learned.
    Permission permission = Permission::unknown; ///< Whether this process may allocate.
    int open_errno = 0;                          ///< Why, where permission is denied or broken.
    std::optional<NodeMode> node_mode;           ///< Of the node; absent in a recorded tree.
    std::array<Property, all_traits.size()> properties; ///< In the order of `all_traits`.
    Exporter exporter = Exporter::dma_heap;             ///< What hands its buffers out.

    /// What is known of `trait`, and from where.
    [[nodiscard]] const Property& property(Trait trait) const;
    /// The same, to be written.
    [[nodiscard]] Property& property(Trait trait);
    /// `text` is the name or one of the aliases.
    [[nodiscard]] bool is_called(std::string_view text) const;
};

} // namespace heapsel
