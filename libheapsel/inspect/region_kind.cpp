// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inspect/region_kind.hpp"

#include <format>
#include <optional>
#include <utility>

#include <heapsel/size_text.hpp>

namespace heapsel {
namespace {

/// Of one that is placed at boot, the kernel sees to its address.
bool consists_of(const ReservedRegion& region, std::uint64_t block) {
    const std::uint64_t base = region.region ? region.region->base : 0;
    return base % block == 0 && region.size.value_or(0) % block == 0;
}

/// From where the region is to the next page; of one that is placed at boot it is not known.
std::uint64_t part_of_a_page(const ReservedRegion& region, std::uint64_t page_size) {
    const std::uint64_t into = region.region ? region.region->base % page_size : 0;
    return into == 0 ? 0 : page_size - into;
}

bool has_a_whole_page(const ReservedRegion& region, std::uint64_t page_size) {
    const std::uint64_t part = part_of_a_page(region, page_size);
    const std::uint64_t size = region.size.value_or(0);
    return size >= part && size - part >= page_size;
}

RegionVerdict cma_area(const ReservedRegion& region, const KernelRules& rules) {
    if (region.cma_default && rules.cma_parameter)
        return {.use = RegionKind::refused,
                .reason = "linux,cma-default, and cma= on the command line takes its place"};
    if (!consists_of(region, rules.cma_block))
        return {.use = RegionKind::refused,
                .reason = std::format("shared-dma-pool, reusable, and not of whole blocks of {}; "
                                      "the memory is the system's",
                                      size_text(rules.cma_block))};
    if (region.cma_default)
        return {.use = RegionKind::default_cma,
                .reason = "shared-dma-pool, reusable, linux,cma-default"};
    return {.use = RegionKind::cma, .reason = "shared-dma-pool, reusable"};
}

RegionVerdict coherent_pool(const ReservedRegion& region, const KernelRules& rules) {
    const auto pool = [](std::string reason) {
        return RegionVerdict{.use = RegionKind::coherent_pool, .reason = std::move(reason)};
    };
    if (!region.dma_heap)
        return pool("shared-dma-pool, without reusable");
    if (rules.kernel != KernelGeneration::series)
        return pool("shared-dma-pool, without reusable; this kernel does not know linux,dma-heap");
    if (!region.no_map)
        return pool("shared-dma-pool, without reusable; no linux,dma-heap without no-map");
    if (region.dma_default)
        return pool("shared-dma-pool, without reusable; no linux,dma-heap with linux,dma-default");
    if (part_of_a_page(region, rules.page_size) != 0)
        return pool("shared-dma-pool, without reusable; no linux,dma-heap that begins in a page");
    return {.use = RegionKind::coherent_heap,
            .reason = "shared-dma-pool, linux,dma-heap, without reusable"};
}

RegionVerdict restricted_pool(const ReservedRegion& region) {
    if (region.reusable || region.cma_default || region.dma_default || region.no_map)
        return {.use = RegionKind::refused,
                .reason = "restricted-dma-pool, with reusable, no-map, linux,cma-default or "
                          "linux,dma-default; the memory is the system's"};
    return {.use = RegionKind::restricted_pool, .reason = "restricted-dma-pool"};
}

/// Nothing where the kernel's core has no use for it.
std::optional<RegionVerdict> use_by_core(const ReservedRegion& region, const KernelRules& rules) {
    if (region.is_cma())
        return cma_area(region, rules);
    if (region.is_coherent_pool())
        return coherent_pool(region, rules);
    if (region.restricted_dma_pool)
        return restricted_pool(region);
    if (!region.driver.empty())
        return RegionVerdict{.use = RegionKind::driver, .reason = region.driver};
    return std::nullopt;
}

/// What is to be said of memory that is set aside and nothing more; empty as a rule.
std::string oddity(const ReservedRegion& region, const KernelRules& rules) {
    if (region.shared_dma_pool)
        return "shared-dma-pool, and reusable and no-map exclude each other; ";
    if (region.carved_out && rules.kernel != KernelGeneration::series)
        return "carved-out, which this kernel does not know; ";
    if (region.carved_out)
        return "carved-out, and without a whole page; ";
    return {};
}

} // namespace

std::string_view to_string(RegionKind use) {
    switch (use) {
    case RegionKind::default_cma:
        return "default-cma";
    case RegionKind::cma:
        return "cma";
    case RegionKind::coherent_pool:
        return "coherent-pool";
    case RegionKind::coherent_heap:
        return "coherent-heap";
    case RegionKind::restricted_pool:
        return "restricted-pool";
    case RegionKind::carve_out:
        return "carve-out";
    case RegionKind::driver:
        return "driver";
    case RegionKind::device:
        return "device";
    case RegionKind::firmware:
        return "firmware";
    case RegionKind::refused:
        return "refused";
    case RegionKind::disabled:
        return "disabled";
    }
    std::unreachable();
}

RegionVerdict use_of(const ReservedRegion& region, const KernelRules& rules,
                     const RegionClients& users) {
    if (!region.not_set_aside.empty())
        return {.use = RegionKind::refused, .reason = region.not_set_aside};
    if (auto verdict = use_by_core(region, rules); verdict)
        return *std::move(verdict);
    if (region.carved_out && rules.kernel == KernelGeneration::series &&
        has_a_whole_page(region, rules.page_size))
        return {.use = RegionKind::carve_out,
                .reason = region.no_map ? "carved-out, no-map" : "carved-out, without no-map"};
    const std::string odd = oddity(region, rules);
    const std::string_view mapped = region.no_map ? "no-map" : "without no-map";
    if (users.enabled)
        return {.use = RegionKind::device,
                .reason = std::format("{}a device's memory-region, {}", odd, mapped)};
    return {.use = RegionKind::firmware,
            .reason = std::format("{}{}, {}", odd,
                                  users.disabled ? "the devices that point at it are disabled"
                                                 : "no device's memory-region points at it",
                                  mapped)};
}

} // namespace heapsel
