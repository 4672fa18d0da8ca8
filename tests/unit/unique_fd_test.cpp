// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/unique_fd.hpp>

#include <cerrno>
#include <utility>

#include <fcntl.h>
#include <gtest/gtest.h>

#include "temporary_directory.hpp"

namespace heapsel {
namespace {

int open_null() {
    return ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}

TEST(UniqueFd, ClosesWhatItOwns) {
    const auto before = test::open_fd_count();
    {
        const UniqueFd fd(open_null());
        ASSERT_TRUE(fd);
        EXPECT_EQ(test::open_fd_count(), before + 1);
    }
    EXPECT_EQ(test::open_fd_count(), before);
}

TEST(UniqueFd, MovingHandsTheDescriptorOver) {
    const auto before = test::open_fd_count();
    {
        UniqueFd from(open_null());
        const int number = from.get();
        UniqueFd to(open_null());
        to = std::move(from);
        EXPECT_EQ(to.get(), number);
        EXPECT_EQ(test::open_fd_count(), before + 1);
    }
    EXPECT_EQ(test::open_fd_count(), before);
}

TEST(UniqueFd, ReleaseLeavesNothingToClose) {
    UniqueFd fd(open_null());
    const UniqueFd other(fd.release());
    EXPECT_FALSE(fd);
    EXPECT_EQ(fd.get(), -1);
    EXPECT_TRUE(other);
}

TEST(UniqueFd, ClosingKeepsErrno) {
    UniqueFd fd(1 << 20);
    errno = EBUSY;
    fd.reset();
    EXPECT_EQ(errno, EBUSY);
}

} // namespace
} // namespace heapsel
