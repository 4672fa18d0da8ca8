// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <span>
#include <vector>

#include <heapsel/camera.hpp>
#include <heapsel/video_device.hpp>

namespace heapsel {

/// A memory of a device, and the device.
struct CapturingNode {
    const VideoDevice* device = nullptr;
    const VideoMemory* frames = nullptr;
};

/// Those of `devices` that capture, in their order, each with the memory that it captures into: of
/// a device that cannot be asked, its frames. Pure.
[[nodiscard]] std::vector<CapturingNode> capturing(std::span<const VideoDevice> devices);

/// Those of `nodes` that fill the frames of `stream`, as `consumers_of_stream` says. Pure.
[[nodiscard]] std::vector<CapturingNode> that_fill(std::span<const CapturingNode> nodes,
                                                   const CameraStream& stream);

} // namespace heapsel
