// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/heap_catalog.hpp>

#include <cerrno>

#include <gtest/gtest.h>

#include "heaps/machine.hpp"
#include "recorded_board.hpp"
#include "tree_builder.hpp"

namespace heapsel {
namespace {

Heap named(std::string name) {
    Heap heap{};
    heap.name = std::move(name);
    return heap;
}

TEST(HeapCatalog, IsSortedByName) {
    const HeapCatalog catalog({named("b"), named("a")});
    EXPECT_EQ(catalog.heaps()[0].name, "a");
}

TEST(HeapCatalog, FindsByNameAndByAlias) {
    Heap heap = named("default_cma_region");
    heap.aliases = {"reserved"};
    const HeapCatalog catalog({heap, named("system")});
    ASSERT_NE(catalog.find("reserved"), nullptr);
    EXPECT_EQ(catalog.find("reserved"), catalog.find("default_cma_region"));
    EXPECT_EQ(catalog.find("none"), nullptr);
}

TEST(Scan, WithoutHeapsIsEnoent) {
    const test::TemporaryDirectory root;
    const auto before = test::open_fd_count();
    EXPECT_EQ(HeapCatalog::scan(root.path()).error().code, ENOENT);
    EXPECT_EQ(test::open_fd_count(), before);
}

TEST(Scan, AnEmptyDirectoryIsAnEmptyCatalog) {
    const test::TemporaryDirectory root;
    root.make_directory("dev/dma_heap");
    const auto catalog = HeapCatalog::scan(root.path());
    ASSERT_TRUE(catalog);
    EXPECT_TRUE(catalog->heaps().empty());
}

TEST(Scan, PermissionsOfARecordedTreeAreUnknown) {
    const test::RecordedBoard board("lab-board");
    const auto catalog = HeapCatalog::scan(board.root());
    ASSERT_TRUE(catalog);
    for (const Heap& heap : catalog->heaps()) {
        EXPECT_EQ(heap.permission, Permission::unknown);
        EXPECT_EQ(heap.device, board.root() / "dev/dma_heap" / heap.name);
        EXPECT_EQ(heap.node_mode, std::nullopt);
    }
}

TEST(Scan, AMalformedBlobIsAWarningAndLeavesTheNamesApart) {
    const test::RecordedBoard board("lab-board");
    board.directory().write("sys/firmware/fdt", "no tree");
    const auto catalog = HeapCatalog::scan(board.root());
    ASSERT_TRUE(catalog);
    ASSERT_EQ(catalog->warnings().size(), 1U);
    EXPECT_NE(catalog->warnings()[0].find("malformed"), std::string::npos);
    EXPECT_EQ(catalog->heaps().size(), 4U);
    EXPECT_EQ(catalog->find("system")->property(Trait::ecc).answer, Answer::unknown);
}

TEST(Scan, WithoutADeviceTreeThereIsNoWarning) {
    const test::TemporaryDirectory root;
    root.write("dev/dma_heap/system");
    const auto catalog = HeapCatalog::scan(root.path());
    ASSERT_TRUE(catalog);
    EXPECT_TRUE(catalog->warnings().empty());
}

TEST(Scan, ADirectoryTreeCountsBeforeABlob) {
    const test::RecordedBoard board("lab-board");
    const std::filesystem::path base = "sys/firmware/devicetree/base";
    board.directory().write(base / "#address-cells", test::cells({1}));
    board.directory().write(base / "#size-cells", test::cells({1}));
    board.directory().write(base / "memory@0/device_type", test::text("memory"));
    board.directory().write(base / "memory@0/ecc-correction-bits", test::cells({0}));
    const auto catalog = HeapCatalog::scan(board.root());
    ASSERT_TRUE(catalog);
    EXPECT_EQ(catalog->find("system")->property(Trait::ecc).answer, Answer::no);
}

TEST(Scan, ALinkOutOfARecordingIsNotFollowedToTheHostsTree) {
    const test::TemporaryDirectory root;
    root.write("dev/dma_heap/system");
    root.write("elsewhere/memory@0/device_type", test::text("memory"));
    root.write("elsewhere/memory@0/ecc-correction-bits", test::cells({1}));
    root.make_directory("proc");
    std::filesystem::create_directory_symlink(root.path() / "elsewhere",
                                              root.path() / "proc/device-tree");
    EXPECT_EQ(HeapCatalog::scan(root.path())->find("system")->property(Trait::ecc).answer,
              Answer::unknown);
}

TEST(Scan, SaysThatAContainerHidesTheDeviceTree) {
    const test::TemporaryDirectory root;
    root.write("dev/dma_heap/system");
    root.make_directory("proc");
    root.make_directory("sys/firmware");
    EXPECT_TRUE(HeapCatalog::scan(root.path())->warnings().empty());
    std::filesystem::create_symlink("/sys/firmware/devicetree/base",
                                    root.path() / "proc/device-tree");
    const auto catalog = HeapCatalog::scan(root.path());
    ASSERT_EQ(catalog->warnings().size(), 1U);
    EXPECT_TRUE(catalog->warnings()[0].contains("systempaths=unconfined"));
    root.write("sys/firmware/devicetree/base/#address-cells", test::cells({2}));
    root.write("sys/firmware/devicetree/base/#size-cells", test::cells({2}));
    EXPECT_FALSE(hides_tree(root.path()));
    for (const std::string& warning : HeapCatalog::scan(root.path())->warnings())
        EXPECT_FALSE(warning.contains("systempaths")) << warning;
}

TEST(Scan, LinksToAFoldedHeapBecomeAliasesOfTheStableName) {
    const test::RecordedBoard board("lab-board");
    std::filesystem::create_symlink("reserved", board.root() / "dev/dma_heap/codec");
    const auto catalog = HeapCatalog::scan(board.root());
    ASSERT_TRUE(catalog);
    EXPECT_EQ(catalog->find("codec")->name, "default_cma_region");
    EXPECT_EQ(catalog->find("codec")->aliases, (std::vector<std::string>{"codec", "reserved"}));
}

TEST(Scan, KeepsOddBytesOfANameAsTheyAre) {
    const test::TemporaryDirectory root;
    root.write("dev/dma_heap/a\xff\nb");
    EXPECT_NE(HeapCatalog::scan(root.path())->find("a\xff\nb"), nullptr);
}

TEST(Scan, DescribesUdmabufAsPagesOfAnyMemory) {
    const test::RecordedBoard board("lab-board");
    const auto udmabuf = HeapCatalog::scan(board.root())->udmabuf();
    ASSERT_TRUE(udmabuf);
    EXPECT_EQ(udmabuf->exporter, Exporter::udmabuf);
    EXPECT_EQ(udmabuf->device, board.root() / "dev/udmabuf");
    EXPECT_EQ(udmabuf->property(Trait::contiguous).answer, Answer::no);
    EXPECT_EQ(udmabuf->property(Trait::cached).answer, Answer::yes);
    EXPECT_EQ(udmabuf->property(Trait::protected_memory).answer, Answer::no);
    EXPECT_EQ(udmabuf->property(Trait::ecc).answer, Answer::yes);
    EXPECT_EQ(udmabuf->region, std::nullopt);
    EXPECT_EQ(udmabuf->permission, Permission::broken);
    EXPECT_EQ(udmabuf->open_errno, ENOENT);
}

TEST(Scan, WithoutHeapsAndWithUdmabufIsACatalogOfNoHeapsAndSaysWhy) {
    const test::TemporaryDirectory root;
    root.write("dev/udmabuf");
    const auto catalog = HeapCatalog::scan(root.path());
    ASSERT_TRUE(catalog);
    EXPECT_TRUE(catalog->heaps().empty());
    EXPECT_EQ(catalog->udmabuf()->permission, Permission::unknown);
    ASSERT_EQ(catalog->warnings().size(), 1U);
    EXPECT_TRUE(catalog->warnings()[0].starts_with("cannot list the heaps ("));
}

} // namespace
} // namespace heapsel
