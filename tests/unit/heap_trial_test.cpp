// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/try_heaps.hpp>

#include <array>
#include <cerrno>

#include <gtest/gtest.h>

#include <heapsel/pixel_format.hpp>

#include "fake_drm.hpp"
#include "heap_builder.hpp"
#include "temporary_directory.hpp"

namespace heapsel {
namespace {

constexpr std::uint32_t nv12 = DRM_FORMAT_NV12;

/// A heap that the fake allocates from.
Heap heap(std::string name = "a") {
    Heap made = test::heap(std::move(name));
    made.device = "/dev/null";
    return made;
}

class HeapTrialTest : public testing::Test {
  protected:
    test::FakeDrm driver_;

    /// Whatever comes of it, nothing is left behind.
    HeapTrial trial(std::uint32_t format = nv12, std::uint64_t modifier = no_modifier) {
        const auto before = test::open_fd_count();
        const bool was_master = driver_.master;
        const std::array heaps{heap()};
        auto trials = try_heaps(driver_.fd(), 31, format, modifier, heaps);
        EXPECT_EQ(trials.size(), 1U);
        EXPECT_EQ(test::open_fd_count(), before);
        EXPECT_EQ(driver_.held(), 0U);
        EXPECT_EQ(driver_.master, was_master);
        EXPECT_FALSE(driver_.committed_for_real);
        EXPECT_EQ(trials.front().heap, "a");
        return std::move(trials.front());
    }
};

TEST_F(HeapTrialTest, GoesAsFarAsTheTestOfACommit) {
    const HeapTrial passed = trial();
    EXPECT_EQ(passed.accepted, Answer::yes);
    EXPECT_EQ(passed.evidence, "a buffer from there passes the test of a commit, which is "
                               "necessary, and not sufficient");
    ASSERT_EQ(driver_.committed.size(), 2U);
    const auto& values = driver_.committed[1];
    EXPECT_EQ(values.at("CRTC_ID"), 50U);
    EXPECT_EQ(values.at("SRC_W"), 640U << 16U);
    EXPECT_EQ(values.at("CRTC_H"), 480U);
}

TEST_F(HeapTrialTest, LaysTheFrameOutAsTheDriverLaysOutItsOwn) {
    static_cast<void>(trial());
    ASSERT_EQ(driver_.added.size(), 2U);
    for (const auto& framebuffer : driver_.added) {
        EXPECT_EQ(framebuffer.width, 640U);
        EXPECT_EQ(framebuffer.pixel_format, nv12);
        EXPECT_EQ(framebuffer.flags, 0U);
        EXPECT_EQ(framebuffer.pitches[0], 768U);
        EXPECT_EQ(framebuffer.pitches[1], 768U);
        EXPECT_EQ(framebuffer.offsets[1], 768U * 480U);
        EXPECT_EQ(framebuffer.handles[1], framebuffer.handles[0]);
    }
    EXPECT_NE(driver_.added[0].handles[0], driver_.added[1].handles[0]);
}

TEST_F(HeapTrialTest, HandsTheModifierOver) {
    EXPECT_EQ(trial(nv12, DRM_FORMAT_MOD_LINEAR).accepted, Answer::yes);
    EXPECT_EQ(driver_.added.back().flags, std::uint32_t{DRM_MODE_FB_MODIFIERS});
    EXPECT_EQ(driver_.added.back().modifier[1], DRM_FORMAT_MOD_LINEAR);
}

TEST_F(HeapTrialTest, AnImportThatIsRefusedExcludesTheHeap) {
    for (const int code : {EINVAL, EBUSY, ENOSYS, EIO}) {
        driver_.errors[DRM_IOCTL_PRIME_FD_TO_HANDLE] = code;
        const HeapTrial refused = trial();
        EXPECT_EQ(refused.accepted, Answer::no);
        EXPECT_TRUE(
            refused.evidence.starts_with("it refused a buffer from there: cannot import a buffer "
                                         "(DRM_IOCTL_PRIME_FD_TO_HANDLE): "))
            << refused.evidence;
    }
}

TEST_F(HeapTrialTest, AFramebufferThatIsRefusedExcludesTheHeap) {
    driver_.framebuffer.imported = EINVAL;
    const HeapTrial refused = trial();
    EXPECT_EQ(refused.accepted, Answer::no);
    EXPECT_EQ(refused.evidence, "it refused a buffer from there: cannot make a framebuffer "
                                "(DRM_IOCTL_MODE_ADDFB2): Invalid argument");
}

TEST_F(HeapTrialTest, ACommitThatIsRefusedExcludesTheHeap) {
    driver_.commit.imported = ERANGE;
    const HeapTrial refused = trial();
    EXPECT_EQ(refused.accepted, Answer::no);
    EXPECT_EQ(refused.evidence,
              "it refused a buffer from there: cannot show it on the plane "
              "(DRM_IOCTL_MODE_ATOMIC, TEST_ONLY): Numerical result out of range");
}

TEST_F(HeapTrialTest, WhatRefusesTheDisplaysOwnBufferIsNotTried) {
    driver_.commit = {.own = EINVAL, .imported = EINVAL};
    HeapTrial passed = trial();
    EXPECT_EQ(passed.accepted, Answer::yes);
    EXPECT_TRUE(passed.evidence.ends_with(
        "a commit was not tested: a buffer of its own is refused, too: cannot show it on the plane "
        "(DRM_IOCTL_MODE_ATOMIC, TEST_ONLY): Invalid argument"))
        << passed.evidence;
    driver_.framebuffer = {.own = EINVAL, .imported = EINVAL};
    passed = trial();
    EXPECT_EQ(passed.accepted, Answer::yes);
    EXPECT_TRUE(passed.evidence.starts_with("a buffer from there can be imported, which is "
                                            "necessary, and not sufficient; no framebuffer was "
                                            "tried: a buffer of its own is refused, too: "))
        << passed.evidence;
}

TEST_F(HeapTrialTest, WithoutABufferOfItsOwnGoesAsFarAsTheImport) {
    driver_.errors[DRM_IOCTL_MODE_CREATE_DUMB] = ENOSYS;
    const HeapTrial passed = trial();
    EXPECT_EQ(passed.accepted, Answer::yes);
    EXPECT_TRUE(passed.evidence.ends_with("(DRM_IOCTL_MODE_CREATE_DUMB): Function not implemented"))
        << passed.evidence;
    EXPECT_TRUE(driver_.added.empty());
}

TEST_F(HeapTrialTest, OfAFrameThatNobodyKnowsHowToLayOutGoesAsFarAsTheImport) {
    for (const auto& [format, modifier] : std::array<std::pair<std::uint32_t, std::uint64_t>, 2>{
             {{nv12, 7}, {DRM_FORMAT_NV15, no_modifier}}}) {
        const HeapTrial passed = trial(format, modifier);
        EXPECT_EQ(passed.accepted, Answer::yes);
        EXPECT_TRUE(passed.evidence.ends_with("how such a frame lies in memory is not known here"));
    }
    EXPECT_TRUE(driver_.added.empty());
}

TEST_F(HeapTrialTest, ABufferThatCannotBeHadSaysNothing) {
    driver_.heap_error = ENOMEM;
    const HeapTrial none = trial();
    EXPECT_EQ(none.accepted, Answer::unknown);
    EXPECT_TRUE(none.evidence.starts_with("not tried: cannot allocate 1052672 bytes"))
        << none.evidence;
}

TEST_F(HeapTrialTest, AFailureOfTheMomentSaysNothing) {
    for (const int code : {ENOMEM, EACCES, EPERM, EMFILE, ENFILE, ENODEV}) {
        driver_.errors[DRM_IOCTL_PRIME_FD_TO_HANDLE] = code;
        const HeapTrial none = trial();
        EXPECT_EQ(none.accepted, Answer::unknown) << code;
        EXPECT_TRUE(none.evidence.starts_with("tried, and nothing follows: cannot import"));
    }
}

TEST_F(HeapTrialTest, IsNotTestedOnADisplayOfAnotherMaster) {
    driver_.master = false;
    driver_.set_master = EBUSY;
    const HeapTrial passed = trial();
    EXPECT_EQ(passed.accepted, Answer::yes);
    EXPECT_EQ(passed.evidence,
              "a buffer from there can be made a framebuffer, which is necessary, and not "
              "sufficient; a commit was not tested: this process cannot be the display's master "
              "(Device or resource busy)");
    EXPECT_TRUE(driver_.committed.empty());
    EXPECT_EQ(driver_.added.back().width, 64U);
}

TEST_F(HeapTrialTest, BecomesMasterForAsLongAsItTakes) {
    driver_.master = false;
    EXPECT_EQ(trial().accepted, Answer::yes);
    EXPECT_EQ(driver_.committed.size(), 2U);
}

TEST_F(HeapTrialTest, SaysWhyNoCommitCanBeTested) {
    driver_.mode = false;
    EXPECT_TRUE(trial().evidence.ends_with("not tested: the plane's CRTC is off"));
    driver_.mode = true;
    driver_.properties.pop_back();
    EXPECT_TRUE(
        trial().evidence.ends_with("not tested: the plane lacks a property that a commit needs"));
    driver_.errors[DRM_IOCTL_SET_CLIENT_CAP] = EOPNOTSUPP;
    EXPECT_TRUE(trial().evidence.ends_with("cannot use atomic commits (DRM_CLIENT_CAP_ATOMIC): "
                                           "Operation not supported"));
    EXPECT_TRUE(driver_.committed.empty());
}

TEST_F(HeapTrialTest, OfACursorHasTheSizeOfOne) {
    driver_.planes[31].type = 2;
    EXPECT_EQ(trial().accepted, Answer::yes);
    EXPECT_EQ(driver_.added.back().width, 128U);
}

TEST_F(HeapTrialTest, OfACursorWithoutASizeIsNotTested) {
    driver_.planes[31].type = 2;
    for (const std::uint64_t size : {0U, 1U}) {
        driver_.cursor_size = size;
        const HeapTrial passed = trial();
        EXPECT_EQ(passed.accepted, Answer::yes);
        EXPECT_TRUE(passed.evidence.ends_with("the driver is faulty: its frames are empty"));
    }
}

TEST_F(HeapTrialTest, IsOfEachHeapByItself) {
    Heap gone = heap("gone");
    gone.device = "/dev/dma_heap/none-such";
    const std::array heaps{heap("a"), gone, heap("b")};
    const auto trials = try_heaps(driver_.fd(), 31, nv12, no_modifier, heaps);
    ASSERT_EQ(trials.size(), 3U);
    EXPECT_EQ(trials[0].accepted, Answer::yes);
    EXPECT_EQ(trials[1].accepted, Answer::unknown);
    EXPECT_EQ(trials[1].evidence, "not tried: cannot open the heap gone (/dev/dma_heap/none-such): "
                                  "No such file or directory");
    EXPECT_EQ(trials[2].heap, "b");
    EXPECT_EQ(driver_.held(), 0U);
}

} // namespace
} // namespace heapsel
