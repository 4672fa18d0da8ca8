// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <string>
#include <utility>

#include <heapsel/heap.hpp>

namespace heapsel::test {

/// A granted heap of which nothing is known.
inline Heap heap(std::string name) {
    Heap made{};
    made.device = "/dev/dma_heap/" + name;
    made.name = std::move(name);
    made.permission = Permission::granted;
    return made;
}

inline Heap with(Heap made, Trait trait, Answer answer) {
    made.property(trait) = {.answer = answer, .source = Source::kernel, .evidence = "evidence"};
    return made;
}

inline Heap sized(Heap made, std::uint64_t size) {
    made.size = size;
    made.size_from = {.source = Source::device_tree, .evidence = "evidence"};
    return made;
}

inline Heap denied(Heap made) {
    made.permission = Permission::denied;
    made.open_errno = 13;
    made.node_mode = NodeMode{.user = 0, .group = 0, .mode = 0600};
    return made;
}

} // namespace heapsel::test
