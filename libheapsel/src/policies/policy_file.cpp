// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/policy_file.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <format>
#include <iterator>
#include <ranges>
#include <utility>

#include <heapsel/size_text.hpp>
#include <heapsel/use.hpp>

#include "base/nearest_name.hpp"
#include "base/words.hpp"
#include "io/toml_text.hpp"
#include "policies/may_require.hpp"
#include "policies/policy_reading.hpp"

namespace heapsel {
namespace {

Error error_at(std::string_view file, toml::source_position at, std::string hint) {
    return {.code = EINVAL,
            .operation = "read the policy",
            .subject = std::format("{}:{}:{}", file, at.line, at.column),
            .hint = std::move(hint)};
}

std::vector<std::string> criterion_words() {
    std::vector<std::string> words;
    for (const bool wanted : {true, false}) {
        for (const Trait trait : all_traits)
            words.push_back(to_string(Criterion{.trait = trait, .wanted = wanted}));
    }
    return words;
}

/// The names of common uses, and the queues.
std::vector<std::string> memory_words() {
    std::vector<std::string> words(common_uses.begin(), common_uses.end());
    std::ranges::move(words_of(all_queues), std::back_inserter(words));
    return words;
}

/// Reads one file, and notes what is wrong with it.
class PolicyReader {
  public:
    explicit PolicyReader(std::string_view file) : file_(file) {}

    void read(const toml::table& file) {
        may_require_ = may_require(file, key_names());
        for (const auto& [key, node] : file) {
            if (key == "default")
                section(key, node, "[default]", {});
            else if (key == "device")
                devices(key, node);
            else if (setting_called(key) != nullptr)
                note(key.source(), std::format("{} stands outside of a table; it belongs below "
                                               "[default] or [device.\"NAME\"].",
                                               key.str()));
            else
                unknown(key, "table", std::array<std::string, 2>{"default", "device"});
        }
    }

    /// What was found wrong, in the order of its places.
    std::vector<PolicyFault> faults() {
        const auto place = [](const Finding& finding) {
            return std::pair(finding.at.line, finding.at.column);
        };
        std::ranges::stable_sort(findings_, {}, place);
        std::vector<PolicyFault> faults;
        for (Finding& finding : findings_)
            faults.push_back({.error = error_at(file_, finding.at, std::move(finding.hint)),
                              .stops = may_require_});
        return faults;
    }

    std::vector<PolicySection> sections() {
        std::ranges::stable_sort(sections_, {}, &Placed::line);
        std::vector<PolicySection> sections;
        for (Placed& placed : sections_)
            sections.push_back(std::move(placed.section));
        return sections;
    }

  private:
    struct Finding {
        toml::source_position at;
        std::string hint;
    };
    struct Placed {
        toml::source_index line = 0;
        PolicySection section;
    };
    struct Setting {
        std::string_view name;
        void (PolicyReader::*read)(const toml::node&, PolicySettings&);
    };

    static const Setting* setting_called(std::string_view name);
    static std::vector<std::string> setting_names();
    static std::vector<std::string> key_names();

    void note(const toml::source_region& where, std::string hint) {
        findings_.push_back({.at = where.begin, .hint = std::move(hint)});
    }

    void unknown(const toml::key& key, std::string_view kind, std::span<const std::string> names) {
        note(key.source(), std::format("There is no {} {}. {}", kind, in_quotes(key.str()),
                                       suggestion(key.str().substr(0, 80), names)));
    }

    void wrong_type(const toml::node& node, std::string_view expected) {
        note(node.source(), std::format("{}, and not {}.", expected, type_of(node)));
    }

    /// Null, with a finding, where `node` is something else.
    const toml::table* table(const toml::key& key, const toml::node& node,
                             std::string_view example) {
        if (const toml::table* const table = node.as_table())
            return table;
        wrong_type(node, std::format("{} is a table, as in {}", in_quotes(key.str()), example));
        return nullptr;
    }

    void devices(const toml::key& key, const toml::node& node) {
        constexpr std::string_view example = "[device.\"NAME\"]";
        const toml::table* const all = table(key, node, example);
        if (all == nullptr)
            return;
        for (const auto& [name, device] : *all) {
            check_device(name);
            section(name, device, example,
                    {.device = std::string(name.str()), .use = {}, .queue = {}, .settings = {}});
        }
    }

