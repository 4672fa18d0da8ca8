// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/heap_catalog.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <format>
#include <fstream>
#include <ostream>
#include <regex>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "run_tool.hpp"

namespace heapsel {
namespace {

/// A machine with a vendor's kernel, what the vendor's own software wants of its memory, and which
/// heap that software takes.
struct Vendor {
    const char* board;
    const char* require;
    const char* heap; ///< By the name that heapsel has it under.
    Trait trait;      ///< The one that only a fact says.
    const char* file; ///< The one with that fact.
};

void PrintTo(const Vendor& vendor, std::ostream* out) {
    *out << vendor.board;
}

/// A reason is wrapped; the words count.
std::string unwrapped(const std::string& text) {
    std::string words;
    for (const char c : text) {
        const bool blank = c == ' ' || c == '\n';
        if (!blank || !words.ends_with(' '))
            words += blank ? ' ' : c;
    }
    return words;
}

std::string line_of(const std::string& file, std::size_t number) {
    std::ifstream stream(std::filesystem::path(std::getenv("HEAPSEL_FACTS")) / file);
    std::string line;
    for (std::size_t i = 0; i < number && std::getline(stream, line); ++i)
        continue;
    return line;
}

class VendorsHeap : public testing::TestWithParam<Vendor> {
  protected:
    [[nodiscard]] test::Outcome explain() const {
        return test::run(
            {"explain", "--require", GetParam().require, "--root", board_.root().native()});
    }

    [[nodiscard]] Property property() const {
        const auto catalog = HeapCatalog::scan(board_.root()).value();
        EXPECT_TRUE(catalog.warnings().empty()) << catalog.warnings().front();
        return catalog.find(GetParam().heap)->property(GetParam().trait);
    }

