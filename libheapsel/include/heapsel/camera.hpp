// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include <heapsel/consumer.hpp>
#include <heapsel/error.hpp>
#include <heapsel/export.hpp>

namespace heapsel {

/// The capture queues of the V4L2 devices with these device numbers (dev_t), in their order: what
/// fills the pictures of a camera. An application of libcamera has the numbers from the camera:
///
///     const auto numbers = camera->properties().get(libcamera::properties::SystemDevices);
///     auto consumers = heapsel::consumers_of_devices(*numbers);
///     auto selection = heapsel::select(*catalog, *consumers, policy);
///
/// A number that is none of a V4L2 device, or of one that captures nothing, is passed over: cameras
/// have lenses and sensors too. Each node is opened and closed again. What a driver says is for the
/// format that a newly opened file has; a device that cannot be asked is a consumer, with why.
///
/// ENODEV: no number is left. The subject is the numbers, as "81:0".
[[nodiscard]] HEAPSEL_EXPORT Result<std::vector<Consumer>>
consumers_of_devices(std::span<const std::int64_t> numbers,
                     const std::filesystem::path& root = "/");

} // namespace heapsel
