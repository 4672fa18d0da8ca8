// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <heapsel/trait.hpp>

namespace heapsel {

/// What the user wants.
struct Policy {
    std::vector<Criterion> require;  ///< Hard: never relaxed, and an unknown does not satisfy.
    std::vector<Criterion> prefer;   ///< In order: the first outweighs all that follow.
    std::optional<std::string> heap; ///< This one and no other, by name or alias.
    std::uint64_t size = 0;          ///< Of the largest buffer, in bytes; 0 where nobody knows yet.
};

} // namespace heapsel
