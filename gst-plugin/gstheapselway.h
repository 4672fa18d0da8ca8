// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <heapsel/parsed_consumer.hpp>

#include "gstheapselneighbours.h"
#include "gstheapselv4l2.h"

namespace gstheapsel {

/// Who is on the way of the buffers, and what is known of them.
struct Way {
    std::vector<heapsel::ParsedConsumer> devices; ///< Those that could be asked.
    std::vector<std::string> passed_over;         ///< A sentence for each device that could not be.
    std::vector<std::string> processors; ///< Elements that read or write with the CPU, by name.
    std::string filler;                  ///< The name of the element that fills the buffers.
    /// The open device that says how frames are laid out: the one that fills them, or else the
    /// first one that reads them. Null if there is none.
    std::shared_ptr<const DeviceElement> device;
    /// A reader may leave fences on a buffer that it has given back: a display, a GPU, or an
    /// element of which that is not known.
    bool fences = false;
};

/// Looks at the elements, and asks the drivers of those that have a device. `drm_format`
/// (DRM_FORMAT_*, 0 if it is not known) is what displays are asked about. Never fails.
[[nodiscard]] Way look_around(const std::vector<Neighbour>& fillers,
                              const std::vector<Neighbour>& readers, std::uint32_t drm_format);

} // namespace gstheapsel
