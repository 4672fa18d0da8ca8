// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <span>

#include <heapsel/error.hpp>

namespace heapsel {

/// The first of `errors`, of which there is one at least; its hint has the others, too.
[[nodiscard]] inline Error together(std::span<const Error> errors) {
    Error all = errors.front();
    for (const Error& other : errors.subspan(1))
        all.hint += (all.hint.empty() ? "Also: " : " Also: ") + other.message();
    return all;
}

} // namespace heapsel
