// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <filesystem>
#include <string>

namespace heapsel {

/// Owner, group and mode of a file as "root:video 0660", numbers where an id has no name; empty if
/// the file cannot be looked at.
[[nodiscard]] std::string node_mode(const std::filesystem::path& path);

} // namespace heapsel
