// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace heapsel {

inline constexpr std::size_t max_program_bytes = std::size_t{64} << 10U; ///< Of a file.
inline constexpr std::size_t max_programs = 256;                         ///< In a file.
inline constexpr std::size_t max_names_of_a_program = 16;
inline constexpr std::size_t max_program_word = 512; ///< In bytes.
inline constexpr std::size_t max_program_warnings = 16;

/// A program that knows heaps by name, and nothing else of them. A value; texts are raw.
struct ProgramList {
    std::string name;     ///< "libcamera".
    std::string versions; ///< Of the program, as a person says it: "0.3 to 0.7"; or empty.
    std::vector<std::string> heaps;    ///< In its order; it takes the first that it can open.
    bool contiguous = false;           ///< Its devices may need buffers in one piece.
    std::vector<std::string> machines; ///< Patterns of compatibles; none: it runs on any machine.
    std::string rules; ///< A file of udev's that gives a heap such a name; empty: there is none.
    friend bool operator==(const ProgramList&, const ProgramList&) = default;
};

struct ProgramListsRead {
    std::vector<ProgramList> programs;
    std::vector<std::string> warnings; ///< What was passed over and why; printable.
};

/// Reads the lists of a file (docs/names.md). Never fails: an entry with anything wrong in it is
/// left out, and a text that is no TOML or too large as a whole, with a warning that has the place.
/// Pure.
[[nodiscard]] ProgramListsRead parse_program_lists(std::string_view text,
                                                   const std::filesystem::path& file);

/// The lists of the machine whose files stand under `root`: those of
/// /usr/share/heapsel/programs.toml and then those of /etc/heapsel/programs.toml, where there are
/// such files. Never fails.
[[nodiscard]] ProgramListsRead read_program_lists(const std::filesystem::path& root);

} // namespace heapsel
