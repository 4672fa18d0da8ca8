// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/node_mode.hpp>

#include <format>

#include "base/account_names.hpp"

namespace heapsel {

std::string to_string(const NodeMode& mode) {
    return std::format("{}:{} {:04o}", user_name(mode.user).value_or(std::to_string(mode.user)),
                       group_name(mode.group).value_or(std::to_string(mode.group)), mode.mode);
}

} // namespace heapsel
