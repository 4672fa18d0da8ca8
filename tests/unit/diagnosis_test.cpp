// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inspect/doctor/diagnosis.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "fake_names.hpp"
#include "heap_builder.hpp"
#include "inspect/doctor/checks.hpp"

namespace heapsel {
namespace {

using Checks = std::vector<Check>;
using Lines = std::vector<std::string>;

constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20U;

Check check(std::string subject, Condition condition, std::string finding, std::string hint = {},
            Lines commands = {}) {
    return {.subject = std::move(subject),
            .condition = condition,
            .finding = std::move(finding),
            .hint = std::move(hint),
            .commands = std::move(commands)};
}

HeapFacts known(Heap heap, Capacity room = {}) {
    return {.heap = std::move(heap), .room = room, .accounting = {}};
}

Heap contiguous_heap(const std::string& name) {
    return test::with(test::heap(name), Trait::contiguous, Answer::yes);
}

/// A machine on which all is well.
Facts healthy() {
    Facts facts;
    facts.live = true;
    facts.kernel.release = "7.2.13";
    facts.kernel.has_framework = true;
    facts.kernel.heaps = {{.name = "default_cma_region", .number = "250:1"},
                          {.name = "system", .number = "250:0"}};
    facts.heaps = {known(contiguous_heap("default_cma_region"),
                         {.size = 64 * mebibyte, .free = 32 * mebibyte, .largest = 16 * mebibyte}),
                   known(test::heap("system"))};
    facts.user = {.id = 1000, .name = "ada", .group = 1000, .groups = {1000}, .member_of = {1000}};
    facts.descriptors = DescriptorFacts{.open = 4, .soft = 1024, .hard = 4096};
    return facts;
}

constexpr NodeMode roots{.user = 0, .group = 0, .mode = 0600};
constexpr NodeMode of_video{.user = 0, .group = 44, .mode = 0660};
constexpr NodeMode of_a_number{.user = 0, .group = 989, .mode = 0660};

Facts with_denied(const NodeMode& node_mode) {
    Facts facts = healthy();
    facts.heaps[1].heap = test::denied(test::heap("system"));
    facts.heaps[1].heap.node_mode = node_mode;
    return facts;
}

Wish wish(std::uint64_t size, std::uint64_t count = 1) {
    Wish made;
    made.policy.size = size;
    made.count = count;
    return made;
}

/// Those checks of `facts` that are no ok.
Checks found(const Facts& facts, const Wish& wanted = {}) {
    auto checks = examine(wanted, facts).value();
    std::erase_if(checks, [](const Check& one) { return one.condition == Condition::ok; });
    return checks;
}

TEST(Diagnosis, OfAHealthyMachineIsOkThroughout) {
    EXPECT_EQ(
        examine(wish(mebibyte), healthy()).value(),
        (Checks{
            check("kernel", Condition::ok, "Linux 7.2.13 has 2 heaps."),
            check("node", Condition::ok, "Each heap of the kernel has a node in /dev/dma_heap."),
            check("permission", Condition::ok, "This process may use default_cma_region, system."),
            check("size", Condition::ok, "No heap is known to be too small for 1 buffer of 1 MiB."),
            check("room", Condition::ok, "No heap is known to be exhausted."),
            check("cgroup", Condition::ok, "No cgroup limits these heaps."),
            check("descriptors", Condition::ok,
                  "This process has 4 files open, and may have 1024.")}));
}

TEST(Diagnosis, AKernelWithoutHeapsIsToBeBuiltWithThem) {
    Facts facts;
    const std::string hint =
        "Build the kernel with CONFIG_DMABUF_HEAPS=y, CONFIG_DMABUF_HEAPS_SYSTEM=y and, for "
        "contiguous memory, CONFIG_DMABUF_HEAPS_CMA=y.";
    EXPECT_EQ(found(facts), (Checks{check("kernel", Condition::problem,
                                          "The kernel has no dma-buf heaps: there is no "
                                          "/sys/class/dma_heap.",
                                          hint)}));
    facts.kernel.release = "7.2.13";
    facts.kernel.configuration = "/boot/config-7.2.13";
    EXPECT_EQ(found(facts), (Checks{check("kernel", Condition::problem,
                                          "Linux 7.2.13 has no dma-buf heaps: CONFIG_DMABUF_HEAPS "
                                          "is not in /boot/config-7.2.13.",
                                          hint)}));
    facts.kernel.options = {{"DMABUF_HEAPS", 'y'}};
    EXPECT_EQ(found(facts), (Checks{check("kernel", Condition::problem,
                                          "Linux 7.2.13 has heaps (/boot/config-7.2.13), and there "
                                          "is no /sys/class/dma_heap.",
                                          "Mount sysfs.", {"sudo mount -t sysfs sysfs /sys"})}));
}

TEST(Diagnosis, ModulesThatRegisterHeapsAreToBeLoaded) {
    Facts facts;
    facts.kernel.has_framework = true;
    facts.kernel.loadable_modules = {"cma_heap", "system_heap"};
    EXPECT_EQ(
        found(facts),
        (Checks{check("kernel", Condition::problem, "The kernel can have heaps, and has none.",
                      "Load the modules that register heaps, now and at each boot.",
                      {"sudo modprobe cma_heap", "sudo modprobe system_heap",
                       "printf '%s\\n' cma_heap system_heap | sudo tee "
                       "/etc/modules-load.d/heapsel.conf"})}));
}

TEST(Diagnosis, HeapsWithoutNodesAreToBeMadeOnesOrHandedIn) {
    Facts facts = healthy();
    facts.heaps.erase(facts.heaps.begin());
    const std::string finding =
        "The kernel has default_cma_region, and /dev/dma_heap has no node of it.";
    EXPECT_EQ(found(facts),
              (Checks{check("node", Condition::problem, finding,
                            "Mount devtmpfs on /dev, or make the nodes by hand:",
                            {"sudo mkdir -p /dev/dma_heap",
                             "sudo mknod -m 0600 /dev/dma_heap/default_cma_region c 250 1"})}));
    facts.container = true;
    EXPECT_EQ(found(facts),
              (Checks{check("node", Condition::problem, finding,
                            "This is a container: start it with the nodes of the host.",
                            {"docker run --device /dev/dma_heap/default_cma_region ..."})}));
}

TEST(Diagnosis, ADirectoryThatMayNotBeListedIsSaidToBeOne) {
    Facts facts = healthy();
    facts.heaps.clear();
    facts.no_catalog =
        Error{.code = EACCES, .operation = "list", .subject = "/dev/dma_heap", .hint = "Hint."};
    EXPECT_EQ(found(facts),
              (Checks{check("node", Condition::problem, "/dev/dma_heap cannot be listed.", "Hint.",
                            {"sudo chmod 0755 /dev/dma_heap"})}));
}

TEST(Diagnosis, ANodeOfRootsNeedsARule) {
    EXPECT_EQ(
        found(with_denied(roots)),
        (Checks{check("permission", Condition::problem,
                      "/dev/dma_heap/system is root:root 0600, and may not be opened.",
                      "A udev rule opens heaps to a group; add the user to it, and log in again.",
                      {"echo 'SUBSYSTEM==\"dma_heap\", GROUP=\"video\", MODE=\"0660\"' | sudo tee "
                       "/etc/udev/rules.d/60-heapsel.rules",
                       "sudo udevadm control --reload",
                       "sudo udevadm trigger --subsystem-match=dma_heap",
                       "sudo usermod -aG video ada"})}));
}

TEST(Diagnosis, ANodeOfAGroupNeedsAMember) {
    const test::FakeNames names;
    EXPECT_EQ(found(with_denied(of_video)),
              (Checks{check("permission", Condition::problem,
                            "/dev/dma_heap/system is root:video 0660, and may not be opened.",
                            "Add ada to the group video, and log in again.",
                            {"sudo usermod -aG video ada"})}));
}

TEST(Diagnosis, ASessionOlderThanTheMembershipHasToBeginAnew) {
    const test::FakeNames names;
    Facts facts = with_denied(of_video);
    facts.user.member_of.push_back(44);
    EXPECT_EQ(found(facts),
              (Checks{check(
                  "permission", Condition::problem,
                  "/dev/dma_heap/system is root:video 0660, and may not be opened. ada "
                  "is in video, and this session is older than that.",
                  "Log in again; until then, one shell can have the group:", {"newgrp video"})}));
}

TEST(Diagnosis, AMemberWhoIsDeniedAllTheSameIsDeniedBySomethingElse) {
    const test::FakeNames names;
    Facts facts = with_denied(of_video);
    facts.user.groups.push_back(44);
    EXPECT_EQ(found(facts),
              (Checks{check("permission", Condition::problem,
                            "/dev/dma_heap/system is root:video 0660, and may not be opened. This "
                            "process is in video, so something else denies it.",
                            "Look for the devices that a container or a unit may use "
                            "(DeviceAllow=), and for a security module in the kernel's log.",
                            {"sudo dmesg | grep -i denied"})}));
}

/// Of the node's check, what is to be pasted.
Lines commands_for(const Facts& facts) {
    const test::FakeNames names;
    const auto checks = found(facts);
    return checks.size() == 1 ? checks.front().commands : Lines{};
}

TEST(Diagnosis, AGroupWithoutANameIsGivenOne) {
    EXPECT_EQ(commands_for(with_denied(of_a_number)),
              (Lines{"sudo groupadd --gid 989 heaps", "sudo usermod -aG heaps ada"}));
}

TEST(Diagnosis, AUserWithoutAnAccountStartsProgramsWithTheGroup) {
    for (const auto& [mode, command] : std::vector<std::pair<NodeMode, std::string>>{
             {of_video, "sudo setpriv --reuid=1000 --regid=1000 --groups=44 ..."},
             {of_a_number, "sudo setpriv --reuid=1000 --regid=1000 --groups=989 ..."},
             {roots, "sudo setpriv --reuid=1000 --regid=1000 --groups=video ..."}}) {
        Facts facts = with_denied(mode);
        facts.user.name = "";
        const Lines commands = commands_for(facts);
        ASSERT_FALSE(commands.empty());
        EXPECT_EQ(commands.back(), command);
    }
}

TEST(Diagnosis, AContainerGetsTheGroupOfTheHostByItsNumber) {
    for (const auto& [mode, command] : std::vector<std::pair<NodeMode, std::string>>{
             {of_video, "docker run --group-add 44 ..."},
             {of_a_number, "docker run --group-add 989 ..."}}) {
        Facts facts = with_denied(mode);
        facts.container = true;
        facts.user.member_of.push_back(44);
        EXPECT_EQ(commands_for(facts), Lines{command});
    }
}

TEST(Diagnosis, AContainerWhoseNodeIsRootsNeedsTheRuleOnTheHost) {
    Facts facts = with_denied(roots);
    facts.container = true;
    const Lines commands = commands_for(facts);
    ASSERT_EQ(commands.size(), 4U);
    EXPECT_EQ(commands.back(),
              "docker run --device /dev/dma_heap/system --group-add $(getent group "
              "video | cut -d: -f3) ...");
}

TEST(Diagnosis, AUserNamespaceThatDoesNotKnowTheGroupKeepsGroups) {
    for (const std::uint32_t user : {0U, 1000U}) {
        Facts facts = with_denied({.user = 65534, .group = 65534, .mode = 0660});
        facts.user.id = user;
        facts.user.groups.push_back(65534);
        EXPECT_EQ(commands_for(facts), Lines{"podman run --group-add keep-groups ..."});
        facts.container = true;
        facts.heaps[1].heap.node_mode->mode = 0600;
        ASSERT_FALSE(commands_for(facts).empty());
        EXPECT_EQ(commands_for(facts).back(),
                  "podman run --device /dev/dma_heap/system --group-add keep-groups ...");
    }
}

TEST(Diagnosis, WhatDeniesRootIsNotTheMode) {
    for (const NodeMode& mode : {roots, of_video}) {
        Facts facts = with_denied(mode);
        facts.user.id = 0;
        EXPECT_EQ(commands_for(facts), Lines{"sudo dmesg | grep -i denied"});
    }
}

TEST(Diagnosis, AHiddenDeviceTreeIsNamed) {
    Facts facts = healthy();
    facts.hidden_tree = true;
    ASSERT_EQ(found(facts).size(), 1U);
    EXPECT_EQ(found(facts).front().subject, "tree");
    EXPECT_EQ(found(facts).front().commands, Lines{"findmnt -T /sys/firmware"});
    facts.container = true;
    EXPECT_EQ(found(facts).front().commands,
              (Lines{"docker run --security-opt systempaths=unconfined ...",
                     "podman run --security-opt unmask=/sys/firmware ..."}));
}

TEST(Diagnosis, ABrokenNodeIsForTheKernelsLog) {
    Facts facts = healthy();
    facts.heaps[1].heap.permission = Permission::broken;
    facts.heaps[1].heap.open_errno = ENXIO;
    EXPECT_EQ(
        found(facts),
        (Checks{check("permission", Condition::problem, "/dev/dma_heap/system cannot be opened.",
                      "/dev/dma_heap/system does not open (No such device or address): look "
                      "for the heap in the kernel's log.",
                      {"sudo dmesg | grep -i dma_heap"})}));
}

TEST(Diagnosis, OnlyHeapsThatMeetTheRequirementsCount) {
    const Facts facts = with_denied(roots);
    Wish wanted;
    wanted.policy.heap = "default_cma_region";
    EXPECT_EQ(found(facts, wanted), Checks{});
    wanted.policy = {};
    wanted.policy.require = {{.trait = Trait::contiguous, .wanted = true}};
    EXPECT_EQ(found(facts, wanted), Checks{});
    wanted.policy.require = {{.trait = Trait::protected_memory, .wanted = true}};
    EXPECT_EQ(found(facts, wanted),
              (Checks{check("requirement", Condition::problem, "No heap meets what is required.",
                            "Require less; heapsel explain says of each heap what it lacks.")}));
    wanted.policy.heap = "sytem";
    EXPECT_EQ(examine(wanted, facts).error().code, ENOENT);
}

TEST(Diagnosis, WithoutAContiguousHeapItIsSaidHowToHaveOne) {
    Facts facts = healthy();
    facts.heaps.erase(facts.heaps.begin());
    facts.kernel.heaps.erase(facts.kernel.heaps.begin());
    Wish wanted;
    wanted.policy.require = {{.trait = Trait::contiguous, .wanted = true}};
    EXPECT_TRUE(found(facts, wanted).at(0).hint.starts_with("No heap is known to be contiguous: "));
}

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

TEST(Diagnosis, ARecordingDoesNotSayWhoMayOpenItsHeaps) {
    Facts facts = healthy();
    facts.descriptors.reset();
    for (HeapFacts& heap : facts.heaps)
        heap.heap.permission = Permission::unknown;
    EXPECT_EQ(found(facts),
              (Checks{check("permission", Condition::unknown,
                            "A recorded tree does not say who may open its heaps.")}));
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
                                          "Nobody says how full default_cma_region is.")}));
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

