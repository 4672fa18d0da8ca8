// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tree/device_tree.hpp"

#include <cerrno>

#include <gtest/gtest.h>

#include "temporary_directory.hpp"
#include "tree_builder.hpp"

namespace heapsel {
namespace {

namespace fs = std::filesystem;

TEST(DeviceTreeDirectory, PropertiesAreFilesAndNodesAreDirectories) {
    const test::TemporaryDirectory tree;
    tree.write("#address-cells", test::cells({2}));
    tree.write("memory@40000000/device_type", test::text("memory"));
    tree.write("reserved-memory/video@50000000/reusable");
    const auto root = read_device_tree(tree.path());
    ASSERT_TRUE(root);
    EXPECT_EQ(root->cell("#address-cells"), 2U);
    ASSERT_NE(root->child("memory@40000000"), nullptr);
    EXPECT_EQ(root->child("memory@40000000")->text("device_type"), "memory");
    const auto* const reserved = root->child("reserved-memory");
    ASSERT_NE(reserved, nullptr);
    ASSERT_NE(reserved->child("video@50000000"), nullptr);
    EXPECT_TRUE(reserved->child("video@50000000")->has("reusable"));
}

TEST(DeviceTreeDirectory, NodesBelowWhatConcernsMemoryAreNotRead) {
    const test::TemporaryDirectory tree;
    tree.write("soc/bus@0/reg", "x");
    tree.write("reserved-memory/a/b/c", "x");
    const auto root = read_device_tree(tree.path());
    ASSERT_TRUE(root);
    EXPECT_TRUE(root->child("soc")->children.empty());
    EXPECT_TRUE(root->child("reserved-memory")->child("a")->children.empty());
}

TEST(DeviceTreeDirectory, OfAChildOfTheRootThatIsNotAboutMemoryTheNameIsKept) {
    const test::TemporaryDirectory tree;
    tree.write("cpus/device_type", test::text("cpu"));
    tree.write("soc/reg", "x");
    tree.write("dram/device_type", test::text("memory"));
    tree.write("dram/reg", "x");
    const auto root = read_device_tree(tree.path());
    ASSERT_TRUE(root);
    ASSERT_EQ(root->children.size(), 3U);
    EXPECT_TRUE(root->child("cpus")->properties.empty());
    EXPECT_TRUE(root->child("soc")->properties.empty());
    EXPECT_TRUE(root->child("dram")->has("reg"));
}

TEST(DeviceTreeDirectory, OfTheRootsOwnPropertiesTheCellsAreKept) {
    const test::TemporaryDirectory tree;
    tree.write("#size-cells", test::cells({1}));
    tree.write("model", test::text("a board"));
    tree.write("memory@0/device_type", test::text("memory"));
    tree.write("memory@0/name", test::text("memory"));
    const auto root = read_device_tree(tree.path());
    ASSERT_TRUE(root);
    EXPECT_EQ(root->cell("#size-cells"), 1U);
    EXPECT_FALSE(root->has("model"));
    EXPECT_TRUE(root->child("memory@0")->has("device_type"));
    EXPECT_FALSE(root->child("memory@0")->has("name"));
}

TEST(DeviceTreeDirectory, DeepNestingIsHarmless) {
    const test::TemporaryDirectory tree;
    fs::path deep = "reserved-memory";
    for (int i = 0; i < 200; ++i)
        deep /= "n";
    tree.make_directory(deep);
    EXPECT_TRUE(read_device_tree(tree.path()));
}

TEST(DeviceTreeDirectory, SymbolicLinksArePassedOver) {
    const test::TemporaryDirectory tree;
    tree.write("a/x", "1");
    fs::create_directory_symlink(tree.path(), tree.path() / "loop");
    fs::create_symlink("/etc/passwd", tree.path() / "property");
    const auto root = read_device_tree(tree.path());
    ASSERT_TRUE(root);
    EXPECT_EQ(root->child("loop"), nullptr);
    EXPECT_FALSE(root->has("property"));
}

TEST(DeviceTreeDirectory, NoDirectoryIsEnoent) {
    const test::TemporaryDirectory tree;
    EXPECT_EQ(read_device_tree(tree.path() / "none").error().code, ENOENT);
}

TEST(DeviceTreeDirectory, APropertyBeyondTheLimitIsEfbig) {
    const test::TemporaryDirectory tree;
    tree.write("reserved-memory/long", std::string(max_device_tree_property + 1, 'x'));
    EXPECT_EQ(read_device_tree(tree.path()).error().code, EFBIG);
}

TEST(DeviceTreeDirectory, ThatIsALinkIsRefused) {
    const test::TemporaryDirectory tree;
    tree.make_directory("base");
    fs::create_directory_symlink("base", tree.path() / "link");
    EXPECT_TRUE(read_device_tree(tree.path() / "base"));
    EXPECT_EQ(read_device_tree(tree.path() / "link").error().code, ENOTDIR);
}

TEST(DeviceTreeDirectory, TooManyPropertiesAreE2big) {
    const test::TemporaryDirectory tree;
    const fs::path directory = "reserved-memory";
    for (std::size_t i = 0; i < max_device_tree_properties; ++i)
        tree.write(directory / std::to_string(i));
    EXPECT_TRUE(read_device_tree(tree.path()));
    tree.write(directory / "child/one-more");
    EXPECT_EQ(read_device_tree(tree.path()).error().code, E2BIG);
}

TEST(DeviceTreeDirectory, MorePropertiesThanABlobHasRoomForAreE2big) {
    const test::TemporaryDirectory tree;
    const std::string large(max_device_tree_property, 'x');
    for (std::size_t i = 0; i < max_device_tree_blob / max_device_tree_property; ++i)
        tree.write("reserved-memory/child/" + std::to_string(i), large);
    EXPECT_EQ(read_device_tree(tree.path()).error().code, E2BIG);
}

TEST(DeviceTreeDirectory, TooManyNodesAreE2big) {
    const test::TemporaryDirectory tree;
    for (std::size_t i = 0; i < max_device_tree_nodes; ++i)
        tree.make_directory("n" + std::to_string(i));
    EXPECT_EQ(read_device_tree(tree.path()).error().code, E2BIG);
}

TEST(DeviceTreeNode, ACellOfAnotherLengthIsNone) {
    DeviceTreeNode node;
    node.properties["empty"] = "";
    node.properties["short"] = "abc";
    node.properties["long"] = test::cells({1, 2});
    EXPECT_EQ(node.cell("empty"), std::nullopt);
    EXPECT_EQ(node.cell("short"), std::nullopt);
    EXPECT_EQ(node.cell("long"), std::nullopt);
    EXPECT_EQ(node.cell("absent"), std::nullopt);
}

TEST(DeviceTreeNode, AStringWithoutItsEndIsNoString) {
    DeviceTreeNode node;
    node.properties["compatible"] = test::text("a") + "b";
    EXPECT_TRUE(node.compatible("a"));
    EXPECT_FALSE(node.compatible("b"));
    node.properties["model"] = "c";
    EXPECT_EQ(node.text("model"), std::nullopt);
    EXPECT_EQ(node.text("compatible"), "a");
    EXPECT_EQ(node.text("missing"), std::nullopt);
}

TEST(DeviceTreeNode, CompatiblesAreComparedWithoutTheirCase) {
    DeviceTreeNode node;
    node.properties["compatible"] = test::text("Shared-DMA-pool") + test::text("x");
    EXPECT_TRUE(node.compatible("shared-dma-pool"));
    EXPECT_FALSE(node.compatible("shared-dma-poo"));
    EXPECT_FALSE(node.compatible("shared-dma-pools"));
}

TEST(DeviceTreeNode, AUnitAddressThatIsNotAskedForDoesNotMatter) {
    DeviceTreeNode node;
    node.children.emplace_back().name = "reserved-memory2";
    node.children.emplace_back().name = "reserved-memory@0";
    ASSERT_NE(node.child_at("reserved-memory"), nullptr);
    EXPECT_EQ(node.child_at("reserved-memory")->name, "reserved-memory@0");
    EXPECT_EQ(node.child("reserved-memory"), nullptr);
}

TEST(DeviceTreeNode, TheFirstStringOfItsStatusCounts) {
    DeviceTreeNode node;
    node.properties["status"] = test::text("disabled") + test::text("okay");
    EXPECT_FALSE(node.available());
    node.properties["status"] = "disabled";
    EXPECT_TRUE(node.available());
}

TEST(DeviceTreeNode, IsAvailableUnlessItsStatusSaysOtherwise) {
    DeviceTreeNode node;
    EXPECT_TRUE(node.available());
    for (const char* const status : {"okay", "ok"}) {
        node.properties["status"] = test::text(status);
        EXPECT_TRUE(node.available()) << status;
    }
    for (const char* const status : {"disabled", "fail", ""}) {
        node.properties["status"] = test::text(status);
        EXPECT_FALSE(node.available()) << status;
    }
}

} // namespace
} // namespace heapsel
