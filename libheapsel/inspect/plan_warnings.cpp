// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inspect/plan_warnings.hpp"

#include <algorithm>
#include <format>
#include <utility>

#include <heapsel/printable.hpp>
#include <heapsel/size_text.hpp>

namespace heapsel {
namespace {

std::uint64_t last_of(const Region& region) {
    return region.base + (region.size - 1);
}

std::string range_text(const Region& region) {
    return std::format("{:#x} to {:#x}", region.base, last_of(region));
}

std::string range_text(const PlannedRegion& region) {
    return std::format("{} ({})", printable(region.path), range_text(*region.region));
}

bool is_handed_out(RegionKind use) {
    switch (use) {
    case RegionKind::default_cma:
    case RegionKind::cma:
    case RegionKind::coherent_pool:
    case RegionKind::coherent_heap:
    case RegionKind::restricted_pool:
    case RegionKind::carve_out:
        return true;
    case RegionKind::driver:
    case RegionKind::device:
    case RegionKind::firmware:
    case RegionKind::refused:
    case RegionKind::disabled:
        break;
    }
    return false;
}

} // namespace

std::vector<std::string> overlap_warnings(std::span<const PlannedRegion> regions) {
    std::vector<const PlannedRegion*> placed;
    for (const PlannedRegion& region : regions) {
        if (region.region && region.use != RegionKind::refused)
            placed.push_back(&region);
    }
    std::ranges::stable_sort(placed, {}, [](const auto* region) {
        return std::pair(region->region->base, region->region->size);
    });
    std::vector<std::string> warnings;
    for (std::size_t i = 1; i < placed.size(); ++i) {
        if (last_of(*placed[i - 1]->region) >= placed[i]->region->base)
            warnings.push_back(std::format("{} overlaps with {}.", range_text(*placed[i - 1]),
                                           range_text(*placed[i])));
    }
    return warnings;
}

std::vector<std::string> header_warnings(std::span<const PlannedRegion> regions,
                                         std::span<const Region> header) {
    std::vector<std::string> warnings;
    for (const PlannedRegion& region : regions) {
        if (!region.region || !is_handed_out(region.use))
            continue;
        const auto overlaps = [&](const Region& range) {
            return range.base <= last_of(*region.region) && region.region->base <= last_of(range);
        };
        const auto found = std::ranges::find_if(header, overlaps);
        if (found != header.end())
            warnings.push_back(
                std::format("{} overlaps with what the tree's header reserves (/memreserve/, {}), "
                            "and is handed out nevertheless.",
                            range_text(region), range_text(*found)));
    }
    return warnings;
}

std::set<std::uint32_t> stray_references(std::span<const MemoryRegionUser> users,
                                         const std::set<std::uint32_t>& known) {
    constexpr std::uint32_t none = 0;
    constexpr std::uint32_t unresolved = 0xffffffff;
    std::set<std::uint32_t> stray;
    for (const MemoryRegionUser& user : users) {
        if (user.enabled)
            stray.insert(user.phandles.begin(), user.phandles.end());
    }
    std::erase_if(stray, [&](std::uint32_t phandle) {
        return phandle == none || phandle == unresolved || known.contains(phandle);
    });
    return stray;
}

std::vector<std::string> stray_warnings(std::span<const MemoryRegionUser> users,
                                        const std::set<std::uint32_t>& stray,
                                        const std::map<std::uint32_t, std::string>& paths) {
    std::vector<std::string> warnings;
    for (const MemoryRegionUser& user : users) {
        if (!user.enabled)
            continue;
        const std::set<std::uint32_t> phandles(user.phandles.begin(), user.phandles.end());
        for (const std::uint32_t phandle : phandles) {
            if (!stray.contains(phandle))
                continue;
            const auto path = paths.find(phandle);
            warnings.push_back(
                path == paths.end()
                    ? std::format("{}: its memory-region leads to no node (phandle {:#x}).",
                                  printable(user.path), phandle)
                    : std::format("{}: its memory-region leads to {}, which is no child of "
                                  "/reserved-memory: the kernel reserves nothing for it.",
                                  printable(user.path), printable(path->second)));
        }
    }
    return warnings;
}

std::vector<std::string> processor_warnings(const Processors& processors, std::uint64_t cma_block) {
    switch (processors.architecture) {
    case Architecture::arm64:
        return {};
    case Architecture::arm:
        return {std::format("The board's processors are {}, of 32 bits, and the plan goes by the "
                            "kernel's rules for arm64. Of those for 32-bit ARM it has that CMA "
                            "areas consist of blocks of {}, as without LPAE.",
                            printable(processors.compatible), size_text(cma_block))};
    case Architecture::other:
        break;
    }
    return {std::format(
        "The board's processors are {}, and the plan goes by the kernel's rules for arm64.",
        printable(processors.compatible))};
}

} // namespace heapsel
