// SPDX-License-Identifier: LGPL-2.1-or-later
#include <cerrno>
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

#include <gtest/gtest.h>

#include "devices/device_argument.hpp"
#include "heap_builder.hpp"
#include "heap_cells.hpp"
#include "heap_table.hpp"
#include "json.hpp"
#include "table.hpp"
#include "usage.hpp"
#include "video_table.hpp"

namespace heapsel::tools {
namespace {

TEST(Table, AlignsColumnsAndEndsLinesWithoutBlanks) {
    EXPECT_EQ(table({{"A", "LONG", "C"}, {"wide", "-", ""}, {"x"}}), "A     LONG  C\nwide  -\nx\n");
}

TEST(Wrapped, BreaksBetweenWordsAndIndents) {
    EXPECT_EQ(wrapped("one two three", 2, 9), "  one two\n  three\n");
    EXPECT_EQ(wrapped("unbreakable", 2, 5), "  unbreakable\n");
    EXPECT_EQ(wrapped("", 2, 5), "");
}

TEST(Json, OfANameWithOddBytesIsValid) {
    const auto json = to_json(test::heap("a\xff\n"));
    EXPECT_EQ(json["name"], "a\\xff\\x0a");
    EXPECT_NO_THROW(static_cast<void>(json.dump()));
}

TEST(Json, OfAHeapWithoutARegionHasNull) {
    EXPECT_TRUE(to_json(test::heap("a"))["region"].is_null());
}

TEST(Json, OfAFigureIsItsNumberOrNullWithTheReasonBeside) {
    HeapStatistics statistics;
    statistics.size.value = std::numeric_limits<std::uint64_t>::max();
    statistics.buffers.unknown_because = "why";
    EXPECT_EQ(to_json(statistics), nlohmann::ordered_json::parse(R"({
        "size_bytes": 18446744073709551615, "free_bytes": null, "largest_free_bytes": null,
        "buffers": null, "allocated_bytes": null,
        "unknown": {"buffers": "why"}})"));
}

TEST(Json, OfAccountingHasNullsForWhatIsNotKnown) {
    EXPECT_EQ(
        to_json(Accounting{.controller = {}, .region = {}, .unknown_because = "why"}),
        nlohmann::ordered_json::parse(R"({"controller": null, "region": null, "unknown": "why"})"));
    EXPECT_EQ(to_json(Accounting{
                  .controller = Controller::dmem, .region = "a\xff", .unknown_because = {}}),
              nlohmann::ordered_json::parse(
                  R"({"controller": "dmem", "region": "a\\xff", "unknown": null})"));
}

std::string cell(const Usage& usage, std::string_view column, Bytes bytes = Bytes::rounded) {
    const auto rows =
        heap_rows({&usage, 1}, parse_columns(column).value(), {.bytes = bytes, .headings = false});
    return rows.front().front();
}

TEST(HeapRows, HaveADashForWhatIsUnknownAndForWhatThereIsNot) {
    Usage usage{.heap = test::heap("a"), .statistics = {}, .accounting = {}};
    usage.statistics.allocated.unknown_because = "why";
    EXPECT_EQ(cell(usage, "USED"), "-");
    EXPECT_EQ(cell(usage, "FREE"), "-");
    EXPECT_EQ(cell(usage, "ACCOUNTING"), "-");
    EXPECT_EQ(cell(usage, "CONTIG"), "-");
}

TEST(HeapRows, RoundSizesAndCountExactly) {
    Usage usage{.heap = test::heap("a"), .statistics = {}, .accounting = {}};
    usage.statistics.buffers.value = 1200;
    usage.statistics.allocated.value = 1536;
    EXPECT_EQ(cell(usage, "BUFFERS"), "1200");
    EXPECT_EQ(cell(usage, "USED"), "1.5K");
    EXPECT_EQ(cell(usage, "USED", Bytes::exact), "1536");
}

TEST(HeapRows, TheSizeIsTheKernelsOrElseTheHeaps) {
    Usage usage{.heap = test::sized(test::heap("a"), 1024), .statistics = {}, .accounting = {}};
    usage.statistics.size.unknown_because = "why";
    EXPECT_EQ(cell(usage, "SIZE"), "1K");
    usage.statistics.size = {.value = 2048, .unknown_because = {}};
    EXPECT_EQ(cell(usage, "SIZE"), "2K");
}

TEST(ShortSize, IsOneWord) {
    EXPECT_EQ(short_size(0), "0B");
    EXPECT_EQ(short_size(512), "512B");
    EXPECT_EQ(short_size(std::uint64_t{1} << 20U), "1M");
}

TEST(UnknownBecause, NamesEachReasonOnce) {
    Usage usage{.heap = test::heap("a"), .statistics = {}, .accounting = {}};
    EXPECT_TRUE(unknown_because(usage).empty());
    usage.statistics.size.unknown_because = "one";
    usage.statistics.allocated.unknown_because = "one";
    usage.accounting.unknown_because = "two";
    EXPECT_EQ(unknown_because(usage), (std::vector<std::string>{"one", "two"}));
}

TEST(DeviceArgument, NamesAMemoryBehindTheLastColon) {
    const auto parsed = parse_device_argument("/dev/video0:output");
    EXPECT_EQ(parsed.device, "/dev/video0");
    EXPECT_EQ(parsed.use, "");
    EXPECT_EQ(parsed.queue, Queue::output);
    EXPECT_EQ(parse_device_argument("a:b:metadata").device, "a:b");
    EXPECT_EQ(parse_device_argument("a:b:metadata").use, "metadata");
}

TEST(DeviceArgument, WithWhatIsNoNameOfAUseBehindAColonIsAllPath) {
    for (const char* const path :
         {"/dev/video0", "/dev/v4l/by-path/platform-soc:camera-video-index0",
          "/dev/v4l/by-path/pci-0000:00:14.0-usb-0:1:1.0-video-index0", "a:", "a:b/c", ""}) {
        const auto parsed = parse_device_argument(path);
        EXPECT_EQ(parsed.device, path);
        EXPECT_EQ(parsed.queue, std::nullopt);
        EXPECT_EQ(parsed.use, "");
    }
    EXPECT_EQ(parse_device_argument("a:index").use, "index");
}

VideoMemory memory(std::string use, std::optional<Queue> queue = {}) {
    return {{.use = std::move(use),
             .usable = {},
             .part_of = {},
             .binding = {},
             .binding_unknown_because = "no binding"},
            queue,
            {}};
}

VideoDevice device(std::vector<VideoMemory> memories) {
    VideoDevice device;
    device.name = "video0";
    device.driver = "codec";
    device.card = "card";
    device.memories = std::move(memories);
    return device;
}

TEST(MemoryOf, IsTheCaptureQueueWhereNoneIsNamed) {
    const auto codec = device(
        {memory("frame", Queue::capture), memory("bitstream", Queue::output), memory("reference")});
    const auto position = [&](const char* text) {
        const auto found = memory_of(codec, parse_device_argument(text));
        return found ? static_cast<int>(*found - codec.memories.data()) : -found.error().code;
    };
    EXPECT_EQ(position("video0"), 0);
    EXPECT_EQ(position("video0:frame"), 0);
    EXPECT_EQ(position("video0:output"), 1);
    EXPECT_EQ(position("video0:bitstream"), 1);
    EXPECT_EQ(position("video0:reference"), 2);
    EXPECT_EQ(position("video0:metadata"), -EINVAL);
}

TEST(MemoryOf, IsTheOutputQueueOfADeviceWithNoOther) {
    const auto sink = device({memory("frame", Queue::output)});
    EXPECT_EQ(memory_of(sink, parse_device_argument("video0")).value(), sink.memories.data());
    EXPECT_EQ(memory_of(sink, parse_device_argument("video0:capture")).error().hint,
              "It has: output.");
}

TEST(MemoryOf, WithoutKnownQueuesTheFramesStandForBoth) {
    const auto unasked = device({memory("frame")});
    EXPECT_EQ(memory_of(unasked, parse_device_argument("video0:output")).value(),
              unasked.memories.data());
}

TEST(MemoryOf, ThatIsNotThereIsNamedWithThoseThatAre) {
    const auto sink = device({memory("frame", Queue::output), memory("motion")});
    EXPECT_EQ(
        memory_of(sink, parse_device_argument("video0:foo")).error().message(),
        "cannot find the memory foo of the device (video0): Invalid argument. It has: output, "
        "motion.");
    EXPECT_EQ(memory_of(device({}), parse_device_argument("video0")).error().message(),
              "cannot find a video queue of the device (video0): Invalid argument. It has no video "
              "queue.");
}

UsableHeap listed(std::string name, bool bound, bool in_use = false,
                  std::optional<Controller> payer = {}) {
    return {.name = std::move(name),
            .bound = bound,
            .in_use = in_use,
            .accounting = {.controller = payer, .region = {}, .unknown_because = {}}};
}

TEST(VideoTable, SaysWhatIsBoundAndInUseAndWhoPays) {
    VideoMemory capture = memory("frame", Queue::capture);
    capture.binding = Binding{.heaps = {"a", "b"}, .or_driver = true, .usable = {}};
    capture.usable.heaps = {listed("b", true, true, Controller::dmem), listed("c", false, true),
                            listed("e", false)};
    capture.usable.by_driver = listed("cma", true, false, Controller::none);
    VideoMemory output = memory("bitstream", Queue::output);
    output.usable.heaps = {listed("d", true, false, Controller::memcg)};
    output.usable.by_driver = listed("", false, true, Controller::none);
    VideoMemory motion = memory("motion");
    motion.part_of = "frame";
    EXPECT_EQ(
        video_table(std::vector{device({capture, output, memory("reference"), motion})}),
        "DEVICE       DRIVER  CARD  MEMORY              BOUND          PAYS     USABLE\n"
        "/dev/video0  codec   card  capture (frame)     a (not now)    unknown  c (in use) e\n"
        "                                               b (in use)     dmem\n"
        "                                               driver (cma)   nobody\n"
        "                           output (bitstream)  d              memcg    driver (in use)\n"
        "                           reference           unknown        unknown  -\n"
        "                           motion              part of frame  -        -\n");
}

TEST(VideoTable, SaysWhatBuffersAreOnlyImportedFrom) {
    VideoMemory capture = memory("frame", Queue::capture);
    capture.binding = Binding{.heaps = {"a", "b"}, .or_driver = false, .usable = {}};
    capture.usable.heaps = {listed("a", false), listed("b", true, false, Controller::memcg),
                            listed("c", false, true)};
    capture.usable.heaps[0].import_only = true;
    capture.usable.heaps[2].import_only = true;
    EXPECT_EQ(video_table(std::vector{device({capture})}),
              "DEVICE       DRIVER  CARD  MEMORY           BOUND            PAYS     USABLE\n"
              "/dev/video0  codec   card  capture (frame)  a (import only)  unknown  c (import "
              "only, in use)\n"
              "                                            b                memcg\n");
}

TEST(VideoTable, SaysThatAListInSysfsIsCut) {
    EXPECT_EQ(
        heap_cells(Binding{.heaps = {}, .or_driver = true, .usable = {"a"}, .is_cut = true}).usable,
        std::vector<std::string>{"a ..."});
}

TEST(VideoTable, HasADeviceWithoutVideoQueues) {
    EXPECT_EQ(video_table(std::vector{device({})}),
              "DEVICE       DRIVER  CARD  MEMORY  BOUND  PAYS  USABLE\n"
              "/dev/video0  codec   card  -       -      -     -\n");
}

std::vector<std::string> why_unknown(const std::vector<VideoDevice>& devices) {
    Reasons reasons;
    note_unknown(reasons, devices);
    return reasons.lines();
}

TEST(WhyUnknown, NamesEachReasonOnceWithItsDevices) {
    VideoDevice first = device({memory("frame", Queue::capture)});
    first.unasked_because = "why";
    VideoDevice second = device({memory("frame"), memory("reference")});
    second.name = "video1";
    second.memories[0].usable.unknown_because = "why";
    EXPECT_EQ(why_unknown({first, second}),
              (std::vector<std::string>{"video0, video1: why", "video0, video1: no binding"}));
    first.memories[0].binding = Binding{};
    first.unasked_because.clear();
    EXPECT_TRUE(why_unknown({first}).empty());
}

} // namespace
} // namespace heapsel::tools
