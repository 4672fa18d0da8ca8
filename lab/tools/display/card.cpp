// SPDX-License-Identifier: LGPL-2.1-or-later
#include "card.hpp"

#include <cerrno>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <format>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>
#include <xf86drm.h>

namespace display {

Fd::~Fd() {
    if (fd_ >= 0)
        ::close(fd_);
}

std::string system_error(const std::string& what) {
    return std::format("{}: {}", what, std::strerror(errno));
}

uint64_t monotonic_ns() {
    timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return static_cast<uint64_t>(now.tv_sec) * 1'000'000'000U + static_cast<uint64_t>(now.tv_nsec);
}

Result<Card> open_card(const std::string& driver, bool keep_master) {
    std::string seen;
    for (unsigned i = 0; i < 64; ++i) {
        const std::string path = std::format("/dev/dri/card{}", i);
        Fd fd(::open(path.c_str(), O_RDWR | O_CLOEXEC));
        if (!fd) {
            if (errno != ENOENT)
                seen += std::format(" {}", system_error(path));
            continue;
        }
        const bool master = drmIsMaster(fd.get()) != 0;
        if (master && !keep_master)
            drmDropMaster(fd.get());
        drmVersion* version = drmGetVersion(fd.get());
        const std::string name = version ? version->name : "";
        drmFreeVersion(version);
        if (name == driver) {
            struct stat st;
            fstat(fd.get(), &st);
            return Card{.fd = std::move(fd),
                        .driver = name,
                        .minor = minor(st.st_rdev),
                        .was_master = master};
        }
        seen += std::format(" {} ({})", path, name);
    }
    return std::unexpected(std::format("no KMS device of driver '{}'; found:{}", driver,
                                       seen.empty() ? " none" : seen));
}

Result<uint32_t> crtc_id(const Card& card, unsigned index) {
    const Drm<drmModeRes> resources(drmModeGetResources(card.fd.get()));
    if (!resources)
        return std::unexpected(system_error("listing display resources"));
    if (index >= static_cast<unsigned>(resources->count_crtcs))
        return std::unexpected(std::format("no CRTC number {}: {} has {}", index, card.driver,
                                           resources->count_crtcs));
    return resources->crtcs[index];
}

} // namespace display
