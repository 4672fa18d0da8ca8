// SPDX-License-Identifier: LGPL-2.1-or-later
#include "fake_v4l2.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdarg>
#include <utility>

#include <fcntl.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace heapsel::test {
namespace {

FakeV4l2* driver = nullptr;

} // namespace

FakeV4l2::FakeV4l2()
    : enumerate([](v4l2_heap&) { return ENOTTY; }), fd_(::open("/dev/null", O_RDONLY | O_CLOEXEC)) {
    driver = this;
}

FakeV4l2::~FakeV4l2() {
    driver = nullptr;
}

int FakeV4l2::answer(unsigned long request, void* argument) {
    if (interruptions > 0) {
        --interruptions;
        return EINTR;
    }
    if (request == VIDIOC_ENUM_HEAPS)
        return enumerate(*static_cast<v4l2_heap*>(argument));
    if (request != VIDIOC_QUERYCAP)
        return ENOTTY;
    auto& capability = *static_cast<v4l2_capability*>(argument);
    fill(capability.driver, "sixteen-letters-and-more");
    fill(capability.card, "card");
    capability.capabilities = V4L2_CAP_DEVICE_CAPS | V4L2_CAP_VIDEO_OVERLAY;
    capability.device_caps = device_caps;
    return 0;
}

void fill(std::span<__u8> field, std::string_view text) {
    std::ranges::fill(field, __u8{0});
    std::ranges::copy(text.substr(0, field.size()), field.begin());
}

/// Of the call that is on its way.
int dispatch(int fd, unsigned long request, void* argument) {
    if (driver == nullptr || fd != driver->fd())
        return static_cast<int>(::syscall(SYS_ioctl, fd, request, argument));
    const int code = driver->answer(request, argument);
    errno = code;
    return code == 0 ? 0 : -1;
}

} // namespace heapsel::test

extern "C" int ioctl(int fd, unsigned long request, ...) noexcept {
    va_list arguments;
    va_start(arguments, request);
    void* const argument = va_arg(arguments, void*);
    va_end(arguments);
    return heapsel::test::dispatch(fd, request, argument);
}
