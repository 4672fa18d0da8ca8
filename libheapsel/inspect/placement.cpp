// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inspect/placement.hpp"

#include <algorithm>
#include <array>
#include <format>
#include <utility>

#include <heapsel/size_text.hpp>

namespace heapsel {
namespace {

std::string no_slot(const KernelRules& rules) {
    return std::format("{} CMA areas before it take all of the kernel's slots (CONFIG_CMA_AREAS)",
                       rules.cma_areas);
}

/// Not rounded: a few bytes can be what is missing.
std::string exact_text(std::uint64_t size) {
    constexpr std::uint64_t kib = 1U << 10U;
    constexpr std::uint64_t mib = 1U << 20U;
    if (size % (kib * mib) == 0)
        return std::format("{} GiB", size / (kib * mib));
    if (size % mib == 0)
        return std::format("{} MiB", size / mib);
    if (size % kib == 0)
        return std::format("{} KiB", size / kib);
    return std::format("{} bytes", size);
}

std::string no_room(std::uint64_t size, std::string_view where) {
    return std::format("no {} in one piece are free{}", exact_text(size), where);
}

class Placer {
  public:
    Placer(std::span<const ReservedRegion> regions, std::span<const RegionKind> kinds,
           FreeMemory memory, const KernelRules& rules)
        : regions_(regions), kinds_(kinds), rules_(rules),
          placed_{.regions = std::vector<Placement>(regions.size()), .memory = std::move(memory)} {}

    Placements place(std::span<const Region> header) && {
        for (const ReservedRegion& region : regions_) {
            if (region.region && is_set_aside(region))
                placed_.memory.take(*region.region);
        }
        for (std::size_t i = 0; i < regions_.size(); ++i) {
            if (!regions_[i].region && is_set_aside(regions_[i]))
                place_at_boot(i);
        }
        for (const Region& range : header)
            placed_.memory.take(range);
        for (std::size_t i = 0; i < regions_.size(); ++i) {
            if (regions_[i].region && is_set_aside(regions_[i]))
                make(i, *regions_[i].region);
        }
        return std::move(placed_);
    }

  private:
    /// Of what the kernel refuses otherwise it sees so only when the memory is taken.
    [[nodiscard]] bool is_set_aside(const ReservedRegion& region) const {
        const bool displaced = region.is_cma() && region.cma_default && rules_.cma_parameter;
        return region.not_set_aside.empty() && !displaced;
    }

    void place_at_boot(std::size_t index) {
        const ReservedRegion& region = regions_[index];
        if (++at_boot_ > max_placed_at_boot)
            return;
        const std::uint64_t size = region.size.value_or(0);
        const auto base = placed_.memory.find(requests(region));
        if (!base) {
            placed_.regions[index].problem =
                no_room(size, region.alloc_ranges.empty() ? "" : " in its alloc-ranges");
            return;
        }
        const Region found{.base = *base, .size = size};
        placed_.memory.take(found);
        if (!make(index, found))
            return;
        placed_.regions[index].base = *base;
        neighbours_.push_back(found);
    }

    [[nodiscard]] std::vector<FreeMemory::Request> requests(const ReservedRegion& region) const {
        constexpr std::uint64_t cache_line = 64;
        std::uint64_t alignment =
            region.is_cma() ? std::max(region.alignment, rules_.cma_block) : region.alignment;
        if (alignment == 0)
            alignment = cache_line;
        FreeMemory::Request request{.size = region.size.value_or(0), .alignment = alignment};
        if (region.alloc_ranges.empty())
            return {request};
        std::vector<FreeMemory::Request> found;
        for (const Region& range : region.alloc_ranges) {
            const std::uint64_t end = range.base + range.size;
            request.first = range.base;
            request.end = end == 0 ? end_of_addresses : end;
            request.from_below = touches(request.first) && !touches(end);
            found.push_back(request);
        }
        return found;
    }

    /// The kernel places regions beside those that it has placed before.
    [[nodiscard]] bool touches(std::uint64_t address) const {
        return std::ranges::any_of(neighbours_, [&](const Region& region) {
            return address >= region.base && address <= region.base + region.size;
        });
    }

    /// False where the kernel gives the memory back.
    bool make(std::size_t index, const Region& region) {
        if (kinds_[index] == RegionKind::refused)
            return give_back(index, region);
        if (!is_cma(kinds_[index]))
            return true;
        if (placed_.cma_areas == rules_.cma_areas) {
            placed_.regions[index].problem = no_slot(rules_);
            return give_back(index, region);
        }
        ++placed_.cma_areas;
        if (!placed_.memory.holds(region))
            placed_.regions[index].problem =
                "a CMA area is made of memory, and not all of this is memory";
        return true;
    }

    /// What is not mapped stays taken where the kernel placed it.
    bool give_back(std::size_t index, const Region& region) {
        if (regions_[index].region || !regions_[index].no_map)
            placed_.memory.give_back(region);
        return false;
    }

    std::span<const ReservedRegion> regions_;
    std::span<const RegionKind> kinds_;
    const KernelRules& rules_;
    Placements placed_;
    std::vector<Region> neighbours_; ///< Placed at boot, so far.
    std::size_t at_boot_ = 0;
};

/// Exactly where `cma` says.
std::string exact_problem(const CmaParameter& cma, const Placements& regions, std::uint64_t size,
                          const KernelRules& rules) {
    const Region area{.base = *cma.base, .size = size};
    if (area.base % rules.cma_block != 0)
        return std::format("{:#x} is not at a multiple of {}", area.base,
                           size_text(rules.cma_block));
    if (cma.limit / rules.cma_block * rules.cma_block < area.base + size)
        return std::format("{} are not of whole blocks of {}", exact_text(cma.size),
                           size_text(rules.cma_block));
    if (regions.memory.is_taken(area))
        return std::format("of the {} at {:#x} some are reserved", exact_text(size), area.base);
    if (!regions.memory.holds(area))
        return std::format("of the {} at {:#x} not all is memory", exact_text(size), area.base);
    return {};
}

} // namespace

Placements place_regions(std::span<const ReservedRegion> regions, std::span<const RegionKind> kinds,
                         FreeMemory memory, std::span<const Region> header,
                         const KernelRules& rules) {
    return Placer(regions, kinds, std::move(memory), rules).place(header);
}

std::string default_area_problem(const std::optional<CmaParameter>& cma, const Placements& regions,
                                 std::uint64_t limit, const KernelRules& rules) {
    if (regions.cma_areas == rules.cma_areas)
        return no_slot(rules);
    const std::uint64_t block = rules.cma_block;
    const CmaParameter asked = cma.value_or(CmaParameter{.size = block, .base = std::nullopt});
    const std::uint64_t size = (std::min(asked.size, end_of_addresses) + block - 1) / block * block;
    if (asked.base && *asked.base != 0)
        return exact_problem(asked, regions, size, rules);
    const std::uint64_t end =
        std::min(asked.limit == 0 ? limit : asked.limit, regions.memory.end()) / block * block;
    constexpr std::uint64_t four_gib = std::uint64_t{1} << 32U;
    const FreeMemory::Request low{
        .size = size, .alignment = block, .first = asked.from, .end = end};
    FreeMemory::Request high = low;
    high.first = four_gib;
    const std::array requests{low, high};
    const bool also_high = end >= four_gib && end - four_gib >= size;
    if (regions.memory.find(std::span(requests).first(also_high ? 2 : 1)))
        return {};
    return no_room(size, std::format(" below {:#x}", end));
}

} // namespace heapsel
