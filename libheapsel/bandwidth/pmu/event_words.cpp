// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bandwidth/pmu/event_words.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <format>
#include <memory>
#include <optional>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include <heapsel/printable.hpp>

#include "base/nearest_name.hpp"
#include "io/attribute.hpp"

namespace heapsel::bandwidth {
namespace {

/// What is wrong, where the words are not known.
struct Fault {
    int code = EINVAL;
    std::string why;
};

template <typename Value>
using Checked = std::expected<Value, Fault>;

std::unexpected<Fault> fault(int code, std::string why) {
    return std::unexpected(Fault{.code = code, .why = std::move(why)});
}

struct Term {
    std::string_view name;
    std::optional<std::string_view> value;
};

std::vector<Term> terms_of(std::string_view words) {
    std::vector<Term> terms;
    for (bool more = true; more;) {
        const auto comma = words.find(',');
        const std::string_view term = words.substr(0, comma);
        const auto equals = term.find('=');
        terms.push_back({.name = term.substr(0, equals),
                         .value = equals == std::string_view::npos
                                      ? std::nullopt
                                      : std::optional(term.substr(equals + 1))});
        more = comma != std::string_view::npos;
        words.remove_prefix(more ? comma + 1 : words.size());
    }
    return terms;
}

Checked<std::uint64_t> number(const Term& term) {
    if (!term.value)
        return 1;
    const bool hexadecimal = term.value->starts_with("0x") || term.value->starts_with("0X");
    const std::string_view digits = term.value->substr(hexadecimal ? 2 : 0);
    std::uint64_t value = 0;
    const char* const end = std::to_address(digits.end());
    const auto parsed =
        std::from_chars(std::to_address(digits.begin()), end, value, hexadecimal ? 16 : 10);
    if (parsed.ec == std::errc::result_out_of_range)
        return fault(ERANGE, excerpt(*term.value) + " does not fit 64 bits.");
    if (parsed.ec != std::errc() || parsed.ptr != end)
        return fault(EINVAL, std::format("{} of {} is no decimal number, and no hexadecimal one "
                                         "after 0x.",
                                         excerpt(*term.value), excerpt(term.name)));
    return value;
}

std::vector<std::string> names_of(const PmuDescription& pmu) {
    std::vector<std::string> names;
    for (const TextByName* const texts : {&pmu.events, &pmu.formats}) {
        for (const auto& [name, text] : *texts)
            names.push_back(name);
    }
    return names;
}

std::unexpected<Fault> unknown_term(const PmuDescription& pmu, std::string_view name) {
    if (pmu.events.contains(name))
        return fault(EINVAL, excerpt(name) +
                                 " is an event, which takes no value, and is no part of another.");
    // Without the list of all, which may be a hundred.
    const std::string near = nearest_name(name, names_of(pmu));
    return fault(
        EINVAL, std::format("{} is no event and no term of it.{}", excerpt(name),
                            near.empty() ? "" : std::format(" Did you mean {}?", printable(near))));
}

/// The words of one event, as they are put together.
class Encoding {
  public:
    explicit Encoding(const PmuDescription& pmu) : pmu_(pmu) {}

    std::optional<Fault> add(const Term& term) {
        if (term.name.empty())
            return Fault{.code = EINVAL, .why = "A term is empty."};
        const auto event = pmu_.events.find(term.name);
        if (term.value || event == pmu_.events.end())
            return add_field(term);
        if (has_event_)
            return Fault{.code = EINVAL,
                         .why = excerpt(term.name) + " is a second event; one is counted by each."};
        has_event_ = true;
        for (const Term& own : terms_of(event->second)) {
            if (auto problem = add_field(own))
                return problem;
        }
        return std::nullopt;
    }

    [[nodiscard]] const ConfigWords& words() const { return words_; }

  private:
    [[nodiscard]] Checked<FormatField> field_of(std::string_view name) const {
        if (const auto format = pmu_.formats.find(name); format != pmu_.formats.end()) {
            auto field = parse_format(format->second);
            if (!field)
                return fault(field.error().code,
                             std::format("The format of {} is {}. {}", excerpt(name),
                                         excerpt(format->second), field.error().hint));
            return *std::move(field);
        }
        const auto* const word = std::ranges::find(config_names, name);
        if (word == config_names.end())
            return unknown_term(pmu_, name);
        return whole_word(static_cast<std::size_t>(word - config_names.begin()));
    }

    std::optional<Fault> add_field(const Term& term) {
        const auto field = field_of(term.name);
        if (!field)
            return field.error();
        const auto value = number(term);
        if (!value)
            return value.error();
        if (const unsigned bits = width(*field); bits < 64 && *value >> bits != 0)
            return Fault{.code = ERANGE,
                         .why = std::format("{:#x} does not fit {}, which has {} bit{}.", *value,
                                            excerpt(term.name), bits, bits == 1 ? "" : "s")};
        if ((taken_[field->word] & mask(*field)) != 0)
            return Fault{.code = EINVAL,
                         .why = std::format("{} sets bits of {} that another term sets.",
                                            excerpt(term.name), config_names[field->word])};
        taken_[field->word] |= mask(*field);
        words_[field->word] |= placed(*field, *value);
        return std::nullopt;
    }

    const PmuDescription& pmu_;
    ConfigWords words_{};
    ConfigWords taken_{}; ///< Bits that a term stands for, whatever its value.
    bool has_event_ = false;
};

} // namespace

Result<ConfigWords> encode_event(const PmuDescription& pmu, std::string_view words) {
    Encoding encoding(pmu);
    for (const Term& term : terms_of(words)) {
        if (auto problem = encoding.add(term))
            return std::unexpected(
                Error{.code = problem->code,
                      .operation = "encode an event",
                      .subject = std::format("{}/{}/", printable(pmu.name), printable(words)),
                      .hint = std::move(problem->why)});
    }
    return encoding.words();
}

} // namespace heapsel::bandwidth
