// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <mutex>
#include <span>
#include <vector>

#include <heapsel/selector.hpp>

#include "select/judging.hpp"

namespace heapsel {

/// What a selection holds: the verdicts, and all that the reasons follow from. These are written
/// when somebody asks for them, since most never do. Safe to use from several threads at a time.
class Selection::Outcome {
  public:
    Outcome(const HeapCatalog& catalog, std::span<const Consumer> consumers, Policy policy);
    explicit Outcome(std::vector<Judgement> judgements);

    [[nodiscard]] std::span<const Judgement> judgements() const;
    [[nodiscard]] std::size_t candidate_count() const { return candidate_count_; }
    [[nodiscard]] const Heap* best() const { return best_; }
    [[nodiscard]] std::vector<const Heap*> candidates() const;
    [[nodiscard]] Fallback fallback() const { return policy_.fallback; }

  private:
    struct Verdicted {
        std::size_t index = 0; ///< Among `heaps()`.
        Verdict verdict = Verdict::unsuitable;
    };

    [[nodiscard]] Wishes wishes() const { return {.consumers = consumers_, .policy = policy_}; }
    [[nodiscard]] std::span<const Heap> heaps() const;
    void explain() const;

    HeapCatalog catalog_;
    std::vector<Heap> with_udmabuf_; ///< The catalog's heaps and udmabuf, where that is judged.
    std::vector<Consumer> consumers_;
    Policy policy_;
    std::vector<Verdicted> order_;
    std::size_t candidate_count_ = 0;
    const Heap* best_ = nullptr;
    mutable std::once_flag explained_;
    mutable std::vector<Judgement> judgements_;
};

} // namespace heapsel
