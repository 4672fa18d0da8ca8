// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tree/ecc.hpp"

#include <gtest/gtest.h>

namespace heapsel {
namespace {

constexpr EccBits with_ecc{.detection = std::nullopt, .correction = 1};
constexpr EccBits without_ecc{.detection = std::nullopt, .correction = 0};
constexpr EccBits detecting{.detection = 2, .correction = 0};

MemoryNode memory(std::string path, std::uint64_t base, std::uint64_t size, EccBits ecc) {
    return {.path = std::move(path), .ranges = {{.base = base, .size = size}}, .ecc = ecc};
}

ReservedRegion region(EccBits ecc) {
    ReservedRegion region;
    region.path = "/reserved-memory/r";
    region.ecc = ecc;
    return region;
}

constexpr Region inside{.base = 0x1000, .size = 0x1000};

TEST(Ecc, TheRegionsOwnBitsDecideAgainstItsMemory) {
    const MemoryMap map{
        .memory = {memory("/memory@0", 0, 0x10000, with_ecc)}, .reserved = {}, .warnings = {}};
    const ReservedRegion own = region(without_ecc);
    const Property property = ecc_property(map, &own, inside);
    EXPECT_EQ(property.answer, Answer::no);
    EXPECT_EQ(property.source, Source::device_tree);
    EXPECT_EQ(property.evidence, "/reserved-memory/r: ecc-correction-bits = 0");
}

TEST(Ecc, WithoutOwnBitsThoseOfTheMemoryHold) {
    const MemoryMap map{
        .memory = {memory("/memory@0", 0, 0x10000, with_ecc)}, .reserved = {}, .warnings = {}};
    const ReservedRegion own = region({});
    const Property property = ecc_property(map, &own, inside);
    EXPECT_EQ(property.answer, Answer::yes);
    EXPECT_EQ(property.evidence, "/memory@0: ecc-correction-bits = 1");
}

TEST(Ecc, OnlyTheMemoryThatHoldsTheRegionCounts) {
    const MemoryMap map{.memory = {memory("/memory@0", 0, 0x10000, without_ecc),
                                   memory("/memory@10000", 0x10000, 0x10000, with_ecc)},
                        .reserved = {},
                        .warnings = {}};
    EXPECT_EQ(ecc_property(map, nullptr, inside).answer, Answer::no);
}

TEST(Ecc, ARegionOverTwoMemoriesNeedsBothToAgree) {
    const Region across{.base = 0xf000, .size = 0x2000};
    MemoryMap map{.memory = {memory("/memory@0", 0, 0x10000, with_ecc),
                             memory("/memory@10000", 0x10000, 0x10000, with_ecc)},
                  .reserved = {},
                  .warnings = {}};
    EXPECT_EQ(ecc_property(map, nullptr, across).answer, Answer::yes);
    map.memory[1].ecc = without_ecc;
    EXPECT_EQ(ecc_property(map, nullptr, across).answer, Answer::unknown);
}

TEST(Ecc, ARegionPartlyOutsideOfMemoryIsUnknown) {
    const MemoryMap map{
        .memory = {memory("/memory@0", 0, 0x1800, with_ecc)}, .reserved = {}, .warnings = {}};
    const Property property = ecc_property(map, nullptr, inside);
    EXPECT_EQ(property.answer, Answer::unknown);
    EXPECT_EQ(property.evidence, "no memory node holds the region");
}

TEST(Ecc, WithoutARegionAllMemoriesMustAgree) {
    MemoryMap map{
        .memory = {memory("/memory@0", 0, 1, with_ecc), memory("/memory@1", 1, 1, with_ecc)},
        .reserved = {},
        .warnings = {}};
    EXPECT_EQ(ecc_property(map, nullptr, std::nullopt).answer, Answer::yes);
    map.memory[0].ecc = {};
    EXPECT_EQ(ecc_property(map, nullptr, std::nullopt).answer, Answer::unknown);
}

TEST(Ecc, MemoryThatSaysNothingIsUnknownAndTheEvidenceSaysWhy) {
    const MemoryMap map{
        .memory = {memory("/memory@0", 0, 0x10000, {})}, .reserved = {}, .warnings = {}};
    const Property property = ecc_property(map, nullptr, inside);
    EXPECT_EQ(property.answer, Answer::unknown);
    EXPECT_EQ(property.source, Source::none);
    EXPECT_EQ(property.evidence, "/memory@0 has no ecc-correction-bits");
}

TEST(Ecc, DetectionWithoutCorrectionIsUnknown) {
    const ReservedRegion own = region(detecting);
    EXPECT_EQ(ecc_property({}, &own, inside).answer, Answer::unknown);
}

TEST(Ecc, BothZeroIsNo) {
    const ReservedRegion own = region({.detection = 0, .correction = 0});
    const Property property = ecc_property({}, &own, inside);
    EXPECT_EQ(property.answer, Answer::no);
    EXPECT_EQ(property.evidence,
              "/reserved-memory/r: ecc-detection-bits = 0, ecc-correction-bits = 0");
}

TEST(Ecc, WithoutAnyMemoryNodeItIsUnknown) {
    EXPECT_EQ(ecc_property({}, nullptr, std::nullopt).answer, Answer::unknown);
    EXPECT_EQ(ecc_property({}, nullptr, inside).answer, Answer::unknown);
}

} // namespace
} // namespace heapsel
