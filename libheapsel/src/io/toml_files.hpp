// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <filesystem>
#include <vector>

#include <heapsel/error.hpp>

namespace heapsel {

/// The files of a directory whose names end in .toml and begin with no dot, sorted; none where
/// there is no such directory. Else the errors of list_directory().
[[nodiscard]] Result<std::vector<std::filesystem::path>>
toml_files(const std::filesystem::path& directory);

/// `file` is a link to /dev/null: it stands in the way of another, and says nothing itself.
[[nodiscard]] bool is_masked(const std::filesystem::path& file);

} // namespace heapsel
