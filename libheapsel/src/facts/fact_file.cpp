// SPDX-License-Identifier: LGPL-2.1-or-later
#include "facts/fact_file.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <format>
#include <optional>
#include <utility>

#include <heapsel/printable.hpp>
#include <heapsel/size_text.hpp>

#include "base/nearest_name.hpp"
#include "io/toml_text.hpp"

namespace heapsel {
namespace {

/// Reads one entry, and notes what is wrong with it.
class EntryReader {
  public:
    /// `place` is what stands before the line in evidence.
    explicit EntryReader(std::string_view place) : place_(place) {}

    void read(const toml::table& entry) {
        fact_.where = where(entry);
        for (const auto& [key, node] : entry) {
            if (faults_.size() > max_fact_warnings)
                return;
            const auto* const known = std::ranges::find(keys, key.str(), &Key::name);
            if (known != keys.end())
                (this->*known->read)(key.str(), node);
            else
                note(key.source(), std::format("There is no key {}. {}", in_quotes(key.str()),
                                               suggestion(key.str().substr(0, 80), key_names())));
        }
        if (faults_.empty())
            check(entry);
    }

    struct Fault {
        toml::source_index line = 0;
        std::string what; ///< A full sentence.
    };

    [[nodiscard]] const std::vector<Fault>& faults() const { return faults_; }
    [[nodiscard]] const HeapFact& fact() const { return fact_; }

  private:
    struct Key {
        std::string_view name;
        void (EntryReader::*read)(std::string_view key, const toml::node&);
    };

    static std::vector<std::string> key_names() {
        std::vector<std::string> names;
        for (const Key& key : keys)
            names.emplace_back(key.name);
        return names;
    }

    [[nodiscard]] std::string where(const toml::node& node) const {
        return std::format("{}:{}", place_, node.source().begin.line);
    }

    void note(const toml::source_region& at, std::string what) {
        faults_.push_back({.line = at.begin.line, .what = std::move(what)});
    }

    void wrong_type(const toml::node& node, std::string_view key, std::string_view expected) {
        note(node.source(), std::format("{} is {}, and not {}.", key, expected, type_of(node)));
    }

    std::optional<std::string> word(std::string_view key, const toml::node& node) {
        const auto* const text = node.as_string();
        if (text == nullptr)
            wrong_type(node, key, "text in quotes");
        else if (text->get().empty())
            note(node.source(), std::format("{} is empty.", key));
        else if (text->get().size() > max_fact_word)
            note(node.source(), std::format("{} has more than {} bytes.", key, max_fact_word));
        else
            return text->get();
        return std::nullopt;
    }

    /// One word, or a list of them.
    std::vector<std::string> words(std::string_view key, const toml::node& node) {
        std::vector<std::string> read;
        const toml::array* const list = node.as_array();
        if (list == nullptr) {
            if (auto one = word(key, node))
                read.push_back(*std::move(one));
            return read;
        }
        if (list->empty() || list->size() > max_words_in_a_fact) {
            note(node.source(), std::format("{} has {} parts; 1 to {} are read.", key, list->size(),
                                            max_words_in_a_fact));
            return read;
        }
        for (const toml::node& element : *list) {
            if (auto one = word(key, element))
                read.push_back(*std::move(one));
        }
        return read;
    }

    std::optional<Stated<bool>> flag(std::string_view key, const toml::node& node) {
        if (const auto* const value = node.as_boolean())
            return Stated<bool>{.value = value->get(), .where = where(node)};
        wrong_type(node, key, "true or false");
        return std::nullopt;
    }

    void read_name(std::string_view key, const toml::node& node) {
        fact_.match.names = words(key, node);
    }
    void read_node(std::string_view key, const toml::node& node) {
        fact_.match.node = word(key, node).value_or(std::string());
    }
    void read_compatible(std::string_view key, const toml::node& node) {
        fact_.match.compatible = words(key, node);
    }
    void read_no_map(std::string_view key, const toml::node& node) {
        if (const auto read = flag(key, node))
            fact_.match.no_map = read->value;
    }
    void read_kernel(std::string_view key, const toml::node& node) {
        fact_.match.kernels = words(key, node);
    }
    void read_machine(std::string_view key, const toml::node& node) {
        fact_.match.machines = words(key, node);
    }
    void read_contiguous(std::string_view key, const toml::node& node) {
        fact_.contiguous = flag(key, node);
    }
    void read_cached(std::string_view key, const toml::node& node) {
        fact_.cached = flag(key, node);
    }
    void read_protected(std::string_view key, const toml::node& node) {
        fact_.protected_memory = flag(key, node);
    }
    void read_last_address(std::string_view key, const toml::node& node) {
        const auto* const number = node.as_integer();
        if (number == nullptr)
            wrong_type(node, key, "a number, as 0xffffffff");
        else if (number->get() <= 0)
            note(node.source(),
                 std::format("{} is no address: give a number above 0.", number->get()));
        else
            fact_.last_address = Stated<std::uint64_t>{
                .value = static_cast<std::uint64_t>(number->get()), .where = where(node)};
    }
    void read_aliases(std::string_view key, const toml::node& node) {
        fact_.aliases = words(key, node);
    }
    /// For who reads the file; nothing is matched by it.
    void read_source(std::string_view key, const toml::node& node) {
        has_source_ = word(key, node).has_value();
    }
    void read_holds_for(std::string_view key, const toml::node& node) {
        has_kernels_ = word(key, node).has_value();
    }

