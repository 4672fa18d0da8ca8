// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/role.hpp>

#include <gtest/gtest.h>

#include <heapsel/queue.hpp>

namespace heapsel {
namespace {

TEST(Role, IsFoundByItsWordAndNoOther) {
    for (const Role role : all_roles)
        EXPECT_EQ(parse_role(to_string(role)), role);
    for (const char* const bad : {"", "Frame", "frames", "frame ", "capture", "driver"})
        EXPECT_EQ(parse_role(bad), std::nullopt) << bad;
}

TEST(Role, HasTheNameOfItsFile) {
    EXPECT_EQ(to_string(Role::frame), "frame");
    EXPECT_EQ(to_string(Role::reference), "reference");
    EXPECT_EQ(to_string(Role::metadata), "metadata");
}

TEST(Queue, IsFoundByItsWordAndNoOther) {
    EXPECT_EQ(parse_queue("capture"), Queue::capture);
    EXPECT_EQ(parse_queue("output"), Queue::output);
    for (const char* const bad : {"", "CAPTURE", "frame", "capture_mplane"})
        EXPECT_EQ(parse_queue(bad), std::nullopt) << bad;
}

} // namespace
} // namespace heapsel
