// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/buffer.hpp>

#include <algorithm>
#include <cerrno>
#include <climits>
#include <limits>
#include <string>

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/udmabuf.h>
#include <unistd.h>

#include "fake_ioctl.hpp"
#include "temporary_directory.hpp"
#include "uapi/dma_buf.hpp"
#include "uapi/udmabuf.hpp"

namespace heapsel {
namespace {

/// A true dma-buf where no heap is: over a memfd, by /dev/udmabuf.
class Udmabuf : public testing::Test {
  protected:
    static constexpr std::size_t size = 65536;

    void SetUp() override {
        const UniqueFd device(::open("/dev/udmabuf", O_RDONLY | O_CLOEXEC));
        if (!device)
            GTEST_SKIP() << "/dev/udmabuf cannot be opened here";
        auto made = uapi::udmabuf_create(device.get(), size, "frame");
        ASSERT_TRUE(made) << made.error().message();
        fd_ = *std::move(made);
    }

    UniqueFd fd_;
};

TEST_F(Udmabuf, WhatTheCpuWroteBetweenBracketsIsReadBetweenBrackets) {
    Buffer buffer(std::move(fd_), size, {.heap = "udmabuf"});
    auto writing = buffer.begin_access(Access::write);
    ASSERT_TRUE(writing);
    std::ranges::fill(writing->bytes(), std::byte{0xa5});
    EXPECT_TRUE(writing->end());
    auto reading = buffer.begin_access(Access::read);
    ASSERT_TRUE(reading);
    EXPECT_EQ(reading->bytes().back(), std::byte{0xa5});
    EXPECT_TRUE(reading->end());
}

TEST_F(Udmabuf, ALongNameIsCutToWhatTheKernelTakes) {
    EXPECT_TRUE(uapi::dma_buf_set_name(fd_.get(), std::string(100, 'n')));
}

/// Refuses UDMABUF_CREATE, and keeps what was asked for.
class Refusing : public test::FakeIoctl {
  public:
    explicit Refusing(int code) : code_(code) {}

    [[nodiscard]] std::optional<int> answer(int /*fd*/, unsigned long request,
                                            void* argument) override {
        if (request != UDMABUF_CREATE)
            return std::nullopt;
        const auto& asked = *static_cast<const udmabuf_create*>(argument);
        flags = asked.flags;
        size = asked.size;
        seals = ::fcntl(static_cast<int>(asked.memfd), F_GET_SEALS);
        memory.resize(PATH_MAX);
        const std::string link = "/proc/self/fd/" + std::to_string(asked.memfd);
        memory.resize(static_cast<std::size_t>(
            std::max<ssize_t>(::readlink(link.c_str(), memory.data(), memory.size()), 0)));
        return code_;
    }

    std::uint64_t flags = 0;
    std::uint64_t size = 0;
    int seals = 0;
    std::string memory;

  private:
    int code_;
};

TEST(UdmabufCreate, AsksForWholePagesOfSealedMemoryWithTheName) {
    Refusing kernel(ENOMEM);
    const auto before = test::open_fd_count();
    EXPECT_EQ(uapi::udmabuf_create(-1, 1, "frame").error().message(),
              "cannot allocate 1 bytes (udmabuf): Cannot allocate memory");
    EXPECT_EQ(kernel.flags, std::uint64_t{UDMABUF_FLAGS_CLOEXEC});
    EXPECT_EQ(kernel.size, static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE)));
    EXPECT_NE(kernel.seals & F_SEAL_SHRINK, 0);
    EXPECT_EQ(kernel.seals & F_SEAL_WRITE, 0);
    EXPECT_TRUE(kernel.memory.starts_with("/memfd:frame"));
    EXPECT_EQ(test::open_fd_count(), before);
}

TEST(UdmabufCreate, OfMoreThanTheModuleAllowsIsEinvalAndNamesTheParameter) {
    Refusing kernel(EINVAL);
    EXPECT_EQ(
        uapi::udmabuf_create(-1, 65536, "frame").error().message(),
        "cannot allocate 65536 bytes (udmabuf): Invalid argument. It may be larger than the "
        "parameter size_limit_mb of the module udmabuf allows, which before Linux 7.3 is 64.");
}

TEST(UdmabufCreate, OfMoreThanAFileHoldsIsEfbig) {
    const auto before = test::open_fd_count();
    constexpr auto most = std::numeric_limits<std::size_t>::max();
    EXPECT_EQ(uapi::udmabuf_create(-1, most, "frame").error().message(),
              "cannot allocate " + std::to_string(most) +
                  " bytes (udmabuf): File too large. No file is that large: ask for less.");
    EXPECT_EQ(test::open_fd_count(), before);
}

TEST(UdmabufCreate, ALongNameIsCutToWhatTheKernelTakes) {
    Refusing kernel(ENOMEM);
    EXPECT_EQ(uapi::udmabuf_create(-1, 1, std::string(300, 'n')).error().code, ENOMEM);
}

} // namespace
} // namespace heapsel
