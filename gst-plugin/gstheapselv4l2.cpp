// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gstheapselv4l2.h"

#include <algorithm>
#include <cerrno>

#include <linux/videodev2.h>
#include <sys/ioctl.h>

#include "gstheapselref.h"

namespace gstheapsel {
namespace {

std::optional<v4l2_format> get_format(int fd, v4l2_buf_type type) {
    v4l2_format format{};
    format.type = type;
    int status = 0;
    do
        status = ioctl(fd, VIDIOC_G_FMT, &format);
    while (status != 0 && errno == EINTR);
    return status == 0 ? std::optional(format) : std::nullopt;
}

DeviceFormat of_planes(const v4l2_pix_format_mplane& pix) {
    DeviceFormat format{pix.height, {}};
    const std::size_t planes = std::min<std::size_t>(pix.num_planes, VIDEO_MAX_PLANES);
    for (std::size_t plane = 0; plane < planes; ++plane)
        format.memories.push_back(
            {pix.plane_fmt[plane].bytesperline, pix.plane_fmt[plane].sizeimage});
    return format;
}

} // namespace

DeviceElement::DeviceElement(GstElement* element, heapsel::Queue queue)
    : identity_(element), queue_(queue) {
    g_weak_ref_init(&element_, element);
}

DeviceElement::~DeviceElement() {
    g_weak_ref_clear(&element_);
}

std::optional<DeviceFormat> DeviceElement::format() const {
    const Ref<GObject> element(G_OBJECT(g_weak_ref_get(&element_)));
    gint fd = -1;
    if (element)
        g_object_get(element.get(), "device-fd", &fd, nullptr);
    return fd >= 0 ? ask_format(fd, queue_) : std::nullopt;
}

bool DeviceElement::is_same(const DeviceElement& other) const {
    return identity_ == other.identity_ && queue_ == other.queue_;
}

std::optional<DeviceFormat> ask_format(int fd, heapsel::Queue queue) {
    const bool capture = queue == heapsel::Queue::capture;
    // A device has queues of one of the two kinds.
    if (const auto format = get_format(fd, capture ? V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE
                                                   : V4L2_BUF_TYPE_VIDEO_OUTPUT_MPLANE))
        return of_planes(format->fmt.pix_mp);
    if (const auto format =
            get_format(fd, capture ? V4L2_BUF_TYPE_VIDEO_CAPTURE : V4L2_BUF_TYPE_VIDEO_OUTPUT))
        return DeviceFormat{format->fmt.pix.height,
                            {{format->fmt.pix.bytesperline, format->fmt.pix.sizeimage}}};
    return std::nullopt;
}

} // namespace gstheapsel
