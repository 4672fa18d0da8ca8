// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/role.hpp>

#include <utility>

#include "base/words.hpp"

namespace heapsel {

std::string_view to_string(Role role) {
    switch (role) {
    case Role::frame:
        return "frame";
    case Role::reference:
        return "reference";
    case Role::metadata:
        return "metadata";
    }
    std::unreachable();
}

std::optional<Role> parse_role(std::string_view text) {
    return value_called(all_roles, text);
}

} // namespace heapsel
