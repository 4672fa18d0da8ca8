// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>

namespace heapsel::uapi {

/// A pointer as the 64-bit number that DRM's ioctls take.
[[nodiscard]] inline std::uint64_t address_of(const void* pointer) {
    return reinterpret_cast<std::uintptr_t>(pointer); // NOLINT: it is what the kernel takes.
}

} // namespace heapsel::uapi
