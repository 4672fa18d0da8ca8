// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <expected>
#include <memory>
#include <string>
#include <utility>
#include <xf86drmMode.h>

namespace display {

template <typename T>
using Result = std::expected<T, std::string>;

/** An owned fd. */
class Fd {
  public:
    Fd() = default;
    explicit Fd(int fd) : fd_(fd) {}
    ~Fd();
    Fd(Fd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
    Fd& operator=(Fd&& other) noexcept {
        std::swap(fd_, other.fd_);
        return *this;
    }
    int get() const { return fd_; }
    explicit operator bool() const { return fd_ >= 0; }

  private:
    int fd_ = -1;
};

/** Frees libdrm's results, each type with its own function. */
struct DrmFree {
    void operator()(drmModeRes* p) const { drmModeFreeResources(p); }
    void operator()(drmModeCrtc* p) const { drmModeFreeCrtc(p); }
    void operator()(drmModeConnector* p) const { drmModeFreeConnector(p); }
    void operator()(drmModePlaneRes* p) const { drmModeFreePlaneResources(p); }
    void operator()(drmModePlane* p) const { drmModeFreePlane(p); }
    void operator()(drmModeFB2* p) const { drmModeFreeFB2(p); }
    void operator()(drmModeObjectProperties* p) const { drmModeFreeObjectProperties(p); }
    void operator()(drmModePropertyRes* p) const { drmModeFreeProperty(p); }
};
template <typename T>
using Drm = std::unique_ptr<T, DrmFree>;

/** A KMS device, open and not its master. */
struct Card {
    Fd fd;
    std::string driver;
    unsigned minor = 0;
    bool was_master = false;
};

/** Opens the first card of @p driver.
 *
 * Whoever opens a card that has no master becomes it; unless @p keep_master, that is given up at
 * once, so that the program being watched can have it.
 */
Result<Card> open_card(const std::string& driver, bool keep_master = false);

/** The id of CRTC number @p index of @p card. */
Result<uint32_t> crtc_id(const Card& card, unsigned index);

uint64_t monotonic_ns();

/** @p what and the text of errno. */
std::string system_error(const std::string& what);

} // namespace display
