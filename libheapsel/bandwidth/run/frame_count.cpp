// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bandwidth/run/frame_count.hpp"

#include <format>

#include <linux/videodev2.h>

namespace heapsel::bandwidth {

void FrameCount::take(std::string_view text) {
    constexpr std::size_t longest_line = 4096;
    for (const char c : text) {
        if (c == '\n') {
            take_line(begun_);
            begun_.clear();
        } else if (begun_.size() < longest_line) {
            begun_ += c;
        }
    }
}

void FrameCount::take_line(std::string_view line) {
    // Longer than a program's name, which stands in the line too and can be anything.
    constexpr std::string_view event = ": v4l2_dqbuf: minor = ";
    if (line.contains(event))
        ++frames_;
    else if (line.starts_with("CPU:") && line.contains("[LOST "))
        lost_ = true;
}

std::string frame_filter(unsigned minor) {
    return std::format("minor == {} && (type == {} || (type == {} && !(flags & {} && bytesused == "
                       "0)))",
                       minor, static_cast<unsigned>(V4L2_BUF_TYPE_VIDEO_CAPTURE_MPLANE),
                       static_cast<unsigned>(V4L2_BUF_TYPE_VIDEO_CAPTURE), V4L2_BUF_FLAG_LAST);
}

} // namespace heapsel::bandwidth
