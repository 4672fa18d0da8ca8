// SPDX-License-Identifier: LGPL-2.1-or-later
#include "importers.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <drm.h>
#include <fcntl.h>
#include <functional>
#include <linux/videodev2.h>
#include <print>
#include <string>
#include <string_view>
#include <sys/ioctl.h>

namespace board {
namespace {

using heapsel::UniqueFd;

constexpr auto output = V4L2_BUF_TYPE_VIDEO_OUTPUT;

[[noreturn]] void give_up(std::string_view what) {
    std::println(stderr, "{}: {}", what, std::strerror(errno));
    std::exit(2);
}

/// The first of PREFIX0, PREFIX1, ... that the function likes.
UniqueFd open_first(const std::string& prefix, const std::function<bool(int)>& liked) {
    for (int i = 0; i < 32; ++i) {
        UniqueFd fd(open((prefix + std::to_string(i)).c_str(), O_RDWR | O_CLOEXEC));
        if (fd && liked(fd.get()))
            return fd;
    }
    errno = ENODEV;
    give_up(prefix);
}

bool is_vkms(int fd) {
    std::string name(16, '\0');
    drm_version version{};
    version.name = name.data();
    version.name_len = name.size();
    return ioctl(fd, DRM_IOCTL_VERSION, &version) == 0 && name.starts_with("vkms");
}

bool is_vim2m(int fd) {
    v4l2_capability capability{};
    return ioctl(fd, VIDIOC_QUERYCAP, &capability) == 0 &&
           std::string_view(reinterpret_cast<const char*>(capability.driver)) == "vim2m";
}

int request_buffers(int fd, unsigned count) {
    v4l2_requestbuffers request{};
    request.count = count;
    request.type = output;
    request.memory = V4L2_MEMORY_DMABUF;
    return ioctl(fd, VIDIOC_REQBUFS, &request);
}

} // namespace

Display::Display() : card_(open_first("/dev/dri/card", is_vkms)) {}

int Display::import(int dma_buf) {
    drm_prime_handle prime{};
    prime.fd = dma_buf;
    if (ioctl(card_.get(), DRM_IOCTL_PRIME_FD_TO_HANDLE, &prime) != 0)
        return errno;
    handle_ = prime.handle;
    return 0;
}

void Display::forget() {
    if (handle_ == 0)
        return;
    drm_gem_close close{};
    close.handle = std::exchange(handle_, 0);
    ioctl(card_.get(), DRM_IOCTL_GEM_CLOSE, &close);
}

Queue::Queue() : video_(open_first("/dev/video", is_vim2m)) {
    v4l2_format format{};
    format.type = output;
    if (ioctl(video_.get(), VIDIOC_G_FMT, &format) != 0)
        give_up("VIDIOC_G_FMT");
    size_ = format.fmt.pix.sizeimage;
}

void Queue::prepare() {
    if (request_buffers(video_.get(), 1) != 0)
        give_up("VIDIOC_REQBUFS");
}

int Queue::enqueue(int dma_buf) {
    v4l2_buffer buffer{};
    buffer.type = output;
    buffer.memory = V4L2_MEMORY_DMABUF;
    buffer.m.fd = dma_buf;
    buffer.bytesused = static_cast<unsigned>(size_);
    buffer.length = static_cast<unsigned>(size_);
    return ioctl(video_.get(), VIDIOC_QBUF, &buffer) == 0 ? 0 : errno;
}

void Queue::forget() {
    if (request_buffers(video_.get(), 0) != 0)
        give_up("VIDIOC_REQBUFS");
}

} // namespace board
