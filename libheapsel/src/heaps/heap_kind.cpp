// SPDX-License-Identifier: LGPL-2.1-or-later
#include "heaps/heap_kind.hpp"

#include <utility>

#include "heaps/heap_aliases.hpp"

namespace heapsel {

Kind contiguous_kind(Answer cached, Source source, std::string evidence) {
    return {.contiguous = Answer::yes,
            .cached = cached,
            .from = {.source = source, .evidence = std::move(evidence)}};
}

bool takes_any_memory(std::string_view name) {
    return name == "system" || name == "system_cc_shared";
}

std::optional<Kind> documented_kind(std::string_view name) {
    if (takes_any_memory(name))
        return Kind{
            .contiguous = Answer::no,
            .cached = Answer::yes,
            .from = {.source = Source::kernel, .evidence = "documented of " + std::string(name)}};
    if (name == default_cma_heap)
        return contiguous_kind(Answer::yes, Source::kernel, "documented of default_cma_region");
    return std::nullopt;
}

void state(Heap& heap, Trait trait, Answer answer, const Provenance& from) {
    heap.property(trait) = {.answer = answer, .source = from.source, .evidence = from.evidence};
}

void describe_as(Heap& heap, const Kind& kind) {
    state(heap, Trait::contiguous, kind.contiguous, kind.from);
    state(heap, Trait::cached, kind.cached, kind.from);
    state(heap, Trait::protected_memory, Answer::no, kind.from);
}

} // namespace heapsel
