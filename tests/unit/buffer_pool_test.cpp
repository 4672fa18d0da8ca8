// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/buffer_pool.hpp>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <future>
#include <regex>
#include <stdexcept>
#include <thread>
#include <utility>
#include <vector>

#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>

#include "fenced_memory.hpp"
#include "temporary_directory.hpp"

namespace heapsel {
namespace {

using namespace std::chrono_literals;
using test::add_fence;
using test::enough;
using test::fenced;
using test::fenced_buffer;
using test::page;
using test::signal_fence;

Result<Buffer> mappable(std::size_t size, std::string_view /*name*/) {
    UniqueFd fd(::memfd_create("frame", MFD_CLOEXEC));
    EXPECT_EQ(::ftruncate(fd.get(), static_cast<off_t>(size)), 0);
    return Buffer(std::move(fd), size, {.heap = "test", .cached = Answer::no});
}

PoolOptions options(std::size_t min, std::size_t max, BufferLayout layout = plain_layout(page)) {
    return {.layout = std::move(layout), .min = min, .max = max, .name = "frames"};
}

BufferPool pool(std::size_t min, std::size_t max, BufferPool::Allocate allocate = fenced) {
    return BufferPool::create(std::move(allocate), options(min, max)).value();
}

BufferLayout two_buffers(std::uint32_t size) {
    return {.planes = {{.buffer = 0, .offset = 0, .stride = size, .size = size},
                       {.buffer = 1, .offset = 0, .stride = size, .size = size}},
            .buffer_sizes = {size, size}};
}

std::string message(const Error& error) {
    return std::regex_replace(error.message(), std::regex("for [0-9]+ ms"), "for T ms");
}

/// How often this thread has waited so far.
long sleeps() {
    rusage usage{};
    EXPECT_EQ(::getrusage(RUSAGE_THREAD, &usage), 0);
    return usage.ru_nvcsw;
}

TEST(BufferPool, GrowsToItsLimitAndNoFurther) {
    auto frames = pool(1, 3);
    EXPECT_EQ(frames.size(), 1U);
    std::vector<Lease> leases;
    for (std::size_t i = 0; i < 3; ++i) {
        leases.push_back(frames.acquire("decoder").value());
        EXPECT_EQ(leases.back().index(), i);
    }
    EXPECT_EQ(frames.size(), 3U);
    EXPECT_EQ(frames.acquire("decoder").error().code, EAGAIN);
}

TEST(BufferPool, NamesItsDmaBufsAfterItself) {
    std::vector<std::string> names;
    auto frames = BufferPool::create(
        [&](std::size_t size, std::string_view name) {
            names.emplace_back(name);
            return fenced(size, name);
        },
        options(2, 2, two_buffers(page)));
    ASSERT_TRUE(frames);
    EXPECT_EQ(names, (std::vector<std::string>{"frames-0", "frames-0", "frames-1", "frames-1"}));
}

TEST(BufferPool, AtItsLimitSaysWhoHoldsWhatSinceWhen) {
    auto frames = pool(0, 3);
    const auto first = frames.acquire("decoder");
    auto second = frames.acquire("display\n");
    auto third = frames.acquire("encoder");
    add_fence(third->fd());
    const int fd = third->fd();
    third->release();
    const std::string taken =
        "Of at most 3 are taken 0 by decoder for T ms, 1 by display\\x0a for T ms, 2 by a device, "
        "after its return, for T ms. Return one, or let the pool have more.";
    EXPECT_EQ(message(frames.acquire("late").error()),
              "cannot acquire a frame (frames): Resource temporarily unavailable. " + taken);
    EXPECT_EQ(message(frames.acquire("late", 1ms).error()),
              "cannot acquire a frame (frames): Connection timed out. " + taken);
    signal_fence(fd);
    EXPECT_EQ(frames.acquire("late")->index(), 2U);
}

TEST(BufferPool, TellsItsHoldingsAsData) {
    auto frames = pool(2, 2);
    const auto lease = frames.acquire("decoder");
    std::this_thread::sleep_for(30ms);
    const auto holdings = frames.holdings();
    ASSERT_EQ(holdings.size(), 1U);
    EXPECT_EQ(holdings[0].index, 0U);
    EXPECT_EQ(holdings[0].holder, "decoder");
    EXPECT_GE(holdings[0].age, 20ms); // A tick may be missing.
}

TEST(BufferPool, GivesTheFrameThatWasReturnedFirst) {
    auto frames = pool(0, 2);
    auto first = frames.acquire("a");
    auto second = frames.acquire("a");
    second->release();
    first->release();
    EXPECT_EQ(frames.acquire("a")->index(), 1U);
}

TEST(BufferPool, GivesTheFrameThatWasReturnedFirstWhoeverUsedItLonger) {
    auto frames = pool(0, 3);
    std::vector<Lease> leases;
    for (int i = 0; i < 3; ++i)
        leases.push_back(frames.acquire("a").value());
    const std::array fds = {leases[0].fd(), leases[1].fd(), leases[2].fd()};
    std::ranges::for_each(fds, add_fence);
    for (const std::size_t index : {2, 0, 1})
        leases[index].release();
    std::ranges::for_each(fds, signal_fence);
    const auto first = frames.acquire("b");
    const auto second = frames.acquire("b");
    EXPECT_EQ(first->index(), 2U);
    EXPECT_EQ(second->index(), 0U);
    EXPECT_EQ(frames.acquire("b")->index(), 1U);
}

TEST(BufferPool, KeepsDescriptorAndSerialOfAnIndex) {
    auto frames = pool(1, 1);
    auto lease = frames.acquire("a");
    const int fd = lease->fd();
    const auto serial = lease->serial();
    lease->release();
    lease = frames.acquire("b");
    EXPECT_EQ(lease->fd(), fd);
    EXPECT_EQ(lease->serial(), serial);
}

TEST(BufferPool, RecyclesAFrameWhenItsLastFenceSignals) {
    auto frames = BufferPool::create(fenced, options(1, 1, two_buffers(page))).value();
    auto lease = frames.acquire("a");
    const int first = lease->fd(0);
    const int second = lease->fd(1);
    add_fence(first);
    add_fence(second);
    lease->release();
    EXPECT_EQ(frames.acquire("b").error().code, EAGAIN);
    signal_fence(first);
    EXPECT_EQ(frames.acquire("b").error().code, EAGAIN);
    auto waiting = std::async(std::launch::async, [&] { return frames.acquire("b", enough); });
    signal_fence(second);
    EXPECT_TRUE(waiting.get());
}

TEST(BufferPool, TakesTheHoldersWordThatFencesHaveSignalled) {
    auto frames = pool(1, 1);
    auto lease = frames.acquire("a");
    const int fd = lease->fd();
    add_fence(fd);
    lease->release(Fences::signalled);
    EXPECT_TRUE(frames.acquire("b"));
    // The descriptor is known: what the second holder queued, nobody vouched for.
    EXPECT_EQ(frames.acquire("c").error().code, EAGAIN);
    signal_fence(fd);
    EXPECT_TRUE(frames.acquire("c"));
}

TEST(BufferPool, AFrameThatAnotherThreadReturnsEndsTheWait) {
    auto frames = pool(1, 1);
    auto lease = frames.acquire("a");
    auto waiting = std::async(std::launch::async, [&] { return frames.acquire("b", enough); });
    std::this_thread::sleep_for(5ms);
    lease->release();
    EXPECT_TRUE(waiting.get());
}

TEST(BufferPool, OneFrameServesAllThatWait) {
    auto frames = pool(1, 1);
    auto lease = frames.acquire("a");
    std::vector<std::future<bool>> waiting;
    for (int i = 0; i < 8; ++i)
        waiting.push_back(std::async(std::launch::async,
                                     [&] { return frames.acquire("b", enough).has_value(); }));
    std::this_thread::sleep_for(5ms);
    lease->release();
    for (auto& served : waiting)
        EXPECT_TRUE(served.get());
}

TEST(BufferPool, AThreadThatGivesUpLeavesTheFenceToTheOthers) {
    auto frames = pool(1, 1);
    auto lease = frames.acquire("a");
    auto patient = std::async(std::launch::async, [&] { return frames.acquire("b", enough); });
    std::this_thread::sleep_for(5ms);
    const int fd = lease->fd();
    add_fence(fd);
    lease->release(); // Wakes the patient one, which waits for the fence now.
    EXPECT_EQ(frames.acquire("hasty", 5ms).error().code, ETIMEDOUT);
    signal_fence(fd);
    EXPECT_TRUE(patient.get());
}

TEST(BufferPool, ADescriptorThatSomeoneClosedIsNotSpunOn) {
    auto frames = pool(1, 1);
    auto lease = frames.acquire("a");
    const int fd = lease->fd();
    const UniqueFd other(::eventfd(0, EFD_CLOEXEC));
    ASSERT_EQ(::close(fd), 0);
    lease->release();
    // A thread that sleeps gives the CPU up; one that asks again and again has it taken away.
    const auto before = sleeps();
    EXPECT_EQ(frames.acquire("b", 100ms).error().code, ETIMEDOUT);
    EXPECT_GE(sleeps() - before, 1);
    ASSERT_EQ(::dup2(other.get(), fd), fd); // The pool closes it.
}

TEST(BufferPool, WhatCannotBeMadeIsTheAllocatorsErrorAndWhoHoldsWhat) {
    std::size_t left = 1;
    auto frames = pool(0, 3, [&](std::size_t size, std::string_view name) -> Result<Buffer> {
        if (left-- > 0)
            return fenced(size, name);
        return std::unexpected(Error{.code = ENOMEM,
                                     .operation = "allocate 4096 bytes",
                                     .subject = "system",
                                     .hint = "No heap that was tried has room."});
    });
    const auto lease = frames.acquire("decoder");
    ASSERT_TRUE(lease);
    EXPECT_EQ(message(frames.acquire("display").error()),
              "cannot allocate 4096 bytes (system): Cannot allocate memory. No heap that was tried "
              "has room. Taken are 0 by decoder for T ms.");
    EXPECT_EQ(frames.size(), 1U);
}

TEST(BufferPool, AWaitOutlivesAFrameThatCannotBeMade) {
    std::size_t left = 1;
    auto frames = pool(0, 3, [&](std::size_t size, std::string_view name) -> Result<Buffer> {
        if (left == 0)
            return std::unexpected(
                Error{.code = ENOMEM, .operation = "allocate", .subject = {}, .hint = {}});
        --left;
        return fenced(size, name);
    });
    auto lease = frames.acquire("decoder");
    auto waiting = std::async(std::launch::async, [&] { return frames.acquire("b", enough); });
    std::this_thread::sleep_for(5ms);
    lease->release();
    EXPECT_TRUE(waiting.get());
}

TEST(BufferPool, WhatTheAllocatorThrowsLeavesItsPlaceFree) {
    bool throws = true;
    auto frames = pool(0, 1, [&](std::size_t size, std::string_view name) {
        if (std::exchange(throws, false))
            throw std::runtime_error("no");
        return fenced(size, name);
    });
    EXPECT_THROW(static_cast<void>(frames.acquire("a")), std::runtime_error);
    EXPECT_TRUE(frames.acquire("a"));
}

TEST(BufferPool, APlaceThatAThreadFailedToFillGoesToOneThatWaits) {
    std::promise<void> fail;
    std::atomic<int> tries = 0;
    auto frames = pool(0, 1, [&](std::size_t size, std::string_view name) {
        if (tries++ > 0)
            return fenced(size, name);
        fail.get_future().wait();
        throw std::runtime_error("no");
    });
    auto failing = std::async(std::launch::async, [&] { return frames.acquire("a"); });
    while (tries == 0)
        std::this_thread::yield();
    auto waiting = std::async(std::launch::async, [&] { return frames.acquire("b", enough); });
    std::this_thread::sleep_for(5ms);
    fail.set_value();
    EXPECT_THROW(static_cast<void>(failing.get()), std::runtime_error);
    EXPECT_TRUE(waiting.get());
}

TEST(BufferPool, AFailureToMakeTheFirstFramesLeaksNone) {
    const auto before = test::open_fd_count();
    std::size_t left = 3;
    const auto failing = [&](std::size_t size, std::string_view name) -> Result<Buffer> {
        if (left-- > 0)
            return fenced(size, name);
        return std::unexpected(
            Error{.code = ENOMEM, .operation = "allocate", .subject = {}, .hint = {}});
    };
    const auto made = BufferPool::create(failing, options(2, 2, two_buffers(page)));
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().code, ENOMEM);
    EXPECT_EQ(test::open_fd_count(), before);
}

TEST(BufferPool, WithoutADescriptorToWaitWithIsEmfile) {
    auto frames = pool(1, 1);
    const auto lease = frames.acquire("a");
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    const rlimit none{.rlim_cur = 0, .rlim_max = before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
    const auto refused = frames.acquire("b", 1min);
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
    EXPECT_EQ(refused.error().message(), "cannot wait for a frame (frames): Too many open files. A "
                                         "thread that waits needs a descriptor: close "
                                         "files, or raise the limit on open ones.");
}

TEST(Reconfigure, ToWhatFitsKeepsIndexDescriptorAndSerial) {
    auto frames = pool(2, 2);
    auto first = frames.acquire("a");
    const int fd = first->fd();
    const auto serial = first->serial();
    first->release();
    ASSERT_TRUE(frames.reconfigure(plain_layout(page / 2)));
    EXPECT_EQ(frames.size(), 2U);
    auto other = frames.acquire("a");
    first = frames.acquire("a");
    EXPECT_EQ(first->index(), 0U);
    EXPECT_EQ(first->fd(), fd);
    EXPECT_EQ(first->serial(), serial);
    EXPECT_EQ(first->layout(), plain_layout(page / 2));
    ASSERT_TRUE(frames.reconfigure(plain_layout(page)));
    first->release();
    EXPECT_EQ(frames.acquire("a")->fd(), fd);
}

TEST(Reconfigure, ToMoreReplacesWhatIsFreeNowAndWhatIsHeldOnItsReturn) {
    auto frames = pool(2, 2);
    auto held = frames.acquire("a");
    const auto serial = held->serial();
    EXPECT_EQ(held->index(), 0U);
    const auto before = test::open_fd_count();
    ASSERT_TRUE(frames.reconfigure(plain_layout(2 * page)));
    EXPECT_EQ(test::open_fd_count(), before);
    const auto larger = frames.acquire("a");
    EXPECT_EQ(larger->index(), 1U);
    EXPECT_GT(larger->serial(), serial);
    EXPECT_EQ(frames.acquire("a").error().code, EAGAIN);
    EXPECT_EQ(held->layout(), plain_layout(page));
    held->release();
    EXPECT_EQ(test::open_fd_count(), before - 1);
    held = frames.acquire("a");
    EXPECT_EQ(held->index(), 0U);
    EXPECT_GT(held->serial(), serial);
}

TEST(Reconfigure, FreesAFrameThatADeviceStillUses) {
    auto frames = pool(1, 1);
    auto lease = frames.acquire("a");
    add_fence(lease->fd());
    lease->release();
    ASSERT_TRUE(frames.reconfigure(plain_layout(2 * page)));
    EXPECT_TRUE(frames.acquire("a"));
}

TEST(Reconfigure, TakesFramesWithMoreDmaBufsThanThereNeedBe) {
    auto frames = BufferPool::create(fenced, options(1, 1, two_buffers(page))).value();
    const auto serial = frames.acquire("a")->serial();
    ASSERT_TRUE(frames.reconfigure(plain_layout(page)));
    auto lease = frames.acquire("a");
    EXPECT_EQ(lease->serial(), serial);
    EXPECT_GE(lease->fd(0), 0);
    EXPECT_EQ(lease->fd(1), -1);
    ASSERT_TRUE(frames.reconfigure(two_buffers(page + 1)));
    lease->release();
    EXPECT_GT(frames.acquire("a")->serial(), serial);
}

TEST(Reconfigure, WithoutADmaBufIsEinvalAndChangesNothing) {
    auto frames = pool(1, 1);
    EXPECT_EQ(frames.reconfigure({}).error().message(),
              "cannot lay out the frames of a pool (frames): Invalid argument. A layout has at "
              "least one dma-buf.");
    EXPECT_EQ(frames.acquire("a")->layout(), plain_layout(page));
}

TEST(Lease, OutlivesItsPool) {
    const auto before = test::open_fd_count();
    {
        auto frames = std::make_unique<BufferPool>(pool(2, 2));
        auto lease = frames->acquire("a");
        frames.reset();
        EXPECT_GE(lease->fd(), 0);
        EXPECT_EQ(test::open_fd_count(), before + 2);
    }
    EXPECT_EQ(test::open_fd_count(), before);
}

TEST(Lease, ReturnsItsFrameOnceWhereverItIsMoved) {
    auto frames = pool(2, 2);
    auto first = frames.acquire("a");
    auto second = frames.acquire("a");
    *first = *std::move(second);
    EXPECT_EQ(first->index(), 1U);
    EXPECT_EQ(frames.holdings().size(), 1U);
    Lease moved = *std::move(first);
    moved.release();
    moved.release();
    EXPECT_TRUE(frames.holdings().empty());
    EXPECT_EQ(moved.fd(), -1);
    EXPECT_EQ(moved.begin_access(Access::read).error().message(),
              "cannot begin CPU access (dma-buf 0 of frame 1): Bad file descriptor. The frame was "
              "released; acquire another one.");
}

TEST(Lease, ADiscardedFrameIsNotGivenAgainAndMakesRoom) {
    auto frames = pool(0, 1);
    auto lease = frames.acquire("decoder").value();
    const std::uint64_t serial = lease.serial();
    lease.discard();
    EXPECT_EQ(frames.size(), 0U);
    EXPECT_EQ(lease.fd(), -1);
    const auto next = frames.acquire("decoder");
    ASSERT_TRUE(next);
    EXPECT_NE(next->serial(), serial);
    lease.discard();
    lease.release();
    EXPECT_EQ(frames.size(), 1U);
}

TEST(Lease, ADiscardedFrameEndsTheWait) {
    auto frames = pool(0, 1);
    auto lease = frames.acquire("decoder").value();
    auto waiting =
        std::async(std::launch::async, [&] { return frames.acquire("display", enough); });
    lease.discard();
    EXPECT_TRUE(waiting.get());
}

TEST(Lease, IsWrittenThroughTheCpuAndReadByTheNextHolder) {
    auto frames = pool(1, 1, mappable);
    auto lease = frames.acquire("a");
    {
        // Uncached, and nobody was given the descriptor: no ioctl, which a memfd would refuse.
        auto writing = lease->begin_access(Access::write);
        ASSERT_TRUE(writing);
        writing->bytes()[7] = std::byte{42};
        EXPECT_TRUE(writing->end());
    }
    lease->release();
    lease = frames.acquire("b");
    EXPECT_EQ(lease->begin_access(Access::read)->bytes()[7], std::byte{42});
    EXPECT_EQ(lease->begin_access(Access::read, Fences::unknown, 1).error().message(),
              "cannot begin CPU access (dma-buf 1 of frame 0): Invalid argument. A frame has 1 of "
              "them, counted from 0.");
    static_cast<void>(lease->fd());
    EXPECT_EQ(lease->begin_access(Access::read).error().code, ENOTTY);
    EXPECT_TRUE(lease->begin_access(Access::read, Fences::signalled));
}

TEST(PoolOptions, OfAWrongNumberAreEinval) {
    for (const auto& [min, max] : {std::pair{0UL, 0UL}, {3UL, 2UL}, {0UL, 4097UL}})
        EXPECT_EQ(BufferPool::create(fenced, options(min, max)).error().message(),
                  "cannot make a pool of " + std::to_string(min) + " to " + std::to_string(max) +
                      " frames (frames): Invalid argument. The limit is from 1 to 4096, and not "
                      "below the minimum.");
    EXPECT_EQ(BufferPool::create(fenced, options(0, 1, {})).error().code, EINVAL);
}

} // namespace
} // namespace heapsel
