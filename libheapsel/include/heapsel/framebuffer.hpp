// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>

#include <heapsel/buffer_pool.hpp>
#include <heapsel/error.hpp>
#include <heapsel/export.hpp>

namespace heapsel {

/// A framebuffer of a DRM device over a frame of a pool, for commits and page flips; removed with
/// the object, which takes it from the planes that still show it. It keeps the memory, but not the
/// frame: hold the lease as long as a plane shows it, or the pool gives it to the next who writes.
/// Where an import is dear, keep one framebuffer for each `Lease::serial`. Move-only.
class HEAPSEL_EXPORT Framebuffer {
  public:
    /// Of pixels in `format` (DRM_FORMAT_*), `width` x `height` of them, line by line (no modifier)
    /// as the frame's layout says. `fd` is of a primary node (cardN), and borrowed for as long as
    /// the framebuffer lives.
    ///
    /// EINVAL: the layout has more planes than a framebuffer can have (4), or the driver does not
    /// take such pixels or strides. Any other errno of DRM_IOCTL_PRIME_FD_TO_HANDLE, which is where
    /// a driver refuses memory that it cannot use, and of DRM_IOCTL_MODE_ADDFB2.
    [[nodiscard]] static Result<Framebuffer> create(int fd, Lease& frame, std::uint32_t format,
                                                    std::uint32_t width, std::uint32_t height);

    /// The number of the object.
    [[nodiscard]] std::uint32_t id() const { return id_; }

    Framebuffer(Framebuffer&& other) noexcept;
    Framebuffer& operator=(Framebuffer&& other) noexcept;
    Framebuffer(const Framebuffer&) = delete;
    Framebuffer& operator=(const Framebuffer&) = delete;
    ~Framebuffer();

  private:
    Framebuffer(int fd, std::uint32_t id) : fd_(fd), id_(id) {}

    int fd_;
    std::uint32_t id_; ///< 0 once moved from.
};

} // namespace heapsel
