// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <string>
#include <xf86drmMode.h>

#include <heapsel/unique_fd.hpp>

#include "heap.hpp"

namespace board {

/// A dumb buffer of a display, by its handle.
struct Dumb {
    std::uint32_t handle = 0;
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    std::uint32_t pitch = 0; ///< bytes
    std::uint64_t size = 0;  ///< bytes
};

/// An open KMS device, with no library between it and the kernel but libdrm's headers. All buffers
/// have 32 bits a pixel, all framebuffers the format XRGB8888.
class Display {
  public:
    /// Opens /dev/dri/cardN and looks for a display that is connected, or ends the program with a
    /// message.
    explicit Display(const std::string& node);

    [[nodiscard]] OrErrno<Dumb> create(std::uint32_t width, std::uint32_t height) const;
    [[nodiscard]] OrErrno<Mapping> mapped(const Dumb& dumb) const;
    [[nodiscard]] OrErrno<heapsel::UniqueFd> exported(std::uint32_t handle) const;
    [[nodiscard]] OrErrno<std::uint32_t> imported(int fd) const;
    /// 0 or an errno value, as for what follows.
    [[nodiscard]] int close(std::uint32_t handle) const;

    [[nodiscard]] OrErrno<std::uint32_t> add_framebuffer(const Dumb& dumb) const;
    [[nodiscard]] int remove_framebuffer(std::uint32_t id) const;
    /// Switches the display on, showing all of the framebuffer.
    [[nodiscard]] int show(std::uint32_t framebuffer) const;
    /// The size that such a framebuffer must have.
    [[nodiscard]] std::uint32_t width() const { return output_.mode.hdisplay; }
    [[nodiscard]] std::uint32_t height() const { return output_.mode.vdisplay; }

  private:
    /// The first connector with a display, its preferred mode, and a CRTC for it.
    struct Output {
        std::uint32_t connector = 0;
        std::uint32_t crtc = 0;
        drmModeModeInfo mode{};
    };
    [[nodiscard]] OrErrno<Output> first_output() const;

    heapsel::UniqueFd device_;
    Output output_;
};

} // namespace board
