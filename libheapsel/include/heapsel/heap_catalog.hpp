// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <heapsel/error.hpp>
#include <heapsel/export.hpp>
#include <heapsel/heap.hpp>

namespace heapsel {

/// The heaps of a machine, as they were when it was scanned. A value that never changes; copies
/// share what they hold, so that copying one costs next to nothing.
class HEAPSEL_EXPORT HeapCatalog {
  public:
    /// Reads /dev/dma_heap, the device tree and sysfs of the machine whose files stand under
    /// `root`: "/" for this one, another directory for a recorded tree, where permissions stay
    /// unknown.
    ///
    /// ENOENT: no /dev/dma_heap under `root` (the kernel has no heaps, or devtmpfs is not mounted).
    /// EACCES: the directory may not be listed. Where /dev/udmabuf can be opened, these two are
    /// warnings, and there is no heap. A heap that cannot be opened is no error: it is in the
    /// catalog, with why. A device tree or a file of sysfs that is absent or malformed leaves what
    /// it would say unknown, and `warnings()` says what was wrong with it. So does a recorded
    /// machine whose tree is there as a blob alone (sys/firmware/fdt): a program reads it as a
    /// directory (sys/firmware/devicetree/base), and the command heapsel reads both.
    ///
    /// Where the kernel says too little of a heap, the files of facts under `root` are read, those
    /// of /usr/share/heapsel/heaps.d and of /etc/heapsel/heaps.d (docs/facts.md). One that is wrong
    /// is passed over, and `warnings()` says where and why.
    [[nodiscard]] static Result<HeapCatalog> scan(const std::filesystem::path& root = "/");

    /// A catalog of heaps that the caller describes, for planning and for tests.
    explicit HeapCatalog(std::vector<Heap> heaps, std::vector<std::string> warnings = {},
                         std::optional<Heap> udmabuf = std::nullopt);

    // To move one is to copy it: there is no empty catalog that was moved from.
    HeapCatalog(const HeapCatalog&) = default;
    HeapCatalog& operator=(const HeapCatalog&) = default;
    ~HeapCatalog() = default;

    /// Sorted by name; each region once.
    [[nodiscard]] std::span<const Heap> heaps() const { return content_->heaps; }
    /// What of the device tree, of sysfs or of a file of facts was malformed, a line each;
    /// printable.
    [[nodiscard]] std::span<const std::string> warnings() const { return content_->warnings; }

    /// System memory through /dev/udmabuf, described like a heap called "udmabuf", which it is not:
    /// it is not among `heaps()`. Also where the node is missing, with why; absent from a catalog
    /// whose maker did not say.
    [[nodiscard]] const std::optional<Heap>& udmabuf() const { return content_->udmabuf; }

    /// The heap with this name or alias; null if there is none. Valid while the catalog or a
    /// copy of it lives.
    [[nodiscard]] const Heap* find(std::string_view name) const;

  private:
    struct Content {
        std::vector<Heap> heaps;
        std::vector<std::string> warnings;
        std::optional<Heap> udmabuf;
    };
    std::shared_ptr<const Content> content_;
};

/// `catalog.find(name)` where that is an answer; never null.
///
/// ENOENT: no heap is called so; the hint suggests the nearest name, and lists all.
[[nodiscard]] HEAPSEL_EXPORT Result<const Heap*> find_heap(const HeapCatalog& catalog,
                                                           std::string_view name);

} // namespace heapsel
