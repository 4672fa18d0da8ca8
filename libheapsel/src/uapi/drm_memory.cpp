// SPDX-License-Identifier: LGPL-2.1-or-later
#include "uapi/drm_memory.hpp"

#include <string_view>
#include <vector>

#include <drm/drm.h>

#include <heapsel/pixel_format.hpp>

#include "uapi/ioctl.hpp"

namespace heapsel::uapi {
namespace {

std::unexpected<Error> memory_failed(int code, std::string_view operation, std::string_view call) {
    return std::unexpected(Error{.code = code,
                                 .operation = std::string(operation),
                                 .subject = std::string(call),
                                 .hint = {}});
}

void close_handle(int fd, std::uint32_t handle) {
    drm_gem_close request{};
    request.handle = handle;
    static_cast<void>(retried_ioctl(fd, DRM_IOCTL_GEM_CLOSE, &request));
}

void destroy_dumb(int fd, std::uint32_t handle) {
    drm_mode_destroy_dumb request{};
    request.handle = handle;
    static_cast<void>(retried_ioctl(fd, DRM_IOCTL_MODE_DESTROY_DUMB, &request));
}

} // namespace

Result<DrmObject> drm_import(int fd, int dmabuf_fd) {
    drm_prime_handle request{};
    request.fd = dmabuf_fd;
    if (const int code = retried_ioctl(fd, DRM_IOCTL_PRIME_FD_TO_HANDLE, &request); code != 0)
        return memory_failed(code, "import a buffer", "DRM_IOCTL_PRIME_FD_TO_HANDLE");
    return DrmObject(fd, request.handle, close_handle);
}

Result<DumbBuffer> drm_create_dumb(int fd, FrameSize size, std::uint32_t bits) {
    drm_mode_create_dumb request{};
    request.width = size.width;
    request.height = size.height;
    request.bpp = bits;
    if (const int code = retried_ioctl(fd, DRM_IOCTL_MODE_CREATE_DUMB, &request); code != 0)
        return memory_failed(code, "allocate a buffer of the display's own",
                             "DRM_IOCTL_MODE_CREATE_DUMB");
    return DumbBuffer{.handle = DrmObject(fd, request.handle, destroy_dumb),
                      .pitch = request.pitch,
                      .size = request.size};
}

Result<DrmObject> drm_add_framebuffer(int fd, std::uint32_t format, std::uint64_t modifier,
                                      FrameSize size, std::span<const FramebufferPlane> planes) {
    drm_mode_fb_cmd2 request{};
    request.width = size.width;
    request.height = size.height;
    request.pixel_format = format;
    request.flags = modifier == no_modifier ? 0 : DRM_MODE_FB_MODIFIERS;
    for (std::size_t i = 0; i < planes.size(); ++i) {
        request.handles[i] = planes[i].handle;
        request.pitches[i] = planes[i].pitch;
        request.offsets[i] = planes[i].offset;
        request.modifier[i] = modifier == no_modifier ? 0 : modifier;
    }
    if (const int code = retried_ioctl(fd, DRM_IOCTL_MODE_ADDFB2, &request); code != 0)
        return memory_failed(code, "make a framebuffer", "DRM_IOCTL_MODE_ADDFB2");
    return DrmObject(fd, request.fb_id, drm_remove_framebuffer);
}

Result<DrmObject> drm_add_framebuffer(int fd, std::uint32_t handle, std::uint32_t format,
                                      std::uint64_t modifier, const FrameLayout& layout) {
    std::vector<FramebufferPlane> planes;
    for (const auto& [pitch, offset] : layout.planes)
        planes.push_back({.handle = handle, .pitch = pitch, .offset = offset});
    return drm_add_framebuffer(fd, format, modifier, layout.size, planes);
}

void drm_remove_framebuffer(int fd, std::uint32_t framebuffer) {
    unsigned int request = framebuffer;
    static_cast<void>(retried_ioctl(fd, DRM_IOCTL_MODE_RMFB, &request));
}

} // namespace heapsel::uapi
