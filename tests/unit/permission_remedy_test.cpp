// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/permission_remedy.hpp>

#include <cerrno>

#include <gtest/gtest.h>

namespace heapsel {
namespace {

Heap denied(std::string node_mode) {
    Heap heap{};
    heap.name = "system";
    heap.device = "/dev/dma_heap/system";
    heap.permission = Permission::denied;
    heap.node_mode = std::move(node_mode);
    return heap;
}

TEST(PermissionRemedy, NamesTheGroupThatMayRead) {
    EXPECT_EQ(permission_remedy(denied("root:video 0660")),
              "/dev/dma_heap/system is root:video 0660: add the user to the group video and log in "
              "again.");
}

TEST(PermissionRemedy, NamesAUdevRuleWhereOnlyRootMay) {
    const std::string remedy = permission_remedy(denied("root:root 0600"));
    EXPECT_TRUE(remedy.starts_with("/dev/dma_heap/system is root:root 0600: a udev rule"));
    EXPECT_NE(remedy.find(R"(SUBSYSTEM=="dma_heap", KERNEL=="system", GROUP="video", MODE="0660")"),
              std::string::npos);
}

TEST(PermissionRemedy, NamesAUdevRuleWhereTheGroupMayNotRead) {
    for (const char* const mode : {"root:video 0600", "root:video 0620", "root:root 0660", "", "x"})
        EXPECT_NE(permission_remedy(denied(mode)).find("udev rule"), std::string::npos) << mode;
}

TEST(PermissionRemedy, OfABrokenNodeSaysWhyItDoesNotOpen) {
    Heap heap = denied("");
    heap.permission = Permission::broken;
    heap.open_errno = ENXIO;
    EXPECT_EQ(
        permission_remedy(heap),
        "/dev/dma_heap/system does not open (No such device or address): look for the heap in "
        "the kernel's log.");
}

TEST(PermissionRemedy, EscapesTheName) {
    Heap heap = denied("");
    heap.device = "/dev/dma_heap/a\nb";
    EXPECT_EQ(permission_remedy(heap).find('\n'), std::string::npos);
}

Heap udmabuf(Permission permission, int open_errno) {
    Heap heap = denied("root:root 0600");
    heap.name = "udmabuf";
    heap.exporter = Exporter::udmabuf;
    heap.device = "/dev/udmabuf";
    heap.permission = permission;
    heap.open_errno = open_errno;
    return heap;
}

TEST(PermissionRemedy, OfUdmabufIsItsOwn) {
    EXPECT_EQ(permission_remedy(udmabuf(Permission::broken, ENOENT)),
              "There is no /dev/udmabuf: the kernel needs CONFIG_UDMABUF.");
    EXPECT_EQ(permission_remedy(udmabuf(Permission::broken, ENXIO)),
              "/dev/udmabuf does not open (No such device or address): look for udmabuf in the "
              "kernel's log.");
    EXPECT_EQ(permission_remedy(udmabuf(Permission::denied, EACCES)),
              "/dev/udmabuf is root:root 0600: a udev rule opens it to a group, "
              "SUBSYSTEM==\"misc\", KERNEL==\"udmabuf\", GROUP=\"video\", MODE=\"0660\"; then add "
              "the user to it.");
}

} // namespace
} // namespace heapsel
