// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <filesystem>
#include <vector>

#include <heapsel/error.hpp>

namespace heapsel {

struct FolderEntry {
    std::filesystem::path path;      ///< Below the folder.
    std::filesystem::file_type type; ///< Of itself, not of what a link leads to.
};

/// What is in `folder`, sorted. std::filesystem's iterator does the same, and ends the program
/// where there is no memory for it.
///
/// The errno of opendir(3), readdir(3).
[[nodiscard]] Result<std::vector<FolderEntry>> list_folder(const std::filesystem::path& folder);

} // namespace heapsel
