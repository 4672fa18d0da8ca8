// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/heap_statistics.hpp>

#include <gtest/gtest.h>

#include "heap_builder.hpp"
#include "temporary_directory.hpp"

namespace heapsel {
namespace {

namespace fs = std::filesystem;

Figure known(std::uint64_t value) {
    return {.value = value, .unknown_because = {}};
}

Figure unknown_figure(std::string why) {
    return {.value = std::nullopt, .unknown_because = std::move(why)};
}

class Statistics : public testing::Test {
  protected:
    /// The files of a heap over a region.
    void write_all(const fs::path& heap) const {
        directory_.write(heap / "size_bytes", "67108864\n");
        directory_.write(heap / "free_bytes", "50331648\n");
        directory_.write(heap / "largest_free_bytes", "33554432\n");
        write_use(heap, "2", "16777216");
    }
    void write_use(const fs::path& heap, const std::string& buffers,
                   const std::string& allocated) const {
        directory_.write(heap / "buffers", buffers + "\n");
        directory_.write(heap / "allocated_bytes", allocated + "\n");
    }
    [[nodiscard]] HeapStatistics read(const std::vector<std::string>& names) const {
        Heap heap = test::heap(names.front());
        for (const std::string& name : names)
            heap.sysfs.push_back((directory_.path() / name).native());
        return read_statistics(heap);
    }
    [[nodiscard]] std::string path_of(const fs::path& file) const {
        return (directory_.path() / file).native();
    }

    test::TemporaryDirectory directory_;
};

TEST_F(Statistics, AreTheFilesOfTheHeap) {
    write_all("a");
    EXPECT_EQ(read({"a"}), (HeapStatistics{.size = known(67108864),
                                           .free = known(50331648),
                                           .largest_free = known(33554432),
                                           .buffers = known(2),
                                           .allocated = known(16777216)}));
}

TEST_F(Statistics, AreReadAnewEachTime) {
    write_all("a");
    EXPECT_EQ(read({"a"}).buffers, known(2));
    directory_.write("a/buffers", "3\n");
    EXPECT_EQ(read({"a"}).buffers, known(3));
}

TEST_F(Statistics, AHeapWithoutARegionHasNoneOfItsFigures) {
    write_use("system", "1", "4096");
    EXPECT_EQ(read({"system"}), (HeapStatistics{.size = {},
                                                .free = {},
                                                .largest_free = {},
                                                .buffers = known(1),
                                                .allocated = known(4096)}));
}

TEST_F(Statistics, OfAStockKernelAreAllUnknownAndSayWhatIsMissing) {
    directory_.write("system/uevent");
    const auto statistics = read({"system"});
    for (const auto& [name, figure] : heap_figures)
        EXPECT_EQ(statistics.*figure,
                  unknown_figure("the kernel keeps no figures of its heaps: there is "
                                 "no " +
                                 path_of("system/buffers")))
            << name;
}

TEST_F(Statistics, OfAHeapWithoutADirectoryAreAllUnknown) {
    const auto statistics = read_statistics(test::heap("a"));
    for (const auto& [name, figure] : heap_figures)
        EXPECT_EQ(statistics.*figure, unknown_figure("the heap has no directory in sysfs")) << name;
}

TEST_F(Statistics, AFigureThatEveryHeapHasIsUnknownWhereItIsMissing) {
    write_all("a");
    fs::remove(directory_.path() / "a/allocated_bytes");
    const auto statistics = read({"a"});
    EXPECT_EQ(statistics.allocated, unknown_figure("cannot read (" + path_of("a/allocated_bytes") +
                                                   "): No such file or directory"));
}

TEST_F(Statistics, AMalformedFileMakesItsFigureUnknownAndNoOther) {
    for (const auto& [name, figure] : heap_figures) {
        write_all("a");
        directory_.write(fs::path("a") / name, "-1\n");
        const auto statistics = read({"a"});
        for (const auto& [other, other_figure] : heap_figures)
            EXPECT_EQ((statistics.*other_figure).value.has_value(), other != name) << name;
        EXPECT_EQ((statistics.*figure).unknown_because,
                  "cannot read (" + path_of(fs::path("a") / name) +
                      "): Invalid argument. \"-1\" is no unsigned decimal number.");
    }
}

TEST_F(Statistics, EveryKindOfNonsenseIsUnknownWithItsReason) {
    const std::vector<std::pair<std::string, std::string>> cases{
        {"", "Invalid argument. It is empty."},
        {"lots\n", "Invalid argument. \"lots\" is no unsigned decimal number."},
        {"12 34\n", "Invalid argument. \"12 34\" is no unsigned decimal number."},
        {"12\n34\n", "Invalid argument. It has more than one line."},
        {"99999999999999999999\n",
         "Numerical result out of range. \"99999999999999999999\" does not fit 64 bits."},
        {std::string(std::size_t{1} << 20U, '1'), "File too large"}};
    for (const auto& [content, why] : cases) {
        write_all("a");
        directory_.write("a/free_bytes", content);
        EXPECT_EQ(read({"a"}).free,
                  unknown_figure("cannot read (" + path_of("a/free_bytes") + "): " + why));
    }
}

TEST_F(Statistics, ADirectoryInAFilesPlaceIsUnknown) {
    write_all("a");
    fs::remove(directory_.path() / "a/buffers");
    directory_.make_directory("a/buffers");
    EXPECT_EQ(read({"a"}).buffers,
              unknown_figure("cannot read (" + path_of("a/buffers") + "): Invalid argument"));
    EXPECT_EQ(read({"a"}).size, known(67108864));
}

TEST_F(Statistics, OfTwoNamesForARegionAreAddedUpAndTheRegionIsCountedOnce) {
    write_all("a");
    write_all("b");
    write_use("b", "3", "4096");
    EXPECT_EQ(read({"a", "b"}), (HeapStatistics{.size = known(67108864),
                                                .free = known(50331648),
                                                .largest_free = known(33554432),
                                                .buffers = known(5),
                                                .allocated = known(16781312)}));
}

TEST_F(Statistics, ASumThatDoesNotFitIsUnknown) {
    write_use("a", "1", "18446744073709551615");
    write_use("b", "1", "1");
    EXPECT_EQ(read({"a", "b"}).allocated,
              unknown_figure("the sum over the region's names does not fit 64 bits"));
}

TEST_F(Statistics, ASumWithAnUnknownIsUnknown) {
    write_use("a", "1", "4096");
    write_use("b", "x", "4096");
    for (const auto& names : {std::vector<std::string>{"a", "b"}, {"b", "a"}}) {
        EXPECT_EQ(read(names).buffers,
                  unknown_figure("cannot read (" + path_of("b/buffers") +
                                 "): Invalid argument. \"x\" is no unsigned decimal number."));
        EXPECT_EQ(read(names).allocated, known(8192));
    }
}

TEST_F(Statistics, LeaveNoDescriptorOpen) {
    write_all("a");
    directory_.write("a/buffers", "x");
    const auto before = test::open_fd_count();
    static_cast<void>(read({"a", "none"}));
    EXPECT_EQ(test::open_fd_count(), before);
}

} // namespace
} // namespace heapsel
