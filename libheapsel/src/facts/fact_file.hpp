// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "facts/heap_fact.hpp"

namespace heapsel {

inline constexpr std::size_t max_fact_bytes = std::size_t{64} << 10U;
inline constexpr std::size_t max_facts_in_a_file = 256;
inline constexpr std::size_t max_words_in_a_fact = 16; ///< Of one list.
inline constexpr std::size_t max_fact_word = 512;      ///< In bytes.

inline constexpr std::size_t max_fact_warnings = 16; ///< Of one file.

struct FactsRead {
    std::vector<HeapFact> facts; ///< In the order of their lines; of equals the later counts.
    std::vector<std::string>
        warnings; ///< What was passed over and why, a sentence each; printable.
};

/// Reads a file of facts (docs/facts.md). Never fails: an entry with anything wrong in it is left
/// out, and a text that is no TOML or too large as a whole, with a warning that has the place.
/// Evidence has the last part of `file` alone. Pure.
[[nodiscard]] FactsRead parse_facts(std::string_view text, const std::filesystem::path& file);

} // namespace heapsel
