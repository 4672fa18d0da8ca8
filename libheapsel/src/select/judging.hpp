// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <span>
#include <string>

#include <heapsel/consumer.hpp>
#include <heapsel/heap.hpp>
#include <heapsel/policy.hpp>
#include <heapsel/selector.hpp>

namespace heapsel {

/// What the heaps are judged by.
struct Wishes {
    std::span<const Consumer> consumers;
    const Policy& policy;
};

/// Never `chosen`: which candidate that is depends on the others. Pure, and without an allocation.
[[nodiscard]] Verdict verdict_on(const Heap& heap, const Wishes& wishes);

/// Why: `verdict` is that of the heap, `chosen` counting as `candidate`. Pure.
[[nodiscard]] std::string reason_for(Verdict verdict, const Heap& heap, const Wishes& wishes);

} // namespace heapsel
