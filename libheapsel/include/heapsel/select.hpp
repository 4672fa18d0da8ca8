// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <heapsel/consumer.hpp>
#include <heapsel/error.hpp>
#include <heapsel/export.hpp>
#include <heapsel/heap_catalog.hpp>
#include <heapsel/policy.hpp>

namespace heapsel {

enum class Verdict : std::uint8_t {
    chosen,     ///< The first candidate.
    candidate,  ///< Satisfies every requirement; ranked after the chosen one.
    unsuitable, ///< A requirement is not met, a device cannot use the heap, it is too small, or
                ///< another one was named.
    unusable    ///< It would serve, and this process cannot open it.
};
[[nodiscard]] HEAPSEL_EXPORT std::string_view to_string(Verdict verdict);

/// How much a wish weighs.
enum class Weight : std::uint8_t {
    required,  ///< Not met, it keeps the heap out.
    preferred, ///< Not met, it ranks the heap lower.
    noted      ///< Nothing follows from it: it says what is not known, or what else there is.
};
[[nodiscard]] HEAPSEL_EXPORT std::string_view to_string(Weight weight);

/// What one wish makes of one heap. All texts are printable.
struct Finding {
    std::string subject;   ///< What was looked at: a trait, "size", "last address", a device.
    std::string value;     ///< What it is of this heap: "yes", "67108864 bytes", "can use it".
    Provenance from;       ///< Where that was learned.
    std::string wish;      ///< What it should be: "non-ecc", "32 bits"; empty for a device.
    std::string wanted_by; ///< Who wants it: a file and its line, a device; empty: the caller.
    Weight weight = Weight::required; ///< What follows where it is not met.
    bool met = false;                 ///< The heap is as wished.
    std::string text; ///< All of it, as a part of a sentence; empty where nothing is to be said.

    /// Of the heap, whatever else is true of it.
    [[nodiscard]] bool keeps_out() const { return weight == Weight::required && !met; }
};

/// One heap of the catalog, judged; or system memory through /dev/udmabuf, as its `exporter` says.
struct Judgement {
    Heap heap;                             ///< As the catalog has it.
    Verdict verdict = Verdict::unsuitable; ///< What became of it.
    std::vector<Finding> findings = {};    ///< What it follows from, one of each wish.
    std::string reason = {};               ///< Those that count, as one sentence for a person.
};

/// The outcome: every heap of the catalog once, candidates first and in order of preference, then
/// the unusable and then the unsuitable ones. Where no heap is a candidate and the policy allows
/// it, there is one judgement more, of udmabuf; if that one is a candidate it is chosen. A value
/// that never changes; copies share what they hold, and what a function returns is valid while one
/// of them lives.
class HEAPSEL_EXPORT Selection {
  public:
    /// `judgements` in the order above; `select` makes them so.
    explicit Selection(std::vector<Judgement> judgements,
                       Fallback fallback = Fallback::same_caching);

    /// All of them, in the order above.
    [[nodiscard]] std::span<const Judgement> judgements() const;
    /// The candidates alone, best first; empty if no heap satisfies.
    [[nodiscard]] std::span<const Judgement> candidates() const;
    /// The best candidate; null if no heap satisfies.
    [[nodiscard]] const Judgement* chosen() const;
    /// Its heap; null if no heap satisfies.
    [[nodiscard]] const Heap* heap() const;
    /// Of the policy: which candidates may take over from one that is exhausted.
    [[nodiscard]] Fallback fallback() const { return fallback_; }
    /// What was passed over on the way: the catalog's warnings, and those that `warned` added. Each
    /// is a line for a person; printable.
    [[nodiscard]] std::span<const std::string> warnings() const;
    /// The same selection, with `more` before its own warnings.
    [[nodiscard]] Selection warned(std::vector<std::string> more) const;

    // To move one is to copy it: there is no empty selection that was moved from.
    Selection(const Selection&) = default;
    Selection& operator=(const Selection&) = default;
    ~Selection() = default;

  private:
    std::shared_ptr<const std::vector<Judgement>> judgements_;
    std::shared_ptr<const std::vector<std::string>> warnings_; ///< Null where there are none.
    std::size_t candidate_count_ = 0;
    Fallback fallback_;
};

/// Judges every heap. Pure: no I/O, and the same answer for the same values. Ties are broken by
/// fewest unknowns among the preferences; then by what the consumers are bound to (that of the
/// first consumer outweighs that of all that follow); then in favour of the heap with least that
/// nobody asked for, of which there is little: contiguous, uncached or protected memory, or a
/// region of its own (what is not known counts as if it had it); then of the larger one; then by
/// name.
///
/// A heap that a consumer's driver does not list is unsuitable; one whose driver lists none because
/// it cannot be asked excludes nothing. So is one that is not known to lie where a consumer's
/// address bits reach, or whose buffers need not begin where a consumer wants them to. A heap that
/// is known to be smaller than `policy.size` as a whole is unsuitable; how full a heap is changes,
/// and does not count. Why a heap is unusable is said as the errno of open(2):
/// `permission_hint` says what to do about it.
///
/// ENOENT: `policy.heap` names no heap of the catalog; the hint suggests the nearest name.
/// A selection without a candidate is not an error here: `require_candidate` makes it one.
[[nodiscard]] HEAPSEL_EXPORT Result<Selection>
select(const HeapCatalog& catalog, std::span<const Consumer> consumers, const Policy& policy);

/// The selection itself if it has a candidate.
///
/// EACCES: heaps would serve, and none may be opened; if their nodes are broken rather than denied,
/// the errno of open(2). ENODEV: there is no heap at all. ENOTSUP:
/// nothing meets the requirements. The message names each heap and why.
[[nodiscard]] HEAPSEL_EXPORT Result<Selection> require_candidate(const Selection& selection);

} // namespace heapsel
