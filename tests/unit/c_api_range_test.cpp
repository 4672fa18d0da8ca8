// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/heapsel.h>

#include <cstddef>
#include <limits>
#include <string>

#include <gtest/gtest.h>

#include "c/handles.hpp"
#include "c_handle.hpp"
#include "heap_builder.hpp"

namespace heapsel {
namespace {

using test::calling;

/// No object has so many parts.
constexpr std::size_t too_far = std::numeric_limits<std::size_t>::max();

TEST(CApiRange, AnIndexPastTheEndIsNothing) {
    const heapsel_catalog catalog{HeapCatalog({test::heap("a")})};
    EXPECT_NE(heapsel_catalog_heap(&catalog, 0), nullptr);
    EXPECT_EQ(heapsel_catalog_heap(&catalog, 1), nullptr);
    EXPECT_EQ(heapsel_catalog_heap(&catalog, too_far), nullptr);
    heapsel_selection* made = nullptr;
    EXPECT_EQ(heapsel_select(&catalog, nullptr, 0, nullptr, &made, nullptr), 0);
    const test::OwnedSelection selection(made);
    EXPECT_EQ(heapsel_selection_heap(made, 1), nullptr);
    EXPECT_EQ(heapsel_selection_reason(made, too_far), nullptr);
    EXPECT_EQ(heapsel_selection_warning(made, 0), nullptr);
    EXPECT_EQ(heapsel_selection_verdict(made, 1), HEAPSEL_VERDICT_UNSUITABLE);
}

TEST(CApiRange, AnEnumValueThatThereIsNotIsNothing) {
    const Heap heap = test::with(test::heap("a"), Trait::protected_memory, Answer::yes);
    for (const int wrong :
         {-1, 4, std::numeric_limits<int>::max(), std::numeric_limits<int>::min()}) {
        const auto trait = static_cast<heapsel_trait>(wrong);
        EXPECT_EQ(heapsel_heap_property(c_api::to_c(&heap), trait), HEAPSEL_ANSWER_UNKNOWN);
        EXPECT_EQ(heapsel_heap_property_evidence(c_api::to_c(&heap), trait), nullptr);
        EXPECT_EQ(heapsel_trait_text(trait), nullptr);
        EXPECT_EQ(heapsel_verdict_text(static_cast<heapsel_verdict>(wrong)), nullptr);
    }
}

TEST(CApiRange, AWordOfEachEnumValueIsTheCommands) {
    const auto all = [](auto text, auto first) {
        using Enum = decltype(first);
        std::string words;
        for (int i = 0; const char* const word = text(static_cast<Enum>(i)); ++i)
            words += (i == 0 ? "" : " | ") + std::string(word);
        return words;
    };
    EXPECT_EQ(all(heapsel_trait_text, HEAPSEL_TRAIT_CONTIGUOUS),
              "contiguous | cached | ecc | protected");
    EXPECT_EQ(all(heapsel_verdict_text, HEAPSEL_VERDICT_CHOSEN),
              "chosen | candidate | unsuitable | unusable");
}

TEST(CApiRange, AnEnumValueThatThereIsNotIsEinvalWithTheArgument) {
    heapsel_consumer* consumer = nullptr;
    heapsel_policy policy;
    const auto wrong = [](const std::string& function, const std::string& argument, int value) {
        return "cannot call heapsel_" + function + " (" + argument +
               "): Invalid argument. Its enum has no value " + std::to_string(value) +
               ": give one that the header names.";
    };
    EXPECT_EQ(calling(heapsel_consumer_v4l2, -1, static_cast<heapsel_queue>(2), &consumer),
              wrong("consumer_v4l2", "queue", 2));
    heapsel_buffer* buffer = nullptr;
    EXPECT_EQ(
        calling(heapsel_buffer_adopt, 0, 1U, nullptr, static_cast<heapsel_answer>(3), &buffer),
        wrong("buffer_adopt", "cached", 3));
    EXPECT_EQ(calling(heapsel_policy_set_fallback, &policy, static_cast<heapsel_fallback>(3)),
              wrong("policy_set_fallback", "fallback", 3));
    EXPECT_EQ(policy.value.fallback, Fallback::same_caching);
}

} // namespace
} // namespace heapsel
