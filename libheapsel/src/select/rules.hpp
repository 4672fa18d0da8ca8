// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <span>
#include <vector>

#include <heapsel/consumer.hpp>
#include <heapsel/heap.hpp>
#include <heapsel/policy.hpp>
#include <heapsel/select.hpp>

namespace heapsel {

/// What the heaps are judged by.
struct Wishes {
    std::span<const Consumer> consumers;
    const Policy& policy;
};

/// What each wish makes of `heap`, in the order in which the wishes outweigh each other: one of the
/// heap's name decides alone.
[[nodiscard]] std::vector<Finding> findings_on(const Heap& heap, const Wishes& wishes);

} // namespace heapsel
