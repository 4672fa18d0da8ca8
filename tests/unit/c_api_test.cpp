// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/heapsel.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <string>
#include <vector>

#include <fcntl.h>
#include <gtest/gtest.h>

#include <heapsel/unique_fd.hpp>

#include "c_api/handles.hpp"
#include "c_handle.hpp"
#include "fake_drm.hpp"
#include "fake_v4l2.hpp"
#include "heap_builder.hpp"
#include "heap_listing.hpp"
#include "recorded_board.hpp"

namespace heapsel {
namespace {

using test::calling;
using test::made_by;

class CApi : public testing::Test {
  protected:
    [[nodiscard]] const char* root() const { return board_.root().c_str(); }
    [[nodiscard]] const heapsel_heap* heap(const char* name) const {
        const heapsel_heap* found = nullptr;
        EXPECT_EQ(calling(heapsel_catalog_find, catalog_.get(), name, &found), "0");
        return found;
    }
    [[nodiscard]] test::OwnedConsumer named(const char* word) const {
        heapsel_consumer* made = nullptr;
        EXPECT_EQ(calling(heapsel_consumers_named, &word, 1U, root(), nullptr, &made), "0");
        return test::OwnedConsumer(made);
    }
    /// The remedy of the error that naming `word` gives.
    [[nodiscard]] std::string refusal(const char* word) const {
        heapsel_consumer* made = nullptr;
        return calling(heapsel_consumers_named, &word, 1U, root(), nullptr, &made);
    }

