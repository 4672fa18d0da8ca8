// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/allocator.hpp>

#include <array>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <future>
#include <optional>
#include <thread>

#include <gtest/gtest.h>
#include <linux/dma-heap.h>
#include <linux/udmabuf.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <heapsel/buffer_pool.hpp>

#include "fake_ioctl.hpp"
#include "fenced_memory.hpp"
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
    const test::TemporaryDirectory directory;
    const auto allocator = Allocator::create(selection_of({directory.path() / "gone"}));
    ASSERT_FALSE(allocator);
    EXPECT_EQ(allocator.error().code, ENOENT);
}

TEST(Allocator, ARecordedHeapIsEnodev) {
    const test::RecordedBoard board("lab-board");
    const auto selection = select(HeapCatalog::scan(board.root()).value(), {}, {});
    const auto allocator = Allocator::create(selection.value());
    ASSERT_FALSE(allocator);
    EXPECT_EQ(allocator.error().code, ENODEV);
    EXPECT_NE(allocator.error().hint.find("recorded tree"), std::string::npos);
}

TEST(Allocator, AHeapThatCannotBeOpenedIsPassedOverWhileAnotherCan) {
    const test::TemporaryDirectory directory;
    const auto before = test::open_fd_count();
    {
        const auto allocator =
            Allocator::create(selection_of({directory.path() / "gone", "/dev/null"}));
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
    EXPECT_EQ(buffer.error().operation, "allocate 4096 bytes");
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
    EXPECT_NE(error.hint.find("Not tried: heap1 (cached is unknown, and of heap0 it is unknown)."),
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
    EXPECT_NE(error.hint.find("Not tried: heap1 (the policy allows no fallback)."),
              std::string::npos);
    EXPECT_EQ(kernel.asked, 1);
}

TEST(Exhaustion, NamesWhatCouldNotBeOpened) {
    const test::TemporaryDirectory directory;
    Exhausted kernel;
    const Error error = exhaustion(selection_of({"/dev/null", directory.path() / "gone"}));
    EXPECT_EQ(error.message(),
              "cannot allocate 4096 bytes (heap0): Cannot allocate memory. No heap that was tried "
              "has room: heap0. Not tried: heap1 (it does not open: No such file or directory). "
              "Free buffers, enlarge the region (cma= on the kernel's command line, or the device "
              "tree), or require less.");
}

/// A heap with room for so many buffers, which have fences.
class SmallHeap : public test::FakeIoctl {
  public:
    explicit SmallHeap(int room) : room_(room) {}

    [[nodiscard]] std::optional<int> answer(int /*fd*/, unsigned long request,
                                            void* argument) override {
        if (request != DMA_HEAP_IOCTL_ALLOC)
            return std::nullopt;
        if (room_-- > 0) {
            static_cast<dma_heap_allocation_data*>(argument)->fd =
                static_cast<__u32>(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
            return 0;
        }
        ++refused;
        return ENOMEM;
    }

    std::atomic<int> refused = 0;

  private:
    std::atomic<int> room_;
};

/// Counts how often files of a directory are opened.
class Opens {
  public:
    explicit Opens(const std::filesystem::path& directory)
        : events_(::inotify_init1(IN_CLOEXEC | IN_NONBLOCK)) {
        EXPECT_GE(::inotify_add_watch(events_.get(), directory.c_str(), IN_OPEN), 0);
    }

    /// Since the last call.
    [[nodiscard]] std::size_t count() const {
        alignas(inotify_event) std::array<char, 65536> bytes{};
        const auto size = ::read(events_.get(), bytes.data(), bytes.size());
        std::size_t opens = 0;
        for (ssize_t at = 0; at < size; ++opens) {
            const auto* const event =
                reinterpret_cast<const inotify_event*>(bytes.data() + at); // NOLINT
            at += static_cast<ssize_t>(sizeof(inotify_event) + event->len);
        }
        return opens;
    }

  private:
    UniqueFd events_;
};

TEST(Exhaustion, IsExplainedOfAPoolOnlyToThoseWhoGetNoFrame) {
    using namespace std::chrono_literals;
    const test::TemporaryDirectory directory;
    directory.write("figures/free_bytes", "4096\n");
    directory.write("figures/buffers", "1\n");
    const Opens opens(directory.path() / "figures");
    SmallHeap kernel(1);
    Heap heap = test::heap("small");
    heap.device = "/dev/null";
    heap.sysfs = {directory.path() / "figures"};
    auto frames =
        BufferPool::create(Allocator::create(select(HeapCatalog({heap}), {}, {}).value()).value(),
                           {.layout = plain_layout(4096), .min = 0, .max = 3, .name = "frames"})
            .value();
    auto lease = frames.acquire("first");
    ASSERT_TRUE(lease);
    auto waiting = std::async(std::launch::async, [&] { return frames.acquire("b", 30s); });
    while (kernel.refused < 1)
        std::this_thread::sleep_for(1ms);
    const int fd = lease->fd();
    test::add_fence(fd);
    lease->release(); // Wakes the thread, which tries again, in vain.
    while (kernel.refused < 2)
        std::this_thread::sleep_for(1ms);
    test::signal_fence(fd);
    lease = waiting.get();
    ASSERT_TRUE(lease);
    EXPECT_EQ(opens.count(), 0U);

    const auto none = frames.acquire("c");
    EXPECT_EQ(none.error().code, ENOMEM);
    EXPECT_TRUE(none.error().hint.starts_with(
        "No heap that was tried has room: small (free 4 KiB). Free buffers,"))
        << none.error().hint;
    EXPECT_TRUE(none.error().hint.contains("Taken are 0 by b for")) << none.error().hint;
    EXPECT_GT(opens.count(), 0U);
}

TEST(Exhaustion, OfATryIsWithoutARemedy) {
    Exhausted kernel;
    const auto allocator = Allocator::create(selection_by_cached({yes, yes}));
    EXPECT_EQ(allocator->try_allocate(4096, "frame").error().message(),
              "cannot allocate 4096 bytes (heap0, heap1): Cannot allocate memory");
    EXPECT_EQ(allocator->allocate(4096, "frame").error().hint, allocator->exhaustion_hint());
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
    const test::TemporaryDirectory directory;
    directory.write("file");
    const auto before = test::open_fd_count();
    for (int i = 0; i < 4; ++i) {
        EXPECT_FALSE(Allocator::create(selection_of({directory.path() / "file"})));
        const auto allocator = Allocator::create(selection_of({"/dev/null"}));
        ASSERT_TRUE(allocator);
        EXPECT_FALSE(allocator->allocate(4096, "name"));
    }
    EXPECT_EQ(test::open_fd_count(), before);
}

} // namespace
} // namespace heapsel
