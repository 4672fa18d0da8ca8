// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/policy.h>

#include <cstdint>
#include <optional>
#include <string>

#include <gtest/gtest.h>

#include <heapsel/policy_sources.hpp>
#include <heapsel/video_device.hpp>

#include "c/handles.hpp"
#include "c_handle.hpp"
#include "recorded_board.hpp"

namespace heapsel {
namespace {

using test::calling;
using test::made_by;

class CApiPolicyFiles : public testing::Test {
  protected:
    [[nodiscard]] const char* root() const { return board_.root().c_str(); }
    void write(const std::string& text) const {
        board_.directory().write("etc/heapsel/policy.toml", text);
    }
    [[nodiscard]] std::string loaded(const char* word) {
        heapsel_policy* made = nullptr;
        auto said = calling(heapsel_policy_load, root(), &word, 1U, &made);
        policy_.reset(made);
        return said;
    }

    test::RecordedBoard board_{"lab-board-carve-outs"};
    test::OwnedPolicy policy_ = made_by<test::OwnedPolicy>(heapsel_policy_create);
};

TEST_F(CApiPolicyFiles, HoldForTheDevicesThatTheySpeakOf) {
    write("[default]\nprefer = [\"cached\"]\n"
          "[device.vicodec]\nrequire = [\"contiguous\"]\nheap = \"system\"\n");
    EXPECT_EQ(loaded("video1:metadata"), "0");
    EXPECT_EQ(policy_->value.require, parse_criteria("contiguous"));
    EXPECT_EQ(policy_->value.prefer, parse_criteria("cached"));
    EXPECT_EQ(policy_->value.heap, "system");
    EXPECT_EQ(loaded("card0"), "0");
    EXPECT_TRUE(policy_->value.require.empty());
    EXPECT_EQ(policy_->value.prefer, parse_criteria("cached"));
    EXPECT_EQ(policy_->value.heap, std::nullopt);
}

TEST_F(CApiPolicyFiles, ThatContradictEachOtherDoNotStopTheProgramFromRequiring) {
    write("[default]\nrequire = [\"cached\"]\n[device.vicodec]\nrequire = [\"uncached\"]\n");
    EXPECT_EQ(loaded("video1"), "0");
    EXPECT_EQ(policy_->value.require.size(), 2U);
    EXPECT_EQ(calling(heapsel_policy_require, policy_.get(), "contiguous,uncached"), "0");
    EXPECT_EQ(policy_->value.require.size(), 3U);
    EXPECT_EQ(policy_->value.require.back(), (Criterion{.trait = Trait::contiguous}));
    EXPECT_NE(calling(heapsel_policy_require, policy_.get(), "non-contiguous"), "0");
    EXPECT_EQ(policy_->value.require.size(), 3U);
}

TEST_F(CApiPolicyFiles, AddUpWithWhatTheProgramRequiresAndGiveWayInAllElse) {
    write("[default]\nrequire = [\"contiguous\"]\nprefer = [\"cached\"]\nsize = 4096\n");
    EXPECT_EQ(loaded("video1"), "0");
    EXPECT_EQ(calling(heapsel_policy_require, policy_.get(), "non-ecc"), "0");
    EXPECT_EQ(calling(heapsel_policy_prefer, policy_.get(), ""), "0");
    EXPECT_EQ(calling(heapsel_policy_set_size, policy_.get(), std::uint64_t{1}), "0");
    const Policy& policy = policy_->value;
    EXPECT_EQ(policy.require, parse_criteria("contiguous,non-ecc"));
    EXPECT_TRUE(policy.prefer.empty());
    ASSERT_EQ(policy.origin.require.size(), 1U);
    EXPECT_TRUE(policy.origin.require[0].ends_with("policy.toml:2"));
    EXPECT_EQ(policy.origin.prefer, "");
    EXPECT_EQ(policy.origin.size, "");
    EXPECT_EQ(policy.size, 1U);
}

TEST_F(CApiPolicyFiles, ThatAreWrongAreAnErrorThatSaysAll) {
    write("[default]\nrequire = [\"fast\"]\nsize = -1\n");
    const auto errors = load_policy(PolicySources::of_process(root())).error();
    ASSERT_EQ(errors.size(), 2U);
    EXPECT_EQ(loaded("video1"), errors[0].message() + " Also: " + errors[1].message());
    EXPECT_EQ(policy_, nullptr);
}

TEST_F(CApiPolicyFiles, ThatRequireNothingAndAreWrongAreAWarningOfTheSelection) {
    write("[default]\nheap = \"system\"\nsize = -1\n");
    EXPECT_EQ(loaded("video1"), "0");
    const auto catalog = made_by<test::OwnedCatalog>(heapsel_catalog_scan, root());
    const auto selection = made_by<test::OwnedSelection>(heapsel_select, catalog.get(), nullptr,
                                                         std::size_t{0}, policy_.get());
    const auto warnings = load_policy(PolicySources::of_process(root()))->warnings;
    ASSERT_EQ(warnings.size(), 1U);
    EXPECT_EQ(heapsel_selection_warning(selection.get(), 0), warnings[0].message());
    EXPECT_EQ(heapsel_selection_warning(selection.get(), 1), nullptr);
}

TEST_F(CApiPolicyFiles, OfADeviceThatIsNotThereAreAnError) {
    EXPECT_EQ(loaded("video7"), find_video_device("video7", root()).error().message());
    EXPECT_EQ(loaded(nullptr), "cannot call heapsel_policy_load (words): Invalid argument. Its "
                               "element 0 is NULL.");
}

TEST(CApiPolicy, HasWhatItWasGiven) {
    const auto policy = made_by<test::OwnedPolicy>(heapsel_policy_create);
    const Policy& has = policy->value;
    EXPECT_TRUE(has.require.empty());
    EXPECT_EQ(has.heap, std::nullopt);
    EXPECT_EQ(has.fallback, Fallback::same_caching);
    EXPECT_EQ(calling(heapsel_policy_require, policy.get(), "contiguous"), "0");
    EXPECT_EQ(calling(heapsel_policy_require, policy.get(), ""), "0");
    EXPECT_EQ(calling(heapsel_policy_require, policy.get(), " non-ecc, contiguous"), "0");
    EXPECT_EQ(calling(heapsel_policy_prefer, policy.get(), "ecc, contiguous"), "0");
    EXPECT_EQ(calling(heapsel_policy_prefer, policy.get(), "non-cached"), "0");
    EXPECT_EQ(calling(heapsel_policy_set_heap, policy.get(), "system"), "0");
    EXPECT_EQ(calling(heapsel_policy_set_size, policy.get(), std::uint64_t{1} << 40U), "0");
    EXPECT_EQ(calling(heapsel_policy_set_fallback, policy.get(), HEAPSEL_FALLBACK_NONE), "0");
    EXPECT_EQ(calling(heapsel_policy_set_udmabuf, policy.get(), true), "0");
    EXPECT_EQ(has.require, parse_criteria("contiguous,non-ecc"));
    EXPECT_EQ(has.prefer, parse_criteria("uncached"));
    EXPECT_EQ(has.heap, "system");
    EXPECT_EQ(has.size, std::uint64_t{1} << 40U);
    EXPECT_EQ(has.fallback, Fallback::none);
    EXPECT_TRUE(has.udmabuf);
    EXPECT_EQ(calling(heapsel_policy_set_heap, policy.get(), nullptr), "0");
    EXPECT_EQ(has.heap, std::nullopt);
}

TEST(CApiPolicy, WordsThatAreWrongOrContradictChangeNothing) {
    const auto policy = made_by<test::OwnedPolicy>(heapsel_policy_create);
    EXPECT_EQ(calling(heapsel_policy_require, policy.get(), "contiguous"), "0");
    EXPECT_EQ(calling(heapsel_policy_require, policy.get(), "non-contiguous"),
              parse_criteria("contiguous,non-contiguous").error().message());
    EXPECT_EQ(calling(heapsel_policy_require, policy.get(), "ecc,fast"),
              parse_criteria("fast").error().message());
    EXPECT_EQ(policy->value.require, parse_criteria("contiguous"));
}

} // namespace
} // namespace heapsel
