// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/use.hpp>

#include <string>

#include <gtest/gtest.h>

#include <heapsel/queue.hpp>

namespace heapsel {
namespace {

TEST(Use, HasANameThatIsAWord) {
    for (const std::string_view use : common_uses)
        EXPECT_TRUE(is_use_name(use)) << use;
    for (const char* const good : {"a", "rows0", "row-buffers", "Row_buffers", "v4l2.motion"})
        EXPECT_TRUE(is_use_name(good)) << good;
    for (const char* const bad : {"", ".", "..", "0rows", "a b", "a/b", "frame=system", "\xc3\xa4"})
        EXPECT_FALSE(is_use_name(bad)) << bad;
    EXPECT_TRUE(is_use_name(std::string(max_use_bytes, 'a')));
    EXPECT_FALSE(is_use_name(std::string(max_use_bytes + 1, 'a')));
}

TEST(Queue, IsFoundByItsWordAndNoOther) {
    EXPECT_EQ(parse_queue("capture"), Queue::capture);
    EXPECT_EQ(parse_queue("output"), Queue::output);
    for (const char* const bad : {"", "CAPTURE", "frame", "capture_mplane"})
        EXPECT_EQ(parse_queue(bad), std::nullopt) << bad;
}

} // namespace
} // namespace heapsel
