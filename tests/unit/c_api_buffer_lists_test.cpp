// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/held_buffer.h>
#include <heapsel/c/live_buffer.h>

#include <cerrno>

#include <gtest/gtest.h>

#include <heapsel/live_buffer.hpp>

#include "c_handle.hpp"
#include "temporary_folder.hpp"

namespace heapsel {
namespace {

using test::calling;
using test::made_by;

TEST(CApiLiveBuffers, HaveTheDevicesThatAreAttached) {
    const test::TemporaryFolder folder;
    folder.write("sys/kernel/debug/dma_buf/bufinfo",
                 "04194304\t00080002\t080e0007\t00000002\tvideo@50000000\t00000035\tframe\n"
                 "\tAttached Devices:\n\tvicodec.0\n\tfaux_driver\nTotal 2 devices attached\n\n"
                 "00004096\t00080002\t080e0007\t00000001\tsystem\t00000036\t<none>\n");
    const auto list =
        made_by<test::OwnedLiveBuffers>(heapsel_live_buffers_list, folder.path().c_str());
    const heapsel_live_buffers* const buffers = list.get();
    ASSERT_EQ(heapsel_live_buffers_count(buffers), 2U);
    EXPECT_EQ(heapsel_live_buffers_inode(buffers, 0), 35U);
    EXPECT_EQ(heapsel_live_buffers_size(buffers, 0), 4194304U);
    EXPECT_STREQ(heapsel_live_buffers_exporter(buffers, 0), "video@50000000");
    EXPECT_STREQ(heapsel_live_buffers_name(buffers, 0), "frame");
    ASSERT_EQ(heapsel_live_buffers_device_count(buffers, 0), 2U);
    EXPECT_STREQ(heapsel_live_buffers_device(buffers, 0, 1), "faux_driver");
    EXPECT_EQ(heapsel_live_buffers_device(buffers, 0, 2), nullptr);
    EXPECT_STREQ(heapsel_live_buffers_name(buffers, 1), "");
    EXPECT_EQ(heapsel_live_buffers_device_count(buffers, 1), 0U);
    EXPECT_EQ(heapsel_live_buffers_exporter(buffers, 2), nullptr);
    EXPECT_EQ(heapsel_live_buffers_size(buffers, 2), 0U);
}

TEST(CApiLiveBuffers, WithoutDebugfsAreEnoent) {
    const test::TemporaryFolder folder;
    heapsel_live_buffers* none = nullptr;
    EXPECT_EQ(calling(heapsel_live_buffers_list, folder.path().c_str(), &none),
              list_live_buffers(folder.path()).error().message());
    EXPECT_EQ(heapsel_live_buffers_list(folder.path().c_str(), &none, nullptr), -ENOENT);
    EXPECT_EQ(none, nullptr);
}

TEST(CApiHeldBuffers, HaveTheirProcessAndItsDescriptors) {
    const test::TemporaryFolder folder;
    const char* const fdinfo =
        "pos:\t0\nino:\t35\nsize:\t4096\ncount:\t1\nexp_name:\tsystem\nname:\tframe\n";
    folder.write("proc/412/comm", "player\n");
    folder.write("proc/412/fdinfo/3", fdinfo);
    folder.write("proc/412/fdinfo/4", fdinfo);
    const auto list =
        made_by<test::OwnedHeldBuffers>(heapsel_held_buffers_list, folder.path().c_str());
    const heapsel_held_buffers* const buffers = list.get();
    ASSERT_EQ(heapsel_held_buffers_count(buffers), 1U);
    EXPECT_EQ(heapsel_held_buffers_unseen(buffers), 0U);
    EXPECT_EQ(heapsel_held_buffers_process(buffers, 0), 412U);
    EXPECT_STREQ(heapsel_held_buffers_command(buffers, 0), "player");
    EXPECT_EQ(heapsel_held_buffers_descriptors(buffers, 0), 2U);
    EXPECT_EQ(heapsel_held_buffers_inode(buffers, 0), 35U);
    EXPECT_EQ(heapsel_held_buffers_size(buffers, 0), 4096U);
    EXPECT_STREQ(heapsel_held_buffers_exporter(buffers, 0), "system");
    EXPECT_STREQ(heapsel_held_buffers_name(buffers, 0), "frame");
    EXPECT_EQ(heapsel_held_buffers_process(buffers, 1), 0U);
    EXPECT_EQ(heapsel_held_buffers_command(buffers, 1), nullptr);
    EXPECT_EQ(heapsel_held_buffers_descriptors(buffers, 1), 0U);
}

} // namespace
} // namespace heapsel
