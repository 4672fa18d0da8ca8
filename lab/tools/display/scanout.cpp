// SPDX-License-Identifier: LGPL-2.1-or-later
#include "scanout.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <drm_fourcc.h>
#include <fcntl.h>
#include <format>
#include <linux/dma-buf.h>
#include <set>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xf86drm.h>

namespace display {
namespace {

/** GEM handles of a framebuffer, closed at the end: each look would else pin the buffer. */
class Handles {
  public:
    Handles(int fd, const drmModeFB2& fb) : fd_(fd) {
        for (const uint32_t handle : fb.handles)
            if (handle)
                handles_.insert(handle);
    }
    ~Handles() {
        for (const uint32_t handle : handles_)
            drmCloseBufferHandle(fd_, handle);
    }
    Handles(const Handles&) = delete;
    Handles& operator=(const Handles&) = delete;

  private:
    int fd_;
    std::set<uint32_t> handles_;
};

class Mapping {
  public:
    Mapping(int fd, size_t size)
        : fd_(fd), size_(size), address_(mmap(nullptr, size, PROT_READ, MAP_SHARED, fd, 0)) {
        if (*this)
            sync(DMA_BUF_SYNC_START);
    }
    ~Mapping() {
        if (!*this)
            return;
        sync(DMA_BUF_SYNC_END);
        munmap(address_, size_);
    }
    Mapping(const Mapping&) = delete;
    Mapping& operator=(const Mapping&) = delete;
    explicit operator bool() const { return address_ != MAP_FAILED; }
    const std::byte* data() const { return static_cast<const std::byte*>(address_); }

