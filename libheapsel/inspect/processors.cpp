// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inspect/processors.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include <libfdt.h>

#include "inspect/flat_tree.hpp"

namespace heapsel {
namespace {

/// The beginnings of what the bindings call processors that have no 64-bit state.
constexpr std::array<std::string_view, 25> of_32_bits{
    "arm,arm7",       "arm,arm9",        "arm,arm10",      "arm,arm11",      "arm,cortex-a5",
    "arm,cortex-a7",  "arm,cortex-a8",   "arm,cortex-a9",  "arm,cortex-a12", "arm,cortex-a15",
    "arm,cortex-a17", "arm,cortex-a32",  "arm,cortex-m",   "arm,cortex-r4",  "arm,cortex-r5",
    "arm,cortex-r7",  "brcm,brahma-b15", "faraday,fa526",  "intel,sa1",      "marvell,feroceon",
    "marvell,mohawk", "marvell,pj4",     "marvell,sheeva", "qcom,krait",     "qcom,scorpion"};
constexpr std::array<std::string_view, 7> of_others{"riscv",    "sifive,",   "thead,",  "mips,",
                                                    "img,mips", "loongson,", "PowerPC,"};

/// A number follows no number: "arm,cortex-a5" is not "arm,cortex-a55".
bool begins(std::string_view text, std::string_view with) {
    const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
    if (!text.starts_with(with))
        return false;
    const bool number_goes_on =
        is_digit(with.back()) && text.size() > with.size() && is_digit(text[with.size()]);
    return !number_goes_on || !with.starts_with("arm,cortex");
}

Processors of(std::string_view compatible) {
    const auto any = [&](const auto& beginnings) {
        return std::ranges::any_of(beginnings,
                                   [&](std::string_view with) { return begins(compatible, with); });
    };
    if (any(of_32_bits))
        return {.architecture = Architecture::arm, .compatible = std::string(compatible)};
    if (any(of_others))
        return {.architecture = Architecture::other, .compatible = std::string(compatible)};
    return {};
}

} // namespace

Result<Processors> processors(std::span<const std::byte> bytes) {
    const auto tree = FlatTree::open(bytes);
    if (!tree)
        return std::unexpected(tree.error());
    const void* const blob = tree->blob();
    const int cpus = fdt_path_offset(blob, "/cpus");
    if (cpus < 0)
        return Processors{};
    int node = 0;
    fdt_for_each_subnode(node, blob, cpus) {
        const char* const type = fdt_stringlist_get(blob, node, "device_type", 0, nullptr);
        if (type == nullptr || std::string_view(type) != "cpu")
            continue;
        const char* const compatible = fdt_stringlist_get(blob, node, "compatible", 0, nullptr);
        return of(compatible == nullptr ? "" : compatible);
    }
    return Processors{};
}

} // namespace heapsel
