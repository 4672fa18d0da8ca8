// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/buffer.hpp>

#include <algorithm>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/udmabuf.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>

#include "temporary_folder.hpp"
#include "uapi/dma_buf.hpp"

namespace heapsel {
namespace {

/// A true dma-buf where no heap is: over a memfd, by /dev/udmabuf.
class Udmabuf : public testing::Test {
  protected:
    static constexpr std::size_t size = 65536;

    void SetUp() override {
        const UniqueFd device(::open("/dev/udmabuf", O_RDWR | O_CLOEXEC));
        if (!device)
            GTEST_SKIP() << "/dev/udmabuf cannot be opened here";
        const UniqueFd memory(::memfd_create("udmabuf", MFD_CLOEXEC | MFD_ALLOW_SEALING));
        ASSERT_EQ(::ftruncate(memory.get(), size), 0);
        ASSERT_EQ(::fcntl(memory.get(), F_ADD_SEALS, F_SEAL_SHRINK), 0);
        udmabuf_create request{};
        request.memfd = static_cast<__u32>(memory.get());
        request.flags = UDMABUF_FLAGS_CLOEXEC;
        request.size = size;
        fd_ = UniqueFd(::ioctl(device.get(), UDMABUF_CREATE, &request));
        ASSERT_TRUE(fd_);
    }

    UniqueFd fd_;
};

TEST_F(Udmabuf, WhatTheCpuWroteBetweenBracketsIsReadBetweenBrackets) {
    const Buffer buffer(std::move(fd_), size, "udmabuf");
    const auto mapping = buffer.map(Access::read_write);
    ASSERT_TRUE(mapping);
    auto writing = buffer.begin_access(Access::write);
    ASSERT_TRUE(writing);
    std::ranges::fill(mapping->bytes(), std::byte{0xa5});
    EXPECT_TRUE(writing->end());
    auto reading = buffer.begin_access(Access::read);
    ASSERT_TRUE(reading);
    EXPECT_EQ(mapping->bytes().back(), std::byte{0xa5});
    EXPECT_TRUE(reading->end());
}

TEST_F(Udmabuf, ALongNameIsCutToWhatTheKernelTakes) {
    EXPECT_TRUE(uapi::dma_buf_set_name(fd_.get(), std::string(100, 'n')));
}

} // namespace
} // namespace heapsel
