// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inspect/header_reservations.hpp"

#include <cstdint>
#include <limits>

#include <libfdt.h>

#include "inspect/flat_tree.hpp"

namespace heapsel {

Result<std::vector<Region>> header_reservations(std::span<const std::byte> bytes) {
    const auto tree = FlatTree::open(bytes);
    if (!tree)
        return std::unexpected(tree.error());
    constexpr int most = 1024;
    std::vector<Region> found;
    const int count = fdt_num_mem_rsv(tree->blob());
    for (int i = 0; i < count && i < most; ++i) {
        std::uint64_t base = 0;
        std::uint64_t size = 0;
        if (fdt_get_mem_rsv(tree->blob(), i, &base, &size) == 0 && size > 0 &&
            size <= std::numeric_limits<std::uint64_t>::max() - base)
            found.push_back({.base = base, .size = size});
    }
    return found;
}

} // namespace heapsel
