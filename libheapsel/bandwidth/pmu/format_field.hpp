// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

#include <heapsel/error.hpp>

namespace heapsel::bandwidth {

/// config, config1 and config2 of struct perf_event_attr.
inline constexpr std::size_t config_words = 3;
inline constexpr std::array<std::string_view, config_words> config_names{"config", "config1",
                                                                         "config2"};
using ConfigWords = std::array<std::uint64_t, config_words>;

/// Bits of one of the words, both ends counted.
struct BitRange {
    unsigned first = 0;
    unsigned last = 0;

    bool operator==(const BitRange&) const = default;
};

/// Where the value of a term goes, as a file in a PMU's directory `format` says it.
struct FormatField {
    std::size_t word = 0; ///< 0 for config, 1 for config1, 2 for config2.
    /// The value's lowest bits go to the first range, the next ones to the second.
    std::vector<BitRange> ranges;

    bool operator==(const FormatField&) const = default;
};

/// "config:0-7,16-23" as a field.
///
/// EINVAL: it is none. ERANGE: a bit past 63. The subject is the text; the hint says what is wrong.
[[nodiscard]] Result<FormatField> parse_format(std::string_view text);

/// All bits of config, config1 or config2.
[[nodiscard]] FormatField whole_word(std::size_t word);

/// How many bits it has.
[[nodiscard]] unsigned width(const FormatField& field);
/// All of its bits, set.
[[nodiscard]] std::uint64_t mask(const FormatField& field);
/// The value at its place; what does not fit `width` is cut off.
[[nodiscard]] std::uint64_t placed(const FormatField& field, std::uint64_t value);

} // namespace heapsel::bandwidth
