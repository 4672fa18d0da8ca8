// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include <heapsel/heap.hpp>

namespace heapsel {

/// A rule of the kernel for the names of heaps (Documentation/userspace-api/dma-buf-heaps.rst).
enum class NameRule : std::uint8_t {
    stable,         ///< A name never changes.
    region,         ///< It describes the region, and tells it from all others of the platform.
    implementation, ///< It mentions no detail of the implementation, such as the allocator.
    properties,     ///< It says what the buffers are in the words that the rules have for it.
    characters,     ///< Printable ones of ASCII, without blanks and slashes.
    length          ///< At most 63 of them, and at least one.
};
[[nodiscard]] std::string_view to_string(NameRule rule);
/// The rule as a full sentence.
[[nodiscard]] std::string_view sentence(NameRule rule);

/// What is wrong with a name.
struct NameFinding {
    NameRule rule{};        ///< The rule that it breaks.
    std::string problem;    ///< A clause for a person: "\"cma\" is how the memory is managed".
    std::string suggestion; ///< A full sentence.
    friend bool operator==(const NameFinding&, const NameFinding&) = default;
};

/// What the rules say against `name`, which may hold any bytes; nothing where they are kept. Names
/// that the kernel documents keep them. Pure.
[[nodiscard]] std::vector<NameFinding> lint_heap_name(std::string_view name);

/// The same of the heap's main name, compared with what is known of its memory as well. Pure.
[[nodiscard]] std::vector<NameFinding> lint_heap(const Heap& heap);

} // namespace heapsel
