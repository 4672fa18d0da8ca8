// SPDX-License-Identifier: LGPL-2.1-or-later
//
// A file of facts of any bytes, and heaps that it may be about.
#include "facts/fact_file.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "heaps/build_heaps.hpp"
#include "heaps/machine.hpp"
#include "sound.hpp"

namespace heapsel {
namespace {

Machine machine_with(std::vector<HeapFact> facts) {
    Machine machine;
    machine.tree = TreeState::read;
    machine.compatible = {"rockchip,rk3588", "fsl,imx8mp"};
    machine.kernel_release = "6.1.75-rockchip";
    ReservedRegion region;
    region.name = "linux,cma";
    region.path = "/reserved-memory/linux,cma";
    region.compatible = {"dma-heap-carveout"};
    region.region = Region{.base = 0x1000, .size = 0x1000};
    machine.memory.reserved = {std::move(region)};
    machine.facts = std::move(facts);
    return machine;
}

void expect_sound(const Heap& heap) {
    for (const Property& property : heap.properties) {
        fuzz::expect((property.answer == Answer::unknown) == (property.source == Source::none),
                     "what is known was learned somewhere");
        fuzz::expect_printable(property.evidence);
    }
    for (const Provenance* const from :
         {&heap.region_from, &heap.size_from, &heap.last_address_from})
        fuzz::expect_printable(from->evidence);
}

} // namespace
} // namespace heapsel

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace heapsel;
    const std::string_view text(reinterpret_cast<const char*>(data), size);
    FactsRead read = parse_facts(text, "/etc/heapsel/heaps.d/board.toml");
    fuzz::expect_printable(read.warnings);
    fuzz::expect(read.warnings.size() <= max_fact_warnings + 1, "there are few warnings");
    fuzz::expect(read.facts.size() <= max_facts_in_a_file, "there are not too many facts");
    const auto heaps = assemble_heaps({{.name = "carveout_linux,cma", .aliases = {}},
                                       {.name = "cma-uncached", .aliases = {}},
                                       {.name = "linux,cma-uncached", .aliases = {}},
                                       {.name = "system", .aliases = {}}},
                                      "/dev/dma_heap", machine_with(std::move(read.facts)));
    for (const Heap& heap : heaps)
        expect_sound(heap);
    return 0;
}
