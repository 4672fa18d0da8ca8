// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <span>
#include <string>

#include <heapsel/trait.hpp>

namespace heapsel::c_api {

/// As words by commas, which `parse_criteria` reads.
inline std::string text_of(std::span<const Criterion> criteria) {
    std::string text;
    for (const Criterion& criterion : criteria)
        text += (text.empty() ? "" : ",") + to_string(criterion);
    return text;
}

} // namespace heapsel::c_api
