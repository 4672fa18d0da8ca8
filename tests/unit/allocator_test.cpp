// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/allocator.hpp>

#include <cerrno>
#include <optional>

#include <gtest/gtest.h>
#include <linux/dma-heap.h>
#include <linux/udmabuf.h>

#include "fake_ioctl.hpp"
#include "heap_builder.hpp"
#include "recorded_board.hpp"

namespace heapsel {
namespace {

/// Candidates heap0, heap1, ... in this order, all cached.
Selection selection_of(const std::vector<std::filesystem::path>& devices) {
    std::vector<Heap> heaps;
    for (const auto& device : devices) {
        heaps.push_back(test::with(test::heap("heap" + std::to_string(heaps.size())), Trait::cached,
                                   Answer::yes));
        heaps.back().device = device;
    }
    return select(HeapCatalog(std::move(heaps)), {}, {}).value();
}

/// Candidates heap0, heap1, ..., each cached or not, and all of them /dev/null.
Selection selection_by_cached(const std::vector<Answer>& cached,
                              Fallback fallback = Fallback::same_caching) {
    std::vector<Heap> heaps;
    for (const Answer answer : cached) {
        heaps.push_back(
            test::with(test::heap("heap" + std::to_string(heaps.size())), Trait::cached, answer));
        heaps.back().device = "/dev/null";
    }
    Policy policy{};
    policy.fallback = fallback;
    return select(HeapCatalog(std::move(heaps)), {}, policy).value();
}

/// A kernel whose heaps are all exhausted.
class Exhausted : public test::FakeIoctl {
  public:
    [[nodiscard]] std::optional<int> answer(int /*fd*/, unsigned long request,
                                            void* /*argument*/) override {
        if (request != DMA_HEAP_IOCTL_ALLOC && request != UDMABUF_CREATE)
            return std::nullopt;
        ++asked;
        return ENOMEM;
    }

