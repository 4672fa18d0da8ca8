// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/requirement.h>

#include <array>
#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "c/handles.hpp"
#include "c_handle.hpp"
#include "heap_builder.hpp"

namespace heapsel {
namespace {

using test::calling;
using test::made_by;
using test::OwnedConsumer;

OwnedConsumer requiring(const char* words) {
    return made_by<OwnedConsumer>(heapsel_consumer_requirement, "rga", words);
}

OwnedConsumer listing() {
    return made_by<OwnedConsumer>(heapsel_consumer_listing, "gpu", nullptr, 0U, nullptr);
}

std::string refused(const std::string& function, const std::string& argument,
                    const std::string& remedy) {
    return "cannot call heapsel_" + function + " (" + argument + "): Invalid argument. " + remedy;
}

/// Of one candidate after the other, "NAME because REASON".
std::vector<std::string> chosen(const std::vector<Heap>& heaps, const OwnedConsumer& consumer) {
    const heapsel_catalog catalog{HeapCatalog(heaps)};
    const heapsel_consumer* const one = consumer.get();
    const auto selection =
        made_by<test::OwnedSelection>(heapsel_select, &catalog, &one, 1U, nullptr);
    std::vector<std::string> found;
    for (std::size_t i = 0; i < heapsel_selection_candidate_count(selection.get()); ++i)
        found.push_back(std::string(heapsel_heap_name(heapsel_selection_heap(selection.get(), i))) +
                        " because " + heapsel_selection_reason(selection.get(), i));
    return found;
}

Heap ending(const char* name, std::uint64_t last) {
    Heap heap = test::heap(name);
    heap.last_address = last;
    heap.last_address_from = {.source = Source::device_tree, .evidence = "reg"};
    return heap;
}

TEST(CApiRequirement, OfWordsHasThemAndSaysNothingElse) {
    const auto consumer = requiring(" ecc, non-contiguous");
    EXPECT_STREQ(heapsel_consumer_required(consumer.get()), "ecc,non-contiguous");
    EXPECT_EQ(heapsel_consumer_address_bits(consumer.get()), 0U);
    EXPECT_EQ(consumer->value.requirement().criteria, parse_criteria("ecc,non-contiguous"));
    EXPECT_EQ(consumer->value.requirement().alignment, Alignment{});
}

TEST(CApiRequirement, OfAddressBitsLeavesOutWhatLiesAbove) {
    const auto consumer = requiring("");
    EXPECT_EQ(calling(heapsel_consumer_require_address_bits, consumer.get(), 40U), "0");
    EXPECT_EQ(calling(heapsel_consumer_require_address_bits, consumer.get(), 32U), "0");
    EXPECT_EQ(heapsel_consumer_address_bits(consumer.get()), 32U);
    EXPECT_STREQ(heapsel_consumer_name(consumer.get()), "rga");
    EXPECT_EQ(chosen({ending("high", 0x100000000), ending("low", 0xffffffff)}, consumer),
              (std::vector<std::string>{"low because its memory ends at 0xffffffff (device tree: "
                                        "reg), within the 32 bits of address of rga"}));
}

TEST(CApiRequirement, OfAnAddressesAlignmentLeavesOutHeapsOfSinglePages) {
    const auto consumer = requiring("");
    EXPECT_EQ(calling(heapsel_consumer_require_alignment, consumer.get(), 1U, 1U, 1U,
                      std::uint64_t{65536}),
              "0");
    EXPECT_EQ(chosen({test::heap("pages")}, consumer), std::vector<std::string>{});
    EXPECT_EQ(calling(heapsel_consumer_require_alignment, consumer.get(), 1U, 1U, 1U,
                      std::uint64_t{4096}),
              "0");
    EXPECT_EQ(chosen({test::heap("pages")}, consumer).size(), 1U);
}

TEST(CApiRequirement, KeepsWhatWasRequiredAndTriedBefore) {
    const auto consumer = requiring("contiguous");
    consumer->value = consumer->value.with_trials({{.heap = "a", .evidence = "evidence"}});
    EXPECT_EQ(calling(heapsel_consumer_require_address_bits, consumer.get(), 64U), "0");
    EXPECT_EQ(calling(heapsel_consumer_require_alignment, consumer.get(), 64U, 32U, 16U,
                      std::uint64_t{4096}),
              "0");
    const Requirement& all = consumer->value.requirement();
    EXPECT_EQ(all.criteria, parse_criteria("contiguous"));
    EXPECT_EQ(all.address_bits, 64U);
    EXPECT_EQ(all.alignment, (Alignment{.stride = 64, .offset = 32, .size = 16, .address = 4096}));
    EXPECT_STREQ(heapsel_consumer_required(consumer.get()), "contiguous");
    EXPECT_STREQ(heapsel_consumer_trial_heap(consumer.get(), 0), "a");
}

TEST(CApiRequirement, OfAddressBitsThatNoAddressHasIsEinvalAndChangesNothing) {
    const auto consumer = requiring("");
    EXPECT_EQ(calling(heapsel_consumer_require_address_bits, consumer.get(), 1U), "0");
    const std::string said =
        refused("consumer_require_address_bits", "bits", "An address has 1 to 64 of them.");
    for (const std::uint32_t bits : {0U, 65U, std::numeric_limits<std::uint32_t>::max()})
        EXPECT_EQ(calling(heapsel_consumer_require_address_bits, consumer.get(), bits), said);
    EXPECT_EQ(heapsel_consumer_address_bits(consumer.get()), 1U);
}

TEST(CApiRequirement, OfAnAlignmentOfNothingIsEinvalWithTheArgument) {
    const auto consumer = requiring("");
    const auto said = [&](std::uint32_t stride, std::uint32_t offset, std::uint32_t size,
                          std::uint64_t address) {
        return calling(heapsel_consumer_require_alignment, consumer.get(), stride, offset, size,
                       address);
    };
    const auto zero = [](const char* argument) {
        return refused("consumer_require_alignment", argument, "An alignment is at least 1 byte.");
    };
    EXPECT_EQ(said(0, 1, 1, 1), zero("stride"));
    EXPECT_EQ(said(1, 0, 1, 1), zero("offset"));
    EXPECT_EQ(said(1, 1, 0, 1), zero("size"));
    EXPECT_EQ(said(1, 1, 1, 0), zero("address"));
    EXPECT_EQ(consumer->value.requirement().alignment, Alignment{});
}

TEST(CApiRequirement, OfADeviceWhoseDriverWasAskedIsEinval) {
    const auto consumer = listing();
    const std::string remedy = "Only what heapsel_consumer_requirement() gave can require more.";
    EXPECT_EQ(calling(heapsel_consumer_require_address_bits, consumer.get(), 32U),
              refused("consumer_require_address_bits", "consumer", remedy));
    EXPECT_EQ(
        calling(heapsel_consumer_require_alignment, consumer.get(), 1U, 1U, 1U, std::uint64_t{1}),
        refused("consumer_require_alignment", "consumer", remedy));
    EXPECT_STREQ(heapsel_consumer_required(consumer.get()), "");
    EXPECT_EQ(heapsel_consumer_address_bits(consumer.get()), 0U);
}

TEST(CApiAlignment, OfConsumersIsTheLeastCommonMultipleOfEach) {
    const auto a = requiring("");
    const auto b = requiring("");
    const auto c = listing();
    EXPECT_EQ(calling(heapsel_consumer_require_alignment, a.get(), 16U, 6U, 1U, std::uint64_t{1}),
              "0");
    EXPECT_EQ(
        calling(heapsel_consumer_require_alignment, b.get(), 24U, 4U, 5U, std::uint64_t{1} << 40U),
        "0");
    const std::array<const heapsel_consumer*, 3> all{a.get(), b.get(), c.get()};
    std::uint32_t stride = 0;
    std::uint32_t offset = 0;
    std::uint32_t size = 0;
    std::uint64_t address = 0;
    EXPECT_EQ(calling(heapsel_consumers_alignment, all.data(), all.size(), &stride, &offset, &size,
                      &address),
              "0");
    EXPECT_EQ(stride, 48U);
    EXPECT_EQ(offset, 12U);
    EXPECT_EQ(size, 5U);
    EXPECT_EQ(address, std::uint64_t{1} << 40U);
    EXPECT_EQ(calling(heapsel_consumers_alignment, all.data(), all.size(), nullptr, nullptr,
                      nullptr, nullptr),
              "0");
}

TEST(CApiAlignment, OfNobodyIsOneByte) {
    std::uint32_t stride = 0;
    std::uint64_t address = 0;
    EXPECT_EQ(
        calling(heapsel_consumers_alignment, nullptr, 0U, &stride, nullptr, nullptr, &address),
        "0");
    EXPECT_EQ(stride, 1U);
    EXPECT_EQ(address, 1U);
}

TEST(CApiAlignment, ThatDoesNotFitIsEoverflowAndWritesNothing) {
    const auto a = requiring("");
    const auto b = requiring("");
    EXPECT_EQ(
        calling(heapsel_consumer_require_alignment, a.get(), 1U, 65536U, 1U, std::uint64_t{1}),
        "0");
    EXPECT_EQ(
        calling(heapsel_consumer_require_alignment, b.get(), 1U, 65537U, 1U, std::uint64_t{1}),
        "0");
    const std::array<const heapsel_consumer*, 2> both{a.get(), b.get()};
    std::uint32_t stride = 7;
    EXPECT_EQ(calling(heapsel_consumers_alignment, both.data(), both.size(), &stride, nullptr,
                      nullptr, nullptr),
              "cannot join the alignments of offset (65536 and 65537): Value too large for defined "
              "data type. No number of 32 bits is a multiple of both.");
    EXPECT_EQ(stride, 7U);
}

TEST(CApiAlignment, OfAConsumerThatIsNullIsEinval) {
    const heapsel_consumer* const none = nullptr;
    EXPECT_EQ(calling(heapsel_consumers_alignment, &none, 1U, nullptr, nullptr, nullptr, nullptr),
              refused("consumers_alignment", "consumers", "Its element 0 is NULL."));
    EXPECT_EQ(calling(heapsel_consumers_alignment, nullptr, 1U, nullptr, nullptr, nullptr, nullptr),
              refused("consumers_alignment", "consumers", "It must not be NULL."));
}

} // namespace
} // namespace heapsel
