// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inspect/heap_name.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <format>
#include <optional>
#include <span>
#include <system_error>
#include <utility>

#include <heapsel/printable.hpp>

#include "base/joined.hpp"
#include "heaps/heap_aliases.hpp"

namespace heapsel {
namespace {

constexpr std::size_t max_length = 63;
constexpr std::string_view unknown_address = "ADDRESS";

constexpr std::array<std::string_view, 3> documented_names{"system", "system_cc_shared",
                                                           default_cma_heap};
constexpr std::array<std::string_view, 3> old_default_names{boot_cma_name, "linux,cma",
                                                            "default-pool"};
constexpr std::array<std::string_view, 13> allocators{
    "cma",     "ion",     "carveout", "carved", "genpool",  "buddy",  "slab",
    "vmalloc", "kmalloc", "shmem",    "tmpfs",  "memblock", "udmabuf"};
/// Words that any region could be called.
constexpr std::array<std::string_view, 18> empty_words{
    "heap", "memory", "mem", "region", "area",  "reserved", "pool", "default", "dma",
    "buf",  "buffer", "out", "linux",  "alloc", "the",      "gen",  "dmabuf",  "kernel"};

struct Synonym {
    std::string_view word;
    std::string_view proper;
};
constexpr std::array synonyms{Synonym{.word = "contig", .proper = "contiguous"},
                              Synonym{.word = "secure", .proper = "protected"},
                              Synonym{.word = "secured", .proper = "protected"},
                              Synonym{.word = "encrypted", .proper = "protected"},
                              Synonym{.word = "restricted", .proper = "protected"}};

bool is_digit(char c) {
    return c >= '0' && c <= '9';
}

bool is_letter(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

bool is_hexadecimal(char c) {
    return is_digit(c) || (c >= 'a' && c <= 'f');
}

/// As the device tree writes it.
bool is_address(std::string_view text) {
    return !text.empty() && std::ranges::all_of(text, is_hexadecimal) &&
           (text == "0" || text.front() != '0');
}

std::optional<std::uint64_t> hexadecimal(std::string_view digits) {
    std::uint64_t value = 0;
    const auto parsed = std::from_chars(digits.data(), digits.data() + digits.size(), value, 16);
    const bool whole = parsed.ptr == digits.data() + digits.size();
    return parsed.ec == std::errc() && whole ? std::optional(value) : std::nullopt;
}

/// Of an address in one part, or in the two that trees with addresses of two cells may write:
/// "1,80000000" is 0x180000000. Nothing where 64 bits do not hold it.
std::optional<std::uint64_t> address_value(std::string_view address) {
    constexpr unsigned bits = 32;
    const auto comma = address.find(',');
    if (comma == std::string_view::npos)
        return hexadecimal(address);
    const auto high = hexadecimal(address.substr(0, comma));
    const auto low = hexadecimal(address.substr(comma + 1));
    if (!high || !low || *high >> bits != 0 || *low >> bits != 0)
        return std::nullopt;
    return *high << bits | *low;
}

bool is_allowed(char c) {
    return c > ' ' && c <= '~' && c != '/';
}

std::string lower(std::string_view text) {
    std::string lowered(text);
    std::ranges::transform(lowered, lowered.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
    });
    return lowered;
}

/// Runs of letters and digits, in lower case.
std::vector<std::string> words_of(std::string_view text) {
    std::vector<std::string> words;
    bool within = false;
    for (const char c : text) {
        const bool part = is_letter(c) || is_digit(c);
        if (part && !within)
            words.emplace_back();
        if (part)
            words.back() += c;
        within = part;
    }
    std::ranges::transform(words, words.begin(), lower);
    return words;
}

/// "cma0" is "cma".
std::string_view without_number(std::string_view word) {
    const auto last = word.find_last_not_of("0123456789");
    return last == std::string_view::npos ? std::string_view() : word.substr(0, last + 1);
}

bool is_allocator(std::string_view word) {
    return std::ranges::contains(allocators, without_number(word));
}

bool says_nothing(std::string_view word) {
    const auto bare = without_number(word);
    return bare.empty() || is_allocator(word) || std::ranges::contains(empty_words, bare);
}

/// A name taken apart: WORDS@ADDRESS WORDS.
struct Parts {
    std::vector<std::string> words;  ///< Those before the address.
    bool has_address = false;        ///< There is an "@".
    std::string address;             ///< As the device tree writes it; empty if it is not.
    std::vector<std::string> behind; ///< Words after the address, or after what should be one.

