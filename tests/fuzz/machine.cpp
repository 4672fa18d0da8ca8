// SPDX-License-Identifier: LGPL-2.1-or-later
//
// A machine made of values that each are possible, in combinations that none may have: what a blob
// of random bytes hardly ever reaches.
#include "heaps/machine.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <fuzzer/FuzzedDataProvider.h>

#include "sound.hpp"
#include "tree_heaps.hpp"

namespace heapsel {
namespace {

using Provider = FuzzedDataProvider;

constexpr std::array<const char*, 9> region_names{
    "default_cma_region", "reserved",  "linux,cma", "default-pool",  "system",
    "video@50000000",     "video\x1b", "protected", "non-contiguous"};

// A property that was left out is part of what is tried.
void maybe(Provider& from, DeviceTreeNode& node, const char* name, std::string value) {
    if (from.ConsumeBool())
        node.properties[name] = std::move(value);
}

std::string cell(std::uint32_t value) {
    std::string bytes;
    for (const unsigned shift : {24U, 16U, 8U, 0U})
        bytes += static_cast<char>(value >> shift & 0xffU);
    return bytes;
}

std::string some_cells(Provider& from) {
    std::string bytes;
    for (auto count = from.ConsumeIntegralInRange<unsigned>(0, 8); count > 0; --count)
        bytes += cell(from.ConsumeBool() ? from.ConsumeIntegral<std::uint32_t>()
                                         : from.ConsumeIntegral<std::uint8_t>());
    if (from.ConsumeIntegral<std::uint8_t>() == 0)
        bytes += from.ConsumeRandomLengthString(3);
    return bytes;
}

std::string small_cell(Provider& from) {
    return cell(from.ConsumeIntegralInRange<std::uint32_t>(0, 3));
}

void add_cell_counts(Provider& from, DeviceTreeNode& node) {
    node.properties["#address-cells"] = small_cell(from);
    node.properties["#size-cells"] = small_cell(from);
}

void add_ecc(Provider& from, DeviceTreeNode& node) {
    maybe(from, node, "ecc-detection-bits", small_cell(from));
    maybe(from, node, "ecc-correction-bits", small_cell(from));
}

std::string name_of_a_region(Provider& from) {
    return from.ConsumeBool() ? from.PickValueInArray(region_names)
                              : from.ConsumeRandomLengthString(12);
}

DeviceTreeNode region(Provider& from) {
    using namespace std::string_literals;
    DeviceTreeNode node;
    node.name = name_of_a_region(from);
    maybe(from, node, "compatible",
          from.PickValueInArray({"shared-dma-pool\0"s, "carved-out\0"s, "restricted-dma-pool\0"s,
                                 "carved-out\0shared-dma-pool\0"s}));
    for (const char* const flag : {"reusable", "no-map", "linux,cma-default", "linux,dma-heap"})
        maybe(from, node, flag, "");
    maybe(from, node, "status", from.PickValueInArray({"okay\0"s, "disabled\0"s, ""s}));
    maybe(from, node, "reg", some_cells(from));
    maybe(from, node, "size", some_cells(from));
    maybe(from, node, "alignment", some_cells(from));
    maybe(from, node, "alloc-ranges", some_cells(from));
    add_ecc(from, node);
    return node;
}

DeviceTreeNode tree(Provider& from) {
    using namespace std::string_literals;
    DeviceTreeNode root;
    add_cell_counts(from, root);
    for (auto count = from.ConsumeIntegralInRange<unsigned>(0, 3); count > 0; --count) {
        DeviceTreeNode& memory = root.children.emplace_back();
        memory.name = "memory@" + std::to_string(count);
        memory.properties["device_type"] = "memory\0"s;
        maybe(from, memory, "reg", some_cells(from));
        add_ecc(from, memory);
    }
    DeviceTreeNode& reserved = root.children.emplace_back();
    reserved.name = "reserved-memory";
    if (from.ConsumeBool())
        add_cell_counts(from, reserved);
    else
        reserved.properties = root.properties;
    reserved.properties["ranges"] = "";
    for (auto count = from.ConsumeIntegralInRange<unsigned>(0, 6); count > 0; --count)
        reserved.children.push_back(region(from));
    return root;
}

std::optional<std::uint64_t> maybe_number(Provider& from) {
    return from.ConsumeBool() ? std::optional(from.ConsumeIntegral<std::uint64_t>()) : std::nullopt;
}

Machine machine(Provider& from) {
    Machine machine;
    machine.tree =
        from.PickValueInArray({TreeState::read, TreeState::absent, TreeState::unreadable});
    if (machine.tree == TreeState::read)
        machine.memory = memory_map(tree(from));
    machine.command_line_known = from.ConsumeBool();
    if (machine.command_line_known)
        machine.cma = cma_parameter("cma=" + from.ConsumeRandomLengthString(16));
    for (auto count = from.ConsumeIntegralInRange<unsigned>(0, 3); count > 0; --count)
        machine.cma_areas.push_back({.name = name_of_a_region(from),
                                     .total_pages = maybe_number(from),
                                     .available_pages = maybe_number(from)});
    for (auto count = from.ConsumeIntegralInRange<unsigned>(0, 3); count > 0; --count) {
        HeapDirectory& directory = machine.heap_directories.emplace_back();
        directory.name = name_of_a_region(from);
        if (from.ConsumeBool())
            directory.node = "/reserved-memory/" + name_of_a_region(from);
        directory.size = maybe_number(from);
    }
    if (from.ConsumeBool())
        machine.page_size = 4096;
    return machine;
}

} // namespace
} // namespace heapsel

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    FuzzedDataProvider from(data, size);
    const heapsel::Machine machine = heapsel::machine(from);
    heapsel::fuzz::expect_printable(machine.memory.warnings);
    heapsel::fuzz::describe_heaps_of(machine);
    return 0;
}
