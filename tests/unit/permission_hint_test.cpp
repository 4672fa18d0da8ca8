// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/permission_hint.hpp>

#include <cerrno>
#include <optional>

#include <gtest/gtest.h>

#include "fake_names.hpp"

namespace heapsel {
namespace {

Heap denied(std::optional<NodeMode> node_mode) {
    Heap heap{};
    heap.name = "system";
    heap.device = "/dev/dma_heap/system";
    heap.permission = Permission::denied;
    heap.node_mode = node_mode;
    return heap;
}

TEST(PermissionHint, NamesTheGroupThatMayRead) {
    const test::FakeNames names;
    EXPECT_EQ(permission_hint(denied(NodeMode{.user = 0, .group = 44, .mode = 0660})),
              "/dev/dma_heap/system is root:video 0660: add the user to the group video and log in "
              "again.");
}

TEST(PermissionHint, OfAGroupWithoutANameIsItsNumber) {
    const test::FakeNames names;
    EXPECT_EQ(permission_hint(denied(NodeMode{.user = 0, .group = 989, .mode = 0660})),
              "/dev/dma_heap/system is root:989 0660: the group 989 has no name here: start the "
              "program with it (docker run --group-add 989, SupplementaryGroups=989 of a unit).");
}

TEST(PermissionHint, OfAGroupThatAUserNamespaceDoesNotKnowIsToKeepGroups) {
    test::FakeNames names;
    names.users[65534] = "nobody";
    names.groups[65534] = "nogroup";
    EXPECT_EQ(permission_hint(denied(NodeMode{.user = 65534, .group = 65534, .mode = 0660})),
              "/dev/dma_heap/system is nobody:nogroup 0660: its group has no number in this user "
              "namespace: start the container with the groups of whoever starts it (podman run "
              "--group-add keep-groups).");
}

TEST(PermissionHint, NamesAUdevRuleWhereOnlyRootMay) {
    const std::string hint = permission_hint(denied(NodeMode{.user = 0, .group = 0, .mode = 0600}));
    EXPECT_TRUE(hint.starts_with("/dev/dma_heap/system is root:root 0600: a udev rule"));
    EXPECT_NE(hint.find(R"(SUBSYSTEM=="dma_heap", KERNEL=="system", GROUP="video", MODE="0660")"),
              std::string::npos);
}

TEST(PermissionHint, NamesAUdevRuleWhereTheGroupMayNotRead) {
    for (const auto& mode :
         {NodeMode{.group = 44, .mode = 0600}, NodeMode{.group = 44, .mode = 0620},
          NodeMode{.group = 0, .mode = 0660}, NodeMode{.group = 44, .mode = 0606}})
        EXPECT_TRUE(permission_hint(denied(mode)).contains("udev rule")) << mode.mode;
    EXPECT_TRUE(permission_hint(denied({})).contains("udev rule"));
}

TEST(PermissionHint, OfABrokenNodeSaysWhyItDoesNotOpen) {
    Heap heap = denied({});
    heap.permission = Permission::broken;
    heap.open_errno = ENXIO;
    EXPECT_EQ(
        permission_hint(heap),
        "/dev/dma_heap/system does not open (No such device or address): look for the heap in "
        "the kernel's log.");
}

TEST(PermissionHint, EscapesTheName) {
    Heap heap = denied({});
    heap.device = "/dev/dma_heap/a\nb";
    EXPECT_EQ(permission_hint(heap).find('\n'), std::string::npos);
}

Heap udmabuf(Permission permission, int open_errno) {
    Heap heap = denied(NodeMode{.user = 0, .group = 0, .mode = 0600});
    heap.name = "udmabuf";
    heap.exporter = Exporter::udmabuf;
    heap.device = "/dev/udmabuf";
    heap.permission = permission;
    heap.open_errno = open_errno;
    return heap;
}

TEST(PermissionHint, OfUdmabufIsItsOwn) {
    EXPECT_EQ(permission_hint(udmabuf(Permission::broken, ENOENT)),
              "There is no /dev/udmabuf: the kernel needs CONFIG_UDMABUF.");
    EXPECT_EQ(permission_hint(udmabuf(Permission::broken, ENXIO)),
              "/dev/udmabuf does not open (No such device or address): look for udmabuf in the "
              "kernel's log.");
    EXPECT_EQ(permission_hint(udmabuf(Permission::denied, EACCES)),
              "/dev/udmabuf is root:root 0600: a udev rule opens it to a group, "
              "SUBSYSTEM==\"misc\", KERNEL==\"udmabuf\", GROUP=\"video\", MODE=\"0660\"; then add "
              "the user to it.");
}

} // namespace
} // namespace heapsel
