// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include <heapsel/usable_heaps.hpp>

#include "fake_ioctl.hpp"
#include "uapi/drm_heap.h"
#include "uapi/v4l2_heap.h"

namespace heapsel::test {

using Names = std::vector<std::string>;

inline Names names_of(const UsableHeaps& usable) {
    Names names;
    for (const UsableHeap& heap : usable.heaps)
        names.push_back(heap.name);
    return names;
}

/// An entry of a V4L2 driver's list, or of a DRM driver's.
struct Listed {
    std::string use = "frame";
    std::string name;
    __u32 flags = 0;
    __u32 accounting = 0;
    std::string cgroup_region = {};
};

template <typename Entry>
void fill_in(Entry& entry, const Listed& listed) {
    fill(entry.use, listed.use);
    fill(entry.name, listed.name);
    fill(entry.cgroup_region, listed.cgroup_region);
    entry.flags = listed.flags;
    entry.accounting = listed.accounting;
}

/// Heaps for frames, the first of them bound.
inline std::vector<Listed> frames_from(const Names& names) {
    std::vector<Listed> list;
    for (const std::string& name : names)
        list.push_back({.name = name, .flags = list.empty() ? DRM_MODE_HEAP_BOUND : 0U});
    return list;
}

/// A V4L2 driver that lists `list` for queues of every type, and `hidden` for itself.
inline auto video_listing(std::vector<Listed> list, std::vector<Listed> hidden = {}) {
    return [list = std::move(list), hidden = std::move(hidden)](v4l2_heap& entry) {
        const auto& asked = entry.type == 0 ? hidden : list;
        if (entry.index >= asked.size())
            return EINVAL;
        fill_in(entry, asked[entry.index]);
        return 0;
    };
}

/// A DRM driver that lists `list` for every plane, and `hidden` for itself.
inline auto display_listing(std::vector<Listed> list, std::vector<Listed> hidden = {}) {
    return [list = std::move(list), hidden = std::move(hidden)](const drm_mode_list_heaps& asked,
                                                                std::vector<drm_mode_heap>& heaps) {
        for (const Listed& listed : asked.plane_id == 0 ? hidden : list)
            fill_in(heaps.emplace_back(), listed);
        return 0;
    };
}

} // namespace heapsel::test
