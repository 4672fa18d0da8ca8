// SPDX-License-Identifier: LGPL-2.1-or-later
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "heap_builder.hpp"
#include "json.hpp"
#include "size.hpp"
#include "table.hpp"
#include "usage.hpp"

namespace heapsel::tools {
namespace {

TEST(ParseSize, ReadsBytesAndSuffixes) {
    EXPECT_EQ(parse_size("1"), 1U);
    EXPECT_EQ(parse_size("4096"), 4096U);
    EXPECT_EQ(parse_size("4K"), 4096U);
    EXPECT_EQ(parse_size("3M"), 3145728U);
    EXPECT_EQ(parse_size("2G"), 2147483648U);
}

TEST(ParseSize, RefusesAllElse) {
    for (const char* const bad : {"", "K", "0", "0K", "-1", "+1", " 1", "1 ", "1k", "1KiB", "1.5M",
                                  "0x10", "1T", "18446744073709551616", "99999999999999999G"})
        EXPECT_EQ(parse_size(bad), std::nullopt) << bad;
}

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

TEST(UsageRow, TellsWhatIsUnknownFromWhatThereIsNot) {
    Usage usage{.heap = test::heap("a"), .statistics = {}, .accounting = {}};
    usage.statistics.buffers.value = 12;
    usage.statistics.allocated.value = 1536;
    usage.statistics.peak.unknown_because = "why";
    EXPECT_EQ(usage_row(usage), (std::vector<std::string>{"a", "-", "-", "-", "12", "1.5 KiB",
                                                          "unknown", "unknown"}));
    EXPECT_EQ(usage_row(usage).size(), usage_heading().size());
}

TEST(UsageRow, TheSizeIsTheKernelsOrElseTheHeaps) {
    Usage usage{.heap = test::sized(test::heap("a"), 1024), .statistics = {}, .accounting = {}};
    usage.statistics.size.unknown_because = "why";
    EXPECT_EQ(usage_row(usage)[1], "1 KiB");
    usage.statistics.size = {.value = 2048, .unknown_because = {}};
    EXPECT_EQ(usage_row(usage)[1], "2 KiB");
}

TEST(UnknownBecause, NamesEachReasonOnce) {
    Usage usage{.heap = test::heap("a"), .statistics = {}, .accounting = {}};
    EXPECT_TRUE(unknown_because(usage).empty());
    usage.statistics.size.unknown_because = "one";
    usage.statistics.peak.unknown_because = "one";
    usage.accounting.unknown_because = "two";
    EXPECT_EQ(unknown_because(usage), (std::vector<std::string>{"one", "two"}));
}

} // namespace
} // namespace heapsel::tools
