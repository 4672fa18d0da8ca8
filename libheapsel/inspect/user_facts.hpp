// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <vector>

namespace heapsel {

/// Who runs this process. A value; names are raw, numbers where an id has no name.
struct UserFacts {
    std::string name;
    std::vector<std::string> groups;    ///< Of this process, since the user logged in.
    std::vector<std::string> member_of; ///< As the system's list of groups has it now.
};

[[nodiscard]] UserFacts read_user_facts();

} // namespace heapsel
