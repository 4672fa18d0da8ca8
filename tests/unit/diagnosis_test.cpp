// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inspect/doctor/diagnosis.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "diagnosis_facts.hpp"
#include "fake_names.hpp"
#include "heap_builder.hpp"
#include "inspect/doctor/checks.hpp"

namespace heapsel {
namespace {

using namespace test::doctor;

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

TEST(Diagnosis, ARecordingDoesNotSayWhoMayOpenItsHeaps) {
    Facts facts = healthy();
    facts.descriptors.reset();
    for (HeapFacts& heap : facts.heaps)
        heap.heap.permission = Permission::unknown;
    EXPECT_EQ(found(facts),
              (Checks{check("permission", Condition::unknown,
                            "A recorded tree does not say who may open its heaps.")}));
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
                            "/etc/heapsel/policy.toml:3:1 is wrong and may hold a requirement, so "
                            "programs choose no heap.",
                            "Hint.")}));
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
    EXPECT_EQ(to_string(Condition::note), "note");
}

} // namespace
} // namespace heapsel
