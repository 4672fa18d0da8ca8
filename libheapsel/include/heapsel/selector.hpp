// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
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

/// One heap of the catalog, judged; or system memory through /dev/udmabuf, as its `exporter` says.
struct Judgement {
    Heap heap;                             ///< As the catalog has it.
    Verdict verdict = Verdict::unsuitable; ///< What became of it.
    std::string reason;                    ///< One sentence for a person.
};

/// The outcome: every heap of the catalog once, candidates first and in order of preference, then
/// the unusable and then the unsuitable ones. Where no heap is a candidate and the policy allows
/// it, there is one judgement more, of udmabuf; if that one is a candidate it is chosen. A value
/// that never changes; copies share what they hold, and what a function returns is valid while one
/// of them lives.
///
/// The reasons are written at the first call of `judgements`, `candidates` or `chosen`: who only
/// wants the heap does not pay for them.
class HEAPSEL_EXPORT Selection {
  public:
    /// `judgements` in the order above; `select` makes them so.
    explicit Selection(std::vector<Judgement> judgements);

    /// All of them, in the order above.
    [[nodiscard]] std::span<const Judgement> judgements() const;
    /// The candidates alone, best first; empty if no heap satisfies.
    [[nodiscard]] std::span<const Judgement> candidates() const;
    /// The best candidate; null if no heap satisfies.
    [[nodiscard]] const Judgement* chosen() const;
    /// Its heap; null if no heap satisfies.
    [[nodiscard]] const Heap* heap() const;
    /// Those of the candidates, best first.
    [[nodiscard]] std::vector<const Heap*> heaps() const;
    /// Of the policy: which candidates may take over from one that is exhausted.
    [[nodiscard]] Fallback fallback() const;

    // To move one is to copy it: there is no empty selection that was moved from.
    Selection(const Selection&) = default;
    Selection& operator=(const Selection&) = default;
    ~Selection() = default;

  private:
    class Outcome;
    friend Result<Selection> select(const HeapCatalog& catalog, std::span<const Consumer> consumers,
                                    const Policy& policy);
    Selection(const HeapCatalog& catalog, std::span<const Consumer> consumers,
              const Policy& policy);

    std::shared_ptr<const Outcome> outcome_;
};

/// Judges every heap. Pure: no I/O, and the same answer for the same values. Ties are broken by
/// fewest unknowns among the preferences; then by what the consumers are bound to (that of the first
/// consumer outweighs that of all that follow); then in favour of the heap with least that nobody
/// asked for, of which there is little: contiguous, uncached or protected memory, or a region of its
/// own (what is not known counts as if it had it); then of the larger one; then by name. A heap that a consumer's driver
/// does not list is unsuitable; one whose driver lists none because it cannot be asked excludes
/// nothing. So is one that is not known to lie where a consumer's address bits reach, or whose
/// buffers need not begin where a consumer wants them to. A heap that is known to be smaller than
/// `policy.size` as a whole is unsuitable; how full a heap is changes, and does not count.
///
/// ENOENT: `policy.heap` names no heap of the catalog; the remedy suggests the nearest name.
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
