// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <string>

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
    /// Opens /dev/dri/cardN, or ends the program with a message.
    explicit Display(const std::string& node);

    [[nodiscard]] OrErrno<Dumb> create(std::uint32_t width, std::uint32_t height) const;
    [[nodiscard]] OrErrno<Mapping> mapped(const Dumb& dumb) const;
    [[nodiscard]] OrErrno<heapsel::UniqueFd> exported(std::uint32_t handle) const;
    [[nodiscard]] OrErrno<std::uint32_t> imported(int fd) const;
    /// 0 or an errno value, as for what follows.
    [[nodiscard]] int close(std::uint32_t handle) const;

    [[nodiscard]] OrErrno<std::uint32_t> add_framebuffer(const Dumb& dumb) const;
    [[nodiscard]] int remove_framebuffer(std::uint32_t id) const;
    /// Switches the first display that is connected on, with its preferred mode, which the
    /// framebuffer must have the size of.
    [[nodiscard]] int show(std::uint32_t framebuffer) const;
    /// The size of that mode; ends the program where nothing is connected.
    [[nodiscard]] Dumb mode_size() const;

  private:
    std::string node_;
    heapsel::UniqueFd device_;
};

} // namespace board
