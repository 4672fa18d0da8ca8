// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/buffer.hpp>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <utility>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/dma-buf.h>
#include <sys/mman.h>
#include <unistd.h>

#include "fake_ioctl.hpp"
#include "temporary_directory.hpp"
#include "uapi/dma_buf.hpp"

namespace heapsel {
namespace {

constexpr std::size_t buffer_size = 8192;

UniqueFd shared_memory() {
    UniqueFd fd(::memfd_create("buffer", MFD_CLOEXEC));
    EXPECT_EQ(::ftruncate(fd.get(), buffer_size), 0);
    return fd;
}

Buffer buffer() {
    return {shared_memory(), buffer_size, {.heap = "system"}};
}

TEST(Buffer, MapsAllOfItForWriting) {
    const Buffer shared = buffer();
    {
        const auto mapping = shared.map(Access::write);
        ASSERT_TRUE(mapping);
        ASSERT_EQ(mapping->bytes().size(), buffer_size);
        std::ranges::fill(mapping->bytes(), std::byte{0x5a});
    }
    const auto again = shared.map(Access::read);
    ASSERT_TRUE(again);
    EXPECT_TRUE(
        std::ranges::all_of(again->bytes(), [](std::byte b) { return b == std::byte{0x5a}; }));
}

TEST(Buffer, MovingAMappingLeavesOneMapping) {
    Buffer shared = buffer();
    auto first = shared.map(Access::read);
    auto second = shared.map(Access::read);
    ASSERT_TRUE(first && second);
    const auto* const address = second->bytes().data();
    *first = *std::move(second);
    EXPECT_EQ(first->bytes().data(), address);
    EXPECT_EQ(first->bytes()[0], std::byte{0});
}

TEST(Buffer, AReleasedBufferMapsWithEbadf) {
    Buffer shared = buffer();
    const UniqueFd fd = shared.release();
    EXPECT_TRUE(fd);
    EXPECT_EQ(shared.fd(), -1);
    EXPECT_EQ(shared.map(Access::read).error().code, EBADF);
    EXPECT_EQ(shared.begin_access(Access::read).error().code, EBADF);
}

TEST(Buffer, NoBytesMapWithEinval) {
    EXPECT_EQ(Buffer(shared_memory(), 0, {.heap = "system"}).map(Access::read).error().code,
              EINVAL);
}

TEST(Buffer, AReadOnlyDescriptorMapsForWritingWithEacces) {
    const UniqueFd writable = shared_memory();
    const std::string path = "/proc/self/fd/" + std::to_string(writable.get());
    Buffer shared(UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC)), buffer_size,
                  {.heap = "system"});
    ASSERT_GE(shared.fd(), 0);
    EXPECT_TRUE(shared.map(Access::read));
    EXPECT_EQ(shared.map(Access::read_write).error().code, EACCES);
    EXPECT_EQ(shared.begin_access(Access::write).error().message(),
              "cannot map 8192 bytes (a buffer from heap system): Permission denied");
}

TEST(CpuAccess, OfWhatIsNoDmaBufIsEnotty) {
    Buffer shared = buffer();
    for (const Access access : {Access::read, Access::write, Access::read_write}) {
        const auto begun = shared.begin_access(access);
        ASSERT_FALSE(begun);
        EXPECT_EQ(begun.error().code, ENOTTY);
        EXPECT_EQ(begun.error().hint, "The descriptor is no dma-buf.");
    }
}

TEST(CpuAccess, OfAClosedDescriptorIsEbadf) {
    EXPECT_EQ(CpuAccess::begin(-1, Access::read).error().code, EBADF);
}

/// A kernel for which every file is a dma-buf, and which takes a note of each bracket.
class Synchronised : public test::FakeIoctl {
  public:
    [[nodiscard]] std::optional<int> answer(int /*fd*/, unsigned long request,
                                            void* argument) override {
        if (request != DMA_BUF_IOCTL_SYNC)
            return std::nullopt;
        calls.push_back(static_cast<const dma_buf_sync*>(argument)->flags);
        return 0;
    }

