// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <heapsel/accounting.hpp>
#include <heapsel/allocator.hpp>
#include <heapsel/binding.hpp>
#include <heapsel/buffer.hpp>
#include <heapsel/buffer_layout.hpp>
#include <heapsel/buffer_pool.hpp>
#include <heapsel/consumer.hpp>
#include <heapsel/display_device.hpp>
#include <heapsel/heap.hpp>
#include <heapsel/heap_catalog.hpp>
#include <heapsel/heap_statistics.hpp>
#include <heapsel/heapsel.h>
#include <heapsel/named_consumer.hpp>
#include <heapsel/plane.hpp>
#include <heapsel/policy.hpp>
#include <heapsel/select.hpp>
#include <heapsel/usable_heaps.hpp>
#include <heapsel/video_device.hpp>

struct heapsel_catalog {
    heapsel::HeapCatalog value;
};

struct heapsel_consumer {
    heapsel::Consumer value;
    std::optional<heapsel::Show> show;
    std::string required = {}; ///< The criteria of its requirement in words.
};

struct heapsel_policy {
    heapsel::Policy value;
    std::string required; ///< `value.require` in words, and so below.
    std::string preferred;
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

struct heapsel_holdings {
    std::vector<heapsel::PoolHolding> value;
};

/// Its members go in the order that they may go in, the last one first.
struct heapsel_buffer {
    heapsel::Buffer value;
    std::optional<heapsel::Mapping> readable;
    std::optional<heapsel::Mapping> writable;
    std::optional<heapsel::CpuAccess> access;
};

struct heapsel_statistics {
    heapsel::HeapStatistics value;
};

/// Points into the list that it belongs to.
struct heapsel_device {
    struct Memory {
        heapsel_memory_kind kind = HEAPSEL_MEMORY_FRAME;
        std::uint32_t plane = 0;
        const heapsel::Plane* shown_by = nullptr; ///< Null where it stands for no plane.
        std::vector<std::uint32_t> formats;
        const heapsel::UsableHeaps* usable = nullptr;
        const heapsel::Binding* binding = nullptr;
        const char* binding_unknown_because = "";
    };
    heapsel_subsystem subsystem = HEAPSEL_SUBSYSTEM_V4L2;
    const heapsel::DeviceNode* node = nullptr;
    const char* title = "";
    const char* card = "";
    std::vector<Memory> memories;
};

struct heapsel_devices {
    std::vector<heapsel::VideoDevice> videos;
    std::vector<heapsel::DisplayDevice> displays;
    std::vector<heapsel_device> devices;
};

namespace heapsel::c_api {

/// Moving it leaves what it points to where it is.
[[nodiscard]] heapsel_devices devices_of(std::vector<VideoDevice> videos,
                                         std::vector<DisplayDevice> displays);

// What C sees of objects that are parts of others, or that it may own as they are.

inline const heapsel_heap* to_c(const Heap* heap) {
    return reinterpret_cast<const heapsel_heap*>(heap);
}
inline const Heap* from_c(const heapsel_heap* heap) {
    return reinterpret_cast<const Heap*>(heap);
}

inline const heapsel_usable_heaps* to_c(const UsableHeaps* usable) {
    return reinterpret_cast<const heapsel_usable_heaps*>(usable);
}
inline const UsableHeaps* from_c(const heapsel_usable_heaps* usable) {
    return reinterpret_cast<const UsableHeaps*>(usable);
}

inline const heapsel_accounting* to_c(const Accounting* accounting) {
    return reinterpret_cast<const heapsel_accounting*>(accounting);
}
inline heapsel_accounting* to_c(Accounting* accounting) {
    return reinterpret_cast<heapsel_accounting*>(accounting);
}
inline const Accounting* from_c(const heapsel_accounting* accounting) {
    return reinterpret_cast<const Accounting*>(accounting);
}

inline const heapsel_binding* to_c(const Binding* binding) {
    return reinterpret_cast<const heapsel_binding*>(binding);
}
inline heapsel_binding* to_c(Binding* binding) {
    return reinterpret_cast<heapsel_binding*>(binding);
}
inline const Binding* from_c(const heapsel_binding* binding) {
    return reinterpret_cast<const Binding*>(binding);
}

} // namespace heapsel::c_api
