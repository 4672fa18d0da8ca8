// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inspect/program_lists.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <format>
#include <iterator>
#include <optional>
#include <utility>

#include <heapsel/printable.hpp>
#include <heapsel/size_text.hpp>

#include "base/nearest_name.hpp"
#include "io/file.hpp"
#include "io/toml_text.hpp"

namespace heapsel {
namespace {

TomlFault fault(const toml::source_position& at, std::string what) {
    return {.at = at, .what = std::move(what)};
}

/// Reads one entry up to the first thing that is wrong with it.
class EntryReader {
  public:
    /// What is wrong, as a full sentence; nothing if `entry` is right.
    std::optional<TomlFault> read(const toml::table& entry) {
        for (const auto& [key, node] : entry) {
            const auto* const known = std::ranges::find(keys, key.str(), &Key::name);
            if (known == keys.end())
                return fault(key.source().begin,
                             std::format("There is no key {}. {}", in_quotes(key.str()),
                                         suggestion(key.str().substr(0, 80), key_names())));
            if (const auto wrong = (this->*known->read)(node))
                return fault(node.source().begin, std::format("{} {}.", known->name, *wrong));
        }
        if (list_.name.empty() || list_.heaps.empty() || !has_source_)
            return fault(entry.source().begin, "It needs a name, heaps and a source.");
        return std::nullopt;
    }

    [[nodiscard]] ProgramList list() && { return std::move(list_); }

  private:
    using Wrong = std::optional<std::string>; ///< What follows the key in a sentence.
    struct Key {
        std::string_view name;
        Wrong (EntryReader::*read)(const toml::node&);
    };

    static std::vector<std::string> key_names() {
        std::vector<std::string> names;
        std::ranges::transform(keys, std::back_inserter(names),
                               [](const Key& key) { return std::string(key.name); });
        return names;
    }

    static Wrong word(const toml::node& node, std::string& into) {
        const auto* const text = node.as_string();
        if (text == nullptr)
            return std::format("is text in quotes, and not {}", type_of(node));
        if (text->get().empty() || text->get().size() > max_program_word)
            return std::format("has 1 to {} bytes", max_program_word);
        into = text->get();
        return std::nullopt;
    }

    /// One word, or a list of them.
    static Wrong words(const toml::node& node, std::vector<std::string>& into) {
        const toml::array* const list = node.as_array();
        if (list == nullptr)
            return word(node, into.emplace_back());
        if (list->empty() || list->size() > max_names_of_a_program)
            return std::format("has 1 to {} parts", max_names_of_a_program);
        for (const toml::node& element : *list) {
            if (auto wrong = word(element, into.emplace_back()))
                return wrong;
        }
        return std::nullopt;
    }

    Wrong read_name(const toml::node& node) { return word(node, list_.name); }
    Wrong read_versions(const toml::node& node) { return word(node, list_.versions); }
    Wrong read_heaps(const toml::node& node) { return words(node, list_.heaps); }
    Wrong read_machine(const toml::node& node) { return words(node, list_.machines); }
    Wrong read_contiguous(const toml::node& node) {
        if (!node.is_boolean())
            return std::format("is true or false, and not {}", type_of(node));
        list_.contiguous = node.as_boolean()->get();
        return std::nullopt;
    }
    /// It becomes a part of a command.
    Wrong read_rules(const toml::node& node) {
        Wrong wrong = word(node, list_.rules);
        constexpr std::string_view plain =
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_.";
        if (!wrong && list_.rules.find_first_not_of(plain) != std::string::npos)
            return "is the name of a file, of letters, digits, -, _ and .";
        return wrong;
    }
    /// For who reads the file.
    Wrong read_source(const toml::node& node) {
        std::string source;
        has_source_ = true;
        return word(node, source);
    }

    static const std::array<Key, 7> keys;

    ProgramList list_;
    bool has_source_ = false;
};

constexpr std::array<EntryReader::Key, 7> EntryReader::keys{
    {{.name = "name", .read = &EntryReader::read_name},
     {.name = "versions", .read = &EntryReader::read_versions},
     {.name = "heaps", .read = &EntryReader::read_heaps},
     {.name = "contiguous", .read = &EntryReader::read_contiguous},
     {.name = "machine", .read = &EntryReader::read_machine},
     {.name = "rules", .read = &EntryReader::read_rules},
     {.name = "source", .read = &EntryReader::read_source}}};

/// Reads one file.
class FileReader {
  public:
    explicit FileReader(const std::filesystem::path& file) : file_(printable(file.native())) {}

    ProgramListsRead read(std::string_view text) && {
        if (text.size() > max_program_bytes) {
            read_.warnings.push_back(std::format("{}: It is larger than {}. The file is ignored.",
                                                 file_, size_text(max_program_bytes)));
            return std::move(read_);
        }
        const auto table = read_toml(text);
        if (!table)
            warn(table.error(), "The file is ignored.");
        else
            read_entries(*table);
        return std::move(read_);
    }

  private:
    void warn(const TomlFault& wrong, std::string_view then) {
        if (read_.warnings.size() < max_program_warnings)
            read_.warnings.push_back(
                std::format("{}:{}: {} {}", file_, wrong.at.line, wrong.what, then));
        else if (read_.warnings.size() == max_program_warnings)
            read_.warnings.push_back(file_ + ": There is more wrong with it.");
    }

    void read_entries(const toml::table& file) {
        for (const auto& [key, node] : file) {
            const toml::array* const list = node.as_array();
            if (key != "program" || list == nullptr) {
                warn(fault(key.source().begin, "Entries are [[program]]."), "It is ignored.");
                continue;
            }
            for (const toml::node& entry : *list)
                read_entry(entry);
        }
    }

    void read_entry(const toml::node& node) {
        const toml::table* const entry = node.as_table();
        EntryReader reader;
        if (entry == nullptr)
            warn(fault(node.source().begin, "Entries are [[program]]."), "It is ignored.");
        else if (read_.programs.size() == max_programs)
            warn(fault(node.source().begin,
                       std::format("The file has more than {} entries.", max_programs)),
                 "It is ignored.");
        else if (const auto wrong = reader.read(*entry))
            warn(*wrong, "The entry is ignored.");
        else
            read_.programs.push_back(std::move(reader).list());
    }

    std::string file_;
    ProgramListsRead read_;
};

} // namespace

ProgramListsRead parse_program_lists(std::string_view text, const std::filesystem::path& file) {
    return FileReader(file).read(text);
}

ProgramListsRead read_program_lists(const std::filesystem::path& root) {
    ProgramListsRead all;
    for (const char* const name :
         {"usr/share/heapsel/programs.toml", "etc/heapsel/programs.toml"}) {
        const auto text = read_file(root / name, max_program_bytes);
        if (!text) {
            if (text.error().code != ENOENT)
                all.warnings.push_back(text.error().message());
            continue;
        }
        ProgramListsRead read = parse_program_lists(*text, root / name);
        std::ranges::move(read.programs, std::back_inserter(all.programs));
        std::ranges::move(read.warnings, std::back_inserter(all.warnings));
    }
    return all;
}

} // namespace heapsel
