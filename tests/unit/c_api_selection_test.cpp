// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/selection.h>

#include <array>
#include <string>
#include <utility>

#include <gtest/gtest.h>

#include "c/handles.hpp"
#include "c_board.hpp"
#include "c_handle.hpp"

namespace heapsel {
namespace {

using test::calling;
using test::made_by;

using CApiSelection = test::CBoard;

TEST_F(CApiSelection, SelectJudgesEveryHeapAndSaysWhy) {
    const auto policy = made_by<test::OwnedPolicy>(heapsel_policy_create);
    EXPECT_EQ(calling(heapsel_policy_require, policy.get(), "contiguous"), "0");
    EXPECT_EQ(calling(heapsel_policy_prefer, policy.get(), "non-ecc"), "0");
    EXPECT_EQ(calling(heapsel_policy_set_fallback, policy.get(), HEAPSEL_FALLBACK_ANY), "0");
    const auto codec = named("video1:metadata");
    const std::array<heapsel_consumer*, 1> consumers{codec.get()};
    const auto selection = made_by<test::OwnedSelection>(
        heapsel_select, catalog_.get(), consumers.data(), consumers.size(), policy.get());
    catalog_.reset();
    const auto expected =
        select(HeapCatalog::scan(root()).value(), std::array{codec->value}, policy->value).value();
    ASSERT_EQ(heapsel_selection_count(selection.get()), 6U);
    EXPECT_EQ(heapsel_selection_candidate_count(selection.get()), expected.candidates().size());
    for (std::size_t i = 0; i < 6; ++i) {
        const Judgement& judgement = expected.judgements()[i];
        EXPECT_EQ(heapsel_heap_name(heapsel_selection_heap(selection.get(), i)),
                  judgement.heap.name);
        EXPECT_EQ(heapsel_selection_verdict(selection.get(), i),
                  std::to_underlying(judgement.verdict));
        EXPECT_EQ(heapsel_selection_reason(selection.get(), i), judgement.reason);
    }
    EXPECT_STREQ(heapsel_heap_name(heapsel_selection_heap(selection.get(), 0)), "nonecc@58000000");
    EXPECT_EQ(selection->value.fallback(), Fallback::any);
    EXPECT_EQ(calling(heapsel_selection_require_candidate, selection.get()), "0");
}

TEST_F(CApiSelection, ASelectionWithoutACandidateIsAnErrorOnlyWhereOneIsRequired) {
    const auto policy = made_by<test::OwnedPolicy>(heapsel_policy_create);
    EXPECT_EQ(calling(heapsel_policy_require, policy.get(), "protected"), "0");
    const auto selection =
        made_by<test::OwnedSelection>(heapsel_select, catalog_.get(), nullptr, 0U, policy.get());
    EXPECT_EQ(heapsel_selection_candidate_count(selection.get()), 0U);
    const std::string message = require_candidate(selection->value).error().message();
    EXPECT_EQ(calling(heapsel_selection_require_candidate, selection.get()), message);
    heapsel_allocator* allocator = nullptr;
    EXPECT_EQ(calling(heapsel_allocator_create, selection.get(), &allocator), message);
    EXPECT_EQ(allocator, nullptr);
}

TEST_F(CApiSelection, UdmabufIsJudgedWhereThePolicyAllowsIt) {
    const auto policy = made_by<test::OwnedPolicy>(heapsel_policy_create);
    EXPECT_EQ(calling(heapsel_policy_require, policy.get(), "protected"), "0");
    EXPECT_EQ(calling(heapsel_policy_set_udmabuf, policy.get(), true), "0");
    const auto selection =
        made_by<test::OwnedSelection>(heapsel_select, catalog_.get(), nullptr, 0U, policy.get());
    std::size_t udmabufs = 0;
    for (std::size_t i = 0; i < heapsel_selection_count(selection.get()); ++i) {
        const heapsel_heap* const judged = heapsel_selection_heap(selection.get(), i);
        udmabufs += heapsel_heap_is_called(judged, "udmabuf") ? 1U : 0U;
    }
    EXPECT_EQ(udmabufs, 1U);
}

TEST_F(CApiSelection, AHeapThatThePolicyNamesAndNobodyHasIsEnoent) {
    const auto policy = made_by<test::OwnedPolicy>(heapsel_policy_create);
    EXPECT_EQ(calling(heapsel_policy_set_heap, policy.get(), "sytem"), "0");
    heapsel_selection* selection = nullptr;
    EXPECT_EQ(calling(heapsel_select, catalog_.get(), nullptr, 0U, policy.get(), &selection),
              select(catalog_->value, {}, policy->value).error().message());
    EXPECT_EQ(selection, nullptr);
}

} // namespace
} // namespace heapsel
