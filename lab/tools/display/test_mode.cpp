// SPDX-License-Identifier: LGPL-2.1-or-later
#include "test_mode.hpp"

#include <cstdio>
#include <drm_fourcc.h>
#include <format>
#include <xf86drm.h>

namespace display {
namespace {

drmModeModeInfo made_up_mode(uint16_t width, uint16_t height, unsigned hz) {
    drmModeModeInfo mode{};
    mode.hdisplay = width;
    mode.hsync_start = static_cast<uint16_t>(width + 16);
    mode.hsync_end = static_cast<uint16_t>(width + 48);
    mode.htotal = static_cast<uint16_t>(width + 96);
    mode.vdisplay = height;
    mode.vsync_start = static_cast<uint16_t>(height + 3);
    mode.vsync_end = static_cast<uint16_t>(height + 9);
    mode.vtotal = static_cast<uint16_t>(height + 24);
    mode.clock = static_cast<uint32_t>(uint64_t{mode.htotal} * mode.vtotal * hz / 1000);
    mode.vrefresh = hz;
    mode.type = DRM_MODE_TYPE_USERDEF;
    std::snprintf(mode.name, sizeof(mode.name), "%ux%u", width, height);
    return mode;
}

drmModeModeInfo choose_mode(const drmModeConnector& connector, uint16_t width, uint16_t height,
                            unsigned hz) {
    for (int i = 0; i < connector.count_modes; ++i) {
        const drmModeModeInfo& mode = connector.modes[i];
        if (mode.hdisplay == width && mode.vdisplay == height && mode.vrefresh == hz &&
            (mode.flags & DRM_MODE_FLAG_INTERLACE) == 0)
            return mode;
    }
    return made_up_mode(width, height, hz);
}

Result<Drm<drmModeConnector>> connected(int fd, const drmModeRes& resources) {
    for (int i = 0; i < resources.count_connectors; ++i) {
        Drm<drmModeConnector> connector(drmModeGetConnector(fd, resources.connectors[i]));
        if (connector && connector->connection == DRM_MODE_CONNECTED &&
            connector->connector_type != DRM_MODE_CONNECTOR_WRITEBACK)
            return connector;
    }
    return std::unexpected(std::string("no connector is connected"));
}

} // namespace

Result<void> show_black(const Card& card, unsigned crtc_index, uint16_t width, uint16_t height,
                        unsigned hz) {
    const int fd = card.fd.get();
    const Drm<drmModeRes> resources(drmModeGetResources(fd));
    if (!resources)
        return std::unexpected(system_error("listing display resources"));
    const auto crtc = crtc_id(card, crtc_index);
    if (!crtc)
        return std::unexpected(crtc.error());
    auto connector = connected(fd, *resources);
    if (!connector)
        return std::unexpected(connector.error());

    uint32_t handle = 0;
    uint32_t pitch = 0;
    uint64_t size = 0;
    if (drmModeCreateDumbBuffer(fd, width, height, 32, 0, &handle, &pitch, &size) != 0)
        return std::unexpected(system_error("creating a dumb buffer"));
    const uint32_t handles[4] = {handle};
    const uint32_t pitches[4] = {pitch};
    const uint32_t offsets[4] = {};
    uint32_t fb = 0;
    if (drmModeAddFB2(fd, width, height, DRM_FORMAT_XRGB8888, handles, pitches, offsets, &fb, 0))
        return std::unexpected(system_error("making a framebuffer"));
    drmModeModeInfo mode = choose_mode(**connector, width, height, hz);
    if (drmModeSetCrtc(fd, *crtc, fb, 0, 0, &(*connector)->connector_id, 1, &mode) != 0)
        return std::unexpected(system_error(std::format(
            "setting {}x{}@{} (is another program the display's master?)", width, height, hz)));
    return {};
}

} // namespace display
