// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bandwidth/run/perf_group.hpp"

#include <cerrno>
#include <thread>

#include <linux/perf_event.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "bandwidth/run/perf_error.hpp"

namespace heapsel::bandwidth {
namespace {

/// The kernel's own PMU, which every kernel with perf has.
MemoryEvent software(std::uint64_t config, int cpu = 0) {
    return {.pmu = "software",
            .words = "event",
            .of = {},
            .source = {},
            .type = PERF_TYPE_SOFTWARE,
            .config = config,
            .cpu = cpu};
}

const PerfPermission root{.paranoid = 2, .capable = true};

/// What this machine lets a test do: a container may forbid it even to root.
int refused() {
    const auto group = PerfGroup::open({software(PERF_COUNT_SW_CPU_CLOCK)}, root);
    return group ? 0 : group.error().code;
}

class PerfGroupTest : public testing::Test {
  protected:
    void SetUp() override {
        if (const int code = refused(); code != 0)
            GTEST_SKIP() << "perf_event_open(2) of a whole CPU is refused here, errno " << code;
    }
};

TEST_F(PerfGroupTest, CountsItsEventsFromStartToRead) {
    const auto group = PerfGroup::open(
        {software(PERF_COUNT_SW_CPU_CLOCK), software(PERF_COUNT_SW_CONTEXT_SWITCHES)}, root);
    ASSERT_TRUE(group) << group.error().message();
    const auto stopped = group->read();
    ASSERT_TRUE(stopped) << stopped.error().message();
    EXPECT_EQ(stopped->counts, (std::vector<std::uint64_t>{0, 0}));
    ASSERT_TRUE(group->start());
    const auto first = group->read();
    std::this_thread::sleep_for(std::chrono::milliseconds(20));
    const auto last = group->read();
    ASSERT_TRUE(first && last);
    const auto counted = between(*first, *last, group->events());
    ASSERT_TRUE(counted) << counted.error().message();
    EXPECT_GE(counted->counts[0], 15'000'000U) << "nanoseconds of one CPU";
    EXPECT_EQ(counted->enabled_ns, counted->running_ns);
}

TEST_F(PerfGroupTest, OfAnUnknownPmuIsEnoentAndNamesItsType) {
    MemoryEvent event = software(0);
    event.type = 0x7fffffff;
    const auto group = PerfGroup::open({event}, root);
    ASSERT_FALSE(group);
    EXPECT_EQ(group.error().code, ENOENT);
    EXPECT_TRUE(group.error().hint.contains("no PMU of type 2147483647"));
}

TEST_F(PerfGroupTest, OnNoCpuIsEinval) {
    const auto group = PerfGroup::open({software(PERF_COUNT_SW_CPU_CLOCK, -1)}, root);
    ASSERT_FALSE(group);
    EXPECT_EQ(group.error().code, EINVAL);
    EXPECT_TRUE(group.error().hint.contains("not on CPU -1"));
}

TEST_F(PerfGroupTest, WithoutDescriptorsIsEmfile) {
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    const rlimit none{.rlim_cur = 0, .rlim_max = before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
    const auto group = PerfGroup::open({software(PERF_COUNT_SW_CPU_CLOCK)}, root);
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
    ASSERT_FALSE(group);
    EXPECT_EQ(group.error().code, EMFILE);
    EXPECT_TRUE(group.error().hint.contains("ulimit -n"));
}

TEST_F(PerfGroupTest, OfMoreEventsThanAGroupCanHaveIsE2big) {
    const auto group =
        PerfGroup::open(std::vector<MemoryEvent>(100'000, software(PERF_COUNT_SW_CPU_CLOCK)), root);
    ASSERT_FALSE(group);
    EXPECT_TRUE(group.error().code == E2BIG || group.error().code == EMFILE)
        << group.error().message();
    EXPECT_FALSE(group.error().hint.empty());
}

TEST_F(PerfGroupTest, OfAnotherUserIsEaccesOrEperm) {
    if (::geteuid() != 0)
        GTEST_SKIP() << "only root can become another user";
    const auto permission = read_perf_permission("/");
    if (permission.paranoid.value_or(0) <= 0)
        GTEST_SKIP() << "kernel.perf_event_paranoid lets all users count";
    const pid_t child = ::fork();
    if (child == 0) {
        if (::setuid(1000) != 0)
            ::_exit(1);
        const auto group =
            PerfGroup::open({software(PERF_COUNT_SW_CPU_CLOCK)}, read_perf_permission("/"));
        const bool told = !group && group.error().code == EACCES &&
                          group.error().hint.contains("sudo sysctl kernel.perf_event_paranoid=0");
        ::_exit(told ? 0 : 2);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    EXPECT_EQ(status, 0);
}

TEST(PerfGroup, OfNoEventsIsEinval) {
    const auto group = PerfGroup::open({}, root);
    ASSERT_FALSE(group);
    EXPECT_EQ(group.error().code, EINVAL);
}

TEST(PerfGroup, IsOfOnePmuAndOneCpu) {
    MemoryEvent other = software(0);
    other.pmu = "other";
    const auto groups =
        groups_of(std::vector{software(0), software(1), software(0, 1), other, other});
    ASSERT_EQ(groups.size(), 3U);
    EXPECT_EQ(groups[0].size(), 2U);
    EXPECT_EQ(groups[1].front().cpu, 1);
    EXPECT_EQ(groups[2].size(), 2U);
}

TEST(PerfRemedy, SaysWhatToSet) {
    const std::string remedy = perf_remedy({.paranoid = 3, .capable = false});
    EXPECT_TRUE(remedy.starts_with("kernel.perf_event_paranoid is 3, and this process does not"));
    EXPECT_TRUE(remedy.contains("sudo setcap cap_perfmon+ep"));
}

TEST(PerfRemedy, LooksElsewhereWherePermissionIsGranted) {
    EXPECT_TRUE(perf_remedy({.paranoid = 3, .capable = true}).contains("seccomp"));
    EXPECT_TRUE(perf_remedy({.paranoid = 0, .capable = false}).contains("seccomp"));
    EXPECT_TRUE(perf_remedy({.paranoid = {}, .capable = true}).contains("CONFIG_PERF_EVENTS"));
}

TEST(PerfError, SaysOfEachErrnoWhatToDo) {
    for (const int code : {EACCES, EPERM, ENOENT, EINVAL, EMFILE, ENODEV, EBUSY, E2BIG, ENOSYS}) {
        const Error error = perf_open_error(code, software(0), root);
        EXPECT_EQ(error.code, code);
        EXPECT_EQ(error.subject, "software/event/");
        EXPECT_FALSE(error.hint.empty()) << code;
    }
    EXPECT_TRUE(perf_read_error(ENODEV, software(0)).hint.starts_with("The PMU is gone"));
}

} // namespace
} // namespace heapsel::bandwidth