    test::RecordedBoard board_{"lab-board-carve-outs"};
    test::OwnedCatalog catalog_ = made_by<test::OwnedCatalog>(heapsel_catalog_scan, root());
};

TEST_F(CApi, ACatalogHasTheHeapsByNameAndAlias) {
    ASSERT_EQ(heapsel_catalog_heap_count(catalog_.get()), 6U);
    EXPECT_STREQ(heapsel_heap_name(heapsel_catalog_heap(catalog_.get(), 0)), "coherent@64000000");
    EXPECT_EQ(heapsel_catalog_warning_count(catalog_.get()), 0U);
    const heapsel_heap* const found = heap("reserved");
    EXPECT_STREQ(heapsel_heap_name(found), "default_cma_region");
    ASSERT_EQ(heapsel_heap_alias_count(found), 1U);
    EXPECT_STREQ(heapsel_heap_alias(found, 0), "reserved");
    EXPECT_TRUE(heapsel_heap_is_called(found, "reserved"));
    EXPECT_FALSE(heapsel_heap_is_called(found, "system"));
    EXPECT_EQ(heapsel_heap_node(found), board_.root() / "dev/dma_heap/default_cma_region");
    ASSERT_EQ(heapsel_heap_folder_count(found), 2U);
    EXPECT_EQ(heapsel_heap_folder(found, 1), board_.root() / "sys/class/dma_heap/reserved");
}

TEST_F(CApi, WhatIsWrongWithATreeIsAWarning) {
    board_.folder().write("sys/class/dma_heap/frames@60000000/size_bytes", "\n");
    const auto catalog = made_by<test::OwnedCatalog>(heapsel_catalog_scan, root());
    ASSERT_EQ(heapsel_catalog_warning_count(catalog.get()), 1U);
    EXPECT_TRUE(std::string(heapsel_catalog_warning(catalog.get(), 0))
                    .ends_with("Invalid argument. It is empty."));
}

TEST_F(CApi, AHeapSaysWhatIsKnownOfItAndFromWhere) {
    const heapsel_heap* const found = heap("nonecc@58000000");
    std::uint64_t base = 0;
    std::uint64_t size = 0;
    EXPECT_TRUE(heapsel_heap_region(found, &base, &size));
    EXPECT_EQ(base, 0x58000000U);
    EXPECT_EQ(size, 64U << 20U);
    EXPECT_TRUE(heapsel_heap_region(found, nullptr, nullptr));
    EXPECT_EQ(heapsel_heap_region_source(found), HEAPSEL_SOURCE_DEVICE_TREE);
    EXPECT_STREQ(heapsel_heap_region_evidence(found),
                 "/reserved-memory/nonecc@58000000: reg, the kernel's of_node");
    size = 0;
    EXPECT_TRUE(heapsel_heap_size(found, &size));
    EXPECT_EQ(size, 64U << 20U);
    EXPECT_TRUE(heapsel_heap_size(found, nullptr));
    EXPECT_EQ(heapsel_heap_size_source(found), HEAPSEL_SOURCE_SYSFS);
    EXPECT_STREQ(heapsel_heap_size_evidence(found),
                 "/sys/class/dma_heap/nonecc@58000000/size_bytes");
    EXPECT_EQ(heapsel_heap_property(found, HEAPSEL_TRAIT_ECC), HEAPSEL_ANSWER_NO);
    EXPECT_EQ(heapsel_heap_property(found, HEAPSEL_TRAIT_CONTIGUOUS), HEAPSEL_ANSWER_YES);
    EXPECT_EQ(heapsel_heap_property_source(found, HEAPSEL_TRAIT_ECC), HEAPSEL_SOURCE_DEVICE_TREE);
    EXPECT_TRUE(std::string(heapsel_heap_property_evidence(found, HEAPSEL_TRAIT_ECC))
                    .contains("ecc-correction-bits = 0"));
}

TEST_F(CApi, AHeapSaysWhereItsMemoryEndsAndItsBuffersBegin) {
    const heapsel_heap* const found = heap("nonecc@58000000");
    const Heap& expected = *c_api::from_c(found);
    std::uint64_t address = 0;
    EXPECT_TRUE(heapsel_heap_last_address(found, &address));
    EXPECT_EQ(address, 0x5bffffffU);
    EXPECT_TRUE(heapsel_heap_last_address(found, nullptr));
    EXPECT_EQ(heapsel_heap_last_address_source(found), HEAPSEL_SOURCE_DEVICE_TREE);
    EXPECT_EQ(heapsel_heap_last_address_evidence(found), expected.last_address_from.evidence);
    EXPECT_EQ(heapsel_heap_largest_alignment(found), expected.largest_alignment);
    EXPECT_GT(heapsel_heap_largest_alignment(found), smallest_page);
    EXPECT_EQ(heapsel_heap_alignment_source(found), HEAPSEL_SOURCE_KERNEL);
    EXPECT_EQ(heapsel_heap_alignment_evidence(found), expected.alignment_from.evidence);
}

TEST_F(CApi, UdmabufIsDescribedAndIsNoHeap) {
    const heapsel_heap* const udmabuf = heapsel_catalog_udmabuf(catalog_.get());
    EXPECT_STREQ(heapsel_heap_name(udmabuf), "udmabuf");
    EXPECT_EQ(heapsel_heap_exporter(udmabuf), HEAPSEL_EXPORTER_UDMABUF);
    const heapsel_catalog silent{HeapCatalog({test::heap("a")})};
    EXPECT_EQ(heapsel_catalog_udmabuf(&silent), nullptr);
}

TEST_F(CApi, WhatAHeapDoesNotHaveLeavesThePlaceForItAlone) {
    std::uint64_t base = 1;
    std::uint64_t size = 2;
    EXPECT_FALSE(heapsel_heap_region(heap("system"), &base, &size));
    EXPECT_FALSE(heapsel_heap_size(heap("system"), &size));
    EXPECT_EQ(base, 1U);
    EXPECT_EQ(size, 2U);
}

TEST_F(CApi, OnARecordedMachinePermissionsAreUnknownAndNeedNoRemedy) {
    EXPECT_EQ(heapsel_heap_permission(heap("system")), HEAPSEL_PERMISSION_UNKNOWN);
    EXPECT_EQ(heapsel_heap_open_errno(heap("system")), 0);
    EXPECT_STREQ(heapsel_heap_node_mode(heap("system")), "");
    std::string text = "text";
    char* remedy = text.data();
    EXPECT_EQ(calling(heapsel_heap_permission_remedy, heap("system"), &remedy), "0");
    EXPECT_EQ(remedy, nullptr);
}

TEST(CApiHeap, ThatIsDeniedHasARemedy) {
    const Heap denied = test::denied(test::heap("system"));
    const heapsel_heap* const heap = c_api::to_c(&denied);
    EXPECT_EQ(heapsel_heap_permission(heap), HEAPSEL_PERMISSION_DENIED);
    EXPECT_EQ(heapsel_heap_open_errno(heap), EACCES);
    EXPECT_STREQ(heapsel_heap_node_mode(heap), "root:root 0600");
    char* remedy = nullptr;
    EXPECT_EQ(calling(heapsel_heap_permission_remedy, heap, &remedy), "0");
    ASSERT_NE(remedy, nullptr);
    EXPECT_TRUE(std::string(remedy).contains("SUBSYSTEM==\"dma_heap\"")) << remedy;
    std::free(remedy);
}

TEST_F(CApi, AWrongNameIsEnoentWithTheNearest) {
    const heapsel_heap* found = heap("system");
    EXPECT_EQ(calling(heapsel_catalog_find, catalog_.get(), "sytem", &found),
              find_heap(catalog_->value, "sytem").error().message());
    EXPECT_EQ(found, nullptr);
}

TEST(CApiCatalog, OfAFolderWithoutHeapsIsEnoentAndLeavesNoHandle) {
    const test::TemporaryFolder empty;
    heapsel_catalog* catalog = nullptr;
    heapsel_error* error = nullptr;
    EXPECT_EQ(heapsel_catalog_scan(empty.path().c_str(), &catalog, &error), -ENOENT);
    const test::OwnedError owned(error);
    const Error expected = HeapCatalog::scan(empty.path()).error();
    EXPECT_EQ(heapsel_error_code(error), ENOENT);
    EXPECT_EQ(heapsel_error_attempted(error), expected.attempted);
    EXPECT_EQ(heapsel_error_subject(error), expected.subject);
    EXPECT_EQ(heapsel_error_remedy(error), expected.remedy);
    EXPECT_EQ(heapsel_error_message(error), expected.message());
    EXPECT_EQ(catalog, nullptr);
    EXPECT_EQ(heapsel_catalog_scan(empty.path().c_str(), &catalog, nullptr), -ENOENT);
}

TEST_F(CApi, AFigureIsANumberOrNoneOrUnknown) {
    const auto statistics =
        made_by<test::OwnedStatistics>(heapsel_heap_read_statistics, heap("frames@60000000"));
    const std::array<std::uint64_t, 6> expected{33554432, 31563776, 16777216, 3, 1990656, 5308416};
    for (int i = 0; i < 6; ++i) {
        const auto figure = static_cast<heapsel_figure>(i);
        std::uint64_t value = 0;
        EXPECT_TRUE(heapsel_statistics_figure(statistics.get(), figure, &value));
        EXPECT_EQ(value, expected.at(static_cast<std::size_t>(i)));
        EXPECT_TRUE(heapsel_statistics_figure(statistics.get(), figure, nullptr));
        EXPECT_STREQ(heapsel_statistics_unknown_because(statistics.get(), figure), "");
    }
    const auto system =
        made_by<test::OwnedStatistics>(heapsel_heap_read_statistics, heap("system"));
    EXPECT_FALSE(heapsel_statistics_figure(system.get(), HEAPSEL_FIGURE_SIZE, nullptr));
    EXPECT_STREQ(heapsel_statistics_unknown_because(system.get(), HEAPSEL_FIGURE_SIZE), "");
    board_.folder().write("sys/class/dma_heap/system/peak_bytes", "-3\n");
    const auto odd = made_by<test::OwnedStatistics>(heapsel_heap_read_statistics, heap("system"));
    EXPECT_FALSE(heapsel_statistics_figure(odd.get(), HEAPSEL_FIGURE_PEAK, nullptr));
    EXPECT_TRUE(std::string(heapsel_statistics_unknown_because(odd.get(), HEAPSEL_FIGURE_PEAK))
                    .contains("\"-3\" is no unsigned decimal number."));
}

TEST_F(CApi, AccountingSaysWhoPays) {
    const auto dmem =
        made_by<test::OwnedAccounting>(heapsel_heap_read_accounting, heap("frames@60000000"));
    EXPECT_EQ(heapsel_accounting_controller(dmem.get()), HEAPSEL_CONTROLLER_DMEM);
    EXPECT_STREQ(heapsel_accounting_region(dmem.get()), "frames@60000000");
    EXPECT_STREQ(heapsel_accounting_unknown_because(dmem.get()), "");
    const auto memcg = made_by<test::OwnedAccounting>(heapsel_heap_read_accounting, heap("system"));
    EXPECT_EQ(heapsel_accounting_controller(memcg.get()), HEAPSEL_CONTROLLER_MEMCG);
    EXPECT_EQ(heapsel_accounting_region(memcg.get()), nullptr);
    board_.folder().write("sys/class/dma_heap/system/accounting", "else\n");
    const auto odd = made_by<test::OwnedAccounting>(heapsel_heap_read_accounting, heap("system"));
    EXPECT_EQ(heapsel_accounting_controller(odd.get()), HEAPSEL_CONTROLLER_UNKNOWN);
    EXPECT_TRUE(std::string(heapsel_accounting_unknown_because(odd.get())).contains("\"else\""));
}

TEST_F(CApi, DevicesHaveTheirMemoriesAndBindings) {
    const auto devices = made_by<test::OwnedDevices>(heapsel_devices_list, root());
    ASSERT_EQ(heapsel_devices_count(devices.get()), 6U);
    const heapsel_device* const codec = heapsel_devices_device(devices.get(), 1);
    EXPECT_EQ(heapsel_device_subsystem(codec), HEAPSEL_SUBSYSTEM_V4L2);
    EXPECT_STREQ(heapsel_device_name(codec), "video1");
    EXPECT_EQ(heapsel_device_node(codec), board_.root() / "dev/video1");
    EXPECT_STREQ(heapsel_device_driver(codec), "vicodec");
    EXPECT_STREQ(heapsel_device_card(codec), "");
    EXPECT_STREQ(heapsel_device_unasked_because(codec), "the machine is a recorded one");
    ASSERT_EQ(heapsel_device_memory_count(codec), 3U);
    EXPECT_EQ(heapsel_device_memory_kind(codec, 0), HEAPSEL_MEMORY_FRAME);
    EXPECT_EQ(heapsel_device_memory_kind(codec, 1), HEAPSEL_MEMORY_REFERENCE);
    EXPECT_EQ(heapsel_device_memory_kind(codec, 2), HEAPSEL_MEMORY_METADATA);
    EXPECT_EQ(heapsel_device_memory_plane(codec, 0), 0U);
    EXPECT_EQ(heapsel_device_memory_format_count(codec, 0), 0U);
    const heapsel_usable_heaps* const usable = heapsel_device_memory_usable_heaps(codec, 2);
    EXPECT_TRUE(heapsel_usable_heaps_known(usable));
    EXPECT_STREQ(heapsel_usable_heaps_unknown_because(usable), "");
    EXPECT_TRUE(std::string(heapsel_usable_heaps_evidence(usable)).ends_with("heaps/metadata"));
    ASSERT_EQ(heapsel_usable_heaps_count(usable), 7U);
    EXPECT_STREQ(heapsel_usable_heaps_name(usable, 1), "video@50000000");
    EXPECT_TRUE(heapsel_usable_heaps_active(usable, 1));
    EXPECT_FALSE(heapsel_usable_heaps_active(usable, 2));
    EXPECT_EQ(heapsel_accounting_controller(heapsel_usable_heaps_accounting(usable, 1)),
              HEAPSEL_CONTROLLER_UNKNOWN);
    const heapsel_binding* const binding = heapsel_device_memory_binding(codec, 2);
    ASSERT_EQ(heapsel_binding_heap_count(binding), 2U);
    EXPECT_STREQ(heapsel_binding_heap(binding, 0), "nonecc@58000000");
    EXPECT_TRUE(heapsel_binding_or_driver(binding));
    EXPECT_EQ(heapsel_binding_usable_count(binding), 5U);
    EXPECT_STREQ(heapsel_binding_usable(binding, 4), "system");
    EXPECT_STREQ(heapsel_device_memory_binding_unknown_because(codec, 2), "");
}

TEST_F(CApi, ADisplayHasADumbMemoryBehindItsPlanes) {
    const auto devices = made_by<test::OwnedDevices>(heapsel_devices_list, root());
    const heapsel_device* const bound = heapsel_devices_device(devices.get(), 4);
    EXPECT_EQ(heapsel_device_subsystem(bound), HEAPSEL_SUBSYSTEM_DRM);
    EXPECT_STREQ(heapsel_device_name(bound), "card0");
    ASSERT_EQ(heapsel_device_memory_count(bound), 1U);
    EXPECT_EQ(heapsel_device_memory_kind(bound, 0), HEAPSEL_MEMORY_DUMB);
    EXPECT_EQ(heapsel_device_memory_usable_heaps(bound, 0), nullptr);
    EXPECT_EQ(heapsel_binding_heap_count(heapsel_device_memory_binding(bound, 0)), 1U);
    const heapsel_device* const unbound = heapsel_devices_device(devices.get(), 5);
    EXPECT_EQ(heapsel_device_memory_binding(unbound, 0), nullptr);
    EXPECT_TRUE(std::string(heapsel_device_memory_binding_unknown_because(unbound, 0))
                    .starts_with("The device has no folder heaps"));
}

TEST(CApiDevice, APlaneHasItsNumberFormatsAndHeaps) {
    DisplayDevice display;
    display.planes.push_back({.plane = {.id = 31,
                                        .type = PlaneType::primary,
                                        .formats = {DRM_FORMAT_NV12, DRM_FORMAT_XRGB8888},
                                        .modifiers = {},
                                        .modifiers_unknown_because = {}},
                              .usable = {.heaps = {{.name = "a", .active = true, .accounting = {}}},
                                         .evidence = "evidence",
                                         .unknown_because = {}}});
    VideoDevice video;
    video.title = "title";
    video.card = "card";
    video.memories.push_back({.role = Role::frame,
                              .queue = Queue::output,
                              .pixel_format = V4L2_PIX_FMT_NV12M,
                              .usable = {},
                              .binding = {},
                              .binding_unknown_because = "why"});
    const heapsel_devices devices = c_api::devices_of({video}, {display});
    const heapsel_device* const seen = heapsel_devices_device(&devices, 1);
    ASSERT_EQ(heapsel_device_memory_count(seen), 2U);
    EXPECT_EQ(heapsel_device_memory_kind(seen, 0), HEAPSEL_MEMORY_PLANE);
    EXPECT_EQ(heapsel_device_memory_plane(seen, 0), 31U);
    ASSERT_EQ(heapsel_device_memory_format_count(seen, 0), 2U);
    EXPECT_EQ(heapsel_device_memory_format(seen, 0, 0), DRM_FORMAT_NV12);
    EXPECT_EQ(heapsel_device_memory_format(seen, 0, 2), 0U);
    const heapsel_usable_heaps* const usable = heapsel_device_memory_usable_heaps(seen, 0);
    EXPECT_STREQ(heapsel_usable_heaps_name(usable, 0), "a");
    EXPECT_EQ(heapsel_device_memory_binding(seen, 0), nullptr);
    EXPECT_STREQ(heapsel_device_memory_binding_unknown_because(seen, 0), "");
    const heapsel_device* const queue = heapsel_devices_device(&devices, 0);
    EXPECT_STREQ(heapsel_device_title(queue), "title");
    EXPECT_STREQ(heapsel_device_title(seen), "");
    EXPECT_STREQ(heapsel_device_card(queue), "card");
    EXPECT_EQ(heapsel_device_memory_kind(queue, 0), HEAPSEL_MEMORY_OUTPUT);
    EXPECT_EQ(heapsel_device_memory_format(queue, 0, 0), DRM_FORMAT_NV12);
    EXPECT_STREQ(heapsel_device_memory_binding_unknown_because(queue, 0), "why");
}

TEST_F(CApi, ConsumersAreNamedAsTheCommandNamesThem) {
    const std::array words{"video1:metadata", "/dev/dri/card0"};
    std::array<heapsel_consumer*, 2> made{};
    EXPECT_EQ(
        calling(heapsel_consumers_named, words.data(), words.size(), root(), nullptr, made.data()),
        "0");
    const test::OwnedConsumer codec(made[0]);
    const test::OwnedConsumer display(made[1]);
    EXPECT_STREQ(heapsel_consumer_name(codec.get()), "/dev/video1 (vicodec) metadata");
    EXPECT_FALSE(heapsel_consumer_shows(codec.get(), nullptr, nullptr));
    EXPECT_TRUE(heapsel_usable_heaps_known(heapsel_consumer_usable_heaps(codec.get())));
    EXPECT_STREQ(heapsel_consumer_name(display.get()), "/dev/dri/card0 (faux_driver)");
    EXPECT_FALSE(heapsel_usable_heaps_known(heapsel_consumer_usable_heaps(display.get())));
    EXPECT_EQ(heapsel_consumer_trial_count(display.get()), 0U);
}

TEST_F(CApi, ADeviceThatIsNotThereLeavesNoConsumer) {
    EXPECT_EQ(refusal("video7"), find_video_device("video7", root()).error().message());
    const std::array words{"video1", "video7"};
    std::array<heapsel_consumer*, 2> made{};
    EXPECT_EQ(
        heapsel_consumers_named(words.data(), words.size(), root(), nullptr, made.data(), nullptr),
        -ENODEV);
    EXPECT_EQ(made[0], nullptr);
    EXPECT_EQ(made[1], nullptr);
}

TEST_F(CApi, SelectJudgesEveryHeapAndSaysWhy) {
    const auto policy = made_by<test::OwnedPolicy>(heapsel_policy_create);
    EXPECT_EQ(calling(heapsel_policy_require, policy.get(), "contiguous"), "0");
    EXPECT_EQ(calling(heapsel_policy_prefer, policy.get(), "non-ecc"), "0");
    EXPECT_EQ(calling(heapsel_policy_set_fallback, policy.get(), HEAPSEL_FALLBACK_ANY), "0");
    const auto codec = named("video1:metadata");
    const std::array<const heapsel_consumer*, 1> consumers{codec.get()};
    const auto selection = made_by<test::OwnedSelection>(
        heapsel_select, catalog_.get(), consumers.data(), consumers.size(), policy.get());
    catalog_.reset();
    const auto expected =
        select(HeapCatalog::scan(root()).value(), std::array{codec->value}, policy->value).value();
    ASSERT_EQ(heapsel_selection_count(selection.get()), 6U);
    EXPECT_EQ(heapsel_selection_candidate_count(selection.get()), expected.candidates().size());
    for (std::size_t i = 0; i < 6; ++i) {
        const Judgement& judgement = expected.judgements()[i];
        EXPECT_EQ(heapsel_heap_name(heapsel_selection_heap(selection.get(), i)),
                  judgement.heap.name);
        EXPECT_EQ(heapsel_selection_verdict(selection.get(), i),
                  std::to_underlying(judgement.verdict));
        EXPECT_EQ(heapsel_selection_reason(selection.get(), i), judgement.reason);
    }
    EXPECT_STREQ(heapsel_heap_name(heapsel_selection_heap(selection.get(), 0)), "nonecc@58000000");
    EXPECT_EQ(heapsel_selection_fallback(selection.get()), HEAPSEL_FALLBACK_ANY);
    EXPECT_EQ(calling(heapsel_selection_require_candidate, selection.get()), "0");
}

TEST_F(CApi, ASelectionWithoutACandidateIsAnErrorOnlyWhereOneIsRequired) {
    const auto policy = made_by<test::OwnedPolicy>(heapsel_policy_create);
    EXPECT_EQ(calling(heapsel_policy_require, policy.get(), "protected"), "0");
    const auto selection =
        made_by<test::OwnedSelection>(heapsel_select, catalog_.get(), nullptr, 0U, policy.get());
    EXPECT_EQ(heapsel_selection_candidate_count(selection.get()), 0U);
    const std::string message = require_candidate(selection->value).error().message();
    EXPECT_EQ(calling(heapsel_selection_require_candidate, selection.get()), message);
    heapsel_allocator* allocator = nullptr;
    EXPECT_EQ(calling(heapsel_allocator_create, selection.get(), &allocator), message);
    EXPECT_EQ(allocator, nullptr);
}

TEST_F(CApi, UdmabufIsJudgedWhereThePolicyAllowsIt) {
    const auto policy = made_by<test::OwnedPolicy>(heapsel_policy_create);
    EXPECT_EQ(calling(heapsel_policy_require, policy.get(), "protected"), "0");
    EXPECT_EQ(calling(heapsel_policy_set_udmabuf, policy.get(), true), "0");
    const auto selection =
        made_by<test::OwnedSelection>(heapsel_select, catalog_.get(), nullptr, 0U, policy.get());
    std::size_t udmabufs = 0;
    for (std::size_t i = 0; i < heapsel_selection_count(selection.get()); ++i) {
        const heapsel_heap* const judged = heapsel_selection_heap(selection.get(), i);
        udmabufs += heapsel_heap_exporter(judged) == HEAPSEL_EXPORTER_UDMABUF ? 1U : 0U;
    }
    EXPECT_EQ(udmabufs, 1U);
}

TEST_F(CApi, AHeapThatThePolicyNamesAndNobodyHasIsEnoent) {
    const auto policy = made_by<test::OwnedPolicy>(heapsel_policy_create);
    EXPECT_EQ(calling(heapsel_policy_set_heap, policy.get(), "sytem"), "0");
    heapsel_selection* selection = nullptr;
    EXPECT_EQ(calling(heapsel_select, catalog_.get(), nullptr, 0U, policy.get(), &selection),
              select(catalog_->value, {}, policy->value).error().message());
    EXPECT_EQ(selection, nullptr);
}

TEST(CApiPolicy, HasWhatItWasGiven) {
    const auto policy = made_by<test::OwnedPolicy>(heapsel_policy_create);
    EXPECT_STREQ(heapsel_policy_required(policy.get()), "");
    EXPECT_EQ(heapsel_policy_heap(policy.get()), nullptr);
    EXPECT_EQ(heapsel_policy_fallback(policy.get()), HEAPSEL_FALLBACK_SAME_CACHING);
    EXPECT_EQ(calling(heapsel_policy_require, policy.get(), "contiguous"), "0");
    EXPECT_EQ(calling(heapsel_policy_require, policy.get(), ""), "0");
    EXPECT_EQ(calling(heapsel_policy_require, policy.get(), " non-ecc, contiguous"), "0");
    EXPECT_EQ(calling(heapsel_policy_prefer, policy.get(), "ecc, contiguous"), "0");
    EXPECT_EQ(calling(heapsel_policy_prefer, policy.get(), "non-cached"), "0");
    EXPECT_EQ(calling(heapsel_policy_set_heap, policy.get(), "system"), "0");
    EXPECT_EQ(calling(heapsel_policy_set_size, policy.get(), std::uint64_t{1} << 40U), "0");
    EXPECT_EQ(calling(heapsel_policy_set_fallback, policy.get(), HEAPSEL_FALLBACK_NONE), "0");
    EXPECT_EQ(calling(heapsel_policy_set_udmabuf, policy.get(), true), "0");
    EXPECT_STREQ(heapsel_policy_required(policy.get()), "contiguous,non-ecc");
    EXPECT_STREQ(heapsel_policy_preferred(policy.get()), "uncached");
    EXPECT_STREQ(heapsel_policy_heap(policy.get()), "system");
    EXPECT_EQ(heapsel_policy_size(policy.get()), std::uint64_t{1} << 40U);
    EXPECT_EQ(heapsel_policy_fallback(policy.get()), HEAPSEL_FALLBACK_NONE);
    EXPECT_TRUE(heapsel_policy_udmabuf(policy.get()));
    EXPECT_EQ(policy->value.require.front(), (Criterion{.trait = Trait::contiguous}));
    EXPECT_EQ(calling(heapsel_policy_set_heap, policy.get(), nullptr), "0");
    EXPECT_EQ(heapsel_policy_heap(policy.get()), nullptr);
}

TEST(CApiPolicy, WordsThatAreWrongOrContradictChangeNothing) {
    const auto policy = made_by<test::OwnedPolicy>(heapsel_policy_create);
    EXPECT_EQ(calling(heapsel_policy_require, policy.get(), "contiguous"), "0");
    EXPECT_EQ(calling(heapsel_policy_require, policy.get(), "non-contiguous"),
              parse_criteria("contiguous,non-contiguous").error().message());
    EXPECT_EQ(calling(heapsel_policy_require, policy.get(), "ecc,fast"),
              parse_criteria("fast").error().message());
    EXPECT_STREQ(heapsel_policy_required(policy.get()), "contiguous");
    EXPECT_EQ(policy->value.require.size(), 1U);
}

TEST(CApiConsumer, OfAQueueHasTheDriversHeaps) {
    test::FakeV4l2 driver;
    driver.enumerate =
        test::listing<v4l2_heap>({"nonecc@58000000", "system"}, EINVAL, V4L2_HEAP_FL_ACTIVE);
    const auto consumer =
        made_by<test::OwnedConsumer>(heapsel_consumer_v4l2, driver.fd(), HEAPSEL_QUEUE_CAPTURE);
    EXPECT_STREQ(heapsel_consumer_name(consumer.get()), "/dev/null (sixteen-letters-) capture");
    const heapsel_usable_heaps* const usable = heapsel_consumer_usable_heaps(consumer.get());
    EXPECT_STREQ(heapsel_usable_heaps_evidence(usable), "VIDIOC_ENUM_HEAPS");
    ASSERT_EQ(heapsel_usable_heaps_count(usable), 2U);
    EXPECT_STREQ(heapsel_usable_heaps_name(usable, 1), "system");
    EXPECT_TRUE(heapsel_usable_heaps_active(usable, 0));
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

TEST(CApiConsumer, OfAPlaneIsTriedWhereTheDriverSaysNothing) {
    test::FakeDrm driver;
    driver.planes[31];
    const auto consumer =
        made_by<test::OwnedConsumer>(heapsel_consumer_drm, driver.fd(), 31U,
                                     std::uint32_t{DRM_FORMAT_XRGB8888}, HEAPSEL_NO_MODIFIER);
    EXPECT_FALSE(heapsel_usable_heaps_known(heapsel_consumer_usable_heaps(consumer.get())));
    Heap heap = test::heap("a");
    heap.device = "/dev/zero";
    const heapsel_catalog catalog{HeapCatalog({heap})};
    EXPECT_EQ(calling(heapsel_consumer_try_heaps, consumer.get(), driver.fd(), 31U,
                      std::uint32_t{DRM_FORMAT_XRGB8888}, HEAPSEL_NO_MODIFIER, &catalog),
              "0");
    ASSERT_EQ(heapsel_consumer_trial_count(consumer.get()), 1U);
    EXPECT_STREQ(heapsel_consumer_trial_heap(consumer.get(), 0), "a");
    const HeapTrial& trial = consumer->value.trials().front();
    EXPECT_EQ(heapsel_consumer_trial_accepted(consumer.get(), 0),
              std::to_underlying(trial.accepted));
    EXPECT_EQ(heapsel_consumer_trial_evidence(consumer.get(), 0), trial.evidence);
    EXPECT_EQ(driver.held(), 0U);
}

TEST(CApiConsumer, MayBeWrittenDown) {
    const auto words =
        made_by<test::OwnedConsumer>(heapsel_consumer_requirement, "display", "contiguous");
    EXPECT_STREQ(heapsel_consumer_name(words.get()), "display");
    EXPECT_EQ(words->value.requirement().criteria,
              (std::vector{Criterion{.trait = Trait::contiguous}}));
    EXPECT_EQ(heapsel_consumer_usable_heaps(words.get()), nullptr);
    const std::array heaps{"a", "b"};
    const auto list = made_by<test::OwnedConsumer>(heapsel_consumer_listing, "gpu", heaps.data(),
                                                   heaps.size(), nullptr);
    const heapsel_usable_heaps* const usable = heapsel_consumer_usable_heaps(list.get());
    EXPECT_EQ(heapsel_usable_heaps_count(usable), 2U);
    EXPECT_STREQ(heapsel_usable_heaps_evidence(usable), "its caller says so");
    heapsel_consumer* none = nullptr;
    EXPECT_EQ(calling(heapsel_consumer_requirement, "display", "fast", &none),
              parse_criteria("fast").error().message());
    EXPECT_EQ(none, nullptr);
}

TEST(CApiWords, AreThoseOfTheCommand) {
    const auto all = [](auto text, auto first) {
        using Enum = decltype(first);
        std::string words;
        for (int i = 0; const char* const word = text(static_cast<Enum>(i)); ++i)
            words += (i == 0 ? "" : " | ") + std::string(word);
        return words;
    };
    EXPECT_EQ(all(heapsel_trait_text, HEAPSEL_TRAIT_CONTIGUOUS),
              "contiguous | cached | ecc | protected");
    EXPECT_EQ(all(heapsel_answer_text, HEAPSEL_ANSWER_NO), "no | yes | unknown");
    EXPECT_EQ(all(heapsel_source_text, HEAPSEL_SOURCE_KERNEL),
              "kernel | device tree | command line | sysfs | heap name | none");
    EXPECT_EQ(all(heapsel_exporter_text, HEAPSEL_EXPORTER_DMA_HEAP), "dma-heap | udmabuf");
    EXPECT_EQ(all(heapsel_permission_text, HEAPSEL_PERMISSION_GRANTED),
              "granted | denied | broken | unknown");
    EXPECT_EQ(all(heapsel_figure_text, HEAPSEL_FIGURE_SIZE),
              "size_bytes | free_bytes | largest_free_bytes | buffers | allocated_bytes | "
              "peak_bytes");
    EXPECT_EQ(all(heapsel_controller_text, HEAPSEL_CONTROLLER_NONE),
              "none | memcg | dmem | unknown");
    EXPECT_EQ(all(heapsel_role_text, HEAPSEL_ROLE_FRAME), "frame | reference | metadata");
    EXPECT_EQ(all(heapsel_queue_text, HEAPSEL_QUEUE_CAPTURE), "capture | output");
    EXPECT_EQ(all(heapsel_fallback_text, HEAPSEL_FALLBACK_SAME_CACHING),
              "same-caching | any | none");
    EXPECT_EQ(all(heapsel_verdict_text, HEAPSEL_VERDICT_CHOSEN),
              "chosen | candidate | unsuitable | unusable");
    EXPECT_EQ(all(heapsel_memory_kind_text, HEAPSEL_MEMORY_CAPTURE),
              "capture | output | frame | reference | metadata | plane | dumb");
    EXPECT_EQ(all(heapsel_condition_text, HEAPSEL_CONDITION_OK), "ok | problem | unknown");
    EXPECT_EQ(all(heapsel_kernel_generation_text, HEAPSEL_KERNEL_SERIES),
              "series | stock | before-6.17");
    EXPECT_EQ(all(heapsel_region_use_text, HEAPSEL_REGION_DEFAULT_CMA),
              "default-cma | cma | coherent-pool | coherent-heap | restricted-pool | carve-out | "
              "driver | device | firmware | refused | disabled");
    EXPECT_EQ(all(heapsel_name_rule_text, HEAPSEL_NAME_STABLE),
              "stable | region | implementation | properties | characters | length");
    EXPECT_EQ(all(heapsel_plane_type_text, HEAPSEL_PLANE_PRIMARY),
              "primary | overlay | cursor | unknown");
    EXPECT_EQ(all(heapsel_setting_text, HEAPSEL_SETTING_REQUIRE),
              "require | prefer | heap | size | fallback | udmabuf");
    EXPECT_EQ(heapsel_trait_text(static_cast<heapsel_trait>(-1)), nullptr);
    EXPECT_EQ(heapsel_setting_text(static_cast<heapsel_setting>(-1)), nullptr);
    EXPECT_EQ(heapsel_plane_type_text(static_cast<heapsel_plane_type>(-1)), nullptr);
    EXPECT_EQ(heapsel_name_rule_text(static_cast<heapsel_name_rule>(-1)), nullptr);
    EXPECT_EQ(heapsel_region_use_text(static_cast<heapsel_region_use>(-1)), nullptr);
    EXPECT_EQ(heapsel_condition_text(static_cast<heapsel_condition>(-1)), nullptr);
    EXPECT_EQ(heapsel_figure_text(static_cast<heapsel_figure>(-1)), nullptr);
    EXPECT_EQ(heapsel_memory_kind_text(static_cast<heapsel_memory_kind>(-1)), nullptr);
}

} // namespace
} // namespace heapsel
