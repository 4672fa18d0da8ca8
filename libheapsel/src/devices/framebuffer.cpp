// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/framebuffer.hpp>

#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include <heapsel/pixel_format.hpp>

#include "uapi/drm_memory.hpp"

namespace heapsel {
namespace {

constexpr std::size_t most_planes = 4;

/// One for each dma-buf of the frame.
Result<std::vector<uapi::DrmObject>> import(int fd, Lease& frame) {
    std::vector<uapi::DrmObject> handles;
    for (std::size_t i = 0; i < frame.layout().buffer_sizes.size(); ++i) {
        auto handle = uapi::drm_import(fd, frame.fd(i));
        if (!handle) {
            handle.error().hint = "If the display cannot use such memory, require what it needs "
                                  "(contiguous).";
            return std::unexpected(std::move(handle.error()));
        }
        handles.push_back(*std::move(handle));
    }
    return handles;
}

} // namespace

Result<Framebuffer> Framebuffer::create(int fd, Lease& frame, std::uint32_t format,
                                        std::uint32_t width, std::uint32_t height) {
    const BufferLayout& layout = frame.layout();
    if (layout.planes.size() > most_planes)
        return std::unexpected(Error{.code = EINVAL,
                                     .operation = "make a framebuffer",
                                     .subject = std::to_string(layout.planes.size()) + " planes",
                                     .hint = "A framebuffer has four at most."});
    // Closed at the end, since the framebuffer keeps the memory.
    const auto handles = import(fd, frame);
    if (!handles)
        return std::unexpected(handles.error());
    std::vector<uapi::FramebufferPlane> planes;
    for (const PlaneLayout& plane : layout.planes)
        planes.push_back({.handle = handles->at(plane.buffer).id(),
                          .pitch = plane.stride,
                          .offset = plane.offset});
    auto made = uapi::drm_add_framebuffer(fd, format, no_modifier,
                                          {.width = width, .height = height}, planes);
    if (!made)
        return std::unexpected(std::move(made.error()));
    return Framebuffer(fd, made->keep());
}

Framebuffer::Framebuffer(Framebuffer&& other) noexcept
    : fd_(other.fd_), id_(std::exchange(other.id_, 0)) {}

Framebuffer& Framebuffer::operator=(Framebuffer&& other) noexcept {
    std::swap(fd_, other.fd_);
    std::swap(id_, other.id_);
    return *this;
}

Framebuffer::~Framebuffer() {
    if (id_ != 0)
        uapi::drm_remove_framebuffer(fd_, id_);
}

} // namespace heapsel
