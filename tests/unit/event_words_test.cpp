// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bandwidth/pmu/event_words.hpp"

#include <cerrno>
#include <string>

#include <gtest/gtest.h>

namespace heapsel::bandwidth {
namespace {

PmuDescription pmu() {
    return {.name = "imx8_ddr0",
            .type = 10,
            .cpus = {0},
            .identifier = {},
            .formats = {{"event", "config:0-7"},
                        {"split", "config:8-11,16-19"},
                        {"axi_id", "config1:0-15"},
                        {"axi_mask", "config1:16-31"},
                        {"all", "config1:0-63"},
                        {"hevc_front", "config2:4"},
                        {"strange", "config9:1"}},
            .events = {{"axid-read", "event=0x41"},
                       {"of-two", "event=0x05,axi_mask=0xcf"},
                       {"raw", "config=0x83"},
                       {"broken", "event=?"},
                       {"nested", "axid-read"}},
            .regions = {}};
}

TEST(EventWords, OfAnEventAreItsOwn) {
    EXPECT_EQ(encode_event(pmu(), "axid-read"), (ConfigWords{0x41, 0, 0}));
    EXPECT_EQ(encode_event(pmu(), "of-two"), (ConfigWords{0x05, 0xcf0000, 0}));
}

TEST(EventWords, MayNameConfigItself) {
    EXPECT_EQ(encode_event(pmu(), "raw"), (ConfigWords{0x83, 0, 0}));
    EXPECT_EQ(encode_event(pmu(), "config=1,config1=2,config2=3"), (ConfigWords{1, 2, 3}));
}

TEST(EventWords, TakeTermsBesideTheEventInAnyOrder) {
    const ConfigWords filtered{0x41, 0xffff007c, 0};
    EXPECT_EQ(encode_event(pmu(), "axid-read,axi_id=0x7c,axi_mask=0xffff"), filtered);
    EXPECT_EQ(encode_event(pmu(), "axi_mask=65535,axi_id=124,axid-read"), filtered);
    EXPECT_EQ(encode_event(pmu(), "event=0x41,axi_mask=0xFFFF,axi_id=0x7C"), filtered);
}

TEST(EventWords, OfATermWithoutAValueAreOne) {
    EXPECT_EQ(encode_event(pmu(), "hevc_front"), (ConfigWords{0, 0, 0x10}));
    EXPECT_EQ(encode_event(pmu(), "hevc_front=1"), (ConfigWords{0, 0, 0x10}));
    EXPECT_EQ(encode_event(pmu(), "hevc_front=0"), (ConfigWords{0, 0, 0}));
}

TEST(EventWords, OfASplitFieldAreSplit) {
    EXPECT_EQ(encode_event(pmu(), "split=0xa5"), (ConfigWords{0xa0500, 0, 0}));
}

TEST(EventWords, OfAWholeWordTakeItsLargestValue) {
    EXPECT_EQ(encode_event(pmu(), "all=18446744073709551615"),
              (ConfigWords{0, ~std::uint64_t{0}, 0}));
}

TEST(EventWords, OfAnErrorNameThePmuAndTheWords) {
    const auto encoded = encode_event(pmu(), "axid-reed");
    ASSERT_FALSE(encoded);
    EXPECT_EQ(encoded.error().message(),
              "cannot encode an event (imx8_ddr0/axid-reed/): Invalid argument. \"axid-reed\" is "
              "no event and no term of it. Did you mean axid-read?");
}

struct Bad {
    std::string words;
    int code;
    std::string why;
};

class BadWords : public testing::TestWithParam<Bad> {};

TEST_P(BadWords, AreRefusedWithTheReason) {
    const auto encoded = encode_event(pmu(), GetParam().words);
    ASSERT_FALSE(encoded);
    EXPECT_EQ(encoded.error().code, GetParam().code);
    EXPECT_EQ(encoded.error().hint, GetParam().why);
}

INSTANTIATE_TEST_SUITE_P(
    All, BadWords,
    testing::Values(
        Bad{"", EINVAL, "A term is empty."}, Bad{"axid-read,", EINVAL, "A term is empty."},
        Bad{"=1", EINVAL, "A term is empty."},
        Bad{"qqqqqqqqqqqqqqqq", EINVAL, "\"qqqqqqqqqqqqqqqq\" is no event and no term of it."},
        Bad{"axid-read=1", EINVAL,
            "\"axid-read\" is an event, which takes no value, and is no part of another."},
        Bad{"axid-read,of-two", EINVAL, "\"of-two\" is a second event; one is counted by each."},
        Bad{"axi_id=", EINVAL,
            "\"\" of \"axi_id\" is no decimal number, and no hexadecimal one after 0x."},
        Bad{"axi_id=0x", EINVAL,
            "\"0x\" of \"axi_id\" is no decimal number, and no hexadecimal one after 0x."},
        Bad{"axi_id=-1", EINVAL,
            "\"-1\" of \"axi_id\" is no decimal number, and no hexadecimal one after 0x."},
        Bad{"axi_id=1=2", EINVAL,
            "\"1=2\" of \"axi_id\" is no decimal number, and no hexadecimal one after 0x."},
        Bad{"broken", EINVAL,
            "\"?\" of \"event\" is no decimal number, and no hexadecimal one after 0x."},
        Bad{"axi_id=0x10000", ERANGE, "0x10000 does not fit \"axi_id\", which has 16 bits."},
        Bad{"hevc_front=2", ERANGE, "0x2 does not fit \"hevc_front\", which has 1 bit."},
        Bad{"config=0x10000000000000000", ERANGE, "\"0x10000000000000000\" does not fit 64 bits."},
        Bad{"axi_id=1,axi_id=1", EINVAL, "\"axi_id\" sets bits of config1 that another term sets."},
        Bad{"axid-read,event=0x42", EINVAL,
            "\"event\" sets bits of config that another term sets."},
        Bad{"axi_mask=0,all=0", EINVAL, "\"all\" sets bits of config1 that another term sets."},
        Bad{"raw,split=1", EINVAL, "\"split\" sets bits of config that another term sets."},
        Bad{"strange", EINVAL,
            "The format of \"strange\" is \"config9:1\". It has to begin with config:, config1: or "
            "config2:."},
        Bad{"nested", EINVAL,
            "\"axid-read\" is an event, which takes no value, and is no part of another."}));

} // namespace
} // namespace heapsel::bandwidth
