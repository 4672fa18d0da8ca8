// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/dmabuf.hpp>

#include <cerrno>
#include <optional>
#include <string>

#include <gtest/gtest.h>
#include <sys/mman.h>

#include <heapsel/unique_fd.hpp>

#include "buffers/fdinfo.hpp"
#include "fdinfo_text.hpp"

namespace heapsel {
namespace {

TEST(Dmabuf, ReadsWhatTheKernelSaysOfADescriptor) {
    const Dmabuf expected{
        .inode = 35, .exporter = "video@50000000", .size = 4194304, .name = "frame 1"};
    EXPECT_EQ(parse_fdinfo(test::fdinfo(35, 4194304, "video@50000000", "frame 1")), expected);
}

TEST(Dmabuf, ABufferNeedsNoName) {
    EXPECT_EQ(parse_fdinfo(test::fdinfo(35, 4096, "system", ""))->name, "");
}

TEST(Dmabuf, ADescriptorOfAnythingElseIsNone) {
    EXPECT_EQ(parse_fdinfo("pos:\t0\nflags:\t0100000\nmnt_id:\t29\nino:\t7\n"), std::nullopt);
    EXPECT_EQ(parse_fdinfo(""), std::nullopt);
}

TEST(Dmabuf, ANameWithLineEndsForgesNothing) {
    const auto buffer =
        parse_fdinfo(test::fdinfo(35, 4096, "system", "x\nexp_name:\tvideo@50000000\nsize:\t1"));
    EXPECT_EQ(buffer->exporter, "system");
    EXPECT_EQ(buffer->size, 4096U);
    EXPECT_EQ(buffer->name, "x");
}

TEST(Dmabuf, WhatIsNoNumberIsNone) {
    const auto buffer = parse_fdinfo("ino:\t-1\nsize:\t99999999999999999999999\nexp_name:\tsystem");
    EXPECT_EQ(buffer->inode, 0U);
    EXPECT_EQ(buffer->size, 0U);
}

TEST(Dmabuf, WhatIsNoneIsSaid) {
    const auto closed = describe_dmabuf(-1);
    ASSERT_FALSE(closed);
    EXPECT_EQ(closed.error().code, EBADF);
    const UniqueFd file(::memfd_create("no dma-buf", MFD_CLOEXEC));
    const auto none = describe_dmabuf(file.get());
    ASSERT_FALSE(none);
    EXPECT_EQ(none.error().code, EINVAL);
    EXPECT_EQ(none.error().hint, "It is no dma-buf.");
}

} // namespace
} // namespace heapsel
