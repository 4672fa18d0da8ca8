// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include <drm_fourcc.h>
#include <fcntl.h>
#include <xf86drm.h>
#include <xf86drmMode.h>

#include <heapsel/buffer_pool.hpp>
#include <heapsel/display_device.hpp>
#include <heapsel/error.hpp>
#include <heapsel/framebuffer.hpp>
#include <heapsel/pixel_format.hpp>
#include <heapsel/unique_fd.hpp>

/// @file
/// @brief For programs that show frames of a pool themselves, without a compositor.
///
/// This header alone has it: libheapsel is not linked with libdrm, which the program brings. One
/// that has its own way with KMS takes `Framebuffer`, and needs none of this.

namespace heapsel {

/// The first monitor of a card, and one plane of it that shows a pool's frames, one after the
/// other, pixel by pixel from the upper left. What the monitor shows already, and how, stays
/// otherwise as it is; one that is off is switched on, in the mode that it prefers. Move-only; used
/// from one thread at a time.
class Monitor {
  public:
    /// Opens `card` as of `find_display_device`, and is its master from now on.
    ///
    /// EBUSY, EACCES: another program is its master. EOPNOTSUPP: its driver has no atomic commits,
    /// so nothing would say when a frame is on. ENXIO: no monitor is connected. Else as of
    /// `find_display_device`, open(2), or the errno of the ioctls of KMS.
    [[nodiscard]] static Result<Monitor> open(std::string_view card) {
        auto device = find_display_device(card);
        if (!device)
            return std::unexpected(std::move(device.error()));
        Monitor monitor(*std::move(device));
        if (!monitor.fd_ || drmSetMaster(monitor.fd_.get()) != 0)
            return monitor.failed("take the display",
                                  "End the compositor that has it, or be root.");
        if (drmSetClientCap(monitor.fd_.get(), DRM_CLIENT_CAP_ATOMIC, 1) != 0)
            return monitor.failed("use the display", "Its driver has no atomic commits.");
        if (auto found = monitor.find(); !found)
            return std::unexpected(std::move(found.error()));
        return monitor;
    }

    /// Takes the first plane that shows `format` (DRM_FORMAT_*) line by line: for `show` and
    /// `word`. Whether there is one.
    [[nodiscard]] bool use_plane_for(std::uint32_t format) {
        for (const auto& [plane, usable] : device_.planes) {
            const Given<drmModePlane, drmModeFreePlane> seen(drmModeGetPlane(fd_.get(), plane.id));
            if (!seen || (seen->possible_crtcs & crtc_bit_) == 0 ||
                plane.type == PlaneType::cursor ||
                plane.takes(format, DRM_FORMAT_MOD_LINEAR) != Answer::yes)
                continue;
            plane_ = plane.id;
            format_ = format;
            return true;
        }
        return false;
    }

    /// Card, plane and format for `Request::devices`: "card0:35:NV12".
    [[nodiscard]] std::string word() const {
        return device_.name + ':' + std::to_string(plane_) + ':' + format_name(format_);
    }

    /// Has the plane show `frame`, so far as it is `width` x `height` and fits, and holds it until
    /// another one is shown. Returns when it is on the monitor, and the one before is given back.
    ///
    /// Errors: those of `Framebuffer::create`. ENODEV: the display is gone, or another program
    /// switched it off. Any other errno of DRM_IOCTL_MODE_SETPLANE. What was shown before is shown
    /// still, if anything is.
    [[nodiscard]] Result<void> show(Lease frame, std::uint32_t width, std::uint32_t height) {
        // A plane of a CRTC that is off takes a framebuffer without a word.
        if (!crtc_is_on()) {
            errno = ENODEV;
            return failed("show a frame", "The display is gone, or was switched off.");
        }
        auto made = Framebuffer::create(fd_.get(), frame, format_, width, height);
        if (!made)
            return std::unexpected(std::move(made.error()));
        const std::uint32_t w = std::min<std::uint32_t>(width, mode_.hdisplay);
        const std::uint32_t h = std::min<std::uint32_t>(height, mode_.vdisplay);
        // Of a driver with atomic commits this is one that blocks: it ends after the flip.
        if (drmModeSetPlane(fd_.get(), plane_, crtc_, made->id(), 0, 0, 0, w, h, 0, 0, w << 16U,
                            h << 16U) != 0)
            return failed("show a frame", "Its plane may have to fill the monitor.");
        shown_.emplace(*std::move(made), std::move(frame));
        return {};
    }

