// SPDX-License-Identifier: LGPL-2.1-or-later
//
// A flattened device tree of any bytes, and all that is learned from it.
#include "device_tree.hpp"

#include <cstddef>
#include <cstdint>
#include <span>

#include "memory_map.hpp"
#include "sound.hpp"
#include "tree_heaps.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    using namespace heapsel;
    const auto tree = parse_device_tree(std::as_bytes(std::span(data, size)));
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
