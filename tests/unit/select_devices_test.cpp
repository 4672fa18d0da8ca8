// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/select.hpp>

#include <cerrno>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "heap_builder.hpp"
#include "selecting.hpp"

namespace heapsel {
namespace {

using test::contiguous;
using test::denied;
using test::heap;
using test::non_ecc;
using test::order;
using test::Order;
using test::policy;
using test::with;

UsableHeap can_use(std::string name) {
    return {.name = std::move(name), .bound = false, .in_use = false, .accounting = {}};
}

UsableHeap bound_to(std::string name) {
    return {.name = std::move(name), .bound = true, .in_use = false, .accounting = {}};
}

Consumer device(std::string name, std::vector<UsableHeap> heaps) {
    return Consumer::listing(
        std::move(name),
        {.heaps = std::move(heaps), .evidence = "VIDIOC_ENUM_HEAPS", .unknown_because = {}});
}

Consumer unasked(std::string name) {
    return Consumer::listing(std::move(name),
                             {.heaps = {}, .evidence = {}, .unknown_because = "no such ioctl"});
}

TEST(SelectForDevices, AHeapThatADriverDoesNotListIsUnsuitable) {
    const std::vector consumers{device("/dev/video0 (vicodec) capture", {can_use("b")})};
    const auto selection = select(HeapCatalog({heap("a"), heap("b")}), consumers, {});
    ASSERT_TRUE(selection);
    EXPECT_EQ(order(*selection), (Order{"b", "a"}));
    EXPECT_EQ(selection->chosen()->reason,
              "/dev/video0 (vicodec) capture can use it (VIDIOC_ENUM_HEAPS)");
    EXPECT_EQ(selection->judgements()[1].verdict, Verdict::unsuitable);
    EXPECT_EQ(selection->judgements()[1].reason, "/dev/video0 (vicodec) capture: the driver does "
                                                 "not list it (VIDIOC_ENUM_HEAPS)");
}

TEST(SelectForDevices, AHeapThatADriverImportsOnlyIsACandidateThatSaysSo) {
    std::vector heaps{can_use("a")};
    heaps[0].import_only = true;
    const std::vector consumers{device("x", heaps)};
    const auto selection = select(HeapCatalog({heap("a")}), consumers, {});
    ASSERT_TRUE(selection);
    EXPECT_EQ(selection->chosen()->reason, "x can import it (VIDIOC_ENUM_HEAPS)");
}

TEST(SelectForDevices, WhatAConsumerSaysIsPrintable) {
    const auto reason = [](const Consumer& consumer) {
        return select(HeapCatalog({heap("a")}), std::span(&consumer, 1), {})
            ->judgements()[0]
            .reason;
    };
    const Consumer lists = Consumer::listing(
        "b", {.heaps = {can_use("a")}, .evidence = "\x1b[1m", .unknown_because = {}});
    EXPECT_EQ(reason(lists), "b can use it (\\x1b[1m)");
    const Consumer silent =
        Consumer::listing("b", {.heaps = {}, .evidence = {}, .unknown_because = "\x1b; a\\b"});
    EXPECT_EQ(reason(silent), "whether b can use it is unknown (\\x1b; a\\x5cb)");
    const Consumer tried =
        unasked("b").with_trials({{.heap = "a", .accepted = Answer::no, .evidence = "no\n"}});
    EXPECT_EQ(reason(tried), "b: no\\x0a");
    EXPECT_EQ(device("b", {}).usable()->evidence, "VIDIOC_ENUM_HEAPS");
}

TEST(SelectForDevices, TheDriverMayListAnyNameOfARegion) {
    Heap region = heap("default_cma_region");
    region.aliases = {"reserved"};
    const std::vector consumers{device("a", {can_use("reserved")})};
    const auto selection = select(HeapCatalog({region, heap("system")}), consumers, {});
    ASSERT_TRUE(selection);
    EXPECT_EQ(selection->candidates().size(), 1U);
    EXPECT_EQ(selection->chosen()->heap.name, "default_cma_region");
}

TEST(SelectForDevices, OnlyWhatAllOfThemListIsACandidate) {
    const HeapCatalog catalog({heap("a"), heap("b"), heap("c")});
    const std::vector consumers{device("x", {can_use("a"), can_use("b")}),
                                device("y", {can_use("c"), can_use("b")})};
    const auto selection = select(catalog, consumers, {});
    ASSERT_TRUE(selection);
    EXPECT_EQ(order(*selection), (Order{"b", "a", "c"}));
    EXPECT_EQ(selection->candidates().size(), 1U);
    const std::vector apart{device("x", {can_use("a")}), device("y", {can_use("b")})};
    EXPECT_EQ(select(catalog, apart, {})->chosen(), nullptr);
}

TEST(SelectForDevices, ADriverThatListsNoneLeavesNoCandidate) {
    const std::vector consumers{device("x", {})};
    const auto selection = select(HeapCatalog({heap("a")}), consumers, {});
    ASSERT_TRUE(selection);
    EXPECT_EQ(selection->chosen(), nullptr);
    EXPECT_EQ(selection->judgements()[0].reason,
              "x: the driver lists no heap at all (VIDIOC_ENUM_HEAPS)");
}

TEST(SelectForDevices, AHeapOfADriverThatTheCatalogLacksIsNoCandidate) {
    const std::vector consumers{device("x", {bound_to("other")})};
    EXPECT_EQ(select(HeapCatalog({heap("a")}), consumers, {})->chosen(), nullptr);
}

TEST(SelectForDevices, ADriverThatCannotBeAskedExcludesNothingAndEachReasonSaysSo) {
    const std::vector consumers{unasked("x\n"), device("y", {can_use("a")})};
    const auto selection = select(HeapCatalog({heap("a"), heap("b")}), consumers, {});
    ASSERT_TRUE(selection);
    EXPECT_EQ(order(*selection), (Order{"a", "b"}));
    EXPECT_EQ(selection->chosen()->reason,
              "whether x\\x0a can use it is unknown (no such ioctl); y can use it "
              "(VIDIOC_ENUM_HEAPS)");
    EXPECT_EQ(selection->candidates().size(), 1U);
}

TEST(SelectForDevices, OfADriverThatCannotBeAskedATrialExcludesAndNeverAdmits) {
    const std::vector consumers{unasked("x").with_trials(
        {{.heap = "a", .accepted = Answer::no, .evidence = "it refused"},
         {.heap = "b", .accepted = Answer::yes, .evidence = "it took it"},
         {.heap = "c", .accepted = Answer::unknown, .evidence = "not tried"}})};
    const auto selection =
        select(HeapCatalog({heap("a"), heap("b"), heap("c"), heap("d")}), consumers, {});
    ASSERT_TRUE(selection);
    EXPECT_EQ(order(*selection), (Order{"b", "c", "d", "a"}));
    EXPECT_EQ(selection->candidates().size(), 3U);
    EXPECT_EQ(selection->judgements()[0].reason,
              "whether x can use it is unknown (no such ioctl; it took it)");
    EXPECT_TRUE(selection->judgements()[1].reason.starts_with(
        "whether x can use it is unknown (no such ioctl; not tried)"));
    EXPECT_TRUE(selection->judgements()[2].reason.starts_with(
        "whether x can use it is unknown (no such ioctl)"));
    EXPECT_EQ(selection->judgements()[3].reason, "x: it refused");
}

TEST(SelectForDevices, WhatTheDriverListsOutweighsATrial) {
    const std::vector consumers{
        device("x", {can_use("a")})
            .with_trials({{.heap = "a", .accepted = Answer::no, .evidence = "it refused"}})};
    EXPECT_EQ(select(HeapCatalog({heap("a")}), consumers, {})->candidates().size(), 1U);
}

TEST(SelectForDevices, RequirementsHoldBesideTheLists) {
    const std::vector consumers{device("x", {bound_to("a"), can_use("b")})};
    const auto selection =
        select(HeapCatalog({heap("a"), with(heap("b"), Trait::contiguous, Answer::yes)}), consumers,
               policy({contiguous}));
    ASSERT_TRUE(selection);
    EXPECT_EQ(order(*selection), (Order{"b", "a"}));
    EXPECT_EQ(selection->judgements()[1].reason,
              "contiguous is unknown, while contiguous is required");
}

TEST(SelectForDevices, ABindingBreaksATie) {
    const std::vector consumers{device("x", {bound_to("c"), bound_to("b"), can_use("a")})};
    const auto selection = select(HeapCatalog({heap("a"), heap("b"), heap("c")}), consumers, {});
    ASSERT_TRUE(selection);
    EXPECT_EQ(order(*selection), (Order{"c", "b", "a"}));
    EXPECT_EQ(selection->chosen()->reason, "x is bound to it (VIDIOC_ENUM_HEAPS)");
    EXPECT_EQ(selection->judgements()[1].reason,
              "x is bound to it (VIDIOC_ENUM_HEAPS); comes after c: by what the devices are bound "
              "to");
}

TEST(SelectForDevices, TheOrderOfWhatIsNotBoundBreaksNoTie) {
    const std::vector consumers{device("x", {can_use("b"), can_use("a")})};
    EXPECT_EQ(order(*select(HeapCatalog({heap("a"), heap("b")}), consumers, {})),
              (Order{"a", "b"}));
}

TEST(SelectForDevices, TheBindingOfTheFirstDeviceOutweighsThatOfTheSecond) {
    const std::vector consumers{device("x", {bound_to("b"), can_use("a")}),
                                device("y", {bound_to("a"), can_use("b")})};
    EXPECT_EQ(order(*select(HeapCatalog({heap("a"), heap("b")}), consumers, {})),
              (Order{"b", "a"}));
}

TEST(SelectForDevices, APreferenceOutweighsABinding) {
    const std::vector consumers{device("x", {bound_to("a"), can_use("b")})};
    const auto selection = select(HeapCatalog({heap("a"), with(heap("b"), Trait::ecc, Answer::no)}),
                                  consumers, policy({}, {non_ecc}));
    ASSERT_TRUE(selection);
    EXPECT_EQ(order(*selection), (Order{"b", "a"}));
    EXPECT_TRUE(selection->judgements()[1].reason.ends_with("comes after b: non-ecc is preferred"));
}

Heap udmabuf(Permission permission = Permission::granted) {
    Heap made = with(heap("udmabuf"), Trait::contiguous, Answer::no);
    made.exporter = Exporter::udmabuf;
    made.device = "/dev/udmabuf";
    made.permission = permission;
    return made;
}

/// A policy that requires `require` and allows udmabuf.
Policy with_udmabuf(std::vector<Criterion> require = {}) {
    Policy made = policy(std::move(require));
    made.udmabuf = true;
    return made;
}

TEST(SelectUdmabuf, ServesWhereNoHeapMayBeUsedAndIsMarkedAsSuch) {
    const HeapCatalog catalog({denied(heap("a"))}, {}, udmabuf());
    const auto selection = select(catalog, {}, with_udmabuf());
    ASSERT_TRUE(selection);
    EXPECT_EQ(order(*selection), (Order{"udmabuf", "a"}));
    EXPECT_EQ(selection->chosen()->heap.exporter, Exporter::udmabuf);
    EXPECT_EQ(selection->chosen()->reason,
              "no heap, but system memory through /dev/udmabuf, as no heap serves");
    EXPECT_EQ(selection->judgements()[1].heap.exporter, Exporter::dma_heap);
}

TEST(SelectUdmabuf, ServesWhereThereIsNoHeap) {
    const auto selection = select(HeapCatalog({}, {}, udmabuf()), {}, with_udmabuf());
    EXPECT_EQ(order(*selection), Order{"udmabuf"});
    EXPECT_EQ(selection->chosen()->verdict, Verdict::chosen);
}

TEST(SelectUdmabuf, IsLeftOutWhileAHeapServesOrThePolicyDoesNotAllowIt) {
    EXPECT_EQ(order(*select(HeapCatalog({heap("a")}, {}, udmabuf()), {}, with_udmabuf())),
              Order{"a"});
    EXPECT_EQ(order(*select(HeapCatalog({denied(heap("a"))}, {}, udmabuf()), {}, {})), Order{"a"});
    EXPECT_EQ(order(*select(HeapCatalog({denied(heap("a"))}), {}, with_udmabuf())), Order{"a"});
}

TEST(SelectUdmabuf, MeetsRequirementsLikeAnyHeapOrNot) {
    const HeapCatalog catalog({denied(heap("a"))}, {}, udmabuf());
    const auto required = select(catalog, {}, with_udmabuf({contiguous}));
    EXPECT_EQ(required->chosen(), nullptr);
    EXPECT_EQ(required->judgements()[1].reason,
              "contiguous is no (kernel: evidence), while contiguous is required");
    Policy asking = with_udmabuf();
    asking.heap = "a";
    const auto named = select(catalog, {}, asking);
    EXPECT_EQ(named->chosen(), nullptr);
    EXPECT_EQ(named->judgements()[1].reason, "heap a was asked for");
}

TEST(SelectUdmabuf, ThatIsNotThereIsUnusableAndTheErrorSaysWhatTheKernelNeeds) {
    Heap missing = udmabuf(Permission::broken);
    missing.open_errno = ENOENT;
    const auto selection = select(HeapCatalog({}, {}, missing), {}, with_udmabuf());
    EXPECT_EQ(selection->judgements()[0].verdict, Verdict::unusable);
    const auto error = require_candidate(*selection).error();
    EXPECT_EQ(error.message(),
              "cannot select a heap (udmabuf): No such file or directory. udmabuf: There is no "
              "/dev/udmabuf: the kernel needs CONFIG_UDMABUF.");
}

} // namespace
} // namespace heapsel
