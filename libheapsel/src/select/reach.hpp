// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <string>

#include <heapsel/consumer.hpp>
#include <heapsel/heap.hpp>
#include <heapsel/requirement.hpp>

namespace heapsel {

/// The address bits reach all of the heap's memory, for certain; or none are asked for. Pure.
[[nodiscard]] bool reaches(const Requirement& requirement, const Heap& heap);

/// Buffers of `size` bytes or more, 0 being any, begin where they are wanted. Pure.
[[nodiscard]] bool aligns(const Requirement& requirement, const Heap& heap, std::uint64_t size);

/// Why the address bits of `consumer` do not reach `heap`, as they do not. Pure.
[[nodiscard]] std::string out_of_reach(const Consumer& consumer, const Heap& heap);

/// Why buffers of `heap` need not begin where `consumer` wants them, as they need not. Pure.
[[nodiscard]] std::string misaligned(const Consumer& consumer, const Heap& heap,
                                     std::uint64_t size);

/// What is to be said of address bits that reach and of alignments that are kept; empty for a
/// consumer that asks for neither. Pure.
[[nodiscard]] std::string within_reach(const Consumer& consumer, const Heap& heap);

} // namespace heapsel
