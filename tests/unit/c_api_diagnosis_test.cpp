// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/diagnosis.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include <heapsel/diagnosis.hpp>

#include "c/handles.hpp"
#include "c_handle.hpp"
#include "recorded_board.hpp"

namespace heapsel {
namespace {

using test::calling;
using test::made_by;

class CApiDiagnosis : public testing::Test {
  protected:
    [[nodiscard]] const char* root() const { return board_.root().c_str(); }

    /// As C sees it.
    [[nodiscard]] static std::vector<Check> checks(const test::OwnedDiagnosis& diagnosis) {
        std::vector<Check> seen(heapsel_diagnosis_count(diagnosis.get()));
        for (std::size_t i = 0; i < seen.size(); ++i) {
            const heapsel_diagnosis* const all = diagnosis.get();
            seen[i].subject = heapsel_diagnosis_subject(all, i);
            seen[i].condition = static_cast<Condition>(heapsel_diagnosis_condition(all, i));
            seen[i].finding = heapsel_diagnosis_finding(all, i);
            seen[i].remedy = heapsel_diagnosis_remedy(all, i);
            for (std::size_t j = 0; j < heapsel_diagnosis_command_count(all, i); ++j)
                seen[i].commands.emplace_back(heapsel_diagnosis_command(all, i, j));
        }
        return seen;
    }

    test::RecordedBoard board_{"lab-board-carve-outs"};
};

TEST_F(CApiDiagnosis, OfNoWishIsThatOfOneBuffer) {
    const auto diagnosis = made_by<test::OwnedDiagnosis>(heapsel_diagnose, root(), nullptr, 0U,
                                                         nullptr, std::uint64_t{1});
    EXPECT_EQ(checks(diagnosis), diagnose({}, board_.root()));
    EXPECT_STREQ(heapsel_diagnosis_subject(diagnosis.get(), 0), "kernel");
}

TEST_F(CApiDiagnosis, TakesThePolicyTheCountAndTheConsumers) {
    const auto policy = made_by<test::OwnedPolicy>(heapsel_policy_create);
    EXPECT_EQ(calling(heapsel_policy_require, policy.get(), "contiguous"), "0");
    EXPECT_EQ(calling(heapsel_policy_set_size, policy.get(), std::uint64_t{48} << 20U), "0");
    const std::array heaps{"nonecc@58000000"};
    const auto consumer = made_by<test::OwnedConsumer>(heapsel_consumer_listing, "display",
                                                       heaps.data(), heaps.size(), nullptr);
    const heapsel_consumer* const one = consumer.get();
    const auto diagnosis = made_by<test::OwnedDiagnosis>(heapsel_diagnose, root(), &one, 1U,
                                                         policy.get(), std::uint64_t{2});
    const auto seen = checks(diagnosis);
    EXPECT_EQ(seen, diagnose({.policy = policy->value, .count = 2, .consumers = {one->value}},
                             board_.root()));
    EXPECT_TRUE(std::ranges::contains(seen, Condition::problem, &Check::condition));
    EXPECT_NE(seen, diagnose({}, board_.root()));
}

TEST(CApiDiagnosisCheck, HasItsCommandsOneByOne) {
    const heapsel_diagnosis diagnosis{{{.subject = "node",
                                        .condition = Condition::problem,
                                        .finding = "finding",
                                        .remedy = "remedy",
                                        .commands = {"first", "second"}}}};
    EXPECT_EQ(heapsel_diagnosis_condition(&diagnosis, 0), HEAPSEL_CONDITION_PROBLEM);
    EXPECT_EQ(heapsel_diagnosis_condition(&diagnosis, 1), HEAPSEL_CONDITION_UNKNOWN);
    ASSERT_EQ(heapsel_diagnosis_command_count(&diagnosis, 0), 2U);
    EXPECT_STREQ(heapsel_diagnosis_command(&diagnosis, 0, 1), "second");
    EXPECT_EQ(heapsel_diagnosis_command(&diagnosis, 0, 2), nullptr);
    EXPECT_EQ(heapsel_diagnosis_command_count(&diagnosis, 1), 0U);
    EXPECT_EQ(heapsel_diagnosis_command(&diagnosis, 1, 0), nullptr);
    EXPECT_EQ(heapsel_diagnosis_finding(&diagnosis, 1), nullptr);
}

TEST_F(CApiDiagnosis, OfAHeapThatIsNotThereIsEnoent) {
    const auto policy = made_by<test::OwnedPolicy>(heapsel_policy_create);
    EXPECT_EQ(calling(heapsel_policy_set_heap, policy.get(), "sytem"), "0");
    heapsel_diagnosis* none = nullptr;
    EXPECT_EQ(calling(heapsel_diagnose, root(), nullptr, 0U, policy.get(), std::uint64_t{1}, &none),
              diagnose({.policy = policy->value}, board_.root()).error().message());
    EXPECT_EQ(heapsel_diagnose(root(), nullptr, 0, policy.get(), 1, &none, nullptr), -ENOENT);
    EXPECT_EQ(none, nullptr);
}

TEST_F(CApiDiagnosis, OfNoBufferOrOfNobodyIsEinval) {
    heapsel_diagnosis* none = nullptr;
    EXPECT_EQ(calling(heapsel_diagnose, root(), nullptr, 0U, nullptr, std::uint64_t{0}, &none),
              "cannot call heapsel_diagnose (buffers): Invalid argument. Ask for one at least.");
    const heapsel_consumer* const nobody = nullptr;
    EXPECT_EQ(calling(heapsel_diagnose, root(), &nobody, 1U, nullptr, std::uint64_t{1}, &none),
              "cannot call heapsel_diagnose (consumers): Invalid argument. Its element 0 is NULL.");
    EXPECT_EQ(none, nullptr);
}

} // namespace
} // namespace heapsel
