// SPDX-License-Identifier: LGPL-2.1-or-later
//
// What a pool does for programs that stop and for those that poll.
#include <heapsel/buffer_pool.hpp>

#include <cerrno>
#include <future>
#include <thread>
#include <vector>

#include <poll.h>
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
using test::page;
using test::signal_fence;

BufferPool pool_of(std::size_t min, std::size_t max, BufferPool::Allocate allocate = fenced,
                   BufferLayout layout = plain_layout(page)) {
    return BufferPool::create(
               std::move(allocate),
               {.layout = std::move(layout), .min = min, .max = max, .name = "frames"})
        .value();
}

bool readable(int fd, std::chrono::milliseconds timeout = {}) {
    pollfd asked{.fd = fd, .events = POLLIN, .revents = 0};
    return ::poll(&asked, 1, static_cast<int>(timeout.count())) == 1 && asked.revents == POLLIN;
}

constexpr const char* canceled =
    "cannot acquire a frame (frames): Operation canceled. The pool is flushing, or began to while "
    "this waited. It gives frames again when that is switched off.";

TEST(Flushing, RefusesEvenAFrameThatIsFree) {
    auto frames = pool_of(1, 1);
    frames.set_flushing(true);
    EXPECT_EQ(frames.acquire("a").error().message(), canceled);
    EXPECT_EQ(frames.acquire("a", enough).error().code, ECANCELED);
    EXPECT_EQ(frames.size(), 1U);
    frames.set_flushing(false);
    EXPECT_TRUE(frames.acquire("a"));
}

TEST(Flushing, EndsEveryWait) {
    auto frames = pool_of(1, 1);
    const auto lease = frames.acquire("a");
    std::vector<std::future<Result<Lease>>> waiting;
    for (int i = 0; i < 8; ++i)
        waiting.push_back(
            std::async(std::launch::async, [&] { return frames.acquire("b", enough); }));
    std::this_thread::sleep_for(5ms);
    frames.set_flushing(true);
    for (auto& ended : waiting)
        EXPECT_EQ(ended.get().error().message(), canceled);
}

TEST(Flushing, EndsTheWaitForAFence) {
    auto frames = pool_of(1, 1);
    auto lease = frames.acquire("a");
    add_fence(lease->fd());
    lease->release();
    auto waiting = std::async(std::launch::async, [&] { return frames.acquire("b", enough); });
    std::this_thread::sleep_for(5ms);
    frames.set_flushing(true);
    EXPECT_EQ(waiting.get().error().code, ECANCELED);
}

TEST(Flushing, EndsAWaitAlsoIfItIsSwitchedOffAtOnce) {
    auto frames = pool_of(1, 1);
    const auto lease = frames.acquire("a");
    auto waiting = std::async(std::launch::async, [&] { return frames.acquire("b", enough); });
    std::this_thread::sleep_for(5ms);
    frames.set_flushing(true);
    frames.set_flushing(false);
    // Had it not begun to wait by then, this ends it.
    while (waiting.wait_for(10ms) != std::future_status::ready) {
        frames.set_flushing(true);
        frames.set_flushing(false);
    }
    EXPECT_EQ(waiting.get().error().code, ECANCELED);
}

TEST(Flushing, TakesFramesBack) {
    auto frames = pool_of(1, 1);
    auto lease = frames.acquire("a");
    const auto serial = lease->serial();
    frames.set_flushing(true);
    lease->release();
    EXPECT_TRUE(frames.holdings().empty());
    frames.set_flushing(false);
    EXPECT_EQ(frames.acquire("b")->serial(), serial);
}

TEST(PollDescriptor, IsReadableWhileAFrameIsFreeOrMayBeMade) {
    auto frames = pool_of(1, 2);
    const int fd = frames.poll_fd().value();
    EXPECT_EQ(frames.poll_fd().value(), fd);
    EXPECT_TRUE(readable(fd));
    EXPECT_TRUE(readable(fd)) << "it is not level-triggered";
    auto first = frames.acquire("a");
    EXPECT_TRUE(readable(fd)) << "another one may be made";
    const auto second = frames.acquire("a");
    EXPECT_FALSE(readable(fd));
    first->release();
    EXPECT_TRUE(readable(fd));
    first = frames.acquire("b");
    EXPECT_FALSE(readable(fd));
}

TEST(PollDescriptor, TellsThatAFenceSignalled) {
    auto frames = pool_of(1, 1);
    const int fd = frames.poll_fd().value();
    auto lease = frames.acquire("a");
    const int dmabuf = lease->fd();
    add_fence(dmabuf);
    lease->release();
    EXPECT_FALSE(readable(fd));
    EXPECT_EQ(frames.acquire("b").error().code, EAGAIN);
    EXPECT_FALSE(readable(fd));
    auto later = std::async(std::launch::async, [&] {
        std::this_thread::sleep_for(5ms);
        signal_fence(dmabuf);
    });
    EXPECT_TRUE(readable(fd, enough));
    later.get();
    EXPECT_TRUE(frames.acquire("b"));
}

