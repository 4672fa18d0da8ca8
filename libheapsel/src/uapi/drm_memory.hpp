// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <span>
#include <utility>

#include <heapsel/error.hpp>

#include "model/frame_layout.hpp"

namespace heapsel::uapi {

/// A handle or a framebuffer of an open DRM device; given back with the object. Move-only; borrows
/// the device's descriptor.
class DrmObject {
  public:
    using Release = void (*)(int fd, std::uint32_t id);
    DrmObject(int fd, std::uint32_t id, Release release) : fd_(fd), id_(id), release_(release) {}
    DrmObject(DrmObject&& other) noexcept
        : fd_(other.fd_), id_(other.id_), release_(std::exchange(other.release_, nullptr)) {}
    DrmObject& operator=(DrmObject&&) = delete;
    DrmObject(const DrmObject&) = delete;
    DrmObject& operator=(const DrmObject&) = delete;
    ~DrmObject() {
        if (release_ != nullptr)
            release_(fd_, id_);
    }

    [[nodiscard]] std::uint32_t id() const { return id_; }
    /// From here on it is the caller's to give back.
    [[nodiscard]] std::uint32_t keep() {
        release_ = nullptr;
        return id_;
    }

  private:
    int fd_;
    std::uint32_t id_;
    Release release_;
};

/// DRM_IOCTL_PRIME_FD_TO_HANDLE. The dma-buf must not have been imported on `fd` before, as it has
/// one handle for both then.
[[nodiscard]] Result<DrmObject> drm_import(int fd, int dmabuf_fd);

/// A buffer of the display's own.
struct DumbBuffer {
    DrmObject handle;
    std::uint32_t pitch = 0;
    std::uint64_t size = 0;
};

/// DRM_IOCTL_MODE_CREATE_DUMB.
[[nodiscard]] Result<DumbBuffer> drm_create_dumb(int fd, FrameSize size, std::uint32_t bits);

/// A plane of a framebuffer, in bytes.
struct FramebufferPlane {
    std::uint32_t handle = 0;
    std::uint32_t pitch = 0;
    std::uint32_t offset = 0;
};

/// DRM_IOCTL_MODE_ADDFB2, with a modifier if it is not `no_modifier`; at most four planes.
[[nodiscard]] Result<DrmObject> drm_add_framebuffer(int fd, std::uint32_t format,
                                                    std::uint64_t modifier, FrameSize size,
                                                    std::span<const FramebufferPlane> planes);
/// The same, all planes in one buffer.
[[nodiscard]] Result<DrmObject> drm_add_framebuffer(int fd, std::uint32_t handle,
                                                    std::uint32_t format, std::uint64_t modifier,
                                                    const FrameLayout& layout);

/// DRM_IOCTL_MODE_RMFB.
void drm_remove_framebuffer(int fd, std::uint32_t framebuffer);

} // namespace heapsel::uapi
