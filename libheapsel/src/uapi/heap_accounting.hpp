// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <span>

#include <linux/types.h>

#include <heapsel/accounting.hpp>

namespace heapsel::uapi {

/// Who pays for a heap, as the enumerations of V4L2 and DRM both say it.
[[nodiscard]] Accounting heap_accounting(std::uint32_t controller,
                                         std::span<const __u8> cgroup_region);

} // namespace heapsel::uapi
