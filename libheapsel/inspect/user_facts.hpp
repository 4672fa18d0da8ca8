// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace heapsel {

/// Who runs this process. A value. Groups are numbers: not all have a name.
struct UserFacts {
    std::uint32_t id = 0;
    std::string name;                     ///< Raw; empty where the user has no account.
    std::uint32_t group = 0;              ///< The main one of this process.
    std::vector<std::uint32_t> groups;    ///< Of this process, since the user logged in.
    std::vector<std::uint32_t> member_of; ///< As the system's list of groups has it now.
};

[[nodiscard]] UserFacts read_user_facts();

} // namespace heapsel
