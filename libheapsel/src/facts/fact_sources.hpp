// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <filesystem>

#include "facts/fact_file.hpp"

namespace heapsel {

inline constexpr std::size_t max_fact_files = 64;

/// The facts of the machine whose files stand under `root`: those of /usr/share/heapsel/heaps.d,
/// then those of /etc/heapsel/heaps.d, the files of each by name. One in /etc stands in for that of
/// its name in /usr/share, which is not read; a link to /dev/null is as an empty one. Never fails:
/// what cannot be read is left out, with a warning.
[[nodiscard]] FactsRead read_heap_facts(const std::filesystem::path& root);

} // namespace heapsel
