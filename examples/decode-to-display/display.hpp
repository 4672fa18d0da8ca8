// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <algorithm>
#include <drm_fourcc.h>
#include <fcntl.h>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <xf86drm.h>
#include <xf86drmMode.h>

#include <heapsel/buffer_pool.hpp>
#include <heapsel/display_device.hpp>
#include <heapsel/unique_fd.hpp>

#include "common.hpp"

/// What libdrm gives, and the function that frees it.
template <auto free, typename T>
auto freed(T* given) {
    return std::unique_ptr<T, decltype([](T* one) { free(one); })>(given);
}

/// The first monitor of a card, and one plane of it. Pixels are shown one to one, from the upper
/// left.
class Display {
  public:
    explicit Display(const std::string& name)
        : device_(need(heapsel::find_display_device(name))),
          fd_(::open(device_.node.c_str(), O_RDWR | O_CLOEXEC)) {
        if (!fd_ || drmSetMaster(fd()) != 0)
            fail("take the display", "End the compositor that has it, or be root.");
        if (drmSetClientCap(fd(), DRM_CLIENT_CAP_ATOMIC, 1) != 0)
            fail("use the display", "Its driver has no atomic commits.");
        const auto all = freed<drmModeFreeResources>(drmModeGetResources(fd()));
        for (int i = 0; all && i < all->count_connectors && crtc_ == 0; ++i)
            connect(*all, all->connectors[i]);
        if (crtc_ == 0)
            fail("find a monitor", "Connect one.", ENXIO);
    }
    [[nodiscard]] int fd() const { return fd_.get(); }
    [[nodiscard]] std::uint32_t plane() const { return plane_; }

    /// Whether a plane shows `format` (DRM_FORMAT_*) line by line; that one is used from now on.
    [[nodiscard]] bool takes(std::uint32_t format) {
        for (const auto& [plane, usable] : device_.planes) {
            const auto seen = freed<drmModeFreePlane>(drmModeGetPlane(fd(), plane.id));
            std::tie(plane_, format_) = std::tie(plane.id, format);
            if (seen && (seen->possible_crtcs & crtc_bit_) != 0 &&
                plane.type != heapsel::PlaneType::cursor &&
                plane.takes(format, DRM_FORMAT_MOD_LINEAR) == heapsel::Answer::yes)
                return true;
        }
        return false;
    }

    /// Returns when `frame` is on the monitor, and lets go of the one that was there.
    void show(heapsel::Lease frame, std::uint32_t width, std::uint32_t height) {
        const std::uint32_t before = std::exchange(framebuffer_, add(frame, width, height));
        const std::uint64_t w = std::min<std::uint32_t>(width, mode_.hdisplay);
        const std::uint64_t h = std::min<std::uint32_t>(height, mode_.vdisplay);
        const auto change = freed<drmModeAtomicFree>(drmModeAtomicAlloc());
        for (const auto& [object, name, value] :
             std::initializer_list<std::tuple<std::uint32_t, const char*, std::uint64_t>>{
                 {connector_, "CRTC_ID", crtc_},
                 {crtc_, "MODE_ID", blob_},
                 {crtc_, "ACTIVE", 1},
                 {plane_, "CRTC_ID", crtc_},
                 {plane_, "FB_ID", framebuffer_},
                 {plane_, "CRTC_X", 0},
                 {plane_, "CRTC_Y", 0},
                 {plane_, "CRTC_W", w},
                 {plane_, "CRTC_H", h},
                 {plane_, "SRC_X", 0},
                 {plane_, "SRC_Y", 0},
                 {plane_, "SRC_W", w << 16U},
                 {plane_, "SRC_H", h << 16U}})
            drmModeAtomicAddProperty(change.get(), object, id_of(object, name), value);
        // Without DRM_MODE_ATOMIC_NONBLOCK this returns after the flip.
        if (drmModeAtomicCommit(fd(), change.get(), DRM_MODE_ATOMIC_ALLOW_MODESET, nullptr) != 0)
            fail("show a frame", "Its plane may have to fill the monitor.");
        drmModeRmFB(fd(), before);
        shown_ = std::move(frame);
    }

  private:
    [[noreturn]] void fail(const char* what, const char* hint, int code = errno) const {
        give_up(what, device_.node, hint, code);
    }

    void connect(const drmModeRes& all, std::uint32_t connector) {
        const auto to = freed<drmModeFreeConnector>(drmModeGetConnector(fd(), connector));
        if (!to || to->connection != DRM_MODE_CONNECTED || to->count_modes == 0)
            return;
        // What is on stays as it is; else the first CRTC, and the first mode, the preferred one.
        const auto by = freed<drmModeFreeEncoder>(
            drmModeGetEncoder(fd(), to->encoder_id != 0 ? to->encoder_id : to->encoders[0]));
        for (int i = 0; by && i < all.count_crtcs && crtc_ == 0; ++i)
            if ((by->possible_crtcs >> i & 1U) != 0 &&
                (by->crtc_id == 0 || by->crtc_id == all.crtcs[i]))
                std::tie(connector_, crtc_, crtc_bit_) =
                    std::tuple(connector, all.crtcs[i], 1U << i);
        const auto now = freed<drmModeFreeCrtc>(drmModeGetCrtc(fd(), crtc_));
        mode_ = now && now->mode_valid != 0 ? now->mode : to->modes[0];
        drmModeCreatePropertyBlob(fd(), &mode_, sizeof(mode_), &blob_);
    }

    [[nodiscard]] std::uint32_t id_of(std::uint32_t object, const std::string& name) {
        std::uint32_t& id = ids_[{object, name}];
        if (id != 0)
            return id;
        const auto all = freed<drmModeFreeObjectProperties>(
            drmModeObjectGetProperties(fd(), object, DRM_MODE_OBJECT_ANY));
        for (unsigned i = 0; all && i < all->count_props; ++i) {
            const auto one = freed<drmModeFreeProperty>(drmModeGetProperty(fd(), all->props[i]));
            if (one && one->name == name)
                return id = one->prop_id;
        }
        fail("show a frame", "Its driver lacks a property.", ENOTSUP);
    }

    [[nodiscard]] std::uint32_t add(heapsel::Lease& frame, std::uint32_t w, std::uint32_t h) const {
        std::uint32_t handle = 0, framebuffer = 0, handles[4]{}, strides[4]{}, offsets[4]{};
        if (drmPrimeFDToHandle(fd(), frame.fd(), &handle) != 0)
            fail("import a frame", "Ask for memory that it can use: --require contiguous.");
        for (std::size_t i = 0; const heapsel::PlaneLayout& plane : frame.layout().planes)
            handles[i] = handle, strides[i] = plane.stride, offsets[i++] = plane.offset;
        if (drmModeAddFB2(fd(), w, h, format_, handles, strides, offsets, &framebuffer, 0) != 0)
            fail("make a framebuffer", "Its driver does not take such frames.");
        drmCloseBufferHandle(fd(), handle); // The framebuffer keeps the memory.
        return framebuffer;
    }

    heapsel::DisplayDevice device_;
    heapsel::UniqueFd fd_;
    std::uint32_t connector_ = 0, crtc_ = 0, crtc_bit_ = 0, plane_ = 0, format_ = 0;
    std::uint32_t blob_ = 0, framebuffer_ = 0;
    drmModeModeInfo mode_{};
    std::map<std::pair<std::uint32_t, std::string>, std::uint32_t> ids_; ///< Of properties.
    std::optional<heapsel::Lease> shown_;
};