  private:
    template <auto release>
    struct Free {
        template <typename T>
        void operator()(T* given) const {
            release(given);
        }
    };
    /// What libdrm gives, freed by the function that it has for that.
    template <typename T, auto release>
    using Given = std::unique_ptr<T, Free<release>>;

    explicit Monitor(DisplayDevice device)
        : device_(std::move(device)), fd_(::open(device_.node.c_str(), O_RDWR | O_CLOEXEC)) {}

    [[nodiscard]] std::unexpected<Error> failed(const char* what, const char* hint) const {
        const int code = errno;
        return std::unexpected(
            Error{.code = code, .operation = what, .subject = device_.node.native(), .hint = hint});
    }

    [[nodiscard]] Result<void> find() {
        const Given<drmModeRes, drmModeFreeResources> all(drmModeGetResources(fd_.get()));
        for (int i = 0; all && i < all->count_connectors; ++i) {
            const Given<drmModeConnector, drmModeFreeConnector> connector(
                drmModeGetConnector(fd_.get(), all->connectors[i]));
            if (connector && connector->connection == DRM_MODE_CONNECTED &&
                connector->count_modes > 0 && connect(*all, *connector))
                return crtc_is_on() ? Result<void>() : switch_on(*connector);
        }
        errno = ENXIO;
        return failed("find a monitor", "Connect one.");
    }

    /// By the CRTC that drives it already; else by the first that can, and drives no other.
    [[nodiscard]] bool connect(const drmModeRes& all, const drmModeConnector& connector) {
        const std::uint32_t encoder =
            connector.encoder_id != 0 ? connector.encoder_id : connector.encoders[0];
        const Given<drmModeEncoder, drmModeFreeEncoder> by(drmModeGetEncoder(fd_.get(), encoder));
        for (int i = 0; by && i < all.count_crtcs; ++i) {
            if ((by->possible_crtcs >> i & 1U) == 0 ||
                (by->crtc_id != 0 && by->crtc_id != all.crtcs[i]))
                continue;
            crtc_ = all.crtcs[i];
            crtc_bit_ = 1U << i;
            return true;
        }
        return false;
    }

    [[nodiscard]] bool crtc_is_on() {
        const Given<drmModeCrtc, drmModeFreeCrtc> crtc(drmModeGetCrtc(fd_.get(), crtc_));
        if (!crtc || crtc->mode_valid == 0)
            return false;
        mode_ = crtc->mode;
        return true;
    }

    /// In black: a mode cannot be without a picture of its size.
    [[nodiscard]] Result<void> switch_on(const drmModeConnector& connector) {
        mode_ = connector.modes[0]; // The one that it prefers.
        std::uint32_t handle = 0;
        std::uint32_t stride = 0;
        std::uint64_t size = 0;
        std::uint32_t black = 0;
        std::uint32_t id = connector.connector_id;
        if (drmModeCreateDumbBuffer(fd_.get(), mode_.hdisplay, mode_.vdisplay, 32, 0, &handle,
                                    &stride, &size) != 0 ||
            drmModeAddFB(fd_.get(), mode_.hdisplay, mode_.vdisplay, 24, 32, stride, handle,
                         &black) != 0 ||
            drmModeSetCrtc(fd_.get(), crtc_, black, 0, 0, &id, 1, &mode_) != 0)
            return failed("switch the monitor on", "The kernel's log may say why.");
        return {};
    }

    DisplayDevice device_;
    UniqueFd fd_;
    std::uint32_t crtc_ = 0;
    std::uint32_t crtc_bit_ = 0; ///< As planes count CRTCs.
    std::uint32_t plane_ = 0;
    std::uint32_t format_ = 0;
    drmModeModeInfo mode_{};
    std::optional<std::pair<Framebuffer, Lease>> shown_;
};

} // namespace heapsel
