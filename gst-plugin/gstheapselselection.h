// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <vector>

#include <heapsel/parsed_consumer.hpp>
#include <heapsel/select.hpp>

namespace gstheapsel {

/// What a user asks for, as it was written; empty means not given.
struct Wishes {
    std::string require; ///< As of heapsel::parse_criteria.
    std::string prefer;
    std::string heap;         ///< By name or alias.
    std::string devices;      ///< As of heapsel::parse_consumers, with commas between them.
    std::string fallback;     ///< As of heapsel::parse_fallback.
    bool strict = false;      ///< No other heap takes over, whatever `fallback` and policies say.
    unsigned max_buffers = 0; ///< Of a pool; 0: no limit.
};

/// Judges the machine's heaps for `wishes`, the policies of the machine and the environment's, and
/// `found`: devices that were asked already, which count where none are named. `size` is that of
/// the largest dma-buf, 0 where it is not known. The selection has at least one candidate.
///
/// Errors: those of heapsel::choose and heapsel::require_candidate. One in a wish names the
/// property in its subject.
[[nodiscard]] heapsel::Result<heapsel::Selection>
select_heap(const Wishes& wishes, std::vector<heapsel::ParsedConsumer> found = {},
            std::size_t size = 0);

/// Both allocate from the same heaps in the same order.
[[nodiscard]] bool allocate_alike(const heapsel::Selection& a, const heapsel::Selection& b);

} // namespace gstheapsel
