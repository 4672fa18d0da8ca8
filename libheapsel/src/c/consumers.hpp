// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <format>
#include <vector>

#include "c/call.hpp"
#include "c/handles.hpp"

namespace heapsel::c_api {

/// The `count` consumers of `consumers`. EINVAL for this argument of `function`: one of them is
/// null, or `consumers` is and `count` is not 0.
inline Result<std::vector<Consumer>> values_of(const heapsel_consumer* const* consumers,
                                               std::size_t count, const char* function) {
    std::vector<Consumer> list;
    if (consumers == nullptr && count > 0)
        return std::unexpected(bad_argument(function, "consumers", "It must not be NULL."));
    for (std::size_t i = 0; i < count; ++i) {
        if (consumers[i] == nullptr)
            return std::unexpected(
                bad_argument(function, "consumers", std::format("Its element {} is NULL.", i)));
        list.push_back(consumers[i]->value);
    }
    return list;
}

} // namespace heapsel::c_api
