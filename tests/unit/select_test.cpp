// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/select.hpp>

#include <cerrno>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "heap_builder.hpp"
#include "selecting.hpp"

namespace heapsel {
namespace {

using test::cached;
using test::contiguous;
using test::denied;
using test::heap;
using test::non_ecc;
using test::order;
using test::Order;
using test::policy;
using test::sized;
using test::with;

Policy asking_for(std::string name) {
    return {.require = {}, .prefer = {}, .heap = std::move(name)};
}

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

// A stock kernel's two heaps: the default area is small, and displays and codecs need it.
TEST(Select, AmongEqualsWhatNobodyAskedForIsNotGivenAway) {
    const Heap area = sized(with(with(heap("default_cma_region"), Trait::contiguous, Answer::yes),
                                 Trait::cached, Answer::yes),
                            64U << 20U);
    const Heap system =
        with(with(heap("system"), Trait::contiguous, Answer::no), Trait::cached, Answer::yes);
    const HeapCatalog catalog({area, system});
    const auto selection = select(catalog, {}, {});
    ASSERT_TRUE(selection);
    EXPECT_EQ(order(*selection), (Order{"system", "default_cma_region"}));
    EXPECT_NE(selection->judgements()[1].reason.find("comes after system: it has more that nobody"),
              std::string::npos);
    EXPECT_EQ(select(catalog, {}, policy({}, {cached}))->heap()->name, "system");
    EXPECT_EQ(select(catalog, {}, policy({contiguous}, {}))->heap()->name, "default_cma_region");
}

TEST(Select, AmongEqualsUncachedMemoryAndWhatNothingIsKnownOfComeLater) {
    const auto region = [](std::string name, Answer is_cached) {
        return sized(with(with(heap(std::move(name)), Trait::contiguous, Answer::yes),
                          Trait::cached, is_cached),
                     64U << 20U);
    };
    const HeapCatalog catalog(
        {region("a", Answer::no), region("b", Answer::unknown), region("c", Answer::yes)});
    const auto selection = select(catalog, {}, policy({contiguous}, {}));
    ASSERT_TRUE(selection);
    EXPECT_EQ(order(*selection), (Order{"c", "a", "b"}));
    constexpr Criterion uncached{.trait = Trait::cached, .wanted = false};
    // Who asks for uncached memory does not give it away.
    EXPECT_EQ(select(catalog, {}, policy({contiguous, uncached}, {}))->heap()->name, "a");
}

TEST(Select, OfEqualsTheLargerOneComesFirst) {
    const auto selection =
        select(HeapCatalog({sized(heap("a"), 1U << 20U), sized(heap("b"), 2U << 20U)}), {}, {});
    ASSERT_TRUE(selection);
    EXPECT_EQ(order(*selection), (Order{"b", "a"}));
    EXPECT_NE(selection->judgements()[1].reason.find("comes after b: it is smaller"),
              std::string::npos);
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
    EXPECT_EQ(select(HeapCatalog({heap("b")}), {}, wanted).error().hint,
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
    EXPECT_EQ(selection.error().hint,
              "Did you mean reserved? There are: default_cma_region, reserved, system.");
}

TEST(Select, AWrongNameInAnEmptyCatalogIsEnoent) {
    const auto selection = select(HeapCatalog({}), {}, asking_for("system"));
    ASSERT_FALSE(selection);
    EXPECT_EQ(selection.error().code, ENOENT);
    EXPECT_EQ(selection.error().hint, "There is no heap at all.");
}

TEST(Select, ADeniedHeapIsUnusableAndComesAfterTheCandidates) {
    const auto selection = select(HeapCatalog({denied(heap("a")), heap("b")}), {}, {});
    ASSERT_TRUE(selection);
    EXPECT_EQ(order(*selection), (Order{"b", "a"}));
    EXPECT_EQ(selection->judgements()[1].verdict, Verdict::unusable);
    EXPECT_EQ(selection->judgements()[1].reason,
              "/dev/dma_heap/a does not open (Permission denied)");
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
    EXPECT_EQ(order(*selection), (Order{"c", "b", "a"}));
    EXPECT_EQ(selection->candidates().size(), 2U);
    EXPECT_EQ(selection->judgements()[2].verdict, Verdict::unsuitable);
    EXPECT_EQ(selection->judgements()[2].reason,
              "its memory is 4096 bytes (device tree: evidence), while 4097 are needed");
}

TEST(Select, AHeapWithoutAByteServesNobodyWhateverTheSize) {
    const HeapCatalog catalog({sized(heap("a"), 0), heap("b")});
    for (const std::uint64_t size : {0U, 4096U}) {
        Policy wanted;
        wanted.size = size;
        const auto selection = select(catalog, {}, wanted);
        ASSERT_TRUE(selection);
        EXPECT_EQ(order(*selection), (Order{"b", "a"}));
        EXPECT_EQ(selection->judgements()[1].verdict, Verdict::unsuitable);
        EXPECT_NE(selection->judgements()[1].reason.find("the kernel made nothing of its area"),
                  std::string::npos);
    }
}

TEST(Select, WithoutASizeNoHeapIsTooSmall) {
    EXPECT_NE(select(HeapCatalog({sized(heap("a"), 1)}), {}, {})->chosen(), nullptr);
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

TEST(Select, ASelectionCarriesTheFallbackOfItsPolicy) {
    EXPECT_EQ(select(HeapCatalog({}), {}, {})->fallback(), Fallback::same_caching);
    Policy alone{};
    alone.fallback = Fallback::none;
    EXPECT_EQ(select(HeapCatalog({}), {}, alone)->fallback(), Fallback::none);
}

} // namespace
} // namespace heapsel
