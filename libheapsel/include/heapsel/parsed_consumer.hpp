// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <heapsel/consumer.hpp>
#include <heapsel/error.hpp>
#include <heapsel/export.hpp>
#include <heapsel/heap.hpp>
#include <heapsel/plane.hpp>
#include <heapsel/policy_target.hpp>

namespace heapsel {

/// A plane, and what it is to show.
struct Scanout {
    Plane plane;              ///< The plane.
    std::uint32_t format = 0; ///< DRM_FORMAT_*.
};

/// A consumer, and what it is asked about.
struct ParsedConsumer {
    Consumer consumer;           ///< The consumer.
    std::optional<Scanout> show; ///< Absent where it is no display, or its planes are not known.
    PolicyTarget target = {};    ///< What a policy may call it.
};

/// The consumers that the words name, `DEVICE[:MEMORY]` and `CARD[:PLANE[:FORMAT]]`, in their
/// order: "/dev/video0", "video0:output", "card0:primary:NV12". MEMORY is the word of a Queue or
/// the name of a use; without it, the device's capture queue is meant, or else its output queue.
/// PLANE is a number or the word of a PlaneType; without it, the first primary one is meant. FORMAT
/// is as `parse_format` reads it; without it, planes show what the first of the video queues has
/// and they take. A display that does not say what it can show from is tried with each of `heaps`
/// (`try_heaps`), which allocates from them.
///
/// EINVAL: a device does not have that memory, plane or format; what stands behind a display is no
/// plane. Else as of `find_video_device`, `find_display_device` and `Consumer::drm`.
[[nodiscard]] HEAPSEL_EXPORT Result<std::vector<ParsedConsumer>>
parse_consumers(std::span<const std::string> words, const std::filesystem::path& root = "/",
                std::span<const Heap> heaps = {});

} // namespace heapsel
