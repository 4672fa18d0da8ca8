// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <string_view>
#include <vector>

#include <heapsel/buffer.hpp>
#include <heapsel/error.hpp>
#include <heapsel/export.hpp>
#include <heapsel/heap.hpp>
#include <heapsel/selector.hpp>
#include <heapsel/unique_fd.hpp>

namespace heapsel {

/// Allocates from the candidates of a selection, in their order. Heaps are opened once, at
/// creation. Move-only; `allocate` may be called from several threads at a time.
class HEAPSEL_EXPORT Allocator {
  public:
    /// Opens every candidate. One that cannot be opened any more is passed over as long as another
    /// one can. Errors: those of `require_candidate`; the errno of open(2); ENODEV: the heap is of
    /// a recorded tree, and there is no device behind it.
    [[nodiscard]] static Result<Allocator> create(const Selection& selection);

    /// Allocates `size` bytes (at least 1), close-on-exec, and gives the dma-buf `name` as far as
    /// the kernel takes it (31 bytes; the rest is cut). A kernel that refuses the name is no error.
    ///
    /// A candidate that is exhausted (ENOMEM) passes the request to the next one, never past the
    /// last. EINVAL: `size` is 0. ENOMEM: every candidate is exhausted; the error names them, and
    /// where it is known how large each is, how much of it is free, and the largest buffer that
    /// still fits. Any other errno of the ioctl ends the search.
    [[nodiscard]] Result<Buffer> allocate(std::size_t size, std::string_view name) const;

  private:
    struct OpenHeap {
        Heap heap;
        UniqueFd fd;
    };
    explicit Allocator(std::vector<OpenHeap> heaps);
    [[nodiscard]] Error exhausted(std::size_t size) const;

    std::vector<OpenHeap> heaps_;
};

} // namespace heapsel
