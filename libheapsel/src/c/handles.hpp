// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <heapsel/allocator.hpp>
#include <heapsel/buffer.hpp>
#include <heapsel/buffer_layout.hpp>
#include <heapsel/buffer_pool.hpp>
#include <heapsel/consumer.hpp>
#include <heapsel/heap.hpp>
#include <heapsel/heap_catalog.hpp>
#include <heapsel/heapsel.h>
#include <heapsel/policy.hpp>
#include <heapsel/select.hpp>

struct heapsel_catalog {
    heapsel::HeapCatalog value;
};

struct heapsel_consumer {
    heapsel::Consumer value;
};

/// `warnings` are those of the files that it was loaded from.
struct heapsel_policy {
    heapsel::Policy value;
    std::vector<std::string> warnings = {};
};

struct heapsel_selection {
    heapsel::Selection value;
};

/// Shared with the pools that were made of it.
struct heapsel_allocator {
    std::shared_ptr<const heapsel::Allocator> value;
};

struct heapsel_layout {
    heapsel::BufferLayout value;
};

struct heapsel_pool {
    heapsel::BufferPool value;
};

/// `accesses`, one for each dma-buf, end before the frame is returned.
struct heapsel_lease {
    heapsel::Lease value;
    heapsel_layout layout;
    std::vector<std::optional<heapsel::CpuAccess>> accesses;
};

/// `access` ends before the buffer goes.
struct heapsel_buffer {
    heapsel::Buffer value;
    std::optional<heapsel::CpuAccess> access = {};
};

namespace heapsel::c_api {

// What C sees of a heap, which is a part of other objects.

inline const heapsel_heap* to_c(const Heap* heap) {
    return reinterpret_cast<const heapsel_heap*>(heap);
}
inline const Heap* from_c(const heapsel_heap* heap) {
    return reinterpret_cast<const Heap*>(heap);
}

} // namespace heapsel::c_api
