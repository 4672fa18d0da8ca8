// SPDX-License-Identifier: LGPL-2.1-or-later
#include "completion.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <system_error>
#include <utility>

#include <CLI/CLI.hpp>

#include <heapsel/heap_catalog.hpp>
#include <heapsel/plane.hpp>
#include <heapsel/queue.hpp>
#include <heapsel/trait.hpp>
#include <heapsel/use.hpp>

#include "bandwidth/pmu/memory_counter.hpp"
#include "bandwidth/run/schedule.hpp"
#include "base/words.hpp"
#include "heap_table.hpp"

namespace heapsel::tools {
namespace {

namespace fs = std::filesystem;

using Words = std::span<const std::string>;

bool is_option(std::string_view word) {
    return word.starts_with('-');
}

/// Null for a word that names no option of `app`.
const CLI::Option* option_called(const CLI::App& app, const std::string& word) {
    return is_option(word) ? app.get_option_no_throw(word) : nullptr;
}

bool takes_value(const CLI::Option& option) {
    return option.get_items_expected_max() > 0;
}

/// The innermost verb, and the words behind it; or the command itself, and all words.
std::pair<const CLI::App*, Words> verb_of(const CLI::App& app, Words words) {
    for (std::size_t i = 0; i + 1 < words.size(); ++i) {
        const auto verbs =
            app.get_subcommands([&](const CLI::App* verb) { return verb->get_name() == words[i]; });
        if (!verbs.empty())
            return verb_of(*verbs.front(), words.subspan(i + 1));
    }
    return {&app, words};
}

/// The argument whose turn it is after `before`, the last one taking all that are left.
const CLI::Option* argument_after(const CLI::App& verb, Words before) {
    std::ptrdiff_t given = 0;
    bool value = false;
    for (const std::string& word : before) {
        const CLI::Option* const option = option_called(verb, word);
        given += option == nullptr && !value && !is_option(word) ? 1 : 0;
        value = option != nullptr && takes_value(*option);
    }
    for (const CLI::Option* const option : verb.get_options()) {
        if (!option->get_positional())
            continue;
        const auto most = static_cast<std::ptrdiff_t>(option->get_items_expected_max());
        if (given < most)
            return option;
        given -= most;
    }
    return nullptr;
}

std::vector<std::string> options_of(const CLI::App& verb) {
    std::vector<std::string> names;
    for (const CLI::Option* const option : verb.get_options()) {
        for (const std::string& name : option->get_lnames())
            names.push_back("--" + name);
    }
    return names;
}

std::vector<std::string> verbs_of(const CLI::App& app) {
    std::vector<std::string> names;
    std::ranges::transform(app.get_subcommands({}), std::back_inserter(names),
                           [](const CLI::App* verb) { return verb->get_name(); });
    return names;
}

/// Those of `candidates` that go on from `word`, each behind `before`.
std::vector<std::string> going_on(const std::vector<std::string>& candidates, std::string_view word,
                                  const std::string& before = {}) {
    std::vector<std::string> fitting;
    for (const std::string& candidate : candidates) {
        if (candidate.starts_with(word))
            fitting.push_back(before + candidate);
    }
    return fitting;
}

/// The last of several values with commas between them goes on.
std::vector<std::string> value_going_on(const ValueSource& values, const std::string& taker,
                                        const std::string& word, const std::string& before = {}) {
    constexpr std::array lists{"--require", "--prefer", "--columns", "-o", "--heaps", "--roles"};
    const bool is_list = std::ranges::contains(lists, taker);
    const auto comma = is_list ? word.rfind(',') : std::string::npos;
    const std::size_t begin = comma == std::string::npos ? 0 : comma + 1;
    return going_on(values(taker), word.substr(begin), before + word.substr(0, begin));
}

/// A name that any shell takes as it stands.
bool is_plain(std::string_view name) {
    return !name.empty() &&
           name.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
                                  "@%_+=:,./-") == std::string_view::npos;
}

std::vector<std::string> heap_names(const fs::path& root) {
    std::vector<std::string> names;
    const auto catalog = HeapCatalog::scan(root);
    if (!catalog)
        return names;
    for (const Heap& heap : catalog->heaps()) {
        names.push_back(heap.name);
        std::ranges::copy(heap.aliases, std::back_inserter(names));
    }
    std::erase_if(names, [](const std::string& name) { return !is_plain(name); });
    return names;
}

void add_nodes(std::vector<std::string>& nodes, const fs::path& root, const std::string& directory,
               std::string_view prefix) {
    std::error_code failure;
    std::vector<std::string> found;
    fs::directory_iterator entry(root / directory, failure);
    for (; !failure && entry != fs::directory_iterator(); entry.increment(failure)) {
        const std::string name = entry->path().filename();
        const bool numbered =
            name.starts_with(prefix) && name.size() > prefix.size() &&
            name.find_first_not_of("0123456789", prefix.size()) == std::string::npos;
        if (numbered)
            found.push_back("/" + directory + "/" + name);
    }
    std::ranges::sort(found);
    std::ranges::move(found, std::back_inserter(nodes));
}

/// The nodes by their names, and with each of their memories: none is opened.
std::vector<std::string> device_words(const fs::path& root) {
    std::vector<std::string> videos;
    std::vector<std::string> displays;
    add_nodes(videos, root, "dev", "video");
    add_nodes(displays, root, "dev/dri", "card");
    std::vector<std::string> words = videos;
    std::ranges::copy(displays, std::back_inserter(words));
    for (const std::string& video : videos) {
        for (const Queue queue : all_queues)
            words.push_back(video + ":" + std::string(to_string(queue)));
        for (const std::string_view use : {reference_use, metadata_use})
            words.push_back(video + ":" + std::string(use));
    }
    for (const std::string& display : displays) {
        for (const PlaneType type : all_plane_types)
            words.push_back(display + ":" + std::string(to_string(type)));
    }
    return words;
}

std::vector<std::string> criteria() {
    std::vector<std::string> words;
    for (const Trait trait : all_traits) {
        words.push_back(to_string(Criterion{.trait = trait, .wanted = true}));
        words.push_back(to_string(Criterion{.trait = trait, .wanted = false}));
    }
    return words;
}

std::vector<std::string> counter_names(const fs::path& root) {
    std::vector<std::string> names;
    if (const auto counters = bandwidth::find_memory_counters(root))
        std::ranges::transform(*counters, std::back_inserter(names),
                               &bandwidth::MemoryCounter::name);
    std::erase_if(names, [](const std::string& name) { return !is_plain(name); });
    return names;
}

std::vector<std::string> values_of_bandwidth(std::string_view taker, const fs::path& root) {
    if (taker == "--heaps")
        return heap_names(root);
    if (taker == "--roles")
        return {common_uses.begin(), common_uses.end()};
    if (taker == "--counter")
        return counter_names(root);
    if (taker == "--order")
        return words_of(bandwidth::all_orders);
    if (taker == "--frames-from")
        return {"v4l2", "count:"};
    return {};
}

fs::path root_among(Words words) {
    const auto option = std::ranges::find(words, "--root");
    const bool given = option != words.end() && std::next(option) != words.end();
    return given ? fs::path(*std::next(option)) : fs::path("/");
}

} // namespace

