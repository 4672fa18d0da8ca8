// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include <heapsel/buffer.hpp>
#include <heapsel/buffer_layout.hpp>
#include <heapsel/plane.hpp>
#include <heapsel/unique_fd.hpp>

#include "failure.hpp"
#include "kms.hpp"

namespace example {

/// Pictures as the camera makes them.
struct Picture {
    std::uint32_t format = 0; ///< DRM_FORMAT_*.
    std::uint32_t width = 0;
    std::uint32_t height = 0;
    bool rec709 = false;     ///< Else as ITU-R BT.601 says; of YUV alone.
    bool full_range = false; ///< Of YUV alone.
};

/// A display by its primary plane, with atomic modesetting. As long as it lives, the program is the
/// display's master; at its end the display is off.
class Display {
  public:
    /// `word` is a CARD, a CONNECTOR, CARD:CONNECTOR or empty, for the first with a display.
    static OrFailure<Display> open(const std::string& word);
    Display(Display&&) = default;
    Display& operator=(Display&&) = delete;
    ~Display();

    /// "card1:HDMI-A-1".
    [[nodiscard]] std::string name() const;
    /// What a heapsel::Request calls the plane with pictures of that format.
    [[nodiscard]] std::string device(std::uint32_t format) const;
    [[nodiscard]] const heapsel::Plane& plane() const { return plane_; }
    /// The size that it shows by itself.
    [[nodiscard]] std::uint32_t width() const { return output_.modes.front().hdisplay; }
    [[nodiscard]] std::uint32_t height() const { return output_.modes.front().vdisplay; }

    /// It is to show such pictures, 1:1: in the mode of their size, if there is one.
    void expect(const Picture& picture);
    /// Makes the next framebuffer, of a dma-buf: its number is one more than the last one's.
    OrFailure<void> import(const heapsel::Buffer& memory, const heapsel::BufferLayout& layout);
    /// Whether the framebuffer is of that very dma-buf, as the kernel says it.
    [[nodiscard]] bool is_of(std::size_t framebuffer, const heapsel::Buffer& memory) const;

    /// Shows that one from the next vertical blanking on. The one before it must have flipped.
    OrFailure<void> show(std::size_t framebuffer);
    /// Readable when there may be a flip.
    [[nodiscard]] int fd() const { return fd_.get(); }
    /// Reads what there is; true if what was shown last is on.
    OrFailure<bool> flipped();

  private:
    Display(std::string card, heapsel::UniqueFd fd, kms::Output output, heapsel::Plane plane);
    void switch_on(drmModeAtomicReq& request);
    void place_picture(drmModeAtomicReq& request) const;
    void set_colours(drmModeAtomicReq& request) const;
    [[nodiscard]] std::unexpected<Failure> gone(int error) const;

    std::string card_;
    heapsel::UniqueFd fd_;
    kms::Output output_;
    heapsel::Plane plane_;
    kms::Properties connector_properties_;
    kms::Properties crtc_properties_;
    kms::Properties plane_properties_;
    drmModeModeInfo mode_{};
    Picture picture_;
    std::uint32_t mode_blob_ = 0;
    std::vector<std::uint32_t> framebuffers_;
    std::unique_ptr<bool> flip_ = std::make_unique<bool>(false); ///< libdrm's handler sets it.
    bool on_ = false;
};

} // namespace example
