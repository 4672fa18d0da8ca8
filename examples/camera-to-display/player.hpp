// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <vector>

#include <heapsel/unique_fd.hpp>

#include "camera.hpp"
#include "display.hpp"
#include "failure.hpp"
#include "turns.hpp"

namespace example {

/// What became of the frames.
struct Played {
    unsigned captured = 0;
    unsigned shown = 0;
    unsigned dropped = 0; ///< They came while the one before them still waited, or were broken.
    unsigned copies = 0;  ///< Shown from memory that is not what they were captured into.
    double seconds = 0;   ///< From the first frame to the last flip.
};

/// Readable when the user wants to end the program (SIGINT, SIGTERM). To be called before there are
/// other threads, libcamera's too: one that does not block the signals would take them.
heapsel::UniqueFd interrupts();

/// Has the camera fill its buffers, and the display show each as it comes, until `count` frames are
/// captured or the program is interrupted. Buffer i of the camera is framebuffer i of the display.
class Player {
  public:
    Player(Camera& camera, Display& display, int interrupt, std::optional<unsigned> count);
    OrFailure<void> play();
    /// Also of what was played before a failure.
    [[nodiscard]] const Played& played() const { return played_; }

  private:
    OrFailure<void> start();
    OrFailure<void> take_frames();
    OrFailure<void> take(const Captured& frame);
    OrFailure<void> show_next();
    OrFailure<void> take_flip();
    OrFailure<void> again(Turns::Buffer buffer);
    [[nodiscard]] bool ended() const;
    [[nodiscard]] std::unexpected<Failure> nothing_comes() const;
    void note_time();

    Camera& camera_;
    Display& display_;
    int interrupt_; ///< Borrowed.
    std::optional<unsigned> count_;
    unsigned queued_ = 0;
    std::vector<bool> copied_; ///< Of each framebuffer: it is not of the camera's buffer.
    Turns turns_;
    Played played_;
    bool interrupted_ = false;
    std::optional<std::chrono::steady_clock::time_point> first_;
};

} // namespace example