TEST(Diagnosis, ADeviceThatCanUseNoHeapIsNamed) {
    Facts facts = healthy();
    VideoDevice& video = facts.videos.emplace_back();
    video.name = "video0";
    VideoMemory& memory = video.memories.emplace_back();
    memory.queue = Queue::capture;
    memory.usable.evidence = "VIDIOC_ENUM_HEAPS";
    EXPECT_EQ(found(facts),
              (Checks{check("device", Condition::problem,
                            "/dev/video0 capture can use no heap (VIDIOC_ENUM_HEAPS).",
                            "Have its driver allocate, and export its buffers to others.")}));
    memory.usable.unknown_because = "the kernel does not say";
    EXPECT_EQ(found(facts), (Checks{check("device", Condition::unknown,
                                          "What /dev/video0 capture can use is not known.",
                                          "heapsel devices says why.")}));
}

TEST(Diagnosis, ABindingToHeapsThatAreGoneStrandsTheDevice) {
    Facts facts = healthy();
    DisplayDevice& display = facts.displays.emplace_back();
    display.name = "card0";
    display.binding = Binding{.heaps = {"gone"}, .or_driver = true, .usable = {}};
    EXPECT_EQ(found(facts), Checks{});
    display.binding->or_driver = false;
    EXPECT_EQ(found(facts),
              (Checks{check("device", Condition::problem,
                            "/dev/dri/card0 dumb is bound to gone, which is not there, and may "
                            "take no other memory.",
                            "Bind it to a heap that is there, or to none; heapsel devices lists "
                            "them.")}));
    display.binding->heaps.emplace_back("system");
    EXPECT_EQ(found(facts), Checks{});
}

