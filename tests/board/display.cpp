// SPDX-License-Identifier: LGPL-2.1-or-later
#include "display.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <memory>
#include <print>
#include <xf86drm.h>

namespace board {

namespace {

struct Free {
    void operator()(drmModeRes* p) const { drmModeFreeResources(p); }
    void operator()(drmModeConnector* p) const { drmModeFreeConnector(p); }
};

int result_of(int returned) {
    return returned == 0 ? 0 : errno;
}

} // namespace

Display::Display(const std::string& node) : device_(::open(node.c_str(), O_RDWR | O_CLOEXEC)) {
    const auto output = device_ ? first_output() : std::unexpected(errno);
    if (!output) {
        std::println(stderr, "{}: {}", node, std::strerror(output.error()));
        std::exit(2);
    }
    output_ = *output;
}

OrErrno<Display::Output> Display::first_output() const {
    const int fd = device_.get();
    const std::unique_ptr<drmModeRes, Free> resources(drmModeGetResources(fd));
    if (!resources || resources->count_crtcs == 0)
        return std::unexpected(resources ? ENODEV : errno);
    for (int i = 0; i < resources->count_connectors; ++i) {
        const std::unique_ptr<drmModeConnector, Free> connector(
            drmModeGetConnector(fd, resources->connectors[i]));
        if (connector && connector->connection == DRM_MODE_CONNECTED && connector->count_modes > 0)
            return Output{connector->connector_id, resources->crtcs[0], connector->modes[0]};
    }
    return std::unexpected(ENODEV);
}

OrErrno<Dumb> Display::create(std::uint32_t width, std::uint32_t height) const {
    Dumb dumb{.width = width, .height = height};
    if (drmModeCreateDumbBuffer(device_.get(), width, height, 32, 0, &dumb.handle, &dumb.pitch,
                                &dumb.size) != 0)
        return std::unexpected(errno);
    return dumb;
}

OrErrno<Mapping> Display::mapped(const Dumb& dumb) const {
    std::uint64_t offset = 0;
    if (drmModeMapDumbBuffer(device_.get(), dumb.handle, &offset) != 0)
        return std::unexpected(errno);
    return Mapping::of(device_.get(), dumb.size, static_cast<std::int64_t>(offset));
}

OrErrno<heapsel::UniqueFd> Display::exported(std::uint32_t handle) const {
    int fd = -1;
    if (drmPrimeHandleToFD(device_.get(), handle, DRM_CLOEXEC | DRM_RDWR, &fd) != 0)
        return std::unexpected(errno);
    return heapsel::UniqueFd(fd);
}

OrErrno<std::uint32_t> Display::imported(int fd) const {
    std::uint32_t handle = 0;
    if (drmPrimeFDToHandle(device_.get(), fd, &handle) != 0)
        return std::unexpected(errno);
    return handle;
}

int Display::close(std::uint32_t handle) const {
    return result_of(drmCloseBufferHandle(device_.get(), handle));
}

OrErrno<std::uint32_t> Display::add_framebuffer(const Dumb& dumb) const {
    std::uint32_t id = 0;
    if (drmModeAddFB(device_.get(), dumb.width, dumb.height, 24, 32, dumb.pitch, dumb.handle,
                     &id) != 0)
        return std::unexpected(errno);
    return id;
}

int Display::remove_framebuffer(std::uint32_t id) const {
    return result_of(drmModeRmFB(device_.get(), id));
}

int Display::show(std::uint32_t framebuffer) const {
    std::uint32_t connector = output_.connector;
    drmModeModeInfo mode = output_.mode;
    return result_of(
        drmModeSetCrtc(device_.get(), output_.crtc, framebuffer, 0, 0, &connector, 1, &mode));
}

} // namespace board
