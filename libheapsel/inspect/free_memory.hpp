// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <heapsel/heap.hpp>

namespace heapsel {

/// The end of all addresses that arm64 has.
inline constexpr std::uint64_t end_of_addresses = std::uint64_t{1} << 52U;

/// What memory there is, and what of it is taken, as the kernel keeps it while it boots
/// (mm/memblock.c). A value.
class FreeMemory {
  public:
    /// None.
    FreeMemory() = default;
    /// Of memory only whole pages count.
    FreeMemory(std::span<const Region> memory, std::uint64_t page_size);

    /// All addresses are memory.
    [[nodiscard]] static FreeMemory everywhere(std::uint64_t page_size);

    /// A region may be taken several times, and may lie where no memory is.
    void take(const Region& region);
    /// Takes back one `take` of the same region.
    void give_back(const Region& region);

    [[nodiscard]] bool is_taken(const Region& region) const;
    /// Every byte of it is memory, taken or not.
    [[nodiscard]] bool holds(const Region& region) const;
    /// Where memory ends; 0 where there is none.
    [[nodiscard]] std::uint64_t end() const;

    struct Request {
        std::uint64_t size = 0;
        std::uint64_t alignment = 1;
        std::uint64_t first = 0; ///< It begins here at the earliest.
        std::uint64_t end = end_of_addresses;
        bool from_below = false; ///< As low as it fits, in place of as high.
    };
    /// Where the first of these that is free is; the first page never is.
    [[nodiscard]] std::optional<std::uint64_t> find(std::span<const Request> requests) const;

  private:
    [[nodiscard]] std::vector<Region> free_ranges() const;

    std::uint64_t page_size_ = smallest_page;
    std::vector<Region> memory_; ///< In order, none touching another.
    std::vector<Region> taken_;
};

} // namespace heapsel