    [[nodiscard]] std::vector<std::string> all_words() const {
        std::vector<std::string> all = words;
        all.insert(all.end(), behind.begin(), behind.end());
        return all;
    }
};

/// Letters and digits off the front.
std::string_view take_word(std::string_view& text) {
    const auto end =
        std::ranges::find_if_not(text, [](char c) { return is_letter(c) || is_digit(c); });
    const std::string_view word(text.begin(), end);
    text.remove_prefix(word.size());
    return word;
}

Parts parts_of(std::string_view name) {
    const auto at = name.find('@');
    Parts parts{
        .words = words_of(name.substr(0, at)), .has_address = false, .address = {}, .behind = {}};
    if (at == std::string_view::npos)
        return parts;
    parts.has_address = true;
    std::string_view rest = name.substr(at + 1);
    const std::string_view first = take_word(rest);
    if (is_address(first))
        parts.address = first;
    if (std::string_view next = rest; is_address(first) && next.starts_with(',')) {
        next.remove_prefix(1);
        if (const std::string_view second = take_word(next); is_address(second)) {
            parts.address += "," + std::string(second);
            rest = next;
        }
    }
    parts.behind = words_of(rest);
    return parts;
}

/// What is to be judged, and what is known of its memory.
struct Subject {
    std::string_view name;
    std::optional<std::uint64_t> base;
    Answer contiguous = Answer::unknown;
    Answer protected_memory = Answer::unknown;
};

class Linter {
  public:
    explicit Linter(const Subject& subject) : subject_(subject), parts_(parts_of(subject.name)) {}

    std::vector<NameFinding> run() && {
        length();
        if (subject_.name.empty())
            return std::move(findings_);
        characters();
        address();
        implementation();
        region();
        properties();
        return std::move(findings_);
    }

  private:
    void find(NameRule rule, std::string problem, std::string suggestion) {
        findings_.push_back(
            {.rule = rule, .problem = std::move(problem), .suggestion = std::move(suggestion)});
    }

    void length() {
        if (subject_.name.empty())
            find(NameRule::length, "it is empty", "Give the heap a name.");
        if (subject_.name.size() > max_length)
            find(NameRule::length, std::format("it has {} characters", subject_.name.size()),
                 std::format("Leave {} of them out.", subject_.name.size() - max_length));
    }

    void characters() {
        if (subject_.name == "." || subject_.name == "..")
            find(NameRule::characters, "no file can be called so", call_it());
        const auto odd = std::ranges::find_if_not(subject_.name, is_allowed);
        if (odd != subject_.name.end())
            find(NameRule::characters,
                 std::format("\"{}\" is not allowed", printable(std::string_view(odd, odd + 1))),
                 call_it());
    }

    void address() {
        if (!parts_.has_address)
            return;
        if (parts_.address.empty()) {
            find(NameRule::region,
                 "what follows the @ is no address in lower-case hexadecimal digits, without 0x "
                 "and without zeros in front",
                 call_it());
            return;
        }
        if (subject_.base && address_value(parts_.address) != subject_.base)
            find(NameRule::region, std::format("its memory begins at {:#x}", *subject_.base),
                 call_it());
    }

    void implementation() {
        for (const std::string& word : parts_.all_words()) {
            if (is_allocator(word))
                find(NameRule::implementation,
                     std::format("\"{}\" is how the memory is managed", word), call_it());
        }
    }

    void region() {
        if (parts_.has_address && parts_.words.empty())
            find(NameRule::region, "no word before the address says what the memory is", call_it());
        if (!parts_.has_address && std::ranges::all_of(parts_.words, says_nothing))
            find(NameRule::region, "it fits any region", call_it());
    }

