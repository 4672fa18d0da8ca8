// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace heapsel::bandwidth {

/// Counts the frames in the text of a trace that has nothing but the event v4l2_dqbuf, piece by
/// piece, as read(2) gives it. A value.
class FrameCount {
  public:
    /// Pieces may end anywhere in a line. A line is cut where it is longer than any that the kernel
    /// writes.
    void take(std::string_view text);

    [[nodiscard]] std::uint64_t frames() const { return frames_; }
    /// The kernel had no room for some events, so that there were more frames.
    [[nodiscard]] bool lost() const { return lost_; }

  private:
    void take_line(std::string_view line);

    std::string begun_; ///< A line whose end has not come yet.
    std::uint64_t frames_ = 0;
    bool lost_ = false;
};

/// What the event is filtered by: a buffer of a capture queue of the device with that minor number.
/// An empty buffer that ends a stream is none, which of multi-planar queues the event does not say.
[[nodiscard]] std::string frame_filter(unsigned minor);

} // namespace heapsel::bandwidth
