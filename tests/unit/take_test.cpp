// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/take.hpp>

#include <cerrno>
#include <cstdlib>
#include <string>

#include <gtest/gtest.h>

#include <heapsel/heapsel.h>

#include "c_handle.hpp"
#include "recorded_board.hpp"

namespace heapsel {
namespace {

class Take : public testing::Test {
  protected:
    Take() : board_("lab-board-carve-outs") {
        for (const char* const name : {"HEAPSEL_HEAP", "HEAPSEL_REQUIRE", "HEAPSEL_PREFER"})
            ::unsetenv(name);
    }

    void policy(const std::string& text) const {
        board_.directory().write("etc/heapsel/policy.toml", text);
    }

    [[nodiscard]] Request request(std::string require, std::size_t size = 4096) const {
        return {.require = std::move(require), .size = size, .root = board_.root()};
    }

    [[nodiscard]] static std::string chosen(const Request& request) {
        const auto selection = choose(request).and_then(require_candidate);
        return selection ? selection->heap()->name : selection.error().message();
    }

    test::RecordedBoard board_;
};

TEST_F(Take, FollowsWhatTheAdministratorRequires) {
    EXPECT_EQ(chosen(request("")), "system");
    EXPECT_EQ(chosen(request("cached,contiguous")), "default_cma_region");
    policy("[default]\nrequire = [\"non-ecc\"]\n");
    EXPECT_EQ(chosen(request("cached,contiguous")), "video@50000000");
    Request lifting = request("contiguous");
    lifting.prefer = "ecc";
    EXPECT_EQ(chosen(lifting), "video@50000000");
}

TEST_F(Take, PrefersWhatTheProgramSaysOrElseTheAdministrator) {
    policy("[default]\nprefer = [\"non-ecc\"]\n");
    EXPECT_EQ(chosen(request("contiguous,cached")), "video@50000000");
    Request own = request("contiguous,cached");
    own.prefer = "ecc";
    EXPECT_EQ(chosen(own), "default_cma_region");
}

TEST_F(Take, AWrongPolicyNamesFileAndLine) {
    policy("[default]\nrequir = [\"non-ecc\"]\nsize = -1\n");
    const std::string file = board_.root() / "etc/heapsel/policy.toml";
    const auto taken = take(request("contiguous"));
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().code, EINVAL);
    EXPECT_EQ(taken.error().subject, file + ":2:1");
    EXPECT_NE(taken.error().message().find("Also: cannot read the policy (" + file + ":3:"),
              std::string::npos)
        << taken.error().message();
}

TEST_F(Take, AWrongLineThatRequiresNothingIsAWarning) {
    policy("[default]\nprefer = [\"non-ecc\"]\nsize = -1\n");
    const std::string at = board_.root() / "etc/heapsel/policy.toml:3:8";
    const auto selection = choose(request("contiguous,cached"));
    ASSERT_TRUE(selection) << selection.error().message();
    EXPECT_EQ(selection->heap()->name, "video@50000000");
    ASSERT_EQ(selection->warnings().size(), 1U);
    EXPECT_EQ(selection->warnings()[0],
              "cannot read the policy (" + at +
                  "): Invalid argument. -1 is no size: a number above 0, or one with K, M or G in "
                  "quotes.");
    policy("[default]\nprefer = [\"non-ecc\"]\n");
    EXPECT_TRUE(choose(request("contiguous"))->warnings().empty());
}

TEST_F(Take, AWordThatThereIsNotIsAnError) {
    for (const auto& [require, prefer] :
         {std::pair<std::string, std::string>{"contigous", ""}, {"", "contigous"}}) {
        Request wrong = request(require);
        wrong.prefer = prefer;
        const auto selection = choose(wrong);
        ASSERT_FALSE(selection);
        EXPECT_EQ(selection.error().code, EINVAL);
        EXPECT_EQ(selection.error().subject, "contigous");
    }
}

TEST_F(Take, AHeapThatTheProgramNamesIsTheOne) {
    Request named = request("");
    named.heap = "video@50000000";
    EXPECT_EQ(chosen(named), "video@50000000");
    policy("[default]\nheap = \"default_cma_region\"\nrequire = [\"ecc\"]\n");
    const auto refused = choose(named).and_then(require_candidate);
    ASSERT_FALSE(refused); // What the administrator requires is not lifted by a name.
    EXPECT_NE(refused.error().message().find("etc/heapsel/policy.toml:3"), std::string::npos)
        << refused.error().message();
    named.heap = "video@5000000";
    EXPECT_EQ(choose(named).error().code, ENOENT);
}

TEST_F(Take, TheFallbackIsThatOfTheProgramOrElseThePolicys) {
    policy("[default]\nfallback = \"any\"\n");
    EXPECT_EQ(choose(request(""))->fallback(), Fallback::any);
    Request own = request("");
    own.fallback = Fallback::none;
    EXPECT_EQ(choose(own)->fallback(), Fallback::none);
}

TEST_F(Take, AConsumerThatWasAskedAlreadyCounts) {
    Request asked = request("cached");
    EXPECT_EQ(chosen(asked), "system");
    asked.consumers.push_back(
        {.consumer = Consumer::requirement(
             "encoder", {.criteria = {{.trait = Trait::contiguous, .wanted = true}}}),
         .show = {},
         .target = {.driver = "enc", .card = {}, .nodes = {}, .use = "frame", .queue = {}}});
    EXPECT_EQ(chosen(asked), "default_cma_region");
    policy("[device.enc]\nrequire = [\"non-ecc\"]\n");
    EXPECT_EQ(chosen(asked), "video@50000000");
}

TEST_F(Take, ADeviceThatThereIsNotIsAnError) {
    Request lost = request("");
    lost.devices = {"video99"};
    const auto selection = choose(lost);
    ASSERT_FALSE(selection);
    EXPECT_EQ(selection.error().code, ENODEV);
    EXPECT_EQ(selection.error().subject, "video99");
}

TEST_F(Take, AHeapThatIsSmallerThanABufferIsNotChosen) {
    const auto taken = take(request("contiguous", std::size_t{1} << 40U));
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().code, ENOTSUP);
}

