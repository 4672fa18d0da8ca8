// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <heapsel/error.hpp>
#include <heapsel/export.hpp>
#include <heapsel/heap.hpp>

namespace heapsel {

/// The heaps of a machine, as they were when it was scanned. A value: copying one does no I/O.
class HEAPSEL_EXPORT HeapCatalog {
  public:
    /// Reads /dev/dma_heap, the device tree and sysfs of the machine whose files stand under
    /// `root`: "/" for this one, another folder for a recorded tree, where permissions stay
    /// unknown.
    ///
    /// ENOENT: no /dev/dma_heap under `root` (the kernel has no heaps, or devtmpfs is not mounted).
    /// EACCES: the folder may not be listed. A heap that cannot be opened is no error: it is in the
    /// catalog, with why. A device tree or a file of sysfs that is absent or malformed leaves what
    /// it would say unknown, and `warnings()` says what was wrong with it.
    [[nodiscard]] static Result<HeapCatalog> scan(const std::filesystem::path& root = "/");

    /// A catalog of heaps that the caller describes, for planning and for tests.
    explicit HeapCatalog(std::vector<Heap> heaps, std::vector<std::string> warnings = {});

    /// Sorted by name; each region once.
    [[nodiscard]] std::span<const Heap> heaps() const { return heaps_; }
    [[nodiscard]] std::span<const std::string> warnings() const { return warnings_; }

    /// The heap with this name or alias; null if there is none. Valid while the catalog lives.
    [[nodiscard]] const Heap* find(std::string_view name) const;

  private:
    std::vector<Heap> heaps_;
    std::vector<std::string> warnings_;
};

/// `catalog.find(name)` where that is an answer; never null.
///
/// ENOENT: no heap is called so; the remedy suggests the nearest name, and lists all.
[[nodiscard]] HEAPSEL_EXPORT Result<const Heap*> find_heap(const HeapCatalog& catalog,
                                                           std::string_view name);

} // namespace heapsel
