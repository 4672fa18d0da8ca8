// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/buffer.hpp>

#include <algorithm>
#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include "temporary_folder.hpp"
#include "uapi/dma_buf.hpp"

namespace heapsel {
namespace {

constexpr std::size_t size = 8192;

UniqueFd shared_memory() {
    UniqueFd fd(::memfd_create("buffer", MFD_CLOEXEC));
    EXPECT_EQ(::ftruncate(fd.get(), size), 0);
    return fd;
}

Buffer buffer() {
    return {shared_memory(), size, "system"};
}

TEST(Buffer, MapsAllOfItForWriting) {
    const Buffer shared = buffer();
    {
        const auto mapping = shared.map(Access::write);
        ASSERT_TRUE(mapping);
        ASSERT_EQ(mapping->bytes().size(), size);
        std::ranges::fill(mapping->bytes(), std::byte{0x5a});
    }
    const auto again = shared.map(Access::read);
    ASSERT_TRUE(again);
    EXPECT_TRUE(
        std::ranges::all_of(again->bytes(), [](std::byte b) { return b == std::byte{0x5a}; }));
}

TEST(Buffer, MovingAMappingLeavesOneMapping) {
    const Buffer shared = buffer();
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
    EXPECT_EQ(Buffer(shared_memory(), 0, "system").map(Access::read).error().code, EINVAL);
}

TEST(Buffer, AReadOnlyDescriptorMapsForWritingWithEacces) {
    const UniqueFd writable = shared_memory();
    const std::string path = "/proc/self/fd/" + std::to_string(writable.get());
    const Buffer shared(UniqueFd(::open(path.c_str(), O_RDONLY | O_CLOEXEC)), size, "system");
    ASSERT_GE(shared.fd(), 0);
    EXPECT_TRUE(shared.map(Access::read));
    EXPECT_EQ(shared.map(Access::read_write).error().code, EACCES);
}

TEST(CpuAccess, OfWhatIsNoDmaBufIsEnotty) {
    const Buffer shared = buffer();
    for (const Access access : {Access::read, Access::write, Access::read_write}) {
        const auto begun = shared.begin_access(access);
        ASSERT_FALSE(begun);
        EXPECT_EQ(begun.error().code, ENOTTY);
        EXPECT_EQ(begun.error().remedy, "The descriptor is no dma-buf.");
    }
}

TEST(CpuAccess, OfAClosedDescriptorIsEbadf) {
    EXPECT_EQ(CpuAccess::begin(-1, Access::read).error().code, EBADF);
}

TEST(SetName, OfWhatIsNoDmaBufIsEnotty) {
    const UniqueFd fd = shared_memory();
    EXPECT_EQ(uapi::dma_buf_set_name(fd.get(), "name").error().code, ENOTTY);
}

TEST(Buffer, ClosesItsDescriptorWithItself) {
    const auto before = test::open_fd_count();
    {
        Buffer first = buffer();
        const Buffer second = std::move(first);
        EXPECT_FALSE(second.begin_access(Access::read));
        EXPECT_EQ(test::open_fd_count(), before + 1);
    }
    EXPECT_EQ(test::open_fd_count(), before);
}

} // namespace
} // namespace heapsel
