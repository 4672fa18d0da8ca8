// SPDX-License-Identifier: LGPL-2.1-or-later
#include "heaps/dev_entries.hpp"

#include <algorithm>
#include <cerrno>
#include <vector>

#include <gtest/gtest.h>
#include <unistd.h>

#include "fake_listing.hpp"
#include "fake_names.hpp"
#include "temporary_directory.hpp"

namespace heapsel {
namespace {

namespace fs = std::filesystem;

/// Root may open anything, so these tests do without its rights for a while.
class AsNobody {
  public:
    AsNobody() : user_(::geteuid()) {
        if (user_ == 0) {
            EXPECT_EQ(::seteuid(65534), 0);
        }
    }
    AsNobody(const AsNobody&) = delete;
    AsNobody& operator=(const AsNobody&) = delete;
    ~AsNobody() { EXPECT_EQ(::seteuid(user_), 0); }

  private:
    uid_t user_;
};

TEST(DevEntries, AreSortedFilesOfARecordedTree) {
    const test::TemporaryDirectory directory;
    directory.write("system");
    directory.write("reserved");
    const auto found = list_dev_entries(directory.path(), NodeKind::regular_file);
    ASSERT_TRUE(found);
    ASSERT_EQ(found->nodes.size(), 2U);
    EXPECT_EQ(found->nodes[0].name, "reserved");
    EXPECT_EQ(found->nodes[1].name, "system");
    EXPECT_TRUE(found->warnings.empty());
}

TEST(DevEntries, WhatIsNoDeviceIsIgnoredOnALiveMachineWithAWarning) {
    const test::TemporaryDirectory directory;
    directory.write("file\n");
    directory.make_directory("subdirectory");
    const auto found = list_dev_entries(directory.path(), NodeKind::character_device);
    ASSERT_TRUE(found);
    EXPECT_TRUE(found->nodes.empty());
    ASSERT_EQ(found->warnings.size(), 2U);
    EXPECT_NE(found->warnings[0].find("file\\x0a is ignored"), std::string::npos);
}

TEST(DevEntries, AreSeenWhereTheyAreMountedOverFiles) {
    const test::FakeListing listing;
    const auto found = list_dev_entries("/dev", NodeKind::character_device);
    ASSERT_TRUE(found);
    EXPECT_TRUE(std::ranges::contains(found->nodes, "null", &HeapNode::name));
}

TEST(DevEntries, ALinkIsAnAliasOfWhatItLeadsTo) {
    const test::TemporaryDirectory directory;
    directory.write("video@50000000");
    fs::create_symlink("video@50000000", directory.path() / "codec");
    fs::create_symlink("codec", directory.path() / "again");
    const auto found = list_dev_entries(directory.path(), NodeKind::regular_file);
    ASSERT_TRUE(found);
    ASSERT_EQ(found->nodes.size(), 1U);
    EXPECT_EQ(found->nodes[0].aliases, (std::vector<std::string>{"again", "codec"}));
}

TEST(DevEntries, ALinkThatLeadsElsewhereIsIgnoredWithAWarning) {
    const test::TemporaryDirectory directory;
    directory.write("system");
    fs::create_symlink("/dev/null", directory.path() / "out");
    fs::create_symlink("none", directory.path() / "dangling");
    fs::create_symlink("loop", directory.path() / "loop");
    const auto found = list_dev_entries(directory.path(), NodeKind::regular_file);
    ASSERT_TRUE(found);
    EXPECT_TRUE(found->nodes.at(0).aliases.empty());
    EXPECT_EQ(found->warnings.size(), 3U);
}

TEST(DevEntries, NoDirectoryIsEnoentAndNamesTheKernelOption) {
    const test::TemporaryDirectory directory;
    const auto found = list_dev_entries(directory.path() / "none", NodeKind::character_device);
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, ENOENT);
    EXPECT_NE(found.error().hint.find("CONFIG_DMABUF_HEAPS"), std::string::npos);
}

TEST(DevEntries, ADirectoryThatMayNotBeListedIsEacces) {
    const test::TemporaryDirectory directory;
    directory.make_directory("closed");
    fs::permissions(directory.path() / "closed", fs::perms::none);
    const AsNobody unprivileged;
    EXPECT_EQ(list_dev_entries(directory.path() / "closed", NodeKind::regular_file).error().code,
              EACCES);
}

TEST(ProbePermission, ANodeThatOpensIsGranted) {
    Heap heap{};
    heap.device = "/dev/null";
    probe_permission(heap);
    EXPECT_EQ(heap.permission, Permission::granted);
    EXPECT_EQ(heap.open_errno, 0);
    EXPECT_TRUE(heap.node_mode);
}

TEST(ProbePermission, ANodeThatIsGoneIsBrokenWithItsErrno) {
    const test::TemporaryDirectory directory;
    Heap heap{};
    heap.device = directory.path() / "gone";
    probe_permission(heap);
    EXPECT_EQ(heap.permission, Permission::broken);
    EXPECT_EQ(heap.open_errno, ENOENT);
    EXPECT_EQ(heap.node_mode, std::nullopt);
}

TEST(ProbePermission, ANodeThatThisUserMayNotReadIsDenied) {
    const test::TemporaryDirectory directory;
    directory.write("node");
    fs::permissions(directory.path(), fs::perms::all);
    fs::permissions(directory.path() / "node", fs::perms::none);
    Heap heap{};
    heap.device = directory.path() / "node";
    {
        const AsNobody unprivileged;
        probe_permission(heap);
    }
    EXPECT_EQ(heap.permission, Permission::denied);
    EXPECT_EQ(heap.open_errno, EACCES);
    ASSERT_TRUE(heap.node_mode);
    EXPECT_EQ(heap.node_mode->mode, 0U);
}

TEST(ProbePermission, AsksNoNameService) {
    const test::TemporaryDirectory directory;
    directory.write("node");
    Heap heap{};
    heap.device = directory.path() / "node";
    ASSERT_TRUE(::geteuid() != 0 || ::chown(heap.device.c_str(), 0, 44) == 0);
    const test::FakeNames names;
    probe_permission(heap);
    EXPECT_EQ(heap.permission, Permission::granted);
    ASSERT_TRUE(heap.node_mode);
    EXPECT_NE(heap.node_mode->group, 0U);
    EXPECT_EQ(names.lookups, 0);
}

TEST(ProbePermission, LeavesNoDescriptorOpen) {
    const auto before = test::open_fd_count();
    Heap heap{};
    for (const char* const device : {"/dev/null", "/dev/none"}) {
        heap.device = device;
        probe_permission(heap);
    }
    EXPECT_EQ(test::open_fd_count(), before);
}

} // namespace
} // namespace heapsel
