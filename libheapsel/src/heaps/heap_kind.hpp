// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <heapsel/heap.hpp>

namespace heapsel {

/// What the heaps of a kind have in common, and what makes a heap one of them. All kinds are in
/// the CPU's reach.
struct Kind {
    Answer contiguous = Answer::unknown;
    Answer cached = Answer::unknown;
    Provenance from;
};

[[nodiscard]] Kind contiguous_kind(Answer cached, Source source, std::string evidence);

/// The heap `name` has no memory of its own, and takes any.
[[nodiscard]] bool takes_any_memory(std::string_view name);

/// That of a heap whose name alone says it, in each kernel that has it.
[[nodiscard]] std::optional<Kind> documented_kind(std::string_view name);

void state(Heap& heap, Trait trait, Answer answer, const Provenance& from);
void describe_as(Heap& heap, const Kind& kind);

} // namespace heapsel
