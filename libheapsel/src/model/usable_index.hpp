// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>

#include <heapsel/heap.hpp>
#include <heapsel/usable_heaps.hpp>

namespace heapsel {

/// Where a heap stands in a device's list, found by its name: a selection asks for every heap of
/// every device, and walking the list each time would make that the square of the heaps.
class UsableIndex {
  public:
    UsableIndex() = default;
    explicit UsableIndex(std::span<const UsableHeap> heaps);

    /// The place of `heap`, by any of its names, among those that the device is bound to, the least
    /// the first; behind them all if it is listed only. Nothing if it is not listed.
    [[nodiscard]] std::optional<std::size_t> find(const Heap& heap) const;
    /// That of a heap that the device is not bound to.
    [[nodiscard]] std::size_t unbound() const { return unbound_; }
    /// `heap` is listed, by none of its names as one that the device allocates from.
    [[nodiscard]] bool is_import_only(const Heap& heap) const;

  private:
    [[nodiscard]] std::optional<std::size_t> least_of(const Heap& heap) const;

    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };
    // What is for imports only is behind what is not bound.
    std::unordered_map<std::string, std::size_t, Hash, std::equal_to<>> places_;
    std::size_t unbound_ = 0;
};

} // namespace heapsel
