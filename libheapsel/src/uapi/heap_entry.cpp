// SPDX-License-Identifier: LGPL-2.1-or-later
#include "uapi/heap_entry.hpp"

#include <format>

#include "uapi/drm_heap.h"
#include "uapi/heap_account.h"
#include "uapi/text_field.hpp"
#include "uapi/v4l2_heap.h"

namespace heapsel::uapi {
namespace {

static_assert(V4L2_HEAP_FL_BOUND == DRM_MODE_HEAP_BOUND);
static_assert(V4L2_HEAP_FL_IN_USE == DRM_MODE_HEAP_IN_USE);
static_assert(V4L2_HEAP_FL_DEFAULT == DRM_MODE_HEAP_DEFAULT);
static_assert(V4L2_HEAP_FL_PART == DRM_MODE_HEAP_PART);
static_assert(V4L2_HEAP_FL_IMPORT_ONLY == DRM_MODE_HEAP_IMPORT_ONLY);

Accounting heap_accounting(std::uint32_t controller, std::span<const __u8> cgroup_region) {
    Accounting accounting;
    switch (controller) {
    case 0:
        accounting.controller = Controller::none;
        break;
    case DMA_HEAP_ACCOUNT_MEMCG:
        accounting.controller = Controller::memcg;
        break;
    case DMA_HEAP_ACCOUNT_DMEM:
        accounting.controller = Controller::dmem;
        accounting.region = text_of(cgroup_region);
        break;
    default:
        accounting.unknown_because =
            std::format("the driver says {}, which is none of 0, 1, 2", controller);
    }
    return accounting;
}

EntryKind kind_of(std::uint32_t flags) {
    if ((flags & DRM_MODE_HEAP_PART) != 0)
        return EntryKind::part;
    return (flags & DRM_MODE_HEAP_DEFAULT) != 0 ? EntryKind::by_driver : EntryKind::heap;
}

} // namespace

HeapEntry heap_entry(const HeapFields& fields) {
    return {.use = text_of(fields.use),
            .kind = kind_of(fields.flags),
            .heap = {.name = text_of(fields.name),
                     .bound = (fields.flags & DRM_MODE_HEAP_BOUND) != 0,
                     .in_use = (fields.flags & DRM_MODE_HEAP_IN_USE) != 0,
                     .accounting = heap_accounting(fields.accounting, fields.cgroup_region),
                     .import_only = (fields.flags & DRM_MODE_HEAP_IMPORT_ONLY) != 0}};
}

} // namespace heapsel::uapi
