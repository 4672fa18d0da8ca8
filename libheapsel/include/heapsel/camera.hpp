// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <filesystem>
#include <vector>

#include <heapsel/error.hpp>
#include <heapsel/export.hpp>
#include <heapsel/parsed_consumer.hpp>

namespace heapsel {

/// A stream of a camera, as libcamera has configured it. An application has it from libcamera by
/// `camera_stream` of <heapsel/libcamera.hpp>. A value.
struct CameraStream {
    /// The numbers (dev_t) of the nodes that the camera captures with: the property SystemDevices.
    /// None, of a camera that is no device.
    std::vector<std::int64_t> devices{};
    std::uint32_t format = 0; ///< DRM_FORMAT_*.
    std::uint32_t width = 0;  ///< In pixels.
    std::uint32_t height = 0; ///< In lines.
    std::uint32_t stride = 0; ///< Of the first plane, in bytes; 0 of coded pictures.
};

/// What is known of who fills the frames of a stream.
enum class FilledBy : std::uint8_t {
    node,    ///< A node of the camera, which has the stream's frames set on it.
    unknown, ///< None of its nodes has them set: a converter behind them may, or the CPU.
    cpu      ///< The camera is no device.
};

/// What a heap must suit for a stream. A value.
struct StreamConsumers {
    FilledBy filled_by = FilledBy::unknown; ///< Which of these is meant:
    /// The nodes with the stream's frames; or all that capture; or the CPU, which requires cached
    /// memory. At least one.
    std::vector<ParsedConsumer> consumers{};
    /// Of how many dma-bufs the nodes want a frame to be: 2 for V4L2's NV12M. 1 where that is not
    /// known.
    std::uint32_t buffers = 1;
};

/// Who fills the frames of a configured stream: of all the nodes that a camera has, those on which
/// frames of this size and stride are set, and of these, if there are any, those with its format;
/// if there are several, those that this process has open. So it is to be called in the process
/// that uses libcamera, once the camera is configured and until it is configured anew.
///
/// A number that is none of a V4L2 device, or of one that captures nothing, is passed over. Each
/// node is opened and closed again; one that cannot be asked is a consumer, with why, where no
/// other has the stream's frames.
///
/// ENODEV: there are numbers, and none is of a V4L2 device here that captures; the subject is the
/// numbers, as "81:0". Any error of `find_video_device`.
[[nodiscard]] HEAPSEL_EXPORT Result<StreamConsumers>
consumers_of_stream(const CameraStream& stream, const std::filesystem::path& root = "/");

} // namespace heapsel
