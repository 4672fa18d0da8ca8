// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <vector>

#include <heapsel/select.hpp>

#include "gstheapselallocation.h"
#include "gstheapselcensus.h"

namespace gstheapsel {

/// What the element tells of a selection. All texts are printable.
struct Choice {
    std::string heap;
    std::string reason;
    std::vector<std::string> verdicts; ///< "HEAP: VERDICT: REASON", for every heap.
};
[[nodiscard]] Choice describe(const heapsel::Selection& selection);

/// What became of the ALLOCATION queries since the element started.
struct Negotiation {
    bool asked = false;
    bool offered = false;
    std::string refusal; ///< Why nothing was offered.
};

/// `heapsel-selection`: the heap, why, the verdict on every heap, and the pool offered for `caps`.
[[nodiscard]] GstStructure* selection_structure(const Choice& choice, const GstCaps* caps,
                                                const Answer& answer);

/// `heapsel-stats`: the counters, and what is allocated from each heap. `allocator` may be null.
[[nodiscard]] GstStructure* stats_structure(const std::string& heap, const Census& census,
                                            GstHeapselAllocator* allocator);

/// A buffer that is not where it should be.
struct Stray {
    Origin origin = Origin::none;
    std::string exporter; ///< Where it is; raw, and empty where that is not known.
    bool ours = false;    ///< It is from our pool: another heap took over.
};

/// Why such a buffer arrived at `sinkpad` in place of one from `heap`, and what to do.
[[nodiscard]] std::string explain(const Stray& stray, const Negotiation& negotiation,
                                  const std::string& heap, GstPad* sinkpad);

/// Posts a resource error on the bus; the domain's code follows from the errno.
void post_error(GstElement* element, int code, const char* message);

} // namespace gstheapsel
