// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <mutex>

#include <gst/gst.h>

#include "gstheapselcopiesverdict.h"

namespace gstheapsel::copies {

/// One memory, and the elements that were given it; whatever wraps it, and in whatever thread it
/// is. So a queue needs no knowledge of threads, and a tee none of its branches.
class Memory {
  public:
    explicit Memory(Where where) : where_(where) {}

    [[nodiscard]] const Where& where() const { return where_; }

    void give_to(unsigned element);
    [[nodiscard]] bool was_given_to(unsigned element) const;

  private:
    /// More elements than any frame is in at a time. Those before are forgotten.
    static constexpr std::size_t most = 64;

    Where where_;
    mutable std::mutex lock_;
    std::array<unsigned, most> elements_{}; ///< A ring; under lock_, as the rest.
    std::size_t given_ = 0;                 ///< Times that it was given to somebody new.
};

/// Known as long as a GstMemory of it is there: of a dma-buf all that wrap it, of other memory the
/// one that all its parts are of. It is looked at anew only when there is no GstMemory of it left.
/// Nothing is allocated for one that was seen before. Any thread.
[[nodiscard]] Memory& memory_behind(GstMemory* memory);

/// One frame, as an element sees it.
struct Frame {
    Where where; ///< If its parts differ, of one that is no dma-buf, or else of the first.
    std::uint64_t bytes = 0; ///< 0: it has no memory, and is no frame.
    std::uint64_t fresh = 0; ///< So many bytes of it the element was not given before.
};
[[nodiscard]] Frame look_at(GstBuffer* buffer, unsigned element);

/// Whoever gives it on later passes it.
void give(GstBuffer* buffer, unsigned element);

} // namespace gstheapsel::copies