TEST_F(Take, ARecordingHasNoMemory) {
    const auto taken = take(request("contiguous"));
    ASSERT_FALSE(taken);
    EXPECT_EQ(taken.error().code, ENODEV);
    EXPECT_FALSE(pool_for(request("contiguous", 0), {.layout = plain_layout(4096)}));
}

TEST_F(Take, APoolsFrameIsTheSizeWhereTheRequestHasNone) {
    const auto pool = pool_for(request("contiguous", 0), {.layout = plain_layout(1U << 31U)});
    ASSERT_FALSE(pool);
    EXPECT_EQ(pool.error().code, ENOTSUP);
    EXPECT_NE(pool.error().message().find("2147483648 are needed"), std::string::npos);
}

std::string refusal(const heapsel_request* request) {
    heapsel_selection* selection = nullptr;
    heapsel_error* error = nullptr;
    const int status = heapsel_choose(request, &selection, &error);
    EXPECT_EQ(selection, nullptr);
    return test::outcome(status, error);
}

TEST(CApiTake, ARequestSaysHowLargeItIs) {
    heapsel_request request{};
    EXPECT_NE(
        refusal(&request).find("(request->structure_size): Invalid argument. It is 0: set it to "
                               "sizeof(struct heapsel_request)."),
        std::string::npos);
}

TEST(CApiTake, WhatIsWrongInARequestIsSaid) {
    heapsel_request request{};
    request.structure_size = sizeof(request);
    request.require = "contigous";
    EXPECT_NE(refusal(&request).find("contigous"), std::string::npos);
    request.require = nullptr;
    request.device_count = 1;
    EXPECT_NE(refusal(&request).find("request->devices"), std::string::npos);
    request.device_count = 0;
    request.fallback = "non";
    EXPECT_NE(refusal(&request).find("(request->fallback): Invalid argument. \"non\" is no "
                                     "fallback. Did you mean none?"),
              std::string::npos);
}

TEST(CApiTake, WhatCameLaterIsNotReadOfAnEarlierRequest) {
    heapsel_request request{};
    request.structure_size = offsetof(heapsel_request, heap);
    request.require = "contigous";
    request.fallback = "non";
    EXPECT_NE(refusal(&request).find("contigous"), std::string::npos);
}

} // namespace
} // namespace heapsel
