// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bandwidth/run/frame_count.hpp"

#include <string>

#include <gtest/gtest.h>

namespace heapsel::bandwidth {
namespace {

/// A line as Linux 7.2 writes it.
const std::string frame =
    "      queue0:src-412     [001] .....   103.917322: v4l2_dqbuf: minor = 1, "
    "index = 2, type = VIDEO_CAPTURE, bytesused = 1382400, flags = "
    "MAPPED|DONE|TIMESTAMP_COPY, field = NONE, sequence = 17\n";

TEST(FrameCount, TakesALineForAFrame) {
    FrameCount count;
    count.take(frame + frame);
    EXPECT_EQ(count.frames(), 2U);
    EXPECT_FALSE(count.lost());
}

TEST(FrameCount, TakesPiecesThatEndAnywhere) {
    const std::string text = frame + frame + frame;
    for (std::size_t size = 1; size < frame.size(); size += 7) {
        FrameCount count;
        for (std::size_t at = 0; at < text.size(); at += size)
            count.take(std::string_view(text).substr(at, size));
        EXPECT_EQ(count.frames(), 3U) << size;
    }
}

TEST(FrameCount, DoesNotCountALineWhoseEndHasNotCome) {
    FrameCount count;
    count.take(std::string_view(frame).substr(0, frame.size() - 1));
    EXPECT_EQ(count.frames(), 0U);
}

TEST(FrameCount, SeesThatEventsWereLost) {
    for (const char* const line : {"CPU:1 [LOST 28 EVENTS]\n", "CPU:0 [LOST EVENTS]\n"}) {
        FrameCount count;
        count.take(frame + line);
        EXPECT_EQ(count.frames(), 1U);
        EXPECT_TRUE(count.lost()) << line;
    }
}

TEST(FrameCount, IsNotLedAstrayByAProgramsName) {
    FrameCount count;
    count.take("    v4l2_dqbuf: x-12 [000] ..... 1.0: something_else: a\nv4l2_dqbuf: m\n");
    count.take("   [LOST 1 EVENTS]-12 [000] ..... 1.0: something_else: a\n");
    EXPECT_EQ(count.frames(), 0U);
    EXPECT_FALSE(count.lost());
}

TEST(FrameCount, KeepsNoLineWithoutEnd) {
    FrameCount count;
    for (int i = 0; i < 1000; ++i)
        count.take(std::string(100000, 'x'));
    count.take("\n" + frame);
    EXPECT_EQ(count.frames(), 1U);
}

TEST(FrameFilter, IsOfTheDevicesCaptureQueuesWithoutTheEmptyLastBuffer) {
    EXPECT_EQ(frame_filter(7), "minor == 7 && (type == 9 || (type == 1 && !(flags & 1048576 && "
                               "bytesused == 0)))");
}

} // namespace
} // namespace heapsel::bandwidth