  private:
    void sync(uint64_t phase) const {
        dma_buf_sync request{.flags = phase | DMA_BUF_SYNC_READ};
        while (ioctl(fd_, DMA_BUF_IOCTL_SYNC, &request) != 0 && (errno == EINTR || errno == EAGAIN))
            ;
    }
    int fd_;
    size_t size_;
    void* address_;
};

std::string enum_name(const drmModePropertyRes& property, uint64_t value) {
    for (int i = 0; i < property.count_enums; ++i)
        if (property.enums[i].value == value)
            return property.enums[i].name;
    return {};
}

void read_properties(int fd, PlaneScan& plane) {
    const Drm<drmModeObjectProperties> list(
        drmModeObjectGetProperties(fd, plane.id, DRM_MODE_OBJECT_PLANE));
    for (uint32_t i = 0; list && i < list->count_props; ++i) {
        const Drm<drmModePropertyRes> property(drmModeGetProperty(fd, list->props[i]));
        if (!property)
            continue;
        const std::string name = property->name;
        const uint64_t value = list->prop_values[i];
        const auto small = static_cast<uint32_t>(value);
        if (name == "type")
            plane.type = enum_name(*property, value);
        else if (name == "zpos")
            plane.zpos = value;
        else if (name == "alpha")
            plane.alpha = static_cast<uint16_t>(value);
        else if (name == "COLOR_ENCODING")
            plane.encoding = enum_name(*property, value);
        else if (name == "COLOR_RANGE")
            plane.range = enum_name(*property, value);
        else if (name == "CRTC_X")
            plane.target.x = static_cast<int32_t>(small);
        else if (name == "CRTC_Y")
            plane.target.y = static_cast<int32_t>(small);
        else if (name == "CRTC_W")
            plane.target.width = small;
        else if (name == "CRTC_H")
            plane.target.height = small;
        else if (name == "SRC_X")
            plane.source[0] = small;
        else if (name == "SRC_Y")
            plane.source[1] = small;
        else if (name == "SRC_W")
            plane.source[2] = small;
        else if (name == "SRC_H")
            plane.source[3] = small;
    }
}

/** Where a driver has no zpos, the type says how planes are stacked. */
uint64_t stacking(const PlaneScan& plane) {
    const uint64_t by_type = plane.type == "Primary" ? 0 : plane.type == "Overlay" ? 1 : 2;
    return plane.zpos << 2 | by_type;
}

Result<void> read_memory(int fd, PlaneScan& plane, const drmModeFB2& fb, bool copy) {
    const auto layout = sampling(fb.pixel_format);
    for (size_t i = 0; i < 4 && fb.handles[i] != 0; ++i) {
        int exported = -1;
        if (drmPrimeHandleToFD(fd, fb.handles[i], DRM_CLOEXEC | DRM_RDWR, &exported) != 0)
            return std::unexpected(system_error(std::format("exporting framebuffer {}", plane.fb)));
        const Fd dma_buf(exported);
        struct stat st{};
        fstat(exported, &st);
        ColourPlane colour{.inode = st.st_ino,
                           .size = static_cast<uint64_t>(lseek(exported, 0, SEEK_END)),
                           .pitch = fb.pitches[i],
                           .offset = fb.offsets[i],
                           .bytes = {}};
        if (copy && i < layout.size()) {
            const uint32_t rows = (fb.height + layout[i].vertical - 1) / layout[i].vertical;
            const uint64_t wanted = uint64_t{colour.pitch} * rows;
            // The last row may end before its pitch does.
            const uint64_t available =
                colour.size > colour.offset ? std::min(wanted, colour.size - colour.offset) : 0;
            const Mapping mapping(exported, colour.size);
            if (!mapping)
                return std::unexpected(
                    system_error(std::format("mapping framebuffer {}", plane.fb)));
            colour.bytes.resize(wanted);
            std::memcpy(colour.bytes.data(), mapping.data() + colour.offset, available);
        }
        plane.colour.push_back(std::move(colour));
    }
    return {};
}

/** False if the framebuffer went away between two calls: the display moved on. */
Result<bool> read_framebuffer(int fd, PlaneScan& plane, bool copy) {
    const Drm<drmModeFB2> fb(drmModeGetFB2(fd, plane.fb));
    if (!fb) {
        if (errno == ENOENT)
            return false;
        return std::unexpected(system_error(std::format("looking at framebuffer {}", plane.fb)));
    }
    const Handles handles(fd, *fb);
    if (fb->handles[0] == 0)
        return std::unexpected(std::string(
            "the kernel does not give framebuffer contents away: run as root (CAP_SYS_ADMIN)"));
    plane.format = fb->pixel_format;
    plane.modifier = (fb->flags & DRM_MODE_FB_MODIFIERS) != 0 ? fb->modifier : 0;
    plane.width = fb->width;
    plane.height = fb->height;
    if (copy && (sampling(fb->pixel_format).empty() || plane.modifier != DRM_FORMAT_MOD_LINEAR))
        return std::unexpected(std::format("framebuffer {}: format {:#x} with modifier {:#x} "
                                           "cannot be turned into a picture",
                                           plane.fb, plane.format, plane.modifier));
    if (auto read = read_memory(fd, plane, *fb, copy); !read)
        return std::unexpected(read.error());
    return true;
}

Result<Scanout> look_once(const Card& card, uint32_t crtc, bool copy, bool& moved) {
    const int fd = card.fd.get();
    drmSetClientCap(fd, DRM_CLIENT_CAP_UNIVERSAL_PLANES, 1);
    // Only an atomic client is shown the planes' coordinates.
    if (drmSetClientCap(fd, DRM_CLIENT_CAP_ATOMIC, 1) != 0)
        return std::unexpected(system_error("asking for atomic properties"));
    const Drm<drmModeCrtc> mode(drmModeGetCrtc(fd, crtc));
    const Drm<drmModePlaneRes> list(drmModeGetPlaneResources(fd));
    if (!mode || !list)
        return std::unexpected(system_error("reading the display's state"));
    Scanout scanout{.crtc = crtc,
                    .active = mode->mode_valid != 0,
                    .width = mode->mode_valid ? mode->mode.hdisplay : 0U,
                    .height = mode->mode_valid ? mode->mode.vdisplay : 0U,
                    .hz = mode->mode_valid ? mode->mode.vrefresh : 0U,
                    .frame = 0,
                    .ns = monotonic_ns(),
                    .planes = {}};
    if (scanout.active)
        drmCrtcGetSequence(fd, crtc, &scanout.frame, nullptr);
    moved = false;
    for (uint32_t i = 0; i < list->count_planes; ++i) {
        const Drm<drmModePlane> state(drmModeGetPlane(fd, list->planes[i]));
        if (!state || (state->crtc_id != crtc && state->crtc_id != 0))
            continue;
        PlaneScan plane;
        plane.id = state->plane_id;
        plane.crtc = state->crtc_id;
        plane.fb = state->fb_id;
        read_properties(fd, plane);
        if (plane.fb) {
            const auto present = read_framebuffer(fd, plane, copy);
            if (!present)
                return std::unexpected(present.error());
            moved |= !*present;
        }
        scanout.planes.push_back(std::move(plane));
    }
    std::ranges::stable_sort(scanout.planes, {}, stacking);
    return scanout;
}

bool same_picture(const Scanout& a, const Scanout& b) {
    return std::ranges::equal(a.planes, b.planes, [](const PlaneScan& p, const PlaneScan& q) {
        return p.id == q.id && p.fb == q.fb && p.target == q.target && p.source == q.source &&
               std::ranges::equal(p.colour, q.colour, {}, &ColourPlane::bytes, &ColourPlane::bytes);
    });
}

} // namespace

std::vector<Sampling> sampling(uint32_t format) {
    switch (format) {
    case DRM_FORMAT_XRGB8888:
    case DRM_FORMAT_ARGB8888:
    case DRM_FORMAT_XBGR8888:
    case DRM_FORMAT_ABGR8888:
        return {{4, 1, 1}};
    case DRM_FORMAT_RGB565:
        return {{2, 1, 1}};
    case DRM_FORMAT_NV12:
    case DRM_FORMAT_NV21:
        return {{1, 1, 1}, {2, 2, 2}};
    case DRM_FORMAT_YUV420:
    case DRM_FORMAT_YVU420:
        return {{1, 1, 1}, {1, 2, 2}, {1, 2, 2}};
    default:
        return {};
    }
}

Result<Scanout> look(const Card& card, uint32_t crtc, bool copy) {
    for (unsigned attempt = 0; attempt < 20; ++attempt) {
        bool moved = false;
        auto scanout = look_once(card, crtc, copy, moved);
        if (!scanout || !moved)
            return scanout;
    }
    return std::unexpected(std::string("framebuffers come and go too fast to be looked at"));
}

Result<Scanout> look_consistently(const Card& card, uint32_t crtc, unsigned attempts) {
    auto first = look(card, crtc, true);
    for (unsigned attempt = 0; first && attempt < attempts; ++attempt) {
        // Unchanged ids alone do not prove it: a buffer can leave the display, be refilled and
        // come back between two looks.
        auto second = look(card, crtc, true);
        if (!second)
            return second;
        if (same_picture(*first, *second))
            return first;
        first = std::move(second);
    }
    if (!first)
        return first;
    return std::unexpected(
        std::format("the display changed during each of {} attempts to copy it", attempts));
}

} // namespace display
