// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inspect/free_memory.hpp"

#include <algorithm>
#include <utility>

namespace heapsel {
namespace {

/// Nothing of it ends past all addresses.
std::uint64_t end_of(const Region& region) {
    if (region.base >= end_of_addresses)
        return end_of_addresses;
    return region.base + std::min(region.size, end_of_addresses - region.base);
}

/// In order, and those that touch are one.
std::vector<Region> merged(std::vector<Region> ranges) {
    std::ranges::sort(ranges, {}, &Region::base);
    std::vector<Region> kept;
    for (const Region& range : ranges) {
        if (range.base >= end_of(range))
            continue;
        if (kept.empty() || end_of(kept.back()) < range.base)
            kept.push_back(range);
        kept.back().size = std::max(end_of(kept.back()), end_of(range)) - kept.back().base;
    }
    return kept;
}

/// The kernel's arithmetic, also with an alignment that is no power of two.
std::uint64_t round_down(std::uint64_t number, std::uint64_t alignment) {
    return number & ~(alignment - 1);
}

std::uint64_t round_up(std::uint64_t number, std::uint64_t alignment) {
    return ((number - 1) | (alignment - 1)) + 1;
}

std::optional<std::uint64_t> place_in(std::uint64_t first, std::uint64_t end,
                                      const FreeMemory::Request& request) {
    if (end <= first || end - first < request.size)
        return std::nullopt;
    if (!request.from_below) {
        const std::uint64_t base = round_down(end - request.size, request.alignment);
        return base >= first ? std::optional(base) : std::nullopt;
    }
    const std::uint64_t base = round_up(first, request.alignment);
    return base < end && end - base >= request.size ? std::optional(base) : std::nullopt;
}

} // namespace

FreeMemory::FreeMemory(std::span<const Region> memory, std::uint64_t page_size)
    : page_size_(page_size) {
    for (const Region& range : memory) {
        const std::uint64_t first = round_up(std::min(range.base, end_of_addresses), page_size);
        const std::uint64_t end = round_down(end_of(range), page_size);
        if (first < end)
            memory_.push_back({.base = first, .size = end - first});
    }
    memory_ = merged(std::move(memory_));
}

FreeMemory FreeMemory::everywhere(std::uint64_t page_size) {
    const Region all{.base = 0, .size = end_of_addresses};
    return {std::span(&all, 1), page_size};
}

void FreeMemory::take(const Region& region) {
    taken_.push_back(region);
}

void FreeMemory::give_back(const Region& region) {
    if (const auto found = std::ranges::find(taken_, region); found != taken_.end())
        taken_.erase(found);
}

bool FreeMemory::is_taken(const Region& region) const {
    return std::ranges::any_of(taken_, [&](const Region& taken) {
        return taken.base < end_of(region) && region.base < end_of(taken);
    });
}

bool FreeMemory::holds(const Region& region) const {
    return std::ranges::any_of(memory_, [&](const Region& range) {
        return range.base <= region.base && end_of(region) <= end_of(range);
    });
}

std::uint64_t FreeMemory::end() const {
    return memory_.empty() ? 0 : end_of(memory_.back());
}

std::vector<Region> FreeMemory::free_ranges() const {
    const auto taken = merged(taken_);
    std::vector<Region> found;
    auto next = taken.begin();
    for (const Region& range : memory_) {
        std::uint64_t first = range.base;
        while (next != taken.end() && end_of(*next) <= first)
            ++next;
        for (auto one = next; one != taken.end() && one->base < end_of(range); ++one) {
            if (one->base > first)
                found.push_back({.base = first, .size = one->base - first});
            first = end_of(*one);
        }
        if (first < end_of(range))
            found.push_back({.base = first, .size = end_of(range) - first});
    }
    return found;
}

std::optional<std::uint64_t> FreeMemory::find(std::span<const Request> requests) const {
    const auto ranges = free_ranges();
    for (const Request& request : requests) {
        const std::uint64_t first = std::max(request.first, page_size_);
        std::optional<std::uint64_t> found;
        for (const Region& range : ranges) {
            const auto base = place_in(std::max(range.base, first),
                                       std::min(end_of(range), request.end), request);
            if (base && (!found || !request.from_below))
                found = base;
        }
        if (found)
            return found;
    }
    return std::nullopt;
}

} // namespace heapsel
