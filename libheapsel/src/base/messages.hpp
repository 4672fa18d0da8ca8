// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <algorithm>
#include <iterator>
#include <span>
#include <string>
#include <vector>

#include <heapsel/error.hpp>

namespace heapsel {

/// A line for each of `errors`.
[[nodiscard]] inline std::vector<std::string> messages_of(std::span<const Error> errors) {
    std::vector<std::string> messages;
    std::ranges::transform(errors, std::back_inserter(messages), &Error::message);
    return messages;
}

} // namespace heapsel
