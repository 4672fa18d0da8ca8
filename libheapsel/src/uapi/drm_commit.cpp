// SPDX-License-Identifier: LGPL-2.1-or-later
#include "uapi/drm_commit.hpp"

#include <algorithm>
#include <cerrno>

#include <drm/drm.h>

#include "uapi/address.hpp"
#include "uapi/ioctl.hpp"

namespace heapsel::uapi {
namespace {

// More CRTCs than a plane has bits for.
constexpr std::uint32_t max_crtcs = 32;

/// The kernel lets nobody but the master authenticate others, and there is no magic 0.
bool is_master(int fd) {
    drm_auth request{};
    return retried_ioctl(fd, DRM_IOCTL_AUTH_MAGIC, &request) != EACCES;
}

std::optional<std::uint32_t> capability(int fd, std::uint64_t which) {
    drm_get_cap request{};
    request.capability = which;
    if (retried_ioctl(fd, DRM_IOCTL_GET_CAP, &request) != 0)
        return std::nullopt;
    return static_cast<std::uint32_t>(request.value);
}

std::unexpected<Error> commit_failed(int code, const char* operation, const char* call) {
    return std::unexpected(
        Error{.code = code, .operation = operation, .subject = call, .hint = {}});
}

} // namespace

DrmMastership::DrmMastership(int fd) : fd_(fd) {
    if (is_master(fd))
        return;
    failure_ = retried_ioctl(fd, DRM_IOCTL_SET_MASTER, nullptr);
    taken_ = failure_ == 0;
}

DrmMastership::~DrmMastership() {
    if (taken_)
        drm_drop_master(fd_);
}

void drm_drop_master(int fd) {
    static_cast<void>(retried_ioctl(fd, DRM_IOCTL_DROP_MASTER, nullptr));
}

Result<void> drm_use_atomic(int fd) {
    drm_set_client_cap request{};
    request.capability = DRM_CLIENT_CAP_ATOMIC;
    request.value = 1;
    if (const int code = retried_ioctl(fd, DRM_IOCTL_SET_CLIENT_CAP, &request); code != 0)
        return commit_failed(code, "use atomic commits", "DRM_CLIENT_CAP_ATOMIC");
    return {};
}

Result<std::vector<std::uint32_t>> drm_crtcs(int fd) {
    std::vector<std::uint32_t> crtcs(max_crtcs);
    drm_mode_card_res request{};
    request.crtc_id_ptr = address_of(crtcs.data());
    request.count_crtcs = max_crtcs;
    if (const int code = retried_ioctl(fd, DRM_IOCTL_MODE_GETRESOURCES, &request); code != 0)
        return commit_failed(code, "list the CRTCs of a display", "DRM_IOCTL_MODE_GETRESOURCES");
    crtcs.resize(std::min(request.count_crtcs, max_crtcs));
    return crtcs;
}

std::optional<FrameSize> drm_mode_size(int fd, std::uint32_t crtc) {
    drm_mode_crtc request{};
    request.crtc_id = crtc;
    if (retried_ioctl(fd, DRM_IOCTL_MODE_GETCRTC, &request) != 0 || request.mode_valid == 0)
        return std::nullopt;
    return FrameSize{.width = request.mode.hdisplay, .height = request.mode.vdisplay};
}

std::optional<FrameSize> drm_cursor_size(int fd) {
    const auto width = capability(fd, DRM_CAP_CURSOR_WIDTH);
    const auto height = capability(fd, DRM_CAP_CURSOR_HEIGHT);
    if (!width || !height)
        return std::nullopt;
    return FrameSize{.width = *width, .height = *height};
}

Result<void> drm_test_commit(int fd, std::uint32_t plane, std::span<const PropertyValue> values) {
    std::vector<std::uint32_t> properties;
    std::vector<std::uint64_t> numbers;
    for (const auto& [property, value] : values) {
        properties.push_back(property);
        numbers.push_back(value);
    }
    auto count = static_cast<std::uint32_t>(values.size());
    drm_mode_atomic request{};
    request.flags = DRM_MODE_ATOMIC_TEST_ONLY;
    request.count_objs = 1;
    request.objs_ptr = address_of(&plane);
    request.count_props_ptr = address_of(&count);
    request.props_ptr = address_of(properties.data());
    request.prop_values_ptr = address_of(numbers.data());
    if (const int code = retried_ioctl(fd, DRM_IOCTL_MODE_ATOMIC, &request); code != 0)
        return commit_failed(code, "show it on the plane", "DRM_IOCTL_MODE_ATOMIC, TEST_ONLY");
    return {};
}

} // namespace heapsel::uapi
