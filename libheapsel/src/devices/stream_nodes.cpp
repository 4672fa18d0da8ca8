// SPDX-License-Identifier: LGPL-2.1-or-later
#include "devices/stream_nodes.hpp"

#include <algorithm>
#include <iterator>

#include <heapsel/pixel_format.hpp>
#include <heapsel/use.hpp>

namespace heapsel {
namespace {

bool is_captured_into(const VideoMemory& memory) {
    return memory.queue ? memory.queue == Queue::capture : memory.use == frame_use;
}

bool has_frames_of(const CapturingNode& node, const CameraStream& stream) {
    const auto& format = node.frames->format;
    return format && format->width == stream.width && format->height == stream.height &&
           format->stride == stream.stride;
}

bool has_format_of(const CapturingNode& node, const CameraStream& stream) {
    const auto& format = node.frames->format;
    return format && format_of_v4l2(format->pixel_format) == stream.format;
}

} // namespace

std::vector<CapturingNode> capturing(std::span<const VideoDevice> devices) {
    std::vector<CapturingNode> nodes;
    for (const VideoDevice& device : devices) {
        const auto frames = std::ranges::find_if(device.memories, is_captured_into);
        if (frames != device.memories.end())
            nodes.push_back({.device = &device, .frames = &*frames});
    }
    return nodes;
}

std::vector<CapturingNode> that_fill(std::span<const CapturingNode> nodes,
                                     const CameraStream& stream) {
    std::vector<CapturingNode> same_frames;
    std::ranges::copy_if(nodes, std::back_inserter(same_frames),
                         [&](const CapturingNode& node) { return has_frames_of(node, stream); });
    std::vector<CapturingNode> same_format;
    std::ranges::copy_if(same_frames, std::back_inserter(same_format),
                         [&](const CapturingNode& node) { return has_format_of(node, stream); });
    // libcamera and V4L2 name raw formats apart, so a name that is another one settles nothing.
    return same_format.empty() ? same_frames : same_format;
}

} // namespace heapsel
