// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inspect/cgroup_limits.hpp"

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "temporary_directory.hpp"

namespace heapsel {
namespace {

TEST(CgroupLimits, TheGroupIsThatOfTheUnifiedHierarchy) {
    EXPECT_EQ(unified_cgroup("1:name=systemd:/x\n0::/user.slice/a.scope\n"), "user.slice/a.scope");
    EXPECT_EQ(unified_cgroup("0::/\n"), "");
    EXPECT_EQ(unified_cgroup("4:memory:/x\n"), std::nullopt);
    EXPECT_EQ(unified_cgroup(""), std::nullopt);
}

TEST(CgroupLimits, APathOutOfTheHierarchyIsNone) {
    EXPECT_EQ(unified_cgroup("0::/../etc\n"), std::nullopt);
    EXPECT_EQ(unified_cgroup("0::/a/../../etc\n"), std::nullopt);
    EXPECT_EQ(unified_cgroup("0:://etc\n"), std::nullopt);
}

TEST(CgroupLimits, TheNearestComesFirstAndWhatIsMaxIsNone) {
    const test::TemporaryDirectory directory;
    const std::string top = "sys/fs/cgroup/user.slice/";
    directory.write("proc/self/cgroup", "0::/user.slice/a.scope\n");
    directory.write(top + "a.scope/memory.max", "max\n");
    directory.write(top + "a.scope/memory.current", "4096\n");
    directory.write(top + "a.scope/dmem.max",
                    "heap/frames@60000000 8192\nheap/nonecc@58000000 max\n");
    directory.write(top + "a.scope/dmem.current",
                    "heap/frames@60000000 4096\nheap/nonecc@58000000 0\n");
    directory.write(top + "memory.max", "1048576\n");
    directory.write(top + "memory.current", "65536\n");
    const std::vector<CgroupLimit> expected{
        {.controller = Controller::dmem,
         .file = (directory.path() / (top + "a.scope/dmem.max")).native(),
         .region = "heap/frames@60000000",
         .limit = 8192,
         .used = 4096},
        {.controller = Controller::memcg,
         .file = (directory.path() / (top + "memory.max")).native(),
         .region = {},
         .limit = 1048576,
         .used = 65536}};
    EXPECT_EQ(read_cgroup_limits(directory.path()), expected);
}

TEST(CgroupLimits, InACgroupNamespaceTheTopmostGroupMayHaveLimits) {
    const test::TemporaryDirectory directory;
    const std::string top = "sys/fs/cgroup/";
    directory.write(top + "memory.max", "1048576\n");
    directory.write(top + "memory.current", "65536\n");
    directory.write(top + "dmem.max", "heap/frames@60000000 8192\n");
    const std::vector<CgroupLimit> expected{
        {.controller = Controller::memcg,
         .file = (directory.path() / (top + "memory.max")).native(),
         .region = {},
         .limit = 1048576,
         .used = 65536},
        {.controller = Controller::dmem,
         .file = (directory.path() / (top + "dmem.max")).native(),
         .region = "heap/frames@60000000",
         .limit = 8192,
         .used = 0}};
    for (const char* const group : {"0::/\n", "0::/a\n", "0::/a/b\n"}) {
        directory.write("proc/self/cgroup", group);
        EXPECT_EQ(read_cgroup_limits(directory.path()), expected) << group;
    }
}

TEST(CgroupLimits, NonsenseIsNoLimit) {
    const test::TemporaryDirectory directory;
    directory.write("proc/self/cgroup", "0::/a\n");
    directory.write("sys/fs/cgroup/a/memory.max", "-1\n");
    directory.write("sys/fs/cgroup/a/memory.current", "0\n");
    directory.write("sys/fs/cgroup/a/dmem.max",
                    "frames@60000000\n 8192\nframes 1 2\nframes 0x10\n");
    EXPECT_EQ(read_cgroup_limits(directory.path()), std::vector<CgroupLimit>{});
}

TEST(CgroupLimits, AMachineWithoutCgroupsHasNone) {
    const test::TemporaryDirectory directory;
    EXPECT_EQ(read_cgroup_limits(directory.path()), std::vector<CgroupLimit>{});
}

} // namespace
} // namespace heapsel