    void check_device(const toml::key& key) {
        const std::string_view name = key.str();
        if (name.empty())
            note(key.source(), "The name of the device is empty: give a driver, a card or a node.");
        if (name.starts_with('/') && !name.starts_with("/dev/"))
            note(key.source(), in_quotes(name) + " is no node of a device: those stand in /dev.");
        const auto colon = name.rfind(':');
        if (colon != std::string_view::npos &&
            std::ranges::contains(memory_words(), name.substr(colon + 1)))
            note(key.source(),
                 std::format("A memory of a device has a table of its own: "
                             "[device.{}.use.{}].",
                             in_quotes(name.substr(0, colon)), name.substr(colon + 1)));
    }

    /// A word that can be no name, or looks like a common one misspelt, is noted.
    bool check_memory(const toml::key& key) {
        constexpr std::size_t slips = 2;
        const std::string_view name = key.str();
        const auto words = memory_words();
        const bool is_misspelt = std::ranges::any_of(words, [&](const std::string& word) {
            return word != name && edits(name, word) <= slips;
        });
        if (is_use_name(name) && !is_misspelt)
            return true;
        unknown(key, "use", words);
        return false;
    }

    void uses(const toml::key& key, const toml::node& node, const PolicySection& of) {
        constexpr std::string_view example = "[default.use.reference]";
        const toml::table* const all = table(key, node, example);
        if (all == nullptr)
            return;
        for (const auto& [name, use] : *all) {
            if (!check_memory(name))
                continue;
            const auto queue = parse_queue(name.str());
            section(name, use, example,
                    {.device = of.device,
                     .use = queue ? std::string() : std::string(name.str()),
                     .queue = queue,
                     .settings = {}});
        }
    }

    /// `section` says whom it is of.
    void section(const toml::key& name, const toml::node& node, std::string_view example,
                 PolicySection section) {
        const toml::table* const keys = table(name, node, example);
        if (keys == nullptr)
            return;
        toml::source_index line = 0;
        for (const auto& [key, value] : *keys) {
            if (const Setting* const setting = setting_called(key)) {
                (this->*setting->read)(value, section.settings);
                const auto here = key.source().begin.line;
                line = line == 0 ? here : std::min(line, here);
            } else if (key == "use" && section.is_of_whole_device()) {
                uses(key, value, section);
            } else {
                auto names = setting_names();
                if (section.is_of_whole_device())
                    names.emplace_back("use");
                unknown(key, "key", names);
            }
        }
        if (section.settings != PolicySettings{})
            sections_.push_back({.line = line, .section = std::move(section)});
    }

    template <typename T>
    Sourced<T> sourced(const toml::node& node, T value) {
        return {.value = std::move(value),
                .from = std::format("{}:{}", file_, node.source().begin.line)};
    }

    std::vector<Sourced<Criterion>> criteria(const toml::node& node, std::string_view key) {
        std::vector<Sourced<Criterion>> criteria;
        const toml::array* const list = node.as_array();
        if (list == nullptr) {
            wrong_type(node, std::format("{} is a list of words, as in [\"contiguous\"]", key));
            return criteria;
        }
        for (const toml::node& element : *list) {
            if (const auto criterion = this->criterion(element, key); criterion)
                add(*criterion, element, criteria);
        }
        return criteria;
    }

    std::optional<Criterion> criterion(const toml::node& node, std::string_view key) {
        const auto* const word = node.as_string();
        if (word == nullptr) {
            wrong_type(node, std::format("{} holds words in quotes", key));
            return std::nullopt;
        }
        const auto criterion = parse_criterion(word->get());
        if (!criterion)
            note(node.source(),
                 std::format("{} is no property of memory. {}", in_quotes(word->get()),
                             suggestion(word->get().substr(0, 80), criterion_words())));
        return criterion;
    }

    void add(const Criterion& criterion, const toml::node& node,
             std::vector<Sourced<Criterion>>& criteria) {
        const auto same = std::ranges::find(criteria, criterion.trait,
                                            [](const auto& before) { return before.value.trait; });
        if (same == criteria.end())
            criteria.push_back(sourced(node, criterion));
        else
            note(node.source(), same->value == criterion
                                    ? std::format("{} stands in the list twice: leave one out.",
                                                  to_string(criterion))
                                    : std::format("The list asks for {} and for {}: leave one out.",
                                                  to_string(same->value), to_string(criterion)));
    }

    void read_require(const toml::node& node, PolicySettings& settings) {
        settings.require = criteria(node, "require");
    }

    void read_prefer(const toml::node& node, PolicySettings& settings) {
        std::vector<Criterion> prefer;
        for (const Sourced<Criterion>& criterion : criteria(node, "prefer"))
            prefer.push_back(criterion.value);
        if (node.is_array())
            settings.prefer = sourced(node, std::move(prefer));
    }