TEST(Diagnosis, APolicyThatCannotBeReadIsShownWithItsPlace) {
    Facts facts = healthy();
    facts.policy_errors = {{.code = EINVAL,
                            .operation = "read the policy",
                            .subject = "/etc/heapsel/policy.toml:3:1",
                            .hint = "Hint."}};
    EXPECT_EQ(found(facts),
              (Checks{check("policy", Condition::problem,
                            "/etc/heapsel/policy.toml:3:1 is wrong, so no program takes its policy "
                            "from files.",
                            "Hint.")}));
}

TEST(Diagnosis, AWishBeyondAllNumbersOverflowsNowhere) {
    EXPECT_EQ(total_of(wish(UINT64_MAX, 2)), UINT64_MAX);
    EXPECT_EQ(total_of(wish(0, UINT64_MAX)), 0U);
    const Checks checks = found(healthy(), wish(UINT64_MAX, UINT64_MAX));
    EXPECT_EQ(checks.size(), 2U);
    EXPECT_EQ(checks[0].subject, "size");
    EXPECT_EQ(checks[1].subject, "descriptors");
}

TEST(Diagnosis, WhatIsToBePastedIsOneWordToAShell) {
    EXPECT_EQ(shell_word("video@50000000"), "video@50000000");
    EXPECT_EQ(shell_word("$(reboot)"), "'$(reboot)'");
    EXPECT_EQ(shell_word("a'b"), R"('a'\''b')");
    EXPECT_EQ(shell_word("a\nb"), R"('a\x0ab')");
    EXPECT_EQ(shell_word(""), "''");
}

TEST(Diagnosis, EveryConditionHasAWord) {
    EXPECT_EQ(to_string(Condition::ok), "ok");
    EXPECT_EQ(to_string(Condition::problem), "problem");
    EXPECT_EQ(to_string(Condition::unknown), "unknown");
}

} // namespace
} // namespace heapsel
