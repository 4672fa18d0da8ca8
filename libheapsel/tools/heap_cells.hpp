// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <heapsel/binding.hpp>
#include <heapsel/device_memory.hpp>
#include <heapsel/usable_heaps.hpp>

#include "reasons.hpp"

namespace heapsel::tools {

/// The columns BOUND, PAYS and USABLE of one memory of a device, each of which may need several
/// lines. An empty one is none at all.
struct HeapCells {
    std::vector<std::string> bound;
    std::vector<std::string> pays; ///< Beside those of `bound`.
    std::vector<std::string> usable;

    [[nodiscard]] bool bound_unknown() const;
};

/// What the memory is bound to, in order of preference, who pays for it, and what else it can use.
/// A bound heap that the driver does not list for the format at hand is marked, as it is passed
/// over; so is one that it can only import from, and one that has buffers. Without a binding, what
/// the driver calls bound is what is bound.
[[nodiscard]] HeapCells heap_cells(const std::optional<Binding>& binding,
                                   const UsableHeaps& usable);

/// The same of a whole memory, which may be part of another.
[[nodiscard]] HeapCells heap_cells(const DeviceMemory& memory);

/// Of a memory of which the binding alone is known.
[[nodiscard]] HeapCells heap_cells(const std::optional<Binding>& binding);

/// As many rows as `cells` need. `head` stands in the first of them.
void add_rows(std::vector<std::vector<std::string>>& rows, std::vector<std::string> head,
              const HeapCells& cells);

/// Notes why what is unknown of a memory is so.
void note_unknown(Reasons& reasons, const std::string& device, const DeviceMemory& memory);

/// For a name that nobody may have said.
[[nodiscard]] std::string or_dash(const std::string& raw);

} // namespace heapsel::tools
