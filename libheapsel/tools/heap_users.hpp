// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "inspect/kernel_buffer.hpp"
#include "inspect/process_buffer.hpp"
#include <heapsel/display_device.hpp>
#include <heapsel/heap.hpp>
#include <heapsel/video_device.hpp>

namespace heapsel::tools {

/// One memory of a device that a heap can serve.
struct DeviceUse {
    std::string device;  ///< "/dev/video0"; raw.
    std::string memory;  ///< "capture", "reference", "primary 31", "dumb". Printable.
    bool bound = false;  ///< The driver allocates it from the heap.
    bool in_use = false; ///< It has buffers in the heap, as far as the driver says.
    /// It can import the heap's buffers, and is not allocated from the heap.
    bool import_only = false;
};

/// The memories that are bound to `heap`, and those that could use it besides, as far as the
/// devices say.
[[nodiscard]] std::vector<DeviceUse> device_uses(const Heap& heap,
                                                 std::span<const VideoDevice> videos,
                                                 std::span<const DisplayDevice> displays);

/// The buffers of `heap`, under whichever of its names they were allocated.
[[nodiscard]] std::vector<ProcessBuffer> held_of(const Heap& heap,
                                                 std::span<const ProcessBuffer> all);
[[nodiscard]] std::vector<KernelBuffer> live_of(const Heap& heap,
                                                std::span<const KernelBuffer> all);

/// Those of `live` that none of `held` is: a driver alone has them, a mapping, or a process that
/// may not be looked into.
[[nodiscard]] std::vector<KernelBuffer> without_holder(std::span<const KernelBuffer> live,
                                                       std::span<const ProcessBuffer> held);

} // namespace heapsel::tools
