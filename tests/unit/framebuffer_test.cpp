// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/framebuffer.hpp>

#include <cerrno>
#include <utility>

#include <drm/drm.h>
#include <fcntl.h>
#include <gtest/gtest.h>

#include "fake_drm.hpp"

namespace heapsel {
namespace {

constexpr std::uint32_t nv12 = DRM_FORMAT_NV12;

BufferPool pool(BufferLayout layout) {
    const auto memory = [](std::size_t size, std::string_view) -> Result<Buffer> {
        return Buffer(UniqueFd(::open("/dev/null", O_RDWR | O_CLOEXEC)), size, {.heap = "test"});
    };
    return BufferPool::create(memory, {.layout = std::move(layout), .min = 1, .max = 1}).value();
}

class FramebufferTest : public testing::Test {
  protected:
    Result<Framebuffer> made(BufferLayout layout) {
        pool_.emplace(pool(std::move(layout)));
        lease_.emplace(pool_->acquire("display").value());
        return Framebuffer::create(driver_.fd(), *lease_, nv12, 64, 16);
    }
    Result<Framebuffer> made() { return made(buffer_layout(nv12, 64, 16).value()); }

    test::FakeDrm driver_;
    std::optional<BufferPool> pool_;
    std::optional<Lease> lease_;
};

TEST_F(FramebufferTest, HasThePlanesWhereTheFrameHasThem) {
    const auto framebuffer = made();
    ASSERT_TRUE(framebuffer) << framebuffer.error().message();
    const auto& request = driver_.added.at(0);
    EXPECT_EQ(request.pixel_format, nv12);
    EXPECT_EQ(std::pair(request.width, request.height), std::pair(64U, 16U));
    EXPECT_EQ(request.flags, 0U) << "no modifier";
    EXPECT_EQ(request.handles[0], request.handles[1]);
    EXPECT_EQ(request.pitches[1], 64U);
    EXPECT_EQ(request.offsets[1], 64U * 16);
    EXPECT_EQ(request.handles[2], 0U);
}

TEST_F(FramebufferTest, HasAHandleForEachDmaBuf) {
    const auto framebuffer =
        made(buffer_layout(nv12, 64, 16, {}, PlanePlacement::buffer_per_plane).value());
    ASSERT_TRUE(framebuffer) << framebuffer.error().message();
    const auto& request = driver_.added.at(0);
    EXPECT_NE(request.handles[0], request.handles[1]);
    EXPECT_EQ(request.offsets[1], 0U);
}

TEST_F(FramebufferTest, KeepsNoHandleAndGoesWithTheObject) {
    {
        auto framebuffer = made().value();
        EXPECT_EQ(driver_.held(), 1U) << "the framebuffer alone";
        auto moved = std::move(framebuffer);
        EXPECT_EQ(driver_.held(), 1U);
        moved = made().value();
        EXPECT_EQ(driver_.held(), 1U) << "the one before is gone";
        EXPECT_NE(moved.id(), 0U);
    }
    EXPECT_EQ(driver_.held(), 0U);
}

TEST_F(FramebufferTest, SaysWhatMayHelpWhereMemoryIsRefused) {
    driver_.errors[DRM_IOCTL_PRIME_FD_TO_HANDLE] = EINVAL;
    EXPECT_EQ(made().error().message(),
              "cannot import a buffer (DRM_IOCTL_PRIME_FD_TO_HANDLE): Invalid argument. If the "
              "display cannot use such memory, require what it needs (contiguous).");
    EXPECT_EQ(driver_.held(), 0U);
}

TEST_F(FramebufferTest, LeavesNothingWhereThePictureIsRefused) {
    driver_.framebuffer.imported = EINVAL;
    EXPECT_EQ(made().error().message(),
              "cannot make a framebuffer (DRM_IOCTL_MODE_ADDFB2): Invalid argument");
    EXPECT_EQ(driver_.held(), 0U);
    BufferLayout many = plain_layout(4096);
    many.planes.resize(5, many.planes.front());
    EXPECT_EQ(made(many).error().message(), "cannot make a framebuffer (5 planes): Invalid "
                                            "argument. A framebuffer has four at most.");
}

} // namespace
} // namespace heapsel
