// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inspect/kernel_buffer.hpp"

#include <cerrno>
#include <vector>

#include <gtest/gtest.h>

#include "temporary_directory.hpp"

namespace heapsel {
namespace {

constexpr const char* list = "sys/kernel/debug/dma_buf/bufinfo";

TEST(KernelBuffer, HasTheDevicesThatAreAttached) {
    const test::TemporaryDirectory directory;
    directory.write(list,
                    "\nDma-buf Objects:\n"
                    "size    \tflags   \tmode    \tcount   \texp_name\tino     \tname\n"
                    "04194304\t00080002\t080e0007\t00000002\tvideo@50000000\t00000035\tframe\n"
                    "\tread fence:drm_sched 12 signalled\n"
                    "\tAttached Devices:\n"
                    "\tvicodec.0\n"
                    "\tfaux_driver\n"
                    "Total 2 devices attached\n\n"
                    "00004096\t00080002\t080e0007\t00000001\tsystem\t00000036\t<none>\n"
                    "\tAttached Devices:\n"
                    "Total 0 devices attached\n\n"
                    "\nTotal 2 objects, 4198400 bytes\n");
    const std::vector<KernelBuffer> expected{
        {.inode = 35,
         .size = 4194304,
         .exporter = "video@50000000",
         .name = "frame",
         .devices = {"vicodec.0", "faux_driver"}},
        {.inode = 36, .size = 4096, .exporter = "system", .name = {}, .devices = {}}};
    EXPECT_EQ(list_kernel_buffers(directory.path()), expected);
}

TEST(KernelBuffer, LinesThatAreNoneAreLeftOut) {
    const test::TemporaryDirectory directory;
    directory.write(list, "\tAttached Devices:\n\tnobody\n1\t2\t3\nx\t0\t0\t1\tsystem\t7\tname\n"
                          "1\t0\t0\t1\tsystem\t-7\tname\n\t\n");
    EXPECT_EQ(list_kernel_buffers(directory.path()), std::vector<KernelBuffer>{});
}

TEST(KernelBuffer, WithoutDebugfsThereIsNoList) {
    const test::TemporaryDirectory directory;
    const auto none = list_kernel_buffers(directory.path());
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, ENOENT);
    EXPECT_EQ(none.error().subject, directory.path() / list);
}

} // namespace
} // namespace heapsel
