// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/policy_file.h>

#include <cerrno>
#include <cstdint>
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
        board_.folder().write("etc/heapsel/policy.toml", text);
    }
    [[nodiscard]] std::string loaded(const char* word) {
        heapsel_policy* made = nullptr;
        auto said = calling(heapsel_policy_load, root(), &word, 1U, &made);
        policy_.reset(made);
        return said;
    }

    /// What applying `text` to the policy comes to, for a word that names a device, or NULL.
    [[nodiscard]] std::string applied(const std::string& text, const char* word = nullptr) const {
        board_.folder().write("own.toml", text);
        return calling(heapsel_policy_apply_file, policy_.get(), file().c_str(), root(), &word,
                       word == nullptr ? 0U : 1U);
    }
    [[nodiscard]] std::string file() const { return board_.root() / "own.toml"; }
    [[nodiscard]] std::string origin(heapsel_setting setting, std::size_t index = 0) const {
        const char* const text = heapsel_policy_origin(policy_.get(), setting, index);
        return text == nullptr ? "NULL" : text;
    }

    test::RecordedBoard board_{"lab-board-carve-outs"};
    test::OwnedPolicy policy_ = made_by<test::OwnedPolicy>(heapsel_policy_create);
};

TEST_F(CApiPolicyFiles, HoldForTheDevicesThatTheySpeakOf) {
    write("[default]\nprefer = [\"cached\"]\n"
          "[device.vicodec]\nrequire = [\"contiguous\"]\nheap = \"system\"\n");
    EXPECT_EQ(loaded("video1:metadata"), "0");
    EXPECT_STREQ(heapsel_policy_required(policy_.get()), "contiguous");
    EXPECT_STREQ(heapsel_policy_preferred(policy_.get()), "cached");
    EXPECT_STREQ(heapsel_policy_heap(policy_.get()), "system");
    EXPECT_EQ(loaded("card0"), "0");
    EXPECT_STREQ(heapsel_policy_required(policy_.get()), "");
    EXPECT_STREQ(heapsel_policy_preferred(policy_.get()), "cached");
    EXPECT_EQ(heapsel_policy_heap(policy_.get()), nullptr);
}

TEST_F(CApiPolicyFiles, ThatContradictEachOtherDoNotStopTheProgramFromRequiring) {
    write("[default]\nrequire = [\"cached\"]\n[device.vicodec]\nrequire = [\"uncached\"]\n");
    EXPECT_EQ(loaded("video1"), "0");
    EXPECT_STREQ(heapsel_policy_required(policy_.get()), "cached,uncached");
    EXPECT_EQ(calling(heapsel_policy_require, policy_.get(), "contiguous,uncached"), "0");
    EXPECT_STREQ(heapsel_policy_required(policy_.get()), "cached,uncached,contiguous");
    EXPECT_NE(calling(heapsel_policy_require, policy_.get(), "non-contiguous"), "0");
    EXPECT_STREQ(heapsel_policy_required(policy_.get()), "cached,uncached,contiguous");
}

