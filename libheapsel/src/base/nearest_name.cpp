// SPDX-License-Identifier: LGPL-2.1-or-later
#include "base/nearest_name.hpp"

#include <algorithm>
#include <numeric>
#include <vector>

#include <heapsel/printable.hpp>

#include "base/joined.hpp"

namespace heapsel {

std::size_t edits(std::string_view a, std::string_view b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::ranges::iota(row, std::size_t{0});
    for (std::size_t i = 0; i < a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i + 1;
        for (std::size_t j = 0; j < b.size(); ++j) {
            const std::size_t replaced = diagonal + (a[i] == b[j] ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({replaced, row[j] + 1, row[j + 1] + 1});
        }
    }
    return row.back();
}

std::string nearest_name(std::string_view text, std::span<const std::string> names) {
    std::string best;
    std::size_t fewest = (text.size() / 2) + 1;
    for (const std::string& name : names) {
        const bool part = !text.empty() && name.contains(text);
        if (const std::size_t count = part ? 1 : edits(text, name); count < fewest) {
            fewest = count;
            best = name;
        }
    }
    return best;
}

std::string suggestion(std::string_view text, std::span<const std::string> names) {
    const std::string nearest = nearest_name(text, names);
    return (nearest.empty() ? "" : "Did you mean " + printable(nearest) + "? ") +
           "There are: " + printable(joined(names, ", ")) + ".";
}

} // namespace heapsel
