// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bandwidth/run/way.hpp"

#include <algorithm>
#include <cerrno>
#include <format>
#include <iterator>
#include <ranges>
#include <utility>

#include <heapsel/printable.hpp>
#include <heapsel/use.hpp>

#include "base/joined.hpp"

namespace heapsel::bandwidth {
namespace {

using Words = std::vector<std::string>;

std::unexpected<Error> no_way(std::string_view text, std::string hint) {
    return std::unexpected(Error{.code = EINVAL,
                                 .operation = "read a way",
                                 .subject = printable(text),
                                 .hint = std::move(hint)});
}

std::unexpected<Error> cannot_plan(int code, const std::string& subject, std::string hint) {
    return std::unexpected(Error{.code = code,
                                 .operation = "plan the ways",
                                 .subject = printable(subject),
                                 .hint = std::move(hint)});
}

void add_heap(std::vector<UseHeaps>& bindings, std::string use, std::string heap) {
    const auto found = std::ranges::find(bindings, use, &UseHeaps::use);
    if (found == bindings.end())
        bindings.push_back({.use = std::move(use), .heaps = {std::move(heap)}});
    else
        found->heaps.push_back(std::move(heap));
}

Words uses_of(const std::vector<UseHeaps>& bindable) {
    Words uses;
    std::ranges::transform(bindable, std::back_inserter(uses), &UseHeaps::use);
    return uses;
}

/// Each once, in the order in which the uses have them.
Words heaps_of(const std::vector<UseHeaps>& bindable) {
    Words heaps;
    for (const UseHeaps& use : bindable)
        std::ranges::copy_if(use.heaps, std::back_inserter(heaps), [&](const std::string& heap) {
            return !std::ranges::contains(heaps, heap);
        });
    return heaps;
}

/// Those of `words` that `known` does not have.
Words strange(const Words& words, const Words& known) {
    Words unknown;
    std::ranges::copy_if(words, std::back_inserter(unknown), [&](const std::string& word) {
        return !std::ranges::contains(known, word);
    });
    return unknown;
}

/// Those of `bindable` that `uses` names, or all.
std::vector<UseHeaps> chosen_uses(const std::vector<UseHeaps>& bindable, const Words& uses) {
    std::vector<UseHeaps> some;
    std::ranges::copy_if(bindable, std::back_inserter(some), [&](const UseHeaps& use) {
        return uses.empty() || std::ranges::contains(uses, use.use);
    });
    return some;
}

std::vector<Way> ways_of_heap(const std::vector<UseHeaps>& uses, const std::string& heap) {
    std::vector<Way> ways;
    std::vector<UseHeaps> all;
    for (const UseHeaps& use : uses) {
        if (!std::ranges::contains(use.heaps, heap))
            continue;
        all.push_back({.use = use.use, .heaps = {heap}});
        ways.push_back({.name = use.use + " " + heap, .bindings = {all.back()}});
    }
    if (all.size() > 1 && all.size() == uses.size())
        ways.push_back({.name = "all " + heap, .bindings = std::move(all)});
    return ways;
}

Result<void> check_lists(const std::vector<UseHeaps>& bindable, const WayWishes& wishes) {
    const Words uses = uses_of(bindable);
    if (const Words unknown = strange(wishes.uses, uses); !unknown.empty())
        return cannot_plan(
            ENOENT, unknown.front(),
            std::format("The device has the uses {}.", printable(joined(uses, ", "))));
    const Words heaps = heaps_of(chosen_uses(bindable, wishes.uses));
    if (const Words unknown = strange(wishes.heaps, heaps); !unknown.empty())
        return cannot_plan(ENOENT, unknown.front(),
                           heaps.empty() ? "The device can use no heap for that."
                                         : std::format("For that the device can use the heaps {}.",
                                                       printable(joined(heaps, ", "))));
    return {};
}

Result<void> check_named(const std::vector<UseHeaps>& bindable, const std::vector<Way>& named) {
    for (const Way& way : named) {
        for (const UseHeaps& binding : way.bindings) {
            const WayWishes wishes{.uses = {binding.use}, .heaps = binding.heaps, .named = {}};
            if (const auto sound = check_lists(bindable, wishes); !sound)
                return sound;
        }
    }
    return {};
}

Result<void> check_names(const std::vector<Way>& ways) {
    for (std::size_t i = 0; i < ways.size(); ++i) {
        if (std::ranges::contains(ways | std::views::take(i), ways[i].name, &Way::name))
            return cannot_plan(EINVAL, ways[i].name, "Two ways have that name.");
    }
    return {};
}

} // namespace

Way way_as_it_is() {
    return {.name = "as it is", .bindings = {}, .as_it_is = true};
}

Result<Way> parse_way(std::string_view text) {
    const auto equals = text.find('=');
    if (equals == 0 || equals == std::string_view::npos)
        return no_way(text, "It is NAME=USE:HEAP[,USE:HEAP]...");
    Way way{.name = std::string(text.substr(0, equals)), .bindings = {}};
    for (const auto part : text.substr(equals + 1) | std::views::split(',')) {
        const std::string_view pair(part);
        const auto colon = pair.find(':');
        if (colon == std::string_view::npos || colon + 1 == pair.size())
            return no_way(text, std::format("\"{}\" is no USE:HEAP.", printable(pair)));
        const std::string_view use = pair.substr(0, colon);
        if (!is_use_name(use))
            return no_way(text, std::format("\"{}\" is no name of a use: they are words like "
                                            "frame, bitstream or reference.",
                                            printable(use)));
        add_heap(way.bindings, std::string(use), std::string(pair.substr(colon + 1)));
    }
    if (way.bindings.empty())
        return no_way(text, "Behind the = stands no USE:HEAP.");
    return way;
}

Result<std::vector<Way>> plan_ways(const std::vector<UseHeaps>& bindable, const WayWishes& wishes) {
    const bool lists = !wishes.uses.empty() || !wishes.heaps.empty();
    if (bindable.empty()) {
        if (lists || !wishes.named.empty())
            return cannot_plan(ENOTSUP, "",
                               "Nothing of the device can be bound: no device is named, the "
                               "kernel does not know of heaps for devices, or the driver takes no "
                               "memory from them. Without --roles, --heaps and --way the command "
                               "is measured as it is.");
        return std::vector{way_as_it_is()};
    }
    if (const auto sound = check_lists(bindable, wishes); !sound)
        return std::unexpected(sound.error());
    if (const auto sound = check_named(bindable, wishes.named); !sound)
        return std::unexpected(sound.error());
    std::vector<Way> ways{{.name = "unbound", .bindings = {}}};
    if (lists || wishes.named.empty()) {
        const auto uses = chosen_uses(bindable, wishes.uses);
        for (const std::string& heap : wishes.heaps.empty() ? heaps_of(uses) : wishes.heaps)
            std::ranges::move(ways_of_heap(uses, heap), std::back_inserter(ways));
    }
    std::ranges::copy(wishes.named, std::back_inserter(ways));
    if (const auto sound = check_names(ways); !sound)
        return std::unexpected(sound.error());
    return ways;
}

} // namespace heapsel::bandwidth
