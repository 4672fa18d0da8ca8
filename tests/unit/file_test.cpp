// SPDX-License-Identifier: LGPL-2.1-or-later
#include "io/file.hpp"

#include <cerrno>

#include <gtest/gtest.h>
#include <sys/stat.h>

#include "temporary_directory.hpp"

namespace heapsel {
namespace {

TEST(ReadFile, GivesEveryByteUpToTheLimit) {
    const test::TemporaryDirectory directory;
    const std::string content(10'000, '\xff');
    directory.write("file", content);
    EXPECT_EQ(read_file(directory.path() / "file", content.size()).value(), content);
}

TEST(ReadFile, OneByteMoreThanTheLimitIsEfbig) {
    const test::TemporaryDirectory directory;
    directory.write("file", "12345");
    EXPECT_EQ(read_file(directory.path() / "file", 4).error().code, EFBIG);
}

TEST(ReadFile, NoFileIsEnoent) {
    const test::TemporaryDirectory directory;
    EXPECT_EQ(read_file(directory.path() / "file", 4).error().code, ENOENT);
}

TEST(ReadFile, AFifoIsEinvalAndDoesNotBlock) {
    const test::TemporaryDirectory directory;
    const auto fifo = directory.path() / "fifo";
    ASSERT_EQ(::mkfifo(fifo.c_str(), 0600), 0);
    EXPECT_EQ(read_file(fifo, 4).error().code, EINVAL);
}

TEST(ReadFile, ADirectoryIsEinval) {
    const test::TemporaryDirectory directory;
    EXPECT_EQ(read_file(directory.path(), 4).error().code, EINVAL);
}

TEST(ReadFile, FailuresLeaveNoDescriptorOpen) {
    const test::TemporaryDirectory directory;
    directory.write("file", "12345");
    const auto before = test::open_fd_count();
    for (int i = 0; i < 8; ++i) {
        EXPECT_FALSE(read_file(directory.path() / "file", 1));
        EXPECT_FALSE(read_file(directory.path(), 1));
    }
    EXPECT_EQ(test::open_fd_count(), before);
}

} // namespace
} // namespace heapsel
