// SPDX-License-Identifier: LGPL-2.1-or-later
#include "heaps/sysfs_entries.hpp"

#include <gtest/gtest.h>

#include "temporary_directory.hpp"

namespace heapsel {
namespace {

namespace fs = std::filesystem;

const fs::path heap_class = "sys/class/dma_heap";
constexpr const char* tree = "../../../../firmware/devicetree/base";

class HeapDirectoryTest : public testing::Test {
  protected:
    void link_node(const fs::path& target) const {
        root_.make_directory(heap_class / "a");
        fs::create_symlink(target, root_.path() / heap_class / "a/of_node");
    }
    [[nodiscard]] HeapDirectories read() const { return read_heap_directories(root_.path()); }
    [[nodiscard]] std::string path_of(const fs::path& file) const {
        return (root_.path() / heap_class / file).native();
    }

    test::TemporaryDirectory root_;
};

TEST_F(HeapDirectoryTest, WithoutTheClassThereAreNone) {
    EXPECT_TRUE(read().directories.empty());
    EXPECT_TRUE(read().warnings.empty());
}

TEST_F(HeapDirectoryTest, OfAStockKernelHasNothingInIt) {
    root_.write(heap_class / "system/uevent");
    const auto found = read();
    ASSERT_EQ(found.directories.size(), 1U);
    EXPECT_EQ(found.directories[0].name, "system");
    EXPECT_EQ(found.directories[0].path, root_.path() / heap_class / "system");
    EXPECT_EQ(found.directories[0].node, std::nullopt);
    EXPECT_EQ(found.directories[0].size, std::nullopt);
    EXPECT_TRUE(found.warnings.empty());
}

TEST_F(HeapDirectoryTest, AreSortedAndLinksIntoTheDevicesAreFollowed) {
    root_.write("sys/devices/virtual/dma_heap/b/size_bytes", "4096\n");
    root_.write(heap_class / "c/size_bytes", "8192\n");
    fs::create_symlink("../../devices/virtual/dma_heap/b", root_.path() / heap_class / "b");
    const auto found = read();
    ASSERT_EQ(found.directories.size(), 2U);
    EXPECT_EQ(found.directories[0].name, "b");
    EXPECT_EQ(found.directories[0].size, 4096U);
    EXPECT_EQ(found.directories[1].name, "c");
    EXPECT_EQ(found.directories[1].size, 8192U);
}

TEST_F(HeapDirectoryTest, ThatLeadsOutOfTheRecordingIsPassedOver) {
    const test::TemporaryDirectory elsewhere;
    elsewhere.write("b/size_bytes", "4096\n");
    root_.write("sys-tem/size_bytes", "4096\n");
    root_.make_directory(heap_class);
    fs::create_symlink(elsewhere.path() / "b", root_.path() / heap_class / "b");
    fs::create_symlink("../../../sys-tem", root_.path() / heap_class / "c");
    fs::create_symlink("none", root_.path() / heap_class / "d");
    fs::create_symlink("loop", root_.path() / heap_class / "loop");
    EXPECT_TRUE(read().directories.empty());
}

TEST_F(HeapDirectoryTest, AFileInTheClassIsNoHeap) {
    root_.write(heap_class / "file");
    EXPECT_TRUE(read().directories.empty());
}

TEST_F(HeapDirectoryTest, TheNodeIsTheTextOfTheLinkWhichMayLeadNowhere) {
    link_node(fs::path(tree) / "reserved-memory/video@50000000");
    EXPECT_EQ(read().directories.at(0).node, "/reserved-memory/video@50000000");
    EXPECT_TRUE(read().warnings.empty());
}

TEST_F(HeapDirectoryTest, AnAbsoluteLinkIsReadTheSame) {
    link_node("/sys/firmware/devicetree/base/reserved-memory/video@50000000");
    EXPECT_EQ(read().directories.at(0).node, "/reserved-memory/video@50000000");
}

TEST_F(HeapDirectoryTest, ALinkToAnotherPlaceIsIgnoredWithAWarning) {
    for (const char* const path :
         {"../../elsewhere", "/reserved-memory/a", "../firmware/devicetree/base/soc/codec",
          "../firmware/devicetree/base/reserved-memory",
          "../firmware/devicetree/base/reserved-memory/",
          "../firmware/devicetree/base/reserved-memory/..",
          "../firmware/devicetree/base/reserved-memory/a/b"}) {
        link_node(path);
        const auto found = read();
        EXPECT_EQ(found.directories.at(0).node, std::nullopt) << path;
        EXPECT_EQ(found.warnings,
                  std::vector<std::string>{path_of("a/of_node") +
                                           " is ignored: it is no link to a child of "
                                           "/reserved-memory."});
        fs::remove(root_.path() / heap_class / "a/of_node");
    }
}

TEST_F(HeapDirectoryTest, AnOfNodeThatIsAFileIsIgnoredWithAWarning) {
    root_.write(heap_class / "a/of_node", "reserved-memory/a");
    EXPECT_EQ(read().directories.at(0).node, std::nullopt);
    EXPECT_EQ(read().warnings.size(), 1U);
}

TEST_F(HeapDirectoryTest, ASizeThatIsNoNumberIsLeftOutWithAWarning) {
    root_.write(heap_class / "a/size_bytes", "large\n");
    EXPECT_EQ(read().directories.at(0).size, std::nullopt);
    EXPECT_EQ(read().warnings,
              std::vector<std::string>{"cannot read (" + path_of("a/size_bytes") +
                                       "): Invalid argument. \"large\" is no unsigned decimal "
                                       "number."});
}

} // namespace
} // namespace heapsel
