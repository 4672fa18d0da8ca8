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
#include <heapsel/heap.hpp>
#include <heapsel/plane.hpp>

namespace heapsel::tools {

/// A plane, and what it is to show.
struct Show {
    Plane plane;
    std::uint32_t format = 0; ///< DRM_FORMAT_*.
};

/// A consumer, and what it is asked about.
struct NamedConsumer {
    Consumer consumer;
    std::optional<Show> show; ///< Absent where it is no display, or its planes are not known.
};

/// The consumers that the words name, `DEVICE[:MEMORY]` and `CARD[:PLANE[:FORMAT]]`, in their
/// order. Where no format is asked for, planes show what the first of the video queues has and they
/// take. A display that does not say what it can show from is tried with each of `heaps`.
///
/// EINVAL: a device does not have that memory, plane or format; what stands behind a display is no
/// plane. Else as of `find_video_device`, `find_display_device` and `Consumer::drm`.
[[nodiscard]] Result<std::vector<NamedConsumer>>
consumers_called(std::span<const std::string> words, const std::filesystem::path& root,
                 std::span<const Heap> heaps);

} // namespace heapsel::tools