    test::RecordedBoard board_{GetParam().board};
};

TEST_P(VendorsHeap, IsTakenAndTheFactIsNamed) {
    board_.add_facts();
    const Property known = property();
    EXPECT_EQ(known.source, Source::facts);
    const std::string place = std::format("{}:", GetParam().file);
    ASSERT_TRUE(known.evidence.starts_with(place)) << known.evidence;
    const std::string line =
        line_of(GetParam().file, std::stoul(known.evidence.substr(place.size())));
    EXPECT_TRUE(line.starts_with(std::format("{} = ", to_string(GetParam().trait)))) << line;
    const test::Outcome outcome = explain();
    EXPECT_EQ(outcome.status, 0) << outcome.err;
    EXPECT_EQ(outcome.err, "");
    EXPECT_TRUE(outcome.out.starts_with(std::format("{}: chosen\n", GetParam().heap)))
        << outcome.out;
    const std::string words = std::format("{} {} required facts: {}", to_string(GetParam().trait),
                                          to_string(known.answer), known.evidence);
    EXPECT_TRUE(test::contains(unwrapped(outcome.out), words)) << words << '\n' << outcome.out;
}

TEST_P(VendorsHeap, IsUnknownWithoutTheFacts) {
    EXPECT_EQ(property().source, Source::none);
    EXPECT_EQ(property().evidence, "nothing says");
    const test::Outcome outcome = explain();
    EXPECT_EQ(outcome.status, 1) << outcome.out;
    const std::regex unknown(
        std::format("{} unknown [a-z-]+ is required nothing says", to_string(GetParam().trait)));
    EXPECT_TRUE(std::regex_search(unwrapped(outcome.out), unknown)) << outcome.out;
    const std::regex way_on("What ([^ ]+) lacks, nobody says of it: where its driver serves, "
                            "require less and take it with --heap \\1, or describe it in a file of "
                            "facts \\(FACTS in the manual\\)\\.");
    EXPECT_TRUE(std::regex_search(outcome.err, way_on)) << outcome.err;
}

INSTANTIATE_TEST_SUITE_P(
    OnTheirMachines, VendorsHeap,
    testing::Values(
        // imx-test, test/mxc_v4l2_vpu_test/pitcher/dmabuf.c: linux,cma-uncached before all others.
        Vendor{"nxp-imx8mp-vendor", "contiguous,uncached", "default_cma_region-uncached",
               Trait::cached, "nxp.toml"},
        // mpp, osal/allocator/allocator_dma_heap.c: cma-uncached for MPP_ALLOC_FLAG_CMA.
        Vendor{"rockchip-rk3588-vendor", "contiguous,uncached", "cma-uncached", Trait::cached,
               "rockchip.toml"},
        // vision_apps: its shared memory is carveout_vision_apps_shared-memories, which
        // gen_linker_mem_map.py makes without no-map to have it cached.
        Vendor{"ti-j721e-vendor", "contiguous,cached", "carveout_vision_apps_shared-memories",
               Trait::cached, "ti.toml"},
        // rpicam-apps, core/dma_heaps.cpp: vidbuf_cached before linux,cma.
        Vendor{"raspberry-pi-4b-container", "contiguous,cached", "vidbuf_cached", Trait::cached,
               "raspberrypi.toml"},
        // Of Qualcomm's software only what takes qcom,system was read (below); this is what its
        // driver has the heap for.
        Vendor{"qualcomm-rb5-vendor", "protected", "qcom,secure-non-pixel", Trait::protected_memory,
               "qualcomm.toml"},
        // mtk_cam-pool.c of MediaTek's camera driver: mtk_mm-uncached for buffers not cached.
        Vendor{"mediatek-genio-1200-vendor", "non-contiguous,uncached", "mtk_mm-uncached",
               Trait::cached, "mediatek.toml"},
        // Amlogic's aml_vcodec driver: heap-codecmm for buffers that are neither cached nor
        // protected.
        Vendor{"khadas-vim3-vendor", "contiguous,uncached,non-protected", "heap-codecmm",
               Trait::cached, "amlogic.toml"},
        // The driver is all that was read: the suffix says that the heap is not cached.
        Vendor{"google-gs101-vendor", "uncached", "video_system-uncached", Trait::cached,
               "google.toml"},
        // So here, with the device tree that names the heaps.
        Vendor{"samsung-s5e9925-vendor", "non-contiguous,uncached", "system-uncached",
               Trait::cached, "samsung.toml"}),
    [](const auto& vendor) {
        std::string name = vendor.param.board;
        std::erase(name, '-');
        return name;
    });

class VendorsMachine : public testing::Test {
  protected:
    static HeapCatalog scan(const test::RecordedBoard& board) {
        board.add_facts();
        return HeapCatalog::scan(board.root()).value();
    }
};

TEST_F(VendorsMachine, NxpHasTwoHeapsOverOneRegion) {
    const HeapCatalog catalog = scan(test::RecordedBoard("nxp-imx8mp-vendor"));
    ASSERT_EQ(catalog.heaps().size(), 3U);
    const Heap& cached = *catalog.find("linux,cma");
    const Heap& uncached = *catalog.find("linux,cma-uncached");
    EXPECT_EQ(uncached.name, "default_cma_region-uncached");
    EXPECT_EQ(cached.property(Trait::cached).source, Source::kernel);
    EXPECT_EQ(uncached.size, cached.size);
    EXPECT_EQ(uncached.last_address, cached.last_address);
    EXPECT_EQ(uncached.size_from.source, Source::facts);
    EXPECT_EQ(cached.size_from.source, Source::device_tree);
}

TEST_F(VendorsMachine, RockchipsHeapsBelow4GibSaySo) {
    const HeapCatalog catalog = scan(test::RecordedBoard("rockchip-rk3588-vendor"));
    EXPECT_EQ(catalog.find("system-uncached-dma32")->last_address, 0xffffffffU);
    EXPECT_EQ(catalog.find("system-dma32")->property(Trait::cached).answer, Answer::yes);
    EXPECT_EQ(catalog.find("cma")->property(Trait::cached).source, Source::device_tree);
}

TEST_F(VendorsMachine, TisCarveOutsAreCachedUnlessTheyHaveNoMap) {
    const HeapCatalog catalog = scan(test::RecordedBoard("ti-j721e-vendor"));
    const Heap& shared = *catalog.find("carveout_vision_apps_shared-memories");
    EXPECT_EQ(shared.region, (Region{.base = 0xb8000000, .size = 512U << 20U}));
    EXPECT_EQ(shared.property(Trait::cached).answer, Answer::yes);
    EXPECT_EQ(catalog.find("carveout_dsp-only@e0000000")->property(Trait::cached).answer,
              Answer::no);
}

TEST_F(VendorsMachine, SamsungsHeapsLieOverTheRegionsOfTheirChip) {
    const HeapCatalog catalog = scan(test::RecordedBoard("samsung-s5e9925-vendor"));
    const Heap& uncached = *catalog.find("crypto-uncached");
    EXPECT_EQ(uncached.size, 24U << 20U);
    EXPECT_EQ(uncached.property(Trait::contiguous).answer, Answer::yes);
    EXPECT_EQ(uncached.property(Trait::cached).answer, Answer::no);
    const Heap& kept_from_the_cpu = *catalog.find("secure_camera-secure");
    EXPECT_EQ(kept_from_the_cpu.region, (Region{.base = 0x96000000, .size = 0x1ee0000}));
    EXPECT_EQ(kept_from_the_cpu.property(Trait::protected_memory).answer, Answer::yes);
    EXPECT_EQ(kept_from_the_cpu.property(Trait::cached).answer, Answer::unknown);
    EXPECT_EQ(catalog.find("crypto")->property(Trait::cached).source, Source::device_tree);
}

/// Qualcomm's GStreamer allocator (qtiallocator) takes qcom,system before system.
TEST_F(VendorsMachine, QualcommsSystemHeapsAreKnown) {
    const HeapCatalog catalog = scan(test::RecordedBoard("qualcomm-rb5-vendor"));
    EXPECT_EQ(catalog.find("qcom,system")->property(Trait::cached).answer, Answer::yes);
    EXPECT_EQ(catalog.find("qcom,system-uncached")->property(Trait::cached).answer, Answer::no);
}

TEST_F(VendorsMachine, TheAdministratorsFileStandsInForTheShippedOne) {
    const test::RecordedBoard board("ti-j721e-vendor");
    board.directory().write(
        "etc/heapsel/heaps.d/ti.toml",
        "[[heap]]\nname = \"carveout_*\"\ncached = false\nsource = \"measured\"\n"
        "kernels = \"ours\"\n");
    const HeapCatalog catalog = scan(board);
    const Heap& shared = *catalog.find("carveout_vision_apps_shared-memories");
    EXPECT_EQ(shared.property(Trait::cached).answer, Answer::no);
    EXPECT_EQ(shared.property(Trait::cached).evidence, "ti.toml:3");
    EXPECT_EQ(shared.property(Trait::contiguous).answer, Answer::unknown);
}

TEST_F(VendorsMachine, ListAndJsonNameTheFacts) {
    const test::RecordedBoard board("raspberry-pi-4b-container");
    board.add_facts();
    const auto list = test::run({"list", "-v", "--root", board.root().native()});
    EXPECT_TRUE(test::contains(list.out, "cached      yes         facts ")) << list.out;
    const auto listed =
        nlohmann::json::parse(test::run({"list", "--json", "--root", board.root().native()}).out);
    const auto& cached = listed["heaps"][0]["properties"]["cached"];
    EXPECT_EQ(cached["source"], "facts");
    EXPECT_TRUE(cached["evidence"].get<std::string>().starts_with("raspberrypi.toml:"));
}

} // namespace
} // namespace heapsel
