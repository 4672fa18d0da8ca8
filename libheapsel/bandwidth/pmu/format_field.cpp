// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bandwidth/pmu/format_field.hpp"

#include <algorithm>
#include <cerrno>
#include <format>
#include <optional>
#include <string>
#include <utility>

#include "base/decimal.hpp"
#include "io/attribute.hpp"

namespace heapsel::bandwidth {
namespace {

constexpr unsigned word_bits = 64;
std::unexpected<Error> bad_format(int code, std::string_view text, std::string why) {
    return std::unexpected(Error{.code = code,
                                 .operation = "read a format",
                                 .subject = excerpt(text),
                                 .hint = std::move(why)});
}

std::uint64_t ones(unsigned count) {
    return count >= word_bits ? ~std::uint64_t{0} : (std::uint64_t{1} << count) - 1;
}

unsigned width_of(const BitRange& range) {
    return range.last - range.first + 1;
}

std::uint64_t mask_of(const BitRange& range) {
    return ones(width_of(range)) << range.first;
}

/// Nothing where it is no range at all; the ends of one may be any numbers.
std::optional<std::pair<std::uint64_t, std::uint64_t>> ends_of(std::string_view text) {
    const auto dash = text.find('-');
    const auto first = decimal(text.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : decimal(text.substr(dash + 1));
    if (!first || !last)
        return std::nullopt;
    return std::pair(*first, *last);
}

Result<BitRange> range_in(std::string_view range, std::string_view text) {
    const auto ends = ends_of(range);
    if (!ends)
        return bad_format(EINVAL, text, excerpt(range) + " is no bit and no range of bits.");
    const auto [first, last] = *ends;
    if (first >= word_bits || last >= word_bits)
        return bad_format(ERANGE, text, excerpt(range) + " is past bit 63.");
    if (first > last)
        return bad_format(EINVAL, text, excerpt(range) + " ends before it begins.");
    return BitRange{.first = static_cast<unsigned>(first), .last = static_cast<unsigned>(last)};
}

} // namespace

Result<FormatField> parse_format(std::string_view text) {
    const auto colon = text.find(':');
    const auto* const word = std::ranges::find(config_names, text.substr(0, colon));
    if (colon == std::string_view::npos || word == config_names.end())
        return bad_format(EINVAL, text, "It has to begin with config:, config1: or config2:.");
    FormatField field{.word = static_cast<std::size_t>(word - config_names.begin()), .ranges = {}};
    std::uint64_t taken = 0;
    std::string_view rest = text.substr(colon + 1);
    for (bool more = true; more;) {
        const auto comma = rest.find(',');
        const auto range = range_in(rest.substr(0, comma), text);
        if (!range)
            return std::unexpected(range.error());
        if ((taken & mask_of(*range)) != 0)
            return bad_format(EINVAL, text, "It has a bit twice.");
        taken |= mask_of(*range);
        field.ranges.push_back(*range);
        more = comma != std::string_view::npos;
        rest.remove_prefix(more ? comma + 1 : rest.size());
    }
    return field;
}

FormatField whole_word(std::size_t word) {
    return {.word = word, .ranges = {{.first = 0, .last = word_bits - 1}}};
}

unsigned width(const FormatField& field) {
    unsigned bits = 0;
    for (const BitRange& range : field.ranges)
        bits += width_of(range);
    return bits;
}

std::uint64_t mask(const FormatField& field) {
    std::uint64_t bits = 0;
    for (const BitRange& range : field.ranges)
        bits |= mask_of(range);
    return bits;
}

std::uint64_t placed(const FormatField& field, std::uint64_t value) {
    std::uint64_t bits = 0;
    for (const BitRange& range : field.ranges) {
        bits |= (value << range.first) & mask_of(range);
        value = width_of(range) >= word_bits ? 0 : value >> width_of(range);
    }
    return bits;
}

} // namespace heapsel::bandwidth
