// SPDX-License-Identifier: LGPL-2.1-or-later
//
// A signal that comes while a driver waits for its lock is no error of the request.
#include <cerrno>
#include <deque>
#include <optional>
#include <utility>

#include <gtest/gtest.h>

#include "fake_ioctl.hpp"
#include "uapi/dma_buf.hpp"
#include "uapi/dma_heap.hpp"
#include "uapi/udmabuf.hpp"

namespace heapsel {
namespace {

/// Answers one request after another.
class Answers : public test::FakeIoctl {
  public:
    explicit Answers(std::deque<int> codes) : left(std::move(codes)) {}

    [[nodiscard]] std::optional<int> answer(int /*fd*/, unsigned long /*request*/,
                                            void* /*argument*/) override {
        if (left.empty())
            return EIO;
        const int code = left.front();
        left.pop_front();
        return code;
    }

    std::deque<int> left;
};

TEST(Interrupted, AllocationIsAskedForAgain) {
    Answers kernel({EINTR, EINTR, ENOMEM});
    EXPECT_EQ(uapi::dma_heap_allocate(-1, 4096, "system").error().message(),
              "cannot allocate 4096 bytes (system): Cannot allocate memory");
    EXPECT_TRUE(kernel.left.empty());
}

TEST(Interrupted, AllocationOfUdmabufIsAskedForAgain) {
    Answers kernel({EINTR, ENOMEM});
    EXPECT_EQ(uapi::udmabuf_create(-1, 4096, "frame").error().code, ENOMEM);
    EXPECT_TRUE(kernel.left.empty());
}

TEST(Interrupted, NamingIsDoneAgain) {
    Answers kernel({EINTR, 0});
    EXPECT_TRUE(uapi::dma_buf_set_name(-1, "frame"));
    EXPECT_TRUE(kernel.left.empty());
}

TEST(Interrupted, SynchronisationIsDoneAgainAlsoWhereItIsToBeTriedAgain) {
    Answers kernel({EINTR, EAGAIN, EINTR, 0});
    EXPECT_TRUE(uapi::dma_buf_sync(-1, uapi::SyncPhase::start, true, false));
    EXPECT_TRUE(kernel.left.empty());
}

} // namespace
} // namespace heapsel
