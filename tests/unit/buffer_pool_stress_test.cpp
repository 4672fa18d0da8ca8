// SPDX-License-Identifier: LGPL-2.1-or-later
//
// Many threads, few frames, a device that is late. Meant for ThreadSanitizer, too, so in a program
// of its own.
#include <heapsel/buffer_pool.hpp>

#include <array>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <mutex>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <poll.h>

#include "fenced_memory.hpp"
#include "temporary_directory.hpp"

namespace heapsel {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t max_frames = 8;
constexpr std::uint32_t page = 4096;
// Long enough for a slow machine with a sanitizer; nobody waits for it where the test passes.
constexpr auto patience = 300s;

std::size_t number(const char* variable, std::size_t otherwise) {
    const char* const text = std::getenv(variable); // NOLINT(concurrency-mt-unsafe)
    return text == nullptr ? otherwise : std::strtoul(text, nullptr, 10);
}

/// Signals the fences of frames some time after they were queued on it, as devices do.
class Device {
  public:
    Device() : thread_([this](const std::stop_token& stop) { run(stop); }) {}

    void queue(int fd) {
        test::add_fence(fd);
        UniqueFd imported(::fcntl(fd, F_DUPFD_CLOEXEC, 0));
        const std::scoped_lock lock(mutex_);
        queued_.push_back(std::move(imported));
    }

  private:
    void run(const std::stop_token& stop) {
        for (;;) {
            std::vector<UniqueFd> done;
            {
                const std::scoped_lock lock(mutex_);
                done.swap(queued_);
            }
            for (const UniqueFd& imported : done)
                test::signal_fence(imported.get());
            if (done.empty() && stop.stop_requested())
                return;
            std::this_thread::sleep_for(100us);
        }
    }

    std::mutex mutex_;
    std::vector<UniqueFd> queued_;
    std::jthread thread_;
};

TEST(BufferPoolUnderStress, AFrameHasOneHolderAndNobodyWaitsForEver) {
    const std::size_t threads = number("HEAPSEL_STRESS_THREADS", 1000);
    const std::size_t rounds = number("HEAPSEL_STRESS_ROUNDS", 20);
    const auto descriptors = test::open_fd_count();
    std::atomic<std::size_t> acquired = 0;
    std::atomic<std::size_t> refused = 0;
    std::atomic<std::size_t> shared_frames = 0;
    std::array<std::atomic<int>, max_frames> holders{};
    {
        Device device;
        auto frames = BufferPool::create(
                          [](std::size_t size, std::string_view /*name*/) -> Result<Buffer> {
                              return test::fenced_buffer(size);
                          },
                          {.layout = plain_layout(page), .max = max_frames})
                          .value();
        const auto work = [&](std::size_t thread) {
            for (std::size_t round = 0; round < rounds; ++round) {
                auto lease = frames.acquire("worker", patience);
                if (!lease) {
                    ++refused;
                    continue;
                }
                ++acquired;
                if (holders.at(lease->index()).fetch_add(1) != 0)
                    ++shared_frames;
                if ((thread + round) % 3 == 0)
                    device.queue(lease->fd());
                holders.at(lease->index()).fetch_sub(1);
                lease->release();
            }
        };
        {
            std::vector<std::jthread> workers;
            for (std::size_t thread = 0; thread < threads; ++thread)
                workers.emplace_back(work, thread);
            // Larger again and again, so that frames are dropped; not so large that none is left.
            for (std::uint32_t size = page; size < page + 16; ++size) {
                EXPECT_TRUE(frames.reconfigure(plain_layout(size % 4 == 0 ? page : size)));
                std::this_thread::sleep_for(1ms);
            }
        }
        EXPECT_TRUE(frames.holdings().size() <= max_frames);
    }
    EXPECT_EQ(acquired, threads * rounds);
    EXPECT_EQ(refused, 0U);
    EXPECT_EQ(shared_frames, 0U);
    EXPECT_EQ(test::open_fd_count(), descriptors);
}

BufferPool pool_of(std::size_t max) {
    return BufferPool::create(
               [](std::size_t size, std::string_view /*name*/) -> Result<Buffer> {
                   return test::fenced_buffer(size);
               },
               {.layout = plain_layout(page), .max = max})
        .value();
}

TEST(BufferPoolUnderStress, FlushingEndsEveryWaitAndLosesNoFrame) {
    constexpr std::size_t threads = 16;
    constexpr int flushes = 50;
    auto frames = pool_of(2);
    std::atomic<bool> over = false;
    std::atomic<std::size_t> others = 0; // Errors that are none of flushing.
    std::atomic<std::size_t> canceled = 0;
    {
        const auto work = [&] {
            while (!over) {
                auto lease = frames.acquire("worker", patience);
                if (lease)
                    std::this_thread::sleep_for(100us);
                else
                    ++(lease.error().code == ECANCELED ? canceled : others);
            }
        };
        std::vector<std::jthread> workers;
        for (std::size_t thread = 0; thread < threads; ++thread)
            workers.emplace_back(work);
        for (int i = 0; i < flushes; ++i) {
            frames.set_flushing(true);
            std::this_thread::sleep_for(1ms);
            frames.set_flushing(false);
            std::this_thread::sleep_for(1ms);
        }
        over = true;
        frames.set_flushing(true);
    }
    EXPECT_EQ(others, 0U);
    EXPECT_GT(canceled, 0U);
    EXPECT_TRUE(frames.holdings().empty());
    frames.set_flushing(false);
    EXPECT_TRUE(frames.acquire("late"));
}

TEST(BufferPoolUnderStress, NobodyWhoPollsMissesAFrame) {
    constexpr std::size_t threads = 4;
    constexpr std::size_t rounds = 200;
    Device device;
    auto frames = pool_of(2);
    const int fd = frames.poll_fd().value();
    std::atomic<std::size_t> missed = 0;
    {
        const auto work = [&] {
            for (std::size_t round = 0; round < rounds;) {
                pollfd asked{.fd = fd, .events = POLLIN, .revents = 0};
                if (::poll(&asked, 1, std::chrono::milliseconds(patience).count()) != 1) {
                    ++missed;
                    return;
                }
                auto lease = frames.acquire("poller");
                if (!lease)
                    continue;
                if (++round % 2 == 0)
                    device.queue(lease->fd());
            }
        };
        std::vector<std::jthread> workers;
        for (std::size_t thread = 0; thread < threads; ++thread)
            workers.emplace_back(work);
    }
    EXPECT_EQ(missed, 0U);
}

} // namespace
} // namespace heapsel
