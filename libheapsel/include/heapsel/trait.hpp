// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <heapsel/error.hpp>
#include <heapsel/export.hpp>

namespace heapsel {

/// What can be said of the memory that a heap hands out.
enum class Trait : std::uint8_t {
    contiguous,      ///< One physically contiguous piece a buffer.
    cached,          ///< CPU mappings are cached.
    ecc,             ///< Protected by error correction, and paying its bandwidth.
    protected_memory ///< Out of the CPU's reach ("protected", "secure").
};
inline constexpr std::array all_traits{Trait::contiguous, Trait::cached, Trait::ecc,
                                       Trait::protected_memory};

enum class Answer : std::uint8_t { no, yes, unknown };

/// Where an answer was learned, from the most to the least authoritative.
enum class Source : std::uint8_t {
    kernel,       ///< The kernel's documented behaviour of a heap of this kind.
    device_tree,  ///< A property of the region's node, or of its memory node.
    command_line, ///< A parameter on the kernel's command line.
    sysfs,        ///< A file under /sys.
    facts,        ///< A file of facts about the heaps of vendors' kernels (heapsel(1), FACTS).
    heap_name,    ///< A word in the name that the naming rules give a meaning to.
    none          ///< Nobody said; the answer is unknown.
};

/// Where something was learned, and the evidence in words.
struct Provenance {
    Source source = Source::none; ///< Who says so.
    std::string evidence;         ///< What was read there; printable.
};

/// One answer, where it comes from, and the evidence for it in words.
struct Property {
    Answer answer = Answer::unknown; ///< The answer.
    Source source = Source::none;    ///< Who gave it.
    std::string
        evidence; ///< e.g. "/memory@40000000: ecc-correction-bits = 1"; for an unknown, why.
};

/// A trait, wanted or unwanted: "contiguous", "non-ecc".
struct HEAPSEL_EXPORT Criterion {
    Trait trait{};      ///< The trait.
    bool wanted = true; ///< Else it must be absent.

    /// `answer` settles this criterion: an unknown never does.
    [[nodiscard]] bool met_by(Answer answer) const;
    friend bool operator==(const Criterion&, const Criterion&) = default;
};

[[nodiscard]] HEAPSEL_EXPORT std::string_view to_string(Trait trait);
[[nodiscard]] HEAPSEL_EXPORT std::string_view to_string(Answer answer);
[[nodiscard]] HEAPSEL_EXPORT std::string_view to_string(Source source);
[[nodiscard]] HEAPSEL_EXPORT std::string to_string(const Criterion& criterion);

/// One of the words below. Nothing if `text` is none of them.
[[nodiscard]] HEAPSEL_EXPORT std::optional<Criterion> parse_criterion(std::string_view text);

/// Reads a comma-separated list: `contiguous`, `cached`, `ecc`, `protected`, each also with `non-`
/// before it, and `uncached` for `non-cached`. Blanks around a word and an empty list are fine.
///
/// EINVAL: a word that is none of these, an empty word, or a trait both wanted and unwanted; the
/// error's subject is the word, and the hint lists the words there are.
[[nodiscard]] HEAPSEL_EXPORT Result<std::vector<Criterion>> parse_criteria(std::string_view text);

} // namespace heapsel
