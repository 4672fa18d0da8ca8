// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <filesystem>
#include <string>
#include <string_view>

namespace heapsel {

/// Owner, group and mode of a file as "root:video 0660", numbers where an id has no name; empty if
/// the file cannot be looked at.
[[nodiscard]] std::string node_mode(const std::filesystem::path& path);

/// Of "root:video 0660": the group, if it is not root and may read; else empty. Pure.
[[nodiscard]] std::string_view reading_group(std::string_view node_mode);

} // namespace heapsel
