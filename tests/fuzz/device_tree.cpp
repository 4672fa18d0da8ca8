// SPDX-License-Identifier: LGPL-2.1-or-later
//
// A flattened device tree of any bytes, and all that is learned from it.
#include "inspect/device_tree_blob.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

#include "inspect/board_plan.hpp"

#include "sound.hpp"
#include "tree/memory_map.hpp"
#include "tree_heaps.hpp"

namespace {

using namespace heapsel;

void plan(std::span<const std::byte> blob, KernelGeneration kernel) {
    const auto plan = plan_board(blob, {.kernel = kernel, .command_line = {}});
    if (!plan)
        return fuzz::expect_sound(plan.error());
    fuzz::expect_sound(plan->catalog);
    for (const PlannedRegion& region : plan->regions) {
        fuzz::expect(!region.reason.empty(), "every use has a reason");
        fuzz::expect_printable(region.reason);
    }
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const auto blob = std::as_bytes(std::span(data, size));
    for (const KernelGeneration kernel : all_kernel_generations)
        plan(blob, kernel);
    const auto tree = parse_device_tree(blob);
    if (!tree) {
        fuzz::expect_sound(tree.error());
        return 0;
    }
    Machine machine;
    machine.tree = TreeState::read;
    machine.memory = memory_map(*tree);
    fuzz::expect_printable(machine.memory.warnings);
    fuzz::describe_heaps_of(machine);
    return 0;
}
