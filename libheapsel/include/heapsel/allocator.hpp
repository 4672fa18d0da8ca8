// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include <heapsel/buffer.hpp>
#include <heapsel/error.hpp>
#include <heapsel/export.hpp>
#include <heapsel/heap.hpp>
#include <heapsel/select.hpp>
#include <heapsel/unique_fd.hpp>

namespace heapsel {

/// Allocates from the candidates of a selection that its fallback allows, in their order. They are
/// opened once, at creation. Move-only; `allocate` may be called from several threads at a time.
class HEAPSEL_EXPORT Allocator {
  public:
    /// Opens the chosen one, and those that may take over from it (see `Fallback`): by default
    /// those that are known to be cached if it is, or uncached if it is, and so none if that is not
    /// known of it. One that cannot be opened any more is passed over as long as another one can.
    /// Errors: those of `require_candidate`; the errno of open(2); ENODEV: the heap is of
    /// a recorded tree, and there is no device behind it.
    [[nodiscard]] static Result<Allocator> create(const Selection& selection);

    /// Allocates `size` bytes (at least 1), close-on-exec, and gives the dma-buf `name` as far as
    /// the kernel takes it (31 bytes; the rest is cut). A kernel that refuses the name is no error.
    ///
    /// A heap that is exhausted (ENOMEM) passes the request to the next one, never past the last.
    /// EINVAL: `size` is 0. ENOMEM: all are exhausted; the error names them, and where it is known
    /// how large each is, how much of it is free, and the largest buffer that still fits; then the
    /// candidates that were not tried, and why. Any other errno of the ioctl ends the search. Of
    /// udmabuf: the errno of memfd_create(2), ftruncate(2), fcntl(2) and UDMABUF_CREATE.
    [[nodiscard]] Result<Buffer> allocate(std::size_t size, std::string_view name) const;

    /// As `allocate`, for a caller that tries again where it can: its ENOMEM names the heaps and
    /// has no hint, and costs no more than the ioctl of each. Not one figure is read for it.
    [[nodiscard]] Result<Buffer> try_allocate(std::size_t size, std::string_view name) const;

    /// What `allocate` says to do about ENOMEM, from the heaps' figures as they are now.
    [[nodiscard]] std::string exhaustion_hint() const;

  private:
    struct OpenHeap {
        Heap heap;
        UniqueFd fd;
        std::shared_ptr<const Origin> origin; ///< Of all its buffers.
    };
    Allocator(std::vector<OpenHeap> heaps, std::string untried, bool by_policy);

    std::vector<OpenHeap> heaps_;
    std::string untried_; ///< The candidates that are not among them, and why; printable.
    bool untried_by_policy_ = false; ///< Another fallback would have some of them tried.
};

} // namespace heapsel
