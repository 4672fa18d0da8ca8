// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <heapsel/error.hpp>

#include "model/frame_layout.hpp"

/// What it takes to change what a display shows, or to test whether it could be changed.
namespace heapsel::uapi {

/// The file is the display's master, or is made it, if it can be, for as long as this lives.
class DrmMastership {
  public:
    explicit DrmMastership(int fd);
    DrmMastership(const DrmMastership&) = delete;
    DrmMastership& operator=(const DrmMastership&) = delete;
    ~DrmMastership();

    /// Why it is not: the errno of DRM_IOCTL_SET_MASTER; 0 if it is. EBUSY: another one is.
    /// EACCES: only root may, or who was it before.
    [[nodiscard]] int failure() const { return failure_; }

  private:
    int fd_;
    int failure_ = 0;
    bool taken_ = false;
};

/// Gives it up, where whoever opens a display that has no master becomes it.
void drm_drop_master(int fd);

/// DRM_CLIENT_CAP_ATOMIC. EOPNOTSUPP: the driver has no atomic commits.
[[nodiscard]] Result<void> drm_use_atomic(int fd);

/// DRM_IOCTL_MODE_GETRESOURCES: the CRTCs, in the order in which planes count them.
[[nodiscard]] Result<std::vector<std::uint32_t>> drm_crtcs(int fd);

/// DRM_IOCTL_MODE_GETCRTC: the size of the mode that it has; nothing if it is off, or cannot be
/// looked at.
[[nodiscard]] std::optional<FrameSize> drm_mode_size(int fd, std::uint32_t crtc);

/// DRM_CAP_CURSOR_WIDTH, DRM_CAP_CURSOR_HEIGHT; nothing if the kernel does not say.
[[nodiscard]] std::optional<FrameSize> drm_cursor_size(int fd);

struct PropertyValue {
    std::uint32_t property = 0;
    std::uint64_t value = 0;
};

/// DRM_IOCTL_MODE_ATOMIC that tests whether `plane` could have `values`. EACCES: not the master.
[[nodiscard]] Result<void> drm_test_commit(int fd, std::uint32_t plane,
                                           std::span<const PropertyValue> values);

} // namespace heapsel::uapi
