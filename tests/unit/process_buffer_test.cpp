// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inspect/process_buffer.hpp"

#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "fdinfo_text.hpp"
#include "temporary_directory.hpp"

namespace heapsel {
namespace {

TEST(ProcessBuffer, EachBufferOfAProcessIsThereOnceWithTheCountOfItsDescriptors) {
    const test::TemporaryDirectory directory;
    directory.write("proc/412/comm", "player\n");
    directory.write("proc/412/fdinfo/0", "pos:\t0\n");
    directory.write("proc/412/fdinfo/3", test::fdinfo(35, 4096, "system", "a"));
    directory.write("proc/412/fdinfo/4", test::fdinfo(35, 4096, "system", "a"));
    directory.write("proc/412/fdinfo/5", test::fdinfo(36, 8192, "reserved", ""));
    directory.write("proc/98/comm", "camera\n");
    directory.write("proc/98/fdinfo/3", test::fdinfo(35, 4096, "system", "a"));
    directory.write("proc/meminfo", "MemTotal: 1 kB\n");
    directory.make_directory("proc/self/fdinfo");
    const ProcessBuffers held = list_process_buffers(directory.path());
    EXPECT_EQ(held.unseen, 0U);
    const std::vector<ProcessBuffer> expected{{.process = 98,
                                               .command = "camera",
                                               .exporter = "system",
                                               .inode = 35,
                                               .size = 4096,
                                               .name = "a"},
                                              {.process = 412,
                                               .command = "player",
                                               .exporter = "system",
                                               .inode = 35,
                                               .size = 4096,
                                               .name = "a",
                                               .descriptors = 2},
                                              {.process = 412,
                                               .command = "player",
                                               .exporter = "reserved",
                                               .inode = 36,
                                               .size = 8192,
                                               .name = {}}};
    EXPECT_EQ(held.buffers, expected);
}

TEST(ProcessBuffer, BuffersWithoutAnInodeAreNotTakenForOne) {
    const test::TemporaryDirectory directory;
    directory.write("proc/1/fdinfo/3", "size:\t4096\nexp_name:\tsystem\n");
    directory.write("proc/1/fdinfo/4", "size:\t4096\nexp_name:\tsystem\n");
    EXPECT_EQ(list_process_buffers(directory.path()).buffers.size(), 2U);
}

TEST(ProcessBuffer, AProcessThatMayNotBeLookedIntoIsCounted) {
    if (::geteuid() == 0)
        GTEST_SKIP() << "root may look into all";
    const test::TemporaryDirectory directory;
    directory.make_directory("proc/1/fdinfo");
    std::filesystem::permissions(directory.path() / "proc/1/fdinfo", std::filesystem::perms::none);
    EXPECT_EQ(list_process_buffers(directory.path()).unseen, 1U);
}

TEST(ProcessBuffer, AMachineWithoutProcHasNone) {
    const test::TemporaryDirectory directory;
    const ProcessBuffers held = list_process_buffers(directory.path());
    EXPECT_TRUE(held.buffers.empty());
    EXPECT_EQ(held.unseen, 0U);
}

} // namespace
} // namespace heapsel
