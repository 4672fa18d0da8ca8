// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <string>

#include <heapsel/export.hpp>

namespace heapsel {

/// Whose a node is, and who may open it: numbers, as a name may take the network to look up.
struct NodeMode {
    std::uint32_t user = 0;  ///< The id of its owner.
    std::uint32_t group = 0; ///< The id of its group.
    std::uint32_t mode = 0;  ///< The permissions alone: 0660.
    friend bool operator==(const NodeMode&, const NodeMode&) = default;
};
/// "root:video 0660", with numbers where an id has no name. Looks the names up.
[[nodiscard]] HEAPSEL_EXPORT std::string to_string(const NodeMode& mode);

} // namespace heapsel