    std::vector<std::uint64_t> calls;
};

using Calls = std::vector<std::uint64_t>;

Buffer known(Answer cached) {
    return {shared_memory(), buffer_size, {.heap = "heap", .cached = cached}};
}

TEST(CpuAccess, OfMemoryThatMayBeCachedIsSynchronisedOnBothSides) {
    Synchronised kernel;
    for (const Answer cached : {Answer::yes, Answer::unknown}) {
        for (const Fences fences : {Fences::unknown, Fences::signalled}) {
            Buffer buffer = known(cached);
            EXPECT_TRUE(buffer.begin_access(Access::write, fences)->end());
            EXPECT_EQ(kernel.calls, (Calls{DMA_BUF_SYNC_START | DMA_BUF_SYNC_WRITE,
                                           DMA_BUF_SYNC_END | DMA_BUF_SYNC_WRITE}));
            kernel.calls.clear();
        }
    }
}

TEST(CpuAccess, OfUncachedMemoryWaitsForFencesAndDoesNoMore) {
    Synchronised kernel;
    Buffer buffer = known(Answer::no);
    EXPECT_TRUE(buffer.begin_access(Access::read)->end());
    EXPECT_EQ(kernel.calls, Calls{DMA_BUF_SYNC_START | DMA_BUF_SYNC_READ});
}

TEST(CpuAccess, OfUncachedMemoryWhoseFencesHaveSignalledIsNoCall) {
    Synchronised kernel;
    Buffer buffer = known(Answer::no);
    {
        auto access = buffer.begin_access(Access::read_write, Fences::signalled);
        ASSERT_TRUE(access);
        access->bytes()[0] = std::byte{1};
    }
    EXPECT_EQ(kernel.calls, Calls{});
}

TEST(CpuAccess, MapsOnceAndWithdrawsTheBytesAtItsEnd) {
    Synchronised kernel;
    Buffer buffer = known(Answer::yes);
    auto reading = buffer.begin_access(Access::read);
    ASSERT_TRUE(reading);
    const auto bytes = reading->bytes();
    EXPECT_EQ(bytes.size(), buffer_size);
    auto moved = *std::move(reading);
    EXPECT_EQ(moved.bytes().data(), bytes.data());
    EXPECT_TRUE(moved.end());
    EXPECT_TRUE(moved.bytes().empty());
    auto writing = buffer.begin_access(Access::write);
    EXPECT_EQ(writing->bytes().data(), bytes.data());
    writing->bytes()[0] = std::byte{1};
}

TEST(CpuAccess, OfAReadOnlyDescriptorIsForReading) {
    Synchronised kernel;
    const UniqueFd writable = shared_memory();
    const std::string path = "/proc/self/fd/" + std::to_string(writable.get());
    Buffer buffer(UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC)), buffer_size,
                  {.heap = "system"});
    EXPECT_EQ(buffer.begin_access(Access::read)->bytes()[0], std::byte{0});
    EXPECT_EQ(buffer.begin_access(Access::write).error().code, EACCES);
}

TEST(SetName, OfWhatIsNoDmaBufIsEnotty) {
    const UniqueFd fd = shared_memory();
    EXPECT_EQ(uapi::dma_buf_set_name(fd.get(), "name").error().code, ENOTTY);
}

TEST(Buffer, ClosesItsDescriptorWithItself) {
    const auto before = test::open_fd_count();
    {
        Buffer first = buffer();
        Buffer second = std::move(first);
        EXPECT_FALSE(second.begin_access(Access::read));
        EXPECT_EQ(test::open_fd_count(), before + 1);
    }
    EXPECT_EQ(test::open_fd_count(), before);
}

} // namespace
} // namespace heapsel
