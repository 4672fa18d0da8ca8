// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/selector.hpp>

#include <cerrno>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "heap_builder.hpp"

namespace heapsel {
namespace {

using test::denied;
using test::heap;
using test::sized;
using test::with;

constexpr Criterion contiguous{.trait = Trait::contiguous, .wanted = true};
constexpr Criterion cached{.trait = Trait::cached, .wanted = true};
constexpr Criterion non_ecc{.trait = Trait::ecc, .wanted = false};

Policy policy(std::vector<Criterion> require, std::vector<Criterion> prefer = {}) {
    return {.require = std::move(require), .prefer = std::move(prefer), .heap = {}};
}

Policy asking_for(std::string name) {
    return {.require = {}, .prefer = {}, .heap = std::move(name)};
}

std::vector<std::string> order(const Selection& selection) {
    std::vector<std::string> names;
    for (const Judgement& judgement : selection.judgements())
        names.push_back(judgement.heap.name);
    return names;
}

using Order = std::vector<std::string>;

TEST(Select, AnEmptyCatalogGivesAnEmptySelection) {
    const auto selection = select(HeapCatalog({}), {}, policy({contiguous}));
    ASSERT_TRUE(selection);
    EXPECT_TRUE(selection->judgements().empty());
    EXPECT_TRUE(selection->candidates().empty());
    EXPECT_EQ(selection->chosen(), nullptr);
}

TEST(Select, WithoutWishesTheFirstNameIsChosen) {
    const auto selection = select(HeapCatalog({heap("b"), heap("a")}), {}, {});
    ASSERT_TRUE(selection);
    EXPECT_EQ(order(*selection), (Order{"a", "b"}));
    EXPECT_EQ(selection->judgements()[0].verdict, Verdict::chosen);
    EXPECT_EQ(selection->judgements()[1].verdict, Verdict::candidate);
    EXPECT_EQ(selection->judgements()[0].reason, "nothing is required, and nothing preferred");
}

TEST(Select, ARequirementThatIsNotMetMakesAHeapUnsuitable) {
    const HeapCatalog catalog({with(heap("a"), Trait::contiguous, Answer::no),
                               with(heap("b"), Trait::contiguous, Answer::yes)});
    const auto selection = select(catalog, {}, policy({contiguous}));
    ASSERT_TRUE(selection);
    EXPECT_EQ(order(*selection), (Order{"b", "a"}));
    EXPECT_EQ(selection->candidates().size(), 1U);
    EXPECT_EQ(selection->judgements()[1].verdict, Verdict::unsuitable);
    EXPECT_EQ(selection->judgements()[1].reason,
              "contiguous is no (kernel: evidence), while contiguous is required");
}

TEST(Select, AnUnknownNeverMeetsARequirement) {
    const HeapCatalog catalog({heap("a")});
    for (const bool wanted : {true, false}) {
        const auto selection =
            select(catalog, {}, policy({{.trait = Trait::ecc, .wanted = wanted}}));
        ASSERT_TRUE(selection);
        EXPECT_EQ(selection->chosen(), nullptr);
    }
}

TEST(Select, EveryUnmetRequirementIsNamed) {
    const auto selection = select(HeapCatalog({heap("a")}), {}, policy({contiguous, non_ecc}));
    ASSERT_TRUE(selection);
    EXPECT_EQ(selection->judgements()[0].reason,
              "contiguous is unknown, while contiguous is required; "
              "ecc is unknown, while non-ecc is required");
}

TEST(Select, AConsumersNeedIsARequirementAndTheReasonNamesIt) {
    const std::vector consumers{Consumer::requirement("kmssink", {.criteria = {contiguous}})};
    const auto selection =
        select(HeapCatalog({with(heap("a"), Trait::contiguous, Answer::no)}), consumers, {});
    ASSERT_TRUE(selection);
    EXPECT_EQ(selection->judgements()[0].verdict, Verdict::unsuitable);
    EXPECT_NE(selection->judgements()[0].reason.find("required by kmssink"), std::string::npos);
}

TEST(Select, ConsumersThatContradictEachOtherLeaveNoCandidate) {
    const std::vector consumers{
        Consumer::requirement("a", {.criteria = {contiguous}}),
        Consumer::requirement("b", {.criteria = {{.trait = Trait::contiguous, .wanted = false}}})};
    for (const Answer answer : {Answer::yes, Answer::no, Answer::unknown}) {
        const auto selection =
            select(HeapCatalog({with(heap("h"), Trait::contiguous, answer)}), consumers, {});
        ASSERT_TRUE(selection);
        EXPECT_EQ(selection->chosen(), nullptr);
    }
}

TEST(Select, TheFirstPreferenceOutweighsAllThatFollow) {
    const Heap first = with(heap("z"), Trait::ecc, Answer::no);
    const Heap others =
        with(with(heap("a"), Trait::cached, Answer::yes), Trait::contiguous, Answer::yes);
    const auto selection =
        select(HeapCatalog({others, first}), {}, policy({}, {non_ecc, cached, contiguous}));
    ASSERT_TRUE(selection);
    EXPECT_EQ(order(*selection), (Order{"z", "a"}));
    EXPECT_NE(selection->judgements()[1].reason.find("comes after z: non-ecc is preferred"),
              std::string::npos);
}

TEST(Select, APreferenceNeverExcludes) {
    const auto selection =
        select(HeapCatalog({with(heap("a"), Trait::ecc, Answer::yes)}), {}, policy({}, {non_ecc}));
    ASSERT_TRUE(selection);
    ASSERT_NE(selection->chosen(), nullptr);
    EXPECT_EQ(selection->chosen()->reason,
              "ecc is yes (kernel: evidence), while non-ecc is preferred");
}

TEST(Select, ATieGoesToTheHeapWithFewerUnknowns) {
    const HeapCatalog catalog({heap("a"), with(heap("b"), Trait::ecc, Answer::yes)});
    const auto selection = select(catalog, {}, policy({}, {non_ecc}));
    ASSERT_TRUE(selection);
    EXPECT_EQ(order(*selection), (Order{"b", "a"}));
}

TEST(Select, ATieOfEquallyManyUnknownsGoesByName) {
    const HeapCatalog catalog({heap("b"), heap("a")});
    const auto selection = select(catalog, {}, policy({}, {non_ecc}));
    ASSERT_TRUE(selection);
    EXPECT_EQ(order(*selection), (Order{"a", "b"}));
    EXPECT_NE(selection->judgements()[1].reason.find("comes after a: by name"), std::string::npos);
}

TEST(Select, UnknownsOfTraitsThatNobodyPrefersDoNotCount) {
    const HeapCatalog catalog({heap("a"), with(heap("b"), Trait::cached, Answer::yes)});
    const auto selection = select(catalog, {}, {});
    ASSERT_TRUE(selection);
    EXPECT_EQ(selection->chosen()->heap.name, "a");
}

TEST(Select, ANamedHeapExcludesTheOthers) {
    const auto selection = select(HeapCatalog({heap("a"), heap("b")}), {}, asking_for("b"));
    ASSERT_TRUE(selection);
    EXPECT_EQ(selection->candidates().size(), 1U);
    EXPECT_EQ(selection->chosen()->heap.name, "b");
    EXPECT_EQ(selection->judgements()[1].reason, "heap b was asked for");
}

TEST(Select, ANamedHeapIsFoundByItsAlias) {
    Heap region = heap("default_cma_region");
    region.aliases = {"reserved"};
    const auto selection = select(HeapCatalog({region, heap("a")}), {}, asking_for("reserved"));
    ASSERT_TRUE(selection);
    EXPECT_EQ(selection->chosen()->heap.name, "default_cma_region");
}

TEST(Select, ANamedHeapMustStillMeetTheRequirements) {
    Policy wanted = policy({contiguous});
    wanted.heap = "a";
    const auto selection = select(HeapCatalog({heap("a")}), {}, wanted);
    ASSERT_TRUE(selection);
    EXPECT_EQ(selection->chosen(), nullptr);
}

TEST(Select, ReasonsNameWhereTheWishesWereWritten) {
    Policy wanted = policy({contiguous, cached});
    wanted.size = 4097;
    wanted.heap = "a";
    wanted.origin = {.require = {"/etc/p.toml:3"},
                     .prefer = {},
                     .heap = "HEAPSEL_HEAP",
                     .size = "/etc/\x1b:4",
                     .fallback = {},
                     .udmabuf = {}};
    const Heap small = with(with(sized(heap("a"), 4096), Trait::contiguous, Answer::no),
                            Trait::cached, Answer::no);
    const Heap fit =
        with(with(heap("a"), Trait::contiguous, Answer::yes), Trait::cached, Answer::yes);
    EXPECT_EQ(select(HeapCatalog({small}), {}, wanted)->judgements()[0].reason,
              "contiguous is no (kernel: evidence), while contiguous is required by "
              "/etc/p.toml:3; cached is no (kernel: evidence), while cached is required; its "
              "memory is 4096 bytes (device tree: evidence), while 4097 are needed in "
              "/etc/\\x1b:4");
    const auto selection = select(HeapCatalog({fit, heap("b")}), {}, wanted);
    EXPECT_EQ(selection->judgements()[0].reason,
              "asked for by name in HEAPSEL_HEAP; contiguous is yes (kernel: evidence), as "
              "required by /etc/p.toml:3; cached is yes (kernel: evidence), as required");
    EXPECT_EQ(selection->judgements()[1].reason, "heap a was asked for in HEAPSEL_HEAP");
    EXPECT_EQ(select(HeapCatalog({heap("b")}), {}, wanted).error().remedy,
              "There are: b. It was asked for in HEAPSEL_HEAP.");
}

TEST(Select, AWrongNameIsEnoentWithTheNearestAndTheList) {
    Heap region = heap("default_cma_region");
    region.aliases = {"reserved"};
    const auto selection =
        select(HeapCatalog({region, heap("system")}), {}, asking_for("resevred"));
    ASSERT_FALSE(selection);
    EXPECT_EQ(selection.error().code, ENOENT);
    EXPECT_EQ(selection.error().subject, "resevred");
    EXPECT_EQ(selection.error().remedy,
              "Did you mean reserved? There are: default_cma_region, reserved, system.");
}

TEST(Select, AWrongNameInAnEmptyCatalogIsEnoent) {
    const auto selection = select(HeapCatalog({}), {}, asking_for("system"));
    ASSERT_FALSE(selection);
    EXPECT_EQ(selection.error().code, ENOENT);
    EXPECT_EQ(selection.error().remedy, "There is no heap at all.");
}

TEST(Select, ADeniedHeapIsUnusableAndComesAfterTheCandidates) {
    const auto selection = select(HeapCatalog({denied(heap("a")), heap("b")}), {}, {});
    ASSERT_TRUE(selection);
    EXPECT_EQ(order(*selection), (Order{"b", "a"}));
    EXPECT_EQ(selection->judgements()[1].verdict, Verdict::unusable);
    EXPECT_NE(selection->judgements()[1].reason.find("root:root 0600"), std::string::npos);
}

TEST(Select, ADeniedHeapThatWouldNotServeIsUnsuitableAndComesLast) {
    const HeapCatalog catalog({denied(heap("a")),
                               denied(with(heap("b"), Trait::contiguous, Answer::yes)),
                               with(heap("c"), Trait::contiguous, Answer::yes)});
    const auto selection = select(catalog, {}, policy({contiguous}));
    ASSERT_TRUE(selection);
    EXPECT_EQ(order(*selection), (Order{"c", "b", "a"}));
    EXPECT_EQ(selection->judgements()[2].verdict, Verdict::unsuitable);
}

TEST(Select, AHeapThatIsSmallerThanABufferIsUnsuitable) {
    Policy wanted;
    wanted.size = 4097;
    const HeapCatalog catalog({sized(heap("a"), 4096), sized(heap("b"), 4097), heap("c")});
    const auto selection = select(catalog, {}, wanted);
    ASSERT_TRUE(selection);
    EXPECT_EQ(order(*selection), (Order{"b", "c", "a"}));
    EXPECT_EQ(selection->candidates().size(), 2U);
    EXPECT_EQ(selection->judgements()[2].verdict, Verdict::unsuitable);
    EXPECT_EQ(selection->judgements()[2].reason,
              "its memory is 4096 bytes (device tree: evidence), while 4097 are needed");
}

TEST(Select, WithoutASizeNoHeapIsTooSmall) {
    EXPECT_NE(select(HeapCatalog({sized(heap("a"), 0)}), {}, {})->chosen(), nullptr);
}

TEST(Select, TooSmallIsNamedBesideEveryUnmetRequirement) {
    Policy wanted = policy({contiguous});
    wanted.size = 2;
    const auto selection = select(HeapCatalog({denied(sized(heap("a"), 1))}), {}, wanted);
    ASSERT_TRUE(selection);
    EXPECT_EQ(selection->judgements()[0].verdict, Verdict::unsuitable);
    EXPECT_EQ(selection->judgements()[0].reason,
              "contiguous is unknown, while contiguous is required; its memory is 1 bytes (device "
              "tree: evidence), while 2 are needed");
}

TEST(Select, ARecordedHeapIsACandidate) {
    Heap recorded = heap("a");
    recorded.permission = Permission::unknown;
    EXPECT_NE(select(HeapCatalog({recorded}), {}, {})->chosen(), nullptr);
}

TEST(Select, EveryHeapHasAReason) {
    const HeapCatalog catalog({denied(heap("a")), heap("b"), heap("c"), heap("d")});
    for (const Policy& wanted : {Policy{}, policy({contiguous}), asking_for("b")}) {
        const auto selection = select(catalog, {}, wanted);
        ASSERT_TRUE(selection);
        EXPECT_EQ(selection->judgements().size(), 4U);
        for (const Judgement& judgement : selection->judgements())
            EXPECT_FALSE(judgement.reason.empty());
    }
}

TEST(Select, APreferenceThatComesAgainChangesNothing) {
    const HeapCatalog catalog({with(heap("a"), Trait::cached, Answer::yes),
                               with(heap("b"), Trait::ecc, Answer::no), heap("c")});
    std::vector<Criterion> prefer{non_ecc, cached};
    const auto once = order(*select(catalog, {}, policy({}, prefer)));
    EXPECT_EQ(once, (Order{"b", "a", "c"}));
    for (int i = 0; i < 40; ++i)
        prefer.push_back(i % 2 == 0 ? cached : non_ecc);
    const auto selection = select(catalog, {}, policy({}, prefer));
    EXPECT_EQ(order(*selection), once);
    EXPECT_TRUE(selection->judgements()[2].reason.ends_with("comes after a: cached is preferred"));
}

TEST(Select, TheOrderIsTheSameInEveryCatalogOfTheSameHeaps) {
    EXPECT_EQ(order(*select(HeapCatalog({heap("c"), heap("a"), heap("b")}), {}, {})),
              order(*select(HeapCatalog({heap("b"), heap("c"), heap("a")}), {}, {})));
}

TEST(ASelection, GivesItsHeapWithoutAReason) {
    const auto selection = select(HeapCatalog({heap("b"), heap("a")}), {}, {});
    ASSERT_NE(selection->heap(), nullptr);
    EXPECT_EQ(selection->heap()->name, "a");
    EXPECT_EQ(select(HeapCatalog({heap("a")}), {}, policy({contiguous}))->heap(), nullptr);
    EXPECT_EQ(Selection({}).heap(), nullptr);
    EXPECT_EQ(
        Selection({{.heap = heap("a"), .verdict = Verdict::chosen, .reason = {}}}).heap()->name,
        "a");
}

TEST(ASelection, OutlivesWhatItWasMadeOf) {
    const auto selection = [] {
        const HeapCatalog catalog({heap("a"), heap("b")});
        const std::vector consumers{Consumer::requirement("x", {.criteria = {contiguous}})};
        return *select(catalog, consumers, asking_for("a"));
    }();
    EXPECT_EQ(selection.judgements()[0].reason,
              "contiguous is unknown, while contiguous is required by x");
    EXPECT_EQ(selection.judgements()[1].reason, "heap a was asked for");
}

TEST(ASelection, OutlivesACopyAndGivesWhatThatGave) {
    auto selection = *select(HeapCatalog({heap("a")}), {}, {});
    const Judgement* chosen = nullptr;
    {
        const Selection copy = selection;
        chosen = copy.chosen();
    }
    EXPECT_EQ(selection.chosen(), chosen);
    const Selection moved = std::move(selection);
    EXPECT_EQ(moved.chosen(), chosen);
}

UsableHeap can_use(std::string name) {
    return {.name = std::move(name), .active = false, .accounting = {}};
}

UsableHeap bound_to(std::string name) {
    return {.name = std::move(name), .active = true, .accounting = {}};
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

TEST(Select, ASelectionCarriesTheFallbackOfItsPolicy) {
    EXPECT_EQ(select(HeapCatalog({}), {}, {})->fallback(), Fallback::same_caching);
    Policy alone{};
    alone.fallback = Fallback::none;
    EXPECT_EQ(select(HeapCatalog({}), {}, alone)->fallback(), Fallback::none);
}

} // namespace
} // namespace heapsel
