// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gstheapselselection.h"

#include <algorithm>
#include <cerrno>
#include <format>
#include <optional>
#include <ranges>
#include <string_view>
#include <utility>

#include <heapsel/take.hpp>
#include <heapsel/trait.hpp>

namespace gstheapsel {
namespace {

std::string property(std::string_view name, std::string_view text) {
    return std::format("{}={}", name, text);
}

heapsel::Result<void> check_criteria(const char* name, const std::string& text) {
    auto criteria = heapsel::parse_criteria(text);
    if (criteria)
        return {};
    criteria.error().subject = property(name, text);
    return std::unexpected(std::move(criteria.error()));
}

heapsel::Result<std::optional<heapsel::Fallback>> fallback_of(const Wishes& wishes) {
    if (wishes.strict)
        return heapsel::Fallback::none;
    if (wishes.fallback.empty())
        return std::nullopt;
    if (const auto fallback = heapsel::parse_fallback(wishes.fallback))
        return fallback;
    return std::unexpected(heapsel::Error{.code = EINVAL,
                                          .operation = "read which heaps may take over",
                                          .subject = property("fallback", wishes.fallback),
                                          .hint = "The words are same-caching, any and none."});
}

std::string_view trimmed(std::string_view word) {
    const auto first = word.find_first_not_of(' ');
    const auto last = word.find_last_not_of(' ');
    return first == std::string_view::npos ? std::string_view()
                                           : word.substr(first, last - first + 1);
}

std::vector<std::string> words_of(const std::string& text) {
    std::vector<std::string> words;
    for (const auto part : std::views::split(text, ',')) {
        const auto word = trimmed(std::string_view(part));
        if (!word.empty())
            words.emplace_back(word);
    }
    return words;
}

} // namespace

heapsel::Result<heapsel::Selection>
select_heap(const Wishes& wishes, std::vector<heapsel::ParsedConsumer> found, std::size_t size) {
    for (const auto& [name, text] :
         {std::pair{"require", &wishes.require}, std::pair{"prefer", &wishes.prefer}}) {
        if (auto checked = check_criteria(name, *text); !checked)
            return std::unexpected(std::move(checked.error()));
    }
    const auto fallback = fallback_of(wishes);
    if (!fallback)
        return std::unexpected(fallback.error());
    heapsel::Request request{.devices = words_of(wishes.devices),
                             .require = wishes.require,
                             .prefer = wishes.prefer,
                             .heap = wishes.heap,
                             .fallback = *fallback,
                             .size = size};
    if (request.devices.empty())
        request.consumers = std::move(found);
    return heapsel::choose(request).and_then(heapsel::require_candidate);
}

bool allocate_alike(const heapsel::Selection& a, const heapsel::Selection& b) {
    const auto name = [](const heapsel::Judgement& judgement) -> const std::string& {
        return judgement.heap.name;
    };
    return a.fallback() == b.fallback() &&
           std::ranges::equal(a.candidates(), b.candidates(), {}, name, name);
}

} // namespace gstheapsel
