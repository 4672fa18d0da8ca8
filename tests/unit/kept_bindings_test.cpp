// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bandwidth/run/kept_bindings.hpp"

#include <cerrno>
#include <optional>

#include <gtest/gtest.h>

#include "fake_write.hpp"
#include "temporary_directory.hpp"

namespace heapsel::bandwidth {
namespace {

using Names = std::vector<std::string>;

/// A device whose one use a kernel binds as it is told.
class KeptBindingsTest : public testing::Test {
  protected:
    void set(const std::string& line) const { device_.write("heaps/frame", line + "\n"); }

    int store(std::string_view text) {
        written_.emplace_back(text);
        if (refusal_ != 0)
            return refusal_;
        if (text == "driver")
            set("[driver] nonecc@58000000 system");
        else if (text == "system")
            set("[system] driver nonecc@58000000");
        else
            set("[nonecc@58000000] driver system");
        return 0;
    }

    [[nodiscard]] KeptBindings kept() const { return KeptBindings::of(device_.path()).value(); }

    test::TemporaryDirectory device_;
    /// Before the kernel is there, which would take it for a binding.
    bool first_ = (set("[system] driver nonecc@58000000"), true);
    Names written_;
    int refusal_ = 0;
    test::FakeAttribute kernel_{binding_file(device_.path(), "frame"),
                                [this](std::string_view text) { return store(text); }};
};

const Way bound{.name = "bound", .bindings = {{.use = "frame", .heaps = {"nonecc@58000000"}}}};
const Way unbound{.name = "unbound", .bindings = {}};

TEST_F(KeptBindingsTest, AreThoseOfTheWayAndThenAsTheyWere) {
    {
        const auto bindings = kept();
        ASSERT_TRUE(bindings.apply(bound));
        ASSERT_TRUE(bindings.apply(unbound));
        EXPECT_EQ(written_, (Names{"nonecc@58000000", "driver"}));
    }
    EXPECT_EQ(written_.back(), "system");
}

TEST_F(KeptBindingsTest, AreNotWrittenWhereNothingChanges) {
    {
        const auto bindings = kept();
        ASSERT_TRUE(
            bindings.apply({.name = "same", .bindings = {{.use = "frame", .heaps = {"system"}}}}));
        ASSERT_TRUE(bindings.apply({.name = "as it is", .bindings = {}, .as_it_is = true}));
        ASSERT_TRUE(bindings.restore());
    }
    EXPECT_TRUE(written_.empty());
}

TEST_F(KeptBindingsTest, ArePutBackOnceAlsoByWhatTheyWereMovedTo) {
    {
        auto first = kept();
        ASSERT_TRUE(first.apply(bound));
        const auto second = std::move(first);
        EXPECT_EQ(written_.size(), 1U);
    }
    EXPECT_EQ(written_, (Names{"nonecc@58000000", "system"}));
}

TEST_F(KeptBindingsTest, ThatCannotBeWrittenAreAnError) {
    const auto bindings = kept();
    refusal_ = EPERM;
    EXPECT_EQ(bindings.apply(bound).error().code, EPERM);
}

TEST_F(KeptBindingsTest, TellWhatCanBeBoundWhereverItIsBoundNow) {
    EXPECT_EQ(kept().bindable(),
              (std::vector<UseHeaps>{{.use = "frame", .heaps = {"nonecc@58000000", "system"}}}));
}

TEST(KeptBindings, OfADeviceThatHasNoneAreNone) {
    const test::TemporaryDirectory device;
    const auto bindings = KeptBindings::of(device.path());
    ASSERT_TRUE(bindings);
    EXPECT_TRUE(bindings->bindable().empty());
    EXPECT_TRUE(bindings->check_writable());
}

} // namespace
} // namespace heapsel::bandwidth