TEST(PollDescriptor, AskedForLateKnowsOfFencesThatArePending) {
    auto frames = pool_of(1, 1);
    auto lease = frames.acquire("a");
    const int dmabuf = lease->fd();
    add_fence(dmabuf);
    lease->release();
    const int fd = frames.poll_fd().value();
    EXPECT_FALSE(readable(fd));
    signal_fence(dmabuf);
    EXPECT_TRUE(readable(fd));
}

TEST(PollDescriptor, OfTwoDmaBufsWaitsForTheOneThatIsLeft) {
    const BufferLayout two{.planes = {{.buffer = 0, .offset = 0, .stride = page, .size = page},
                                      {.buffer = 1, .offset = 0, .stride = page, .size = page}},
                           .buffer_sizes = {page, page}};
    auto frames = pool_of(1, 1, fenced, two);
    const int fd = frames.poll_fd().value();
    auto lease = frames.acquire("a");
    const int first = lease->fd(0);
    const int second = lease->fd(1);
    add_fence(first);
    add_fence(second);
    lease->release();
    signal_fence(first);
    EXPECT_EQ(frames.acquire("b").error().code, EAGAIN);
    EXPECT_FALSE(readable(fd)) << "a loop would spin on the one that has signalled";
    signal_fence(second);
    EXPECT_TRUE(readable(fd));
    EXPECT_TRUE(frames.acquire("b"));
}

TEST(PollDescriptor, IsNotReadableForWhatCannotBeMade) {
    bool fails = true;
    auto frames = pool_of(0, 2, [&](std::size_t size, std::string_view name) -> Result<Buffer> {
        if (!fails)
            return fenced(size, name);
        return std::unexpected(
            Error{.code = ENOMEM, .operation = "allocate", .subject = {}, .hint = {}});
    });
    const int fd = frames.poll_fd().value();
    EXPECT_TRUE(readable(fd));
    EXPECT_EQ(frames.acquire("a").error().code, ENOMEM);
    EXPECT_FALSE(readable(fd));
    fails = false;
    ASSERT_TRUE(frames.reconfigure(plain_layout(page)));
    EXPECT_TRUE(readable(fd));
    EXPECT_TRUE(frames.acquire("a"));
}

TEST(PollDescriptor, IsReadableWhileThePoolIsFlushing) {
    auto frames = pool_of(1, 1);
    const auto lease = frames.acquire("a");
    const int fd = frames.poll_fd().value();
    frames.set_flushing(true);
    EXPECT_TRUE(readable(fd));
    frames.set_flushing(false);
    EXPECT_FALSE(readable(fd));
}

TEST(PollDescriptor, ForgetsFramesThatAreDropped) {
    auto frames = pool_of(1, 1);
    const int fd = frames.poll_fd().value();
    auto lease = frames.acquire("a");
    // As an importer has it: the file outlives the pool's descriptor.
    const UniqueFd imported(::dup(lease->fd()));
    add_fence(imported.get());
    lease->release();
    ASSERT_TRUE(frames.reconfigure(plain_layout(2 * page)));
    const auto larger = frames.acquire("a");
    signal_fence(imported.get());
    EXPECT_FALSE(readable(fd));
}

TEST(PollDescriptor, TakesAFileWithoutFencesForFree) {
    auto frames = pool_of(1, 1, [](std::size_t size, std::string_view) -> Result<Buffer> {
        return Buffer(UniqueFd(::memfd_create("frame", MFD_CLOEXEC)), size, {.heap = "test"});
    });
    const int fd = frames.poll_fd().value();
    auto lease = frames.acquire("a");
    static_cast<void>(lease->fd());
    EXPECT_FALSE(readable(fd));
    lease->release();
    EXPECT_TRUE(readable(fd));
    lease = frames.acquire("b");
    EXPECT_FALSE(readable(fd));
}

TEST(PollDescriptor, OfADmaBufThatSomeoneClosedIsNotSpunOn) {
    auto frames = pool_of(1, 1);
    const int fd = frames.poll_fd().value();
    auto lease = frames.acquire("a");
    const int dmabuf = lease->fd();
    ASSERT_EQ(::close(dmabuf), 0);
    lease->release();
    EXPECT_FALSE(readable(fd));
    EXPECT_EQ(frames.acquire("b").error().code, EAGAIN);
    EXPECT_FALSE(readable(fd));
    ASSERT_EQ(::dup2(STDERR_FILENO, dmabuf), dmabuf); // The pool closes it.
}

TEST(PollDescriptor, ClosesWithThePool) {
    const auto before = test::open_fd_count();
    {
        auto frames = pool_of(1, 1);
        EXPECT_TRUE(frames.poll_fd());
        EXPECT_EQ(test::open_fd_count(), before + 3);
    }
    EXPECT_EQ(test::open_fd_count(), before);
}

TEST(PollDescriptor, WithoutDescriptorsLeftIsEmfile) {
    auto frames = pool_of(1, 1);
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
    const rlimit none{.rlim_cur = 0, .rlim_max = before.rlim_max};
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &none), 0);
    const auto refused = frames.poll_fd();
    ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
    EXPECT_EQ(refused.error().message(), "cannot make a descriptor to poll (frames): Too many open "
                                         "files. The pool needs two descriptors for it: close "
                                         "files, or raise the limit on open ones.");
    EXPECT_TRUE(frames.poll_fd());
}

} // namespace
} // namespace heapsel
