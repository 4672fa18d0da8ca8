// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <vector>

#include <gst/gst.h>

#include <heapsel/queue.hpp>

namespace gstheapsel {

/// What one dma-buf of a frame must be for a V4L2 device.
struct DeviceMemory {
    guint stride = 0; ///< Of its first plane, in bytes.
    guint size = 0;   ///< In bytes.
    friend bool operator==(const DeviceMemory&, const DeviceMemory&) = default;
};

/// A frame, as a V4L2 device wants it: by its own word, which is not trusted.
struct DeviceFormat {
    guint height = 0;                   ///< Lines that the device fills: the coded size.
    std::vector<DeviceMemory> memories; ///< One for all planes, or one for each.
    friend bool operator==(const DeviceFormat&, const DeviceFormat&) = default;
};

/// An element that has a V4L2 device open, as long as both are there.
class DeviceElement {
  public:
    /// `element` is borrowed; one of its queues is meant.
    DeviceElement(GstElement* element, heapsel::Queue queue);
    DeviceElement(const DeviceElement&) = delete;
    DeviceElement& operator=(const DeviceElement&) = delete;
    ~DeviceElement();

    /// As of ask_format(), now: elements set the format late. Nothing if the device is closed.
    [[nodiscard]] std::optional<DeviceFormat> format() const;
    /// The same queue of the same element.
    [[nodiscard]] bool is_same(const DeviceElement& other) const;

  private:
    mutable GWeakRef element_;
    const void* identity_; ///< Of the element, which may be gone.
    heapsel::Queue queue_;
};

/// The format that is set on the open file `fd` (VIDIOC_G_FMT), which is borrowed. Nothing where
/// the device does not say.
[[nodiscard]] std::optional<DeviceFormat> ask_format(int fd, heapsel::Queue queue);

} // namespace gstheapsel
