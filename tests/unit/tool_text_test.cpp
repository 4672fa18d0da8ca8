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
        "buffers": null, "allocated_bytes": null, "peak_bytes": null,
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
    usage.statistics.peak.unknown_because = "why";
    EXPECT_EQ(cell(usage, "PEAK"), "-");
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
    usage.statistics.peak.unknown_because = "one";
    usage.accounting.unknown_because = "two";
    EXPECT_EQ(unknown_because(usage), (std::vector<std::string>{"one", "two"}));
}

TEST(DeviceArgument, NamesAMemoryBehindTheLastColon) {
    const auto parsed = parse_device_argument("/dev/video0:output");
    EXPECT_EQ(parsed.device, "/dev/video0");
    EXPECT_EQ(parsed.role, Role::frame);
    EXPECT_EQ(parsed.queue, Queue::output);
    EXPECT_EQ(parse_device_argument("a:b:metadata").device, "a:b");
    EXPECT_EQ(parse_device_argument("a:b:metadata").role, Role::metadata);
}

TEST(DeviceArgument, WithAnotherWordBehindAColonIsAllPath) {
    for (const char* const path : {"/dev/video0", "/dev/v4l/by-path/platform-a:b", "a:", ""}) {
        const auto parsed = parse_device_argument(path);
        EXPECT_EQ(parsed.device, path);
        EXPECT_EQ(parsed.role, std::nullopt);
    }
}

VideoMemory memory(Role role, std::optional<Queue> queue = {}) {
    return {.role = role,
            .queue = queue,
            .pixel_format = {},
            .usable = {},
            .binding = {},
            .binding_unknown_because = "no binding"};
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
    const auto codec = device({memory(Role::frame, Queue::capture),
                               memory(Role::frame, Queue::output), memory(Role::reference)});
    const auto position = [&](const char* text) {
        const auto found = memory_of(codec, parse_device_argument(text));
        return found ? static_cast<int>(*found - codec.memories.data()) : -found.error().code;
    };
    EXPECT_EQ(position("video0"), 0);
    EXPECT_EQ(position("video0:frame"), 0);
    EXPECT_EQ(position("video0:output"), 1);
    EXPECT_EQ(position("video0:reference"), 2);
    EXPECT_EQ(position("video0:metadata"), -EINVAL);
}

TEST(MemoryOf, IsTheOutputQueueOfADeviceWithNoOther) {
    const auto sink = device({memory(Role::frame, Queue::output)});
    EXPECT_EQ(memory_of(sink, parse_device_argument("video0")).value(), sink.memories.data());
    EXPECT_EQ(memory_of(sink, parse_device_argument("video0:capture")).error().hint,
              "It has: output.");
}

TEST(MemoryOf, WithoutKnownQueuesTheFramesStandForBoth) {
    const auto unasked = device({memory(Role::frame)});
    EXPECT_EQ(memory_of(unasked, parse_device_argument("video0:output")).value(),
              unasked.memories.data());
}

TEST(VideoTable, MarksABoundHeapThatTheDriverPassesOver) {
    VideoMemory capture = memory(Role::frame, Queue::capture);
    capture.binding = Binding{.heaps = {"a", "b"}, .or_driver = false, .usable = {}};
    capture.usable.heaps = {{.name = "b", .active = true, .accounting = {}},
                            {.name = "c", .active = false, .accounting = {}}};
    VideoMemory output = memory(Role::frame, Queue::output);
    output.usable.heaps = {{.name = "d", .active = true, .accounting = {}}};
    EXPECT_EQ(video_table(std::vector{device({capture, output, memory(Role::reference)})}),
              "DEVICE       DRIVER  CARD  MEMORY     BOUND        USABLE\n"
              "/dev/video0  codec   card  capture    a (not now)  c\n"
              "                                      b\n"
              "                           output     d            -\n"
              "                           reference  unknown      -\n");
}

TEST(VideoTable, HasADeviceWithoutVideoQueues) {
    EXPECT_EQ(video_table(std::vector{device({})}),
              "DEVICE       DRIVER  CARD  MEMORY  BOUND  USABLE\n"
              "/dev/video0  codec   card  -       -      -\n");
}

std::vector<std::string> why_unknown(const std::vector<VideoDevice>& devices) {
    Reasons reasons;
    note_unknown(reasons, devices);
    return reasons.lines();
}

TEST(WhyUnknown, NamesEachReasonOnceWithItsDevices) {
    VideoDevice first = device({memory(Role::frame, Queue::capture)});
    first.unasked_because = "why";
    VideoDevice second = device({memory(Role::frame), memory(Role::reference)});
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
