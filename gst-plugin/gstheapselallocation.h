// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include "gstheapselallocator.h"

namespace gstheapsel {

/// What became of an ALLOCATION query.
struct Answer {
    bool answered = false; ///< Our pool (or, without need-pool, our allocator) is offered.
    bool valid = true;     ///< Else the query itself makes no sense, and must fail.
    std::string reason;    ///< Why our pool is not offered.
    guint size = 0;
    guint min_buffers = 0;
};

/// Puts `allocator` and a new pool over it first in a query that downstream has answered, or has
/// not. Downstream's metas stay, as do its minimum of buffers, its alignment and its size where
/// they ask for more than the caps do; its own pool and allocator do not. There is no maximum: a
/// V4L2 decoder that imports has to be able to hold as many buffers as its driver asks for.
[[nodiscard]] Answer answer_allocation(GstQuery* query, GstHeapselAllocator* allocator);

} // namespace gstheapsel