    void properties() {
        const auto words = parts_.all_words();
        for (const auto& [word, proper] : synonyms) {
            if (std::ranges::contains(words, word) && !std::ranges::contains(words, proper))
                find(NameRule::properties,
                     std::format("the rules' word for \"{}\" is \"{}\"", word, proper), call_it());
        }
        contradiction(words, "contiguous", subject_.contiguous);
        contradiction(words, "protected", subject_.protected_memory);
    }

    void contradiction(std::span<const std::string> words, std::string_view word, Answer answer) {
        if (answer == Answer::no && std::ranges::contains(words, word))
            find(NameRule::properties, std::format("its buffers are not {}", word),
                 std::format("Leave \"{}\" out.", word));
    }

    /// Keeps every rule that a name alone can keep.
    [[nodiscard]] std::string call_it() const {
        auto words = kept(parts_.words);
        if (words.empty() || std::ranges::all_of(words, says_nothing))
            words = {"memory"};
        std::string name = joined(words, "-");
        const std::string place = address_to_use();
        if (!place.empty())
            name += "@" + place;
        for (const std::string& word : kept(parts_.behind))
            name += "-" + word;
        const bool to_fill_in = place == unknown_address;
        return std::format("Call it {}{}.", printable(name),
                           to_fill_in ? ", with the address at which its memory begins" : "");
    }

    static std::vector<std::string> kept(std::span<const std::string> words) {
        std::vector<std::string> kept;
        for (const std::string& word : words) {
            const auto* const found = std::ranges::find(synonyms, word, &Synonym::word);
            std::string proper(found == synonyms.end() ? std::string_view(word) : found->proper);
            if (!is_allocator(word) && !std::ranges::contains(kept, proper))
                kept.push_back(std::move(proper));
        }
        return kept;
    }

    /// A word that says what the memory is can do without an address.
    [[nodiscard]] std::string address_to_use() const {
        if (subject_.base)
            return std::format("{:x}", *subject_.base);
        if (!parts_.address.empty())
            return parts_.address;
        const bool protects = std::ranges::contains(kept(parts_.words), "protected");
        return protects && !parts_.has_address ? "" : std::string(unknown_address);
    }

    const Subject& subject_;
    Parts parts_;
    std::vector<NameFinding> findings_;
};

std::vector<NameFinding> lint(const Subject& subject) {
    if (std::ranges::contains(documented_names, subject.name))
        return {};
    if (std::ranges::contains(old_default_names, subject.name))
        return {{.rule = NameRule::stable,
                 .problem = "the default CMA region was called so on some platforms before Linux "
                            "6.17, and otherwise on others",
                 .suggestion = std::format("Call it {}, as kernels do since.", default_cma_heap)}};
    return Linter(subject).run();
}

/// What the name itself says is no news of the memory.
Answer known(const Property& property) {
    return property.source == Source::heap_name ? Answer::unknown : property.answer;
}

} // namespace

std::string_view to_string(NameRule rule) {
    switch (rule) {
    case NameRule::stable:
        return "stable";
    case NameRule::region:
        return "region";
    case NameRule::implementation:
        return "implementation";
    case NameRule::properties:
        return "properties";
    case NameRule::characters:
        return "characters";
    case NameRule::length:
        break;
    }
    return "length";
}

std::string_view sentence(NameRule rule) {
    switch (rule) {
    case NameRule::stable:
        return "A name is stable, and does not change from one version to the other.";
    case NameRule::region:
        return "A name describes the region, and uniquely identifies it on a given platform.";
    case NameRule::implementation:
        return "A name does not mention implementation details, such as the allocator.";
    case NameRule::properties:
        return "A name describes properties of the buffers: contiguous, protected.";
    case NameRule::characters:
        return "A name consists of printable characters other than spaces and slashes.";
    case NameRule::length:
        break;
    }
    return "A name is shorter than 64 characters, and not empty.";
}

std::vector<NameFinding> lint_heap_name(std::string_view name) {
    return lint({.name = name, .base = std::nullopt});
}

std::vector<NameFinding> lint_heap(const Heap& heap) {
    return lint({.name = heap.name,
                 .base = heap.region ? std::optional(heap.region->base) : std::nullopt,
                 .contiguous = known(heap.property(Trait::contiguous)),
                 .protected_memory = known(heap.property(Trait::protected_memory))});
}

} // namespace heapsel