std::vector<std::string> completions(const CLI::App& app, Words words, const ValueSource& values) {
    if (words.empty())
        return verbs_of(app);
    const auto [verb, rest] = verb_of(app, words);
    const std::string& word = rest.back();
    const Words before = rest.first(rest.size() - 1);
    if (const auto equals = word.find('='); is_option(word) && equals != std::string::npos) {
        const std::string name = word.substr(0, equals);
        return value_going_on(values, name, word.substr(equals + 1), name + "=");
    }
    const CLI::Option* const last = before.empty() ? nullptr : option_called(*verb, before.back());
    if (last != nullptr && takes_value(*last))
        return value_going_on(values, before.back(), word);
    if (is_option(word))
        return going_on(options_of(*verb), word);
    if (const auto verbs = verbs_of(*verb); !verbs.empty())
        return going_on(verbs, word);
    const CLI::Option* const argument = argument_after(*verb, before);
    auto candidates = argument == nullptr ? std::vector<std::string>()
                                          : value_going_on(values, argument->get_name(true), word);
    return candidates.empty() && word.empty() ? options_of(*verb) : candidates;
}

void print_completions(const CLI::App& app, Words words) {
    const fs::path root = root_among(words);
    const auto values = [&](std::string_view taker) -> std::vector<std::string> {
        if (taker == "--heap" || taker == "HEAP")
            return heap_names(root);
        if (taker == "--require" || taker == "--prefer")
            return criteria();
        if (taker == "--columns" || taker == "-o")
            return column_names();
        if (taker == "DEVICE")
            return device_words(root);
        if (taker == "USE")
            return {common_uses.begin(), common_uses.end()};
        return values_of_bandwidth(taker, root);
    };
    for (const std::string& word : completions(app, words, values))
        std::cout << word << '\n';
}

} // namespace heapsel::tools
