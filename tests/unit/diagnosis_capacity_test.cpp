// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What the doctor says of heaps that are too small, full, charged to somebody or without memory.
#include "inspect/doctor/diagnosis.hpp"

#include <algorithm>
#include <cstdint>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "diagnosis_facts.hpp"

namespace heapsel {
namespace {

using namespace test::doctor;

TEST(Diagnosis, AnAreaThatWasNotActivatedIsNamedAndNobodyHoldsIt) {
    Facts facts = healthy();
    facts.heaps[0].heap.size = 0;
    facts.heaps[0].room = {.size = 0, .free = 0, .largest = 0};
    EXPECT_EQ(found(facts),
              (Checks{check("area", Condition::problem,
                            "default_cma_region has no memory, and every allocation from it "
                            "fails: the kernel could not activate its area.",
                            "The kernel's log says why; an area lies in one zone and on one NUMA "
                            "node:",
                            {"sudo dmesg | grep -i cma"})}));
}

TEST(Diagnosis, ADefaultRegionThatIsTooSmallIsSizedByTheCommandLine) {
    EXPECT_EQ(
        found(healthy(), wish(12 * mebibyte, 8)),
        (Checks{check("size", Condition::problem,
                      "default_cma_region has 64 MiB as a whole, less than 8 buffers of 12 MiB.",
                      "Boot with cma=128M on the kernel's command line, or take another "
                      "heap.")}));
}

TEST(Diagnosis, ARegionOfTheDeviceTreeIsSizedThere) {
    Facts facts = healthy();
    facts.heaps[0].heap.region_from = {.source = Source::device_tree,
                                       .evidence = "/reserved-memory/video@50000000: reg"};
    EXPECT_EQ(
        found(facts, wish(65 * mebibyte)),
        (Checks{check("size", Condition::problem,
                      "default_cma_region has 64 MiB as a whole, less than 1 buffer of 65 MiB.",
                      "Enlarge the region in the device tree "
                      "(/reserved-memory/video@50000000: reg), or take another heap.")}));
}

TEST(Diagnosis, AnExhaustedHeapHasThoseWhoHoldItNamed) {
    Facts facts = healthy();
    const auto held = [](std::uint32_t process, std::string command, std::string exporter,
                         std::uint64_t size) {
        return ProcessBuffer{.process = process,
                             .command = std::move(command),
                             .exporter = std::move(exporter),
                             .inode = 0,
                             .size = size,
                             .name = {}};
    };
    facts.heaps[0].heap.aliases = {"reserved"};
    facts.held.buffers = {held(7, "camera", "reserved", 4 * mebibyte),
                          held(7, "camera", "system", 64 * mebibyte),
                          held(9,
                               "pl\x1b"
                               "ayer",
                               "default_cma_region", 8 * mebibyte),
                          held(9,
                               "pl\x1b"
                               "ayer",
                               "default_cma_region", 8 * mebibyte)};
    facts.held.unseen = 3;
    EXPECT_EQ(found(facts, wish(16 * mebibyte)), Checks{});
    EXPECT_EQ(found(facts, wish(17 * mebibyte)),
              (Checks{check("room", Condition::problem,
                            "default_cma_region is exhausted (size 64 MiB, free 32 MiB, largest "
                            "buffer 16 MiB). pl\\x1bayer (9) holds 16 MiB in 2 buffers; camera (7) "
                            "holds 4 MiB in 1 buffer. 3 processes may not be looked into.",
                            "End what holds its buffers, or have it hold fewer; each of them is "
                            "listed:",
                            {"sudo heapsel show default_cma_region"})}));
    EXPECT_EQ(found(facts, wish(11 * mebibyte, 3)).front().subject, "room");
}

TEST(Diagnosis, HowFullAHeapIsMayBeUnknown) {
    Facts facts = healthy();
    facts.heaps[0].room = {.size = 64 * mebibyte, .free = {}, .largest = {}};
    EXPECT_EQ(found(facts), (Checks{check("room", Condition::unknown,
                                          "How much of default_cma_region is free is unknown: the "
                                          "kernel keeps no figures of it.")}));
}

TEST(Diagnosis, ALimitOfACgroupCountsForTheHeapsThatAreChargedToIt) {
    Facts facts = healthy();
    facts.heaps[0].accounting = {
        .controller = Controller::dmem, .region = "a b", .unknown_because = {}};
    facts.limits = {{.controller = Controller::dmem,
                     .file = "/sys/fs/cgroup/a/dmem.max",
                     .region = "other",
                     .limit = 0,
                     .used = 0},
                    {.controller = Controller::memcg,
                     .file = "/sys/fs/cgroup/a/memory.max",
                     .region = {},
                     .limit = 0,
                     .used = 0}};
    EXPECT_EQ(found(facts), Checks{});
    facts.limits[0].region = "a b";
    facts.limits[0].limit = 4 * mebibyte;
    facts.limits[0].used = 2 * mebibyte;
    EXPECT_EQ(found(facts, wish(2 * mebibyte)), Checks{});
    EXPECT_EQ(found(facts, wish(3 * mebibyte)),
              (Checks{check(
                  "cgroup", Condition::problem,
                  "default_cma_region is charged to dmem, and 2 MiB of 4 MiB in "
                  "/sys/fs/cgroup/a/dmem.max are used.",
                  "Raise the limit:", {"echo 'a b max' | sudo tee /sys/fs/cgroup/a/dmem.max"})}));
}

TEST(Diagnosis, AKernelWithoutDmemIsNamedOnlyWhereAHeapIsChargedToNobody) {
    const auto cgroup = [](const Facts& facts) {
        const Checks checks = examine({}, facts).value();
        return std::ranges::find(checks, "cgroup", &Check::subject)->finding;
    };
    Facts facts = healthy();
    facts.kernel.configuration = "/proc/config.gz";
    EXPECT_EQ(cgroup(facts), "No cgroup limits these heaps.");
    facts.heaps[1].accounting.controller = Controller::none;
    EXPECT_EQ(cgroup(facts), "No cgroup limits these heaps.");
    facts.heaps[0].accounting.controller = Controller::none;
    EXPECT_EQ(cgroup(facts), "No cgroup limits these heaps; dmem could not: CONFIG_CGROUP_DMEM is "
                             "not in /proc/config.gz.");
    facts.kernel.options = {{"CGROUP_DMEM", 'y'}};
    EXPECT_EQ(cgroup(facts), "No cgroup limits these heaps.");
    facts.kernel.options.clear();
    facts.kernel.configuration.clear();
    EXPECT_EQ(cgroup(facts), "No cgroup limits these heaps.");
}

TEST(Diagnosis, EachBufferIsADescriptor) {
    EXPECT_EQ(found(healthy(), wish(0, 1020)), Checks{});
    const auto problem = [](std::uint64_t count, std::string command) {
        return check("descriptors", Condition::problem,
                     "Each buffer is an open file. This process has 4 open, and may have 1024; " +
                         std::to_string(count) + " more are wanted.",
                     "Raise the limit of this shell, or of a service with LimitNOFILE=:",
                     {std::move(command)});
    };
    EXPECT_EQ(found(healthy(), wish(0, 1021)), (Checks{problem(1021, "ulimit -n 1025")}));
    EXPECT_EQ(found(healthy(), wish(0, 5000)),
              (Checks{problem(5000, "sudo prlimit --pid $$ --nofile=5004:5004")}));
}

TEST(Diagnosis, AWishBeyondAllNumbersOverflowsNowhere) {
    EXPECT_EQ(total_of(wish(UINT64_MAX, 2)), UINT64_MAX);
    EXPECT_EQ(total_of(wish(0, UINT64_MAX)), 0U);
    const Checks checks = found(healthy(), wish(UINT64_MAX, UINT64_MAX));
    EXPECT_EQ(checks.size(), 2U);
    EXPECT_EQ(checks[0].subject, "size");
    EXPECT_EQ(checks[1].subject, "descriptors");
}

} // namespace
} // namespace heapsel
