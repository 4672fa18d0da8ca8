// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inspect/device_tree_blob.hpp"

#include <cerrno>
#include <span>
#include <string>

#include <gtest/gtest.h>
#include <libfdt.h>

#include "flat_builder.hpp"
#include "tree_builder.hpp"

namespace heapsel {
namespace {

using test::blob_of;

Result<DeviceTreeNode> parse(std::string_view blob) {
    return parse_device_tree(std::as_bytes(std::span(blob)));
}

DeviceTreeNode small_tree() {
    DeviceTreeNode root = test::root();
    test::add_memory(root, 0x40000000, 0x40000000);
    test::add_cma(test::add_reserved_memory(root), "video@50000000", 0x50000000, 0x4000000);
    return root;
}

TEST(DeviceTreeBlob, GivesTheTreeThatWasWritten) {
    const auto root = parse(blob_of(small_tree()));
    ASSERT_TRUE(root);
    EXPECT_EQ(root->properties, small_tree().properties);
    ASSERT_EQ(root->children.size(), 2U);
    const auto* const reserved = root->child("reserved-memory");
    ASSERT_NE(reserved, nullptr);
    ASSERT_NE(reserved->child("video@50000000"), nullptr);
    EXPECT_EQ(reserved->child("video@50000000")->properties,
              small_tree().children[1].children[0].properties);
}

TEST(DeviceTreeBlob, WhatElseOneHasOfABoardIsRefusedWithWhatToDo) {
    EXPECT_EQ(parse("\x1f\x8b\b").error().hint, "It is compressed: gunzip it first.");
    EXPECT_EQ(parse("\xfd"
                    "7zXZ")
                  .error()
                  .hint,
              "It is compressed: unxz it first.");
    EXPECT_EQ(parse("\x28\xb5\x2f\xfd").error().hint, "It is compressed: unzstd it first.");
    EXPECT_EQ(parse("\x7f"
                    "ELF\x02")
                  .error()
                  .hint,
              "It is a program or a kernel (ELF): a device tree is a file .dtb beside it.");
    EXPECT_EQ(parse("").error().hint, "It is empty.");
    for (const std::string_view source :
         {"/dts-v1/;", "\n// A board.\n/dts-v1/;", "/* A board. */"})
        EXPECT_EQ(parse(source).error().hint,
                  "It is source text: make a blob of it first (dtc -O dtb).");
}

TEST(DeviceTreeBlob, TruncatedAtAnyByteItIsEinval) {
    const std::string blob = blob_of(small_tree());
    for (std::size_t length = 1; length < blob.size(); ++length) {
        const auto root = parse(std::string_view(blob).substr(0, length));
        ASSERT_FALSE(root) << length;
        EXPECT_EQ(root.error().code, EINVAL) << length;
        EXPECT_NE(root.error().hint.find("malformed"), std::string::npos);
    }
}

TEST(DeviceTreeBlob, TruncatedUnderAHeaderThatSaysSoItIsEinval) {
    std::string blob = blob_of(small_tree());
    for (std::size_t length = blob.size() - 1; length >= sizeof(fdt_header); --length) {
        fdt_set_totalsize(blob.data(), static_cast<std::uint32_t>(length));
        const auto root = parse(std::string_view(blob).substr(0, length));
        ASSERT_FALSE(root) << length;
        EXPECT_EQ(root.error().code, EINVAL) << length;
    }
}

TEST(DeviceTreeBlob, AnyByteChangedGivesATreeOrEinval) {
    const std::string blob = blob_of(small_tree());
    std::size_t refused = 0;
    for (std::size_t at = 0; at < blob.size(); ++at) {
        std::string changed = blob;
        changed[at] = static_cast<char>(~changed[at]);
        if (const auto root = parse(changed); !root) {
            EXPECT_EQ(root.error().code, EINVAL) << at;
            ++refused;
        }
    }
    EXPECT_GT(refused, sizeof(fdt_header) / 2);
}

TEST(DeviceTreeBlob, ReadsABlobThatIsNotAligned) {
    const std::string blob = "x" + blob_of(small_tree());
    EXPECT_TRUE(parse(std::string_view(blob).substr(1)));
}

TEST(DeviceTreeBlob, DeepNestingIsReadDownToWhatConcernsMemory) {
    DeviceTreeNode node;
    for (int i = 0; i < 1000; ++i) {
        DeviceTreeNode parent;
        parent.name = "n";
        parent.children.push_back(std::move(node));
        node = std::move(parent);
    }
    DeviceTreeNode root = test::root();
    root.children.push_back(std::move(node));
    test::add_memory(root, 0, 0x1000);
    const auto read = parse(blob_of(root));
    ASSERT_TRUE(read);
    ASSERT_EQ(read->children.size(), 2U);
    EXPECT_TRUE(read->children[0].children.empty());
}

TEST(DeviceTreeBlob, TooManyNodesAreE2big) {
    DeviceTreeNode root = test::root();
    for (std::size_t i = 0; i < max_device_tree_nodes; ++i)
        root.children.emplace_back().name = "n" + std::to_string(i);
    EXPECT_EQ(parse(blob_of(root)).error().code, E2BIG);
}

TEST(DeviceTreeBlob, APropertyBeyondTheLimitIsEfbig) {
    DeviceTreeNode root = test::root();
    root.properties["long"] = std::string(max_device_tree_property + 1, 'x');
    EXPECT_EQ(parse(blob_of(root)).error().code, EFBIG);
}

} // namespace
} // namespace heapsel