    /// What an entry needs besides keys that are right by themselves.
    void check(const toml::table& entry) {
        const HeapMatch& match = fact_.match;
        if (match.names.empty() && match.node.empty() && match.compatible.empty())
            note(entry.source(), "It is about no heap: give name, node or compatible.");
        const bool places = !match.names.empty() && !match.node.empty();
        if (!fact_.contiguous && !fact_.cached && !fact_.protected_memory && !fact_.last_address &&
            fact_.aliases.empty() && !places)
            note(entry.source(), "It says nothing: give contiguous, cached, protected, "
                                 "last_address, aliases, or a node for a name.");
        if (!has_source_)
            note(entry.source(), "It has no source: say where in the vendor's kernel it was read.");
        if (!has_kernels_)
            note(entry.source(), "It has no kernels: say which kernels it holds for.");
        if (!fact_.aliases.empty() &&
            (match.names.size() != 1 || match.names.front().contains('*')))
            note(entry.source(), "aliases are those of one heap: give one name, without a *.");
    }

    static const std::array<Key, 13> keys;

    std::string_view place_;
    HeapFact fact_;
    bool has_source_ = false;
    bool has_kernels_ = false;
    std::vector<Fault> faults_;
};

constexpr std::array<EntryReader::Key, 13> EntryReader::keys{
    {{.name = "name", .read = &EntryReader::read_name},
     {.name = "node", .read = &EntryReader::read_node},
     {.name = "compatible", .read = &EntryReader::read_compatible},
     {.name = "no_map", .read = &EntryReader::read_no_map},
     {.name = "kernel", .read = &EntryReader::read_kernel},
     {.name = "machine", .read = &EntryReader::read_machine},
     {.name = "contiguous", .read = &EntryReader::read_contiguous},
     {.name = "cached", .read = &EntryReader::read_cached},
     {.name = "protected", .read = &EntryReader::read_protected},
     {.name = "last_address", .read = &EntryReader::read_last_address},
     {.name = "aliases", .read = &EntryReader::read_aliases},
     {.name = "source", .read = &EntryReader::read_source},
     {.name = "kernels", .read = &EntryReader::read_holds_for}}};

/// Reads one file.
class FileReader {
  public:
    explicit FileReader(const std::filesystem::path& file)
        : file_(printable(file.native())), place_(printable(file.filename().native())) {}

    FactsRead read(std::string_view text) && {
        if (text.size() > max_fact_bytes) {
            facts_.warnings.push_back(std::format("{}: It is larger than {}. The file is ignored.",
                                                  file_, size_text(max_fact_bytes)));
            return std::move(facts_);
        }
        const auto table = read_toml(text);
        if (table)
            read(*table);
        else
            warn(table.error().at.line, table.error().what + " The file is ignored.");
        return std::move(facts_);
    }

  private:
    void warn(toml::source_index line, std::string_view what) {
        if (facts_.warnings.size() < max_fact_warnings)
            facts_.warnings.push_back(std::format("{}:{}: {}", file_, line, what));
        else if (facts_.warnings.size() == max_fact_warnings)
            facts_.warnings.push_back(file_ + ": There is more wrong with it.");
    }

    void read(const toml::table& file) {
        for (const auto& [key, node] : file) {
            const toml::array* const list = node.as_array();
            if (key != "heap")
                warn(key.source().begin.line,
                     std::format("There is no {}; entries are [[heap]]. It is ignored.",
                                 in_quotes(key.str())));
            else if (list == nullptr)
                warn(
                    key.source().begin.line,
                    std::format("Entries are [[heap]], and not {}. It is ignored.", type_of(node)));
            else
                read_entries(*list);
        }
    }

    void read_entries(const toml::array& list) {
        for (const toml::node& node : list) {
            const auto line = node.source().begin.line;
            if (facts_.facts.size() == max_facts_in_a_file)
                return warn(line, std::format("The file has more than {} entries; the rest is "
                                              "ignored.",
                                              max_facts_in_a_file));
            if (const toml::table* const entry = node.as_table())
                read_entry(*entry);
            else
                warn(line, std::format("Entries are [[heap]], and not {}. It is ignored.",
                                       type_of(node)));
        }
    }

    void read_entry(const toml::table& entry) {
        EntryReader reader(place_);
        reader.read(entry);
        for (const EntryReader::Fault& fault : reader.faults())
            warn(fault.line, fault.what + " The entry is ignored.");
        if (!reader.faults().empty())
            return;
        const auto same = std::ranges::find(facts_.facts, reader.fact().match, &HeapFact::match);
        if (same == facts_.facts.end())
            facts_.facts.push_back(reader.fact());
        else
            warn(entry.source().begin.line,
                 std::format("{} is about the same heaps: make one of the two. The entry is "
                             "ignored.",
                             same->where));
    }

    std::string file_;
    std::string place_;
    FactsRead facts_;
};

} // namespace

FactsRead parse_facts(std::string_view text, const std::filesystem::path& file) {
    return FileReader(file).read(text);
}

} // namespace heapsel
