// SPDX-License-Identifier: LGPL-2.1-or-later
#include "fake_v4l2.hpp"

#include <cerrno>

#include <fcntl.h>

namespace heapsel::test {

FakeV4l2::FakeV4l2()
    : enumerate([](v4l2_heap&) { return ENOTTY; }), format([](v4l2_format&) { return EINVAL; }),
      fd_(::open("/dev/null", O_RDONLY | O_CLOEXEC)) {}

std::optional<int> FakeV4l2::answer(int fd, unsigned long request, void* argument) {
    if (fd != fd_.get())
        return std::nullopt;
    if (interruptions > 0) {
        --interruptions;
        return EINTR;
    }
    if (const auto other = others.find(request); other != others.end())
        return other->second(argument);
    if (request == VIDIOC_ENUM_HEAPS)
        return enumerate(*static_cast<v4l2_heap*>(argument));
    if (request == VIDIOC_G_FMT)
        return format(*static_cast<v4l2_format*>(argument));
    if (request == VIDIOC_ENUM_FMT) {
        auto& description = *static_cast<v4l2_fmtdesc*>(argument);
        description.flags = format_flags;
        return description.index == 0 ? 0 : EINVAL;
    }
    if (request != VIDIOC_QUERYCAP)
        return ENOTTY;
    auto& capability = *static_cast<v4l2_capability*>(argument);
    fill(capability.driver, "sixteen-letters-and-more");
    fill(capability.card, "card");
    capability.capabilities = V4L2_CAP_DEVICE_CAPS | V4L2_CAP_VIDEO_OVERLAY;
    capability.device_caps = device_caps;
    return 0;
}

} // namespace heapsel::test