TEST_F(CApiPolicyFiles, AddUpWithWhatTheProgramRequiresAndGiveWayInAllElse) {
    write("[default]\nrequire = [\"contiguous\"]\nprefer = [\"cached\"]\nsize = 4096\n");
    EXPECT_EQ(loaded("video1"), "0");
    EXPECT_EQ(calling(heapsel_policy_require, policy_.get(), "non-ecc"), "0");
    EXPECT_EQ(calling(heapsel_policy_prefer, policy_.get(), ""), "0");
    EXPECT_EQ(calling(heapsel_policy_set_size, policy_.get(), std::uint64_t{1}), "0");
    EXPECT_STREQ(heapsel_policy_required(policy_.get()), "contiguous,non-ecc");
    EXPECT_STREQ(heapsel_policy_preferred(policy_.get()), "");
    const Policy& policy = policy_->value;
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

TEST_F(CApiPolicyFiles, OfADeviceThatIsNotThereAreAnError) {
    EXPECT_EQ(loaded("video7"), find_video_device("video7", root()).error().message());
    EXPECT_EQ(loaded(nullptr), "cannot call heapsel_policy_load (words): Invalid argument. Its "
                               "element 0 is NULL.");
}

TEST_F(CApiPolicyFiles, OfAProgramsOwnGoOverWhatThereIs) {
    EXPECT_EQ(calling(heapsel_policy_require, policy_.get(), "non-ecc"), "0");
    EXPECT_EQ(calling(heapsel_policy_set_heap, policy_.get(), "a"), "0");
    EXPECT_EQ(applied("[default]\nrequire = [\"contiguous\"]\nheap = \"system\"\n"
                      "[device.vicodec]\nprefer = [\"cached\"]\n"),
              "0");
    EXPECT_STREQ(heapsel_policy_required(policy_.get()), "non-ecc,contiguous");
    EXPECT_STREQ(heapsel_policy_heap(policy_.get()), "system");
    EXPECT_STREQ(heapsel_policy_preferred(policy_.get()), "");
    EXPECT_EQ(applied("[device.vicodec]\nprefer = [\"cached\"]\n", "video1"), "0");
    EXPECT_STREQ(heapsel_policy_preferred(policy_.get()), "cached");
    EXPECT_STREQ(heapsel_policy_required(policy_.get()), "non-ecc,contiguous");
}

TEST_F(CApiPolicyFiles, AreTheOriginOfWhatTheyAskFor) {
    EXPECT_EQ(calling(heapsel_policy_require, policy_.get(), "non-ecc"), "0");
    EXPECT_EQ(applied("[default]\nrequire = [\"contiguous\"]\nprefer = [\"cached\"]\n"
                      "heap = \"system\"\nsize = 4096\nfallback = \"any\"\nudmabuf = true\n"),
              "0");
    EXPECT_EQ(origin(HEAPSEL_SETTING_REQUIRE, 0), "");
    EXPECT_EQ(origin(HEAPSEL_SETTING_REQUIRE, 1), file() + ":2");
    EXPECT_EQ(origin(HEAPSEL_SETTING_REQUIRE, 2), "NULL");
    EXPECT_EQ(origin(HEAPSEL_SETTING_PREFER), file() + ":3");
    EXPECT_EQ(origin(HEAPSEL_SETTING_HEAP), file() + ":4");
    EXPECT_EQ(origin(HEAPSEL_SETTING_SIZE), file() + ":5");
    EXPECT_EQ(origin(HEAPSEL_SETTING_FALLBACK), file() + ":6");
    EXPECT_EQ(origin(HEAPSEL_SETTING_UDMABUF), file() + ":7");
    EXPECT_EQ(origin(HEAPSEL_SETTING_UDMABUF, 1), "NULL");
    EXPECT_EQ(origin(static_cast<heapsel_setting>(6)), "NULL");
    EXPECT_EQ(origin(static_cast<heapsel_setting>(-1)), "NULL");
    EXPECT_EQ(calling(heapsel_policy_set_heap, policy_.get(), "a"), "0");
    EXPECT_EQ(origin(HEAPSEL_SETTING_HEAP), "");
}

TEST_F(CApiPolicyFiles, OfAProgramsOwnThatAreWrongChangeNothing) {
    EXPECT_EQ(calling(heapsel_policy_require, policy_.get(), "non-ecc"), "0");
    const std::string said = applied("[default]\nprefer = [\"fast\"]\nsize = -1\n");
    const auto errors = read_policy(file()).error();
    ASSERT_EQ(errors.size(), 2U);
    EXPECT_EQ(said, errors[0].message() + " Also: " + errors[1].message());
    EXPECT_EQ(applied("", "video7"), find_video_device("video7", root()).error().message());
    const std::string none = board_.root() / "none.toml";
    EXPECT_EQ(calling(heapsel_policy_apply_file, policy_.get(), none.c_str(), root(), nullptr, 0U),
              read_policy(none).error().front().message());
    EXPECT_EQ(heapsel_policy_apply_file(policy_.get(), none.c_str(), root(), nullptr, 0, nullptr),
              -ENOENT);
    EXPECT_STREQ(heapsel_policy_required(policy_.get()), "non-ecc");
    EXPECT_EQ(heapsel_policy_size(policy_.get()), 0U);
}

} // namespace
} // namespace heapsel