    int asked = 0;
};

constexpr auto yes = Answer::yes;
constexpr auto no = Answer::no;
constexpr auto not_known = Answer::unknown;

Error exhaustion(const Selection& selection) {
    return Allocator::create(selection)->allocate(4096, "frame").error();
}

TEST(Allocator, WithoutAHeapItIsEnodev) {
    EXPECT_EQ(Allocator::create(selection_of({})).error().code, ENODEV);
}

TEST(Allocator, WithoutACandidateItIsWhatRequireCandidateSays) {
    const Policy policy{
        .require = {{.trait = Trait::ecc, .wanted = true}}, .prefer = {}, .heap = {}};
    const auto selection = select(HeapCatalog({test::heap("a")}), {}, policy);
    EXPECT_EQ(Allocator::create(selection.value()).error().code, ENOTSUP);
}

TEST(Allocator, ANodeThatIsGoneIsEnoent) {
    const test::TemporaryFolder folder;
    const auto allocator = Allocator::create(selection_of({folder.path() / "gone"}));
    ASSERT_FALSE(allocator);
    EXPECT_EQ(allocator.error().code, ENOENT);
}

TEST(Allocator, ARecordedHeapIsEnodev) {
    const test::RecordedBoard board("lab-board");
    const auto selection = select(HeapCatalog::scan(board.root()).value(), {}, {});
    const auto allocator = Allocator::create(selection.value());
    ASSERT_FALSE(allocator);
    EXPECT_EQ(allocator.error().code, ENODEV);
    EXPECT_NE(allocator.error().remedy.find("recorded tree"), std::string::npos);
}

TEST(Allocator, AHeapThatCannotBeOpenedIsPassedOverWhileAnotherCan) {
    const test::TemporaryFolder folder;
    const auto before = test::open_fd_count();
    {
        const auto allocator =
            Allocator::create(selection_of({folder.path() / "gone", "/dev/null"}));
        ASSERT_TRUE(allocator);
        EXPECT_EQ(test::open_fd_count(), before + 1);
    }
    EXPECT_EQ(test::open_fd_count(), before);
}

TEST(Allocator, ZeroBytesAreEinval) {
    const auto allocator = Allocator::create(selection_of({"/dev/null"}));
    ASSERT_TRUE(allocator);
    EXPECT_EQ(allocator->allocate(0, "name").error().code, EINVAL);
}

TEST(Allocator, ADeviceThatIsNoHeapIsEnottyAndEndsTheSearch) {
    const auto allocator = Allocator::create(selection_of({"/dev/null", "/dev/zero"}));
    ASSERT_TRUE(allocator);
    const auto buffer = allocator->allocate(4096, "name");
    ASSERT_FALSE(buffer);
    EXPECT_EQ(buffer.error().code, ENOTTY);
    EXPECT_EQ(buffer.error().subject, "heap0");
    EXPECT_EQ(buffer.error().attempted, "allocate 4096 bytes");
}

TEST(Exhaustion, PassesTheRequestOnToThoseThatAreCachedAlike) {
    Exhausted kernel;
    const Error error = exhaustion(selection_by_cached({yes, no, yes, not_known}));
    EXPECT_EQ(
        error.message(),
        "cannot allocate 4096 bytes (heap0, heap2): Cannot allocate memory. No heap that was "
        "tried has room: heap0; heap2. Not tried: heap1 (cached is no, and of heap0 it is "
        "yes); heap3 (cached is unknown, and of heap0 it is yes). Free buffers, enlarge the "
        "region (cma= on the kernel's command line, or the device tree), require less, or let "
        "the policy fall back further.");
    EXPECT_EQ(kernel.asked, 2);
}

TEST(Exhaustion, OfWhatMayBeCachedOrNotPassesNothingOn) {
    Exhausted kernel;
    const Error error = exhaustion(selection_by_cached({not_known, not_known}));
    EXPECT_EQ(error.subject, "heap0");
    EXPECT_NE(
        error.remedy.find("Not tried: heap1 (cached is unknown, and of heap0 it is unknown)."),
        std::string::npos);
    EXPECT_EQ(kernel.asked, 1);
}

TEST(Exhaustion, PassesTheRequestOnToAllWhereThePolicySaysSo) {
    Exhausted kernel;
    const Error error = exhaustion(selection_by_cached({yes, no, not_known}, Fallback::any));
    EXPECT_EQ(
        error.message(),
        "cannot allocate 4096 bytes (heap0, heap1, heap2): Cannot allocate memory. No heap "
        "that was tried has room: heap0; heap1; heap2. Free buffers, enlarge the region (cma= "
        "on the kernel's command line, or the device tree), or require less.");
    EXPECT_EQ(kernel.asked, 3);
}

TEST(Exhaustion, PassesNothingOnWhereThePolicySaysSo) {
    Exhausted kernel;
    const Error error = exhaustion(selection_by_cached({yes, yes}, Fallback::none));
    EXPECT_EQ(error.subject, "heap0");
    EXPECT_NE(error.remedy.find("Not tried: heap1 (the policy allows no fallback)."),
              std::string::npos);
    EXPECT_EQ(kernel.asked, 1);
}

TEST(Exhaustion, NamesWhatCouldNotBeOpened) {
    const test::TemporaryFolder folder;
    Exhausted kernel;
    const Error error = exhaustion(selection_of({"/dev/null", folder.path() / "gone"}));
    EXPECT_EQ(error.message(),
              "cannot allocate 4096 bytes (heap0): Cannot allocate memory. No heap that was tried "
              "has room: heap0. Not tried: heap1 (it does not open: No such file or directory). "
              "Free buffers, enlarge the region (cma= on the kernel's command line, or the device "
              "tree), or require less.");
}

TEST(Allocator, TakesSystemMemoryWhereTheSelectionChoseUdmabuf) {
    Exhausted kernel;
    Heap udmabuf = test::heap("udmabuf");
    udmabuf.exporter = Exporter::udmabuf;
    udmabuf.device = "/dev/null";
    Policy policy{};
    policy.udmabuf = true;
    const auto selection =
        select(HeapCatalog({test::denied(test::heap("a"))}, {}, udmabuf), {}, policy);
    const auto before = test::open_fd_count();
    EXPECT_EQ(exhaustion(*selection).subject, "udmabuf");
    EXPECT_EQ(kernel.asked, 1);
    EXPECT_EQ(test::open_fd_count(), before);
}

TEST(Allocator, FailuresLeaveNoDescriptorOpen) {
    const test::TemporaryFolder folder;
    folder.write("file");
    const auto before = test::open_fd_count();
    for (int i = 0; i < 4; ++i) {
        EXPECT_FALSE(Allocator::create(selection_of({folder.path() / "file"})));
        const auto allocator = Allocator::create(selection_of({"/dev/null"}));
        ASSERT_TRUE(allocator);
        EXPECT_FALSE(allocator->allocate(4096, "name"));
    }
    EXPECT_EQ(test::open_fd_count(), before);
}

} // namespace
} // namespace heapsel