    void read_heap(const toml::node& node, PolicySettings& settings) {
        const auto* const name = node.as_string();
        if (name == nullptr)
            wrong_type(node, "heap is a name in quotes");
        else if (name->get().empty())
            note(node.source(), "The name of the heap is empty: give one, or leave the key out.");
        else if (name->get().contains('/'))
            note(node.source(), std::format("{} is a path; a heap goes by its name alone.",
                                            in_quotes(name->get())));
        else
            settings.heap = sourced(node, name->get());
    }

    void read_size(const toml::node& node, PolicySettings& settings) {
        constexpr std::string_view expected = "a number above 0, or one with K, M or G in quotes";
        if (const auto* const number = node.as_integer(); number != nullptr && number->get() > 0)
            settings.size = sourced(node, static_cast<std::uint64_t>(number->get()));
        else if (number != nullptr)
            note(node.source(), std::format("{} is no size: {}.", number->get(), expected));
        else if (const auto* const text = node.as_string(); text == nullptr)
            wrong_type(node, std::format("size is {}", expected));
        else if (const auto size = parse_size(text->get()))
            settings.size = sourced(node, *size);
        else
            note(node.source(),
                 std::format("{} is no size: {}.", in_quotes(text->get()), expected));
    }

    void read_fallback(const toml::node& node, PolicySettings& settings) {
        const auto* const word = node.as_string();
        if (word == nullptr)
            wrong_type(node, "fallback is a word in quotes");
        else if (const auto fallback = parse_fallback(word->get()))
            settings.fallback = sourced(node, *fallback);
        else
            note(node.source(),
                 std::format("{} is no fallback. {}", in_quotes(word->get()),
                             suggestion(word->get().substr(0, 80), words_of(all_fallbacks))));
    }

    void read_udmabuf(const toml::node& node, PolicySettings& settings) {
        if (const auto* const flag = node.as_boolean())
            settings.udmabuf = sourced(node, flag->get());
        else
            wrong_type(node, "udmabuf is true or false");
    }

    static const std::array<Setting, 6> all_settings;

    std::string_view file_;
    bool may_require_ = false;
    std::vector<Finding> findings_;
    std::vector<Placed> sections_;
};

constexpr std::array<PolicyReader::Setting, 6> PolicyReader::all_settings{
    {{.name = "require", .read = &PolicyReader::read_require},
     {.name = "prefer", .read = &PolicyReader::read_prefer},
     {.name = "heap", .read = &PolicyReader::read_heap},
     {.name = "size", .read = &PolicyReader::read_size},
     {.name = "fallback", .read = &PolicyReader::read_fallback},
     {.name = "udmabuf", .read = &PolicyReader::read_udmabuf}}};

const PolicyReader::Setting* PolicyReader::setting_called(std::string_view name) {
    const auto* const found = std::ranges::find(all_settings, name, &Setting::name);
    return found == all_settings.end() ? nullptr : found;
}

std::vector<std::string> PolicyReader::setting_names() {
    std::vector<std::string> names;
    for (const Setting& setting : all_settings)
        names.emplace_back(setting.name);
    return names;
}

/// Those of settings, and those of the tables around them.
std::vector<std::string> PolicyReader::key_names() {
    auto names = setting_names();
    std::ranges::copy(std::array{"use", "default", "device"}, std::back_inserter(names));
    return names;
}

/// Nothing of the file can be read, so what it requires is not known.
PolicyReading unreadable(Error error) {
    return {.file = {}, .faults = {{.error = std::move(error), .stops = true}}};
}

} // namespace

PolicyReading read_policy_text(std::string_view text, std::string_view file) {
    if (text.size() > max_policy_bytes)
        return unreadable({.code = EFBIG,
                           .operation = "read the policy",
                           .subject = std::string(file),
                           .hint = "It is larger than " + size_text(max_policy_bytes) + "."});
    const auto table = read_toml(text);
    if (!table)
        return unreadable(error_at(file, table.error().at, table.error().what));
    PolicyReader reader(file);
    reader.read(*table);
    return {.file = {.name = std::string(file), .sections = reader.sections()},
            .faults = reader.faults()};
}

std::vector<Error> errors_of(std::vector<PolicyFault> faults) {
    std::vector<Error> errors;
    for (PolicyFault& fault : faults)
        errors.push_back(std::move(fault.error));
    return errors;
}

std::expected<PolicyFile, std::vector<Error>> parse_policy(std::string_view text,
                                                           std::string_view file) {
    auto reading = read_policy_text(text, file);
    if (!reading.faults.empty())
        return std::unexpected(errors_of(std::move(reading.faults)));
    return std::move(reading.file);
}

} // namespace heapsel
