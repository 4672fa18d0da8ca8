// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/trait.hpp>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "base/words.hpp"

namespace heapsel {
namespace {

constexpr std::string_view all_words =
    "contiguous, cached, ecc, protected, each also with non- before "
    "it, and uncached";

std::string_view trimmed(std::string_view text) {
    constexpr std::string_view blanks = " \t\n";
    const auto first = text.find_first_not_of(blanks);
    if (first == std::string_view::npos)
        return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

Error bad_word(std::string_view word, std::string hint) {
    return {.code = EINVAL,
            .operation = "read a list of memory properties",
            .subject = std::string(word.empty() ? "an empty word" : word),
            .hint = std::move(hint)};
}

} // namespace

bool Criterion::met_by(Answer answer) const {
    return answer == (wanted ? Answer::yes : Answer::no);
}

std::string_view to_string(Trait trait) {
    switch (trait) {
    case Trait::contiguous:
        return "contiguous";
    case Trait::cached:
        return "cached";
    case Trait::ecc:
        return "ecc";
    case Trait::protected_memory:
        return "protected";
    }
    std::unreachable();
}

std::string_view to_string(Answer answer) {
    switch (answer) {
    case Answer::no:
        return "no";
    case Answer::yes:
        return "yes";
    case Answer::unknown:
        return "unknown";
    }
    std::unreachable();
}

std::string_view to_string(Source source) {
    switch (source) {
    case Source::kernel:
        return "kernel";
    case Source::device_tree:
        return "device tree";
    case Source::command_line:
        return "command line";
    case Source::sysfs:
        return "sysfs";
    case Source::facts:
        return "facts";
    case Source::heap_name:
        return "heap name";
    case Source::none:
        return "none";
    }
    std::unreachable();
}

std::string to_string(const Criterion& criterion) {
    if (criterion.trait == Trait::cached && !criterion.wanted)
        return "uncached";
    return (criterion.wanted ? "" : "non-") + std::string(to_string(criterion.trait));
}

std::optional<Criterion> parse_criterion(std::string_view text) {
    if (text == "uncached")
        return Criterion{.trait = Trait::cached, .wanted = false};
    constexpr std::string_view negation = "non-";
    const bool wanted = !text.starts_with(negation);
    if (!wanted)
        text.remove_prefix(negation.size());
    return value_called(all_traits, text).transform([&](Trait trait) {
        return Criterion{.trait = trait, .wanted = wanted};
    });
}

Result<std::vector<Criterion>> parse_criteria(std::string_view text) {
    std::vector<Criterion> criteria;
    if (trimmed(text).empty())
        return criteria;
    for (std::size_t start = 0; start <= text.size();) {
        const auto comma = std::min(text.find(',', start), text.size());
        const auto word = trimmed(text.substr(start, comma - start));
        start = comma + 1;
        const auto criterion = parse_criterion(word);
        if (!criterion)
            return std::unexpected(bad_word(word, "The words are " + std::string(all_words) + "."));
        const auto same = std::ranges::find(criteria, criterion->trait, &Criterion::trait);
        if (same == criteria.end())
            criteria.push_back(*criterion);
        else if (same->wanted != criterion->wanted)
            return std::unexpected(bad_word(word, "The list asks for it both ways; the words are " +
                                                      std::string(all_words) + "."));
    }
    return criteria;
}

} // namespace heapsel
