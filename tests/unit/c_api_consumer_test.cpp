// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/consumer.h>

#include <array>
#include <cerrno>
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>

#include <heapsel/unique_fd.hpp>
#include <heapsel/video_device.hpp>

#include "c/handles.hpp"
#include "c_board.hpp"
#include "c_handle.hpp"
#include "fake_drm.hpp"
#include "fake_v4l2.hpp"
#include "heap_builder.hpp"
#include "heap_listing.hpp"

namespace heapsel {
namespace {

using test::calling;
using test::made_by;
using test::OwnedConsumer;

using CApiNamed = test::CBoard;

TEST_F(CApiNamed, ConsumersAreNamedAsTheCommandNamesThem) {
    const std::array words{"video1:metadata", "/dev/dri/card0"};
    std::array<heapsel_consumer*, 2> made{};
    EXPECT_EQ(
        calling(heapsel_consumers_named, words.data(), words.size(), root(), nullptr, made.data()),
        "0");
    const OwnedConsumer codec(made[0]);
    const OwnedConsumer display(made[1]);
    EXPECT_STREQ(heapsel_consumer_name(codec.get()), "/dev/video1 (vicodec) metadata");
    EXPECT_TRUE(codec->value.usable()->known());
    EXPECT_STREQ(heapsel_consumer_name(display.get()), "/dev/dri/card0 (st7586)");
    EXPECT_FALSE(display->value.usable()->known());
}

TEST_F(CApiNamed, ADeviceThatIsNotThereLeavesNoConsumer) {
    EXPECT_EQ(refusal("video7"), find_video_device("video7", root()).error().message());
    const std::array words{"video1", "video7"};
    std::array<heapsel_consumer*, 2> made{};
    EXPECT_EQ(
        heapsel_consumers_named(words.data(), words.size(), root(), nullptr, made.data(), nullptr),
        -ENODEV);
    EXPECT_EQ(made[0], nullptr);
    EXPECT_EQ(made[1], nullptr);
}

TEST(CApiConsumer, OfAQueueHasTheDriversHeaps) {
    test::FakeV4l2 driver;
    driver.enumerate = test::video_listing(test::frames_from({"nonecc@58000000", "system"}));
    const auto consumer =
        made_by<OwnedConsumer>(heapsel_consumer_v4l2, driver.fd(), HEAPSEL_QUEUE_CAPTURE);
    EXPECT_STREQ(heapsel_consumer_name(consumer.get()), "/dev/null (sixteen-letters-) capture");
    const UsableHeaps& usable = consumer->value.usable().value();
    EXPECT_EQ(usable.evidence, "VIDIOC_ENUM_HEAPS");
    ASSERT_EQ(usable.heaps.size(), 2U);
    EXPECT_EQ(usable.heaps[1].name, "system");
    driver.device_caps = V4L2_CAP_VIDEO_CAPTURE;
    heapsel_consumer* none = nullptr;
    EXPECT_EQ(calling(heapsel_consumer_v4l2, driver.fd(), HEAPSEL_QUEUE_OUTPUT, &none),
              Consumer::v4l2(driver.fd(), Queue::output).error().message());
    EXPECT_EQ(none, nullptr);
}

TEST(CApiConsumer, OfWhatIsNoDeviceIsEnotty) {
    const UniqueFd fd(::open("/dev/null", O_RDONLY | O_CLOEXEC));
    heapsel_consumer* none = nullptr;
    EXPECT_EQ(heapsel_consumer_v4l2(fd.get(), HEAPSEL_QUEUE_CAPTURE, &none, nullptr), -ENOTTY);
    EXPECT_EQ(heapsel_consumer_v4l2(-1, HEAPSEL_QUEUE_CAPTURE, &none, nullptr), -EBADF);
    EXPECT_EQ(
        heapsel_consumer_drm(fd.get(), 31, DRM_FORMAT_NV12, HEAPSEL_NO_MODIFIER, &none, nullptr),
        -ENOTTY);
}

TEST(CApiConsumer, OfAPlaneHasTheDriversWord) {
    test::FakeDrm driver;
    driver.planes[31];
    const auto consumer =
        made_by<OwnedConsumer>(heapsel_consumer_drm, driver.fd(), 31U,
                               std::uint32_t{DRM_FORMAT_XRGB8888}, HEAPSEL_NO_MODIFIER);
    const Consumer expected = Consumer::drm(driver.fd(), 31, DRM_FORMAT_XRGB8888).value();
    EXPECT_EQ(heapsel_consumer_name(consumer.get()), expected.name());
    EXPECT_EQ(consumer->value.usable()->unknown_because, expected.usable()->unknown_because);
    heapsel_consumer* none = nullptr;
    EXPECT_EQ(calling(heapsel_consumer_drm, driver.fd(), 32U, std::uint32_t{DRM_FORMAT_XRGB8888},
                      HEAPSEL_NO_MODIFIER, &none),
              Consumer::drm(driver.fd(), 32, DRM_FORMAT_XRGB8888).error().message());
    EXPECT_EQ(none, nullptr);
}

OwnedConsumer requiring(const char* words) {
    return made_by<OwnedConsumer>(heapsel_consumer_requirement, "rga", words);
}

OwnedConsumer listing() {
    return OwnedConsumer(new heapsel_consumer{Consumer::listing("gpu", {})});
}

std::string refused(const std::string& function, const std::string& argument,
                    const std::string& hint) {
    return "cannot call heapsel_" + function + " (" + argument + "): Invalid argument. " + hint;
}

/// Of one candidate after the other, "NAME because REASON".
std::vector<std::string> chosen(const std::vector<Heap>& heaps, const OwnedConsumer& consumer) {
    const heapsel_catalog catalog{HeapCatalog(heaps)};
    heapsel_consumer* const one = consumer.get();
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
    EXPECT_STREQ(heapsel_consumer_name(consumer.get()), "rga");
    EXPECT_EQ(consumer->value.requirement().criteria, parse_criteria("ecc,non-contiguous"));
    EXPECT_EQ(consumer->value.requirement().address_bits, std::nullopt);
    EXPECT_EQ(consumer->value.requirement().alignment, Alignment{});
    EXPECT_FALSE(consumer->value.usable());
    heapsel_consumer* none = nullptr;
    EXPECT_EQ(calling(heapsel_consumer_requirement, "rga", "fast", &none),
              parse_criteria("fast").error().message());
    EXPECT_EQ(none, nullptr);
}

TEST(CApiRequirement, OfAddressBitsLeavesOutWhatLiesAbove) {
    const auto consumer = requiring("");
    EXPECT_EQ(calling(heapsel_consumer_require_address_bits, consumer.get(), 40U), "0");
    EXPECT_EQ(calling(heapsel_consumer_require_address_bits, consumer.get(), 32U), "0");
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

TEST(CApiRequirement, KeepsWhatWasRequiredBefore) {
    const auto consumer = requiring("contiguous");
    EXPECT_EQ(calling(heapsel_consumer_require_address_bits, consumer.get(), 64U), "0");
    EXPECT_EQ(calling(heapsel_consumer_require_alignment, consumer.get(), 64U, 32U, 16U,
                      std::uint64_t{4096}),
              "0");
    const Requirement& all = consumer->value.requirement();
    EXPECT_EQ(all.criteria, parse_criteria("contiguous"));
    EXPECT_EQ(all.address_bits, 64U);
    EXPECT_EQ(all.alignment, (Alignment{.stride = 64, .offset = 32, .size = 16, .address = 4096}));
}

TEST(CApiRequirement, OfAddressBitsThatNoAddressHasIsEinvalAndChangesNothing) {
    const auto consumer = requiring("");
    EXPECT_EQ(calling(heapsel_consumer_require_address_bits, consumer.get(), 1U), "0");
    const std::string said =
        refused("consumer_require_address_bits", "bits", "An address has 1 to 64 of them.");
    for (const std::uint32_t bits : {0U, 65U, std::numeric_limits<std::uint32_t>::max()})
        EXPECT_EQ(calling(heapsel_consumer_require_address_bits, consumer.get(), bits), said);
    EXPECT_EQ(consumer->value.requirement().address_bits, 1U);
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
    const std::string hint = "Only what heapsel_consumer_requirement() gave can require more.";
    EXPECT_EQ(calling(heapsel_consumer_require_address_bits, consumer.get(), 32U),
              refused("consumer_require_address_bits", "consumer", hint));
    EXPECT_EQ(
        calling(heapsel_consumer_require_alignment, consumer.get(), 1U, 1U, 1U, std::uint64_t{1}),
        refused("consumer_require_alignment", "consumer", hint));
    EXPECT_EQ(consumer->value.requirement().address_bits, std::nullopt);
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
    const std::array<heapsel_consumer*, 3> all{a.get(), b.get(), c.get()};
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
    const std::array<heapsel_consumer*, 2> both{a.get(), b.get()};
    std::uint32_t stride = 7;
    EXPECT_EQ(calling(heapsel_consumers_alignment, both.data(), both.size(), &stride, nullptr,
                      nullptr, nullptr),
              "cannot join the alignments of offset (65536 and 65537): Value too large for defined "
              "data type. No number of 32 bits is a multiple of both.");
    EXPECT_EQ(stride, 7U);
}

TEST(CApiAlignment, OfAConsumerThatIsNullIsEinval) {
    heapsel_consumer* const none = nullptr;
    EXPECT_EQ(calling(heapsel_consumers_alignment, &none, 1U, nullptr, nullptr, nullptr, nullptr),
              refused("consumers_alignment", "consumers", "Its element 0 is NULL."));
    EXPECT_EQ(calling(heapsel_consumers_alignment, nullptr, 1U, nullptr, nullptr, nullptr, nullptr),
              refused("consumers_alignment", "consumers", "It must not be NULL."));
}

} // namespace
} // namespace heapsel
