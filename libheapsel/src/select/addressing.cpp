// SPDX-License-Identifier: LGPL-2.1-or-later
#include "select/addressing.hpp"

#include <algorithm>
#include <bit>
#include <format>
#include <limits>
#include <string>

#include <heapsel/printable.hpp>

#include "select/finding.hpp"

namespace heapsel {
namespace {

std::string learned(const Provenance& from) {
    return std::format("{}: {}", to_string(from.source), from.evidence);
}

std::uint64_t last_of(unsigned bits) {
    return (std::uint64_t{1} << bits) - 1;
}

/// What the address of every buffer of `size` bytes or more is a multiple of.
std::uint64_t alignment_of(const Heap& heap, std::uint64_t size) {
    constexpr std::uint64_t largest = std::uint64_t{1} << 63U;
    const std::uint64_t natural = size > largest ? largest : std::bit_ceil(size);
    return std::max(smallest_page, std::min(natural, heap.largest_alignment));
}

std::string reach_text(const Heap& heap, const std::string& name, unsigned bits, bool met) {
    if (!heap.last_address)
        return std::format("where its memory ends is unknown, while {} reaches {} bits of address",
                           name, bits);
    const std::string end = std::format("its memory ends at {:#x} ({})", *heap.last_address,
                                        learned(heap.last_address_from));
    return met ? std::format("{}, within the {} bits of address of {}", end, bits, name)
               : std::format("{}, while {} reaches {} bits of address", end, name, bits);
}

Finding reach(const std::string& name, const Heap& heap, unsigned bits) {
    const bool met = heap.last_address && *heap.last_address <= last_of(bits);
    return finding("last address",
                   heap.last_address ? std::format("{:#x}", *heap.last_address) : "unknown",
                   heap.last_address_from, {std::format("{} bits", bits), name}, Weight::required,
                   met, reach_text(heap, name, bits, met));
}

std::string alignment_text(const Heap& heap, const std::string& name, std::uint64_t size,
                           std::uint64_t wanted, bool met) {
    const std::string from = learned(heap.alignment_from);
    if (met)
        return std::format("its buffers begin at multiples of {} bytes ({}), as {} wants", wanted,
                           from, name);
    const bool size_matters = size == 0 && heap.largest_alignment > smallest_page;
    return std::format("its buffers begin at multiples of {} bytes ({}{}), while {} wants {}",
                       alignment_of(heap, size), from,
                       size_matters ? "; how large they are is not said" : "", name, wanted);
}

Finding alignment(const std::string& name, const Heap& heap, std::uint64_t size,
                  std::uint64_t wanted) {
    const std::uint64_t has = alignment_of(heap, size);
    const bool met = has % wanted == 0;
    return finding("alignment", std::format("{} bytes", has), heap.alignment_from,
                   {std::format("{} bytes", wanted), name}, Weight::required, met,
                   alignment_text(heap, name, size, wanted, met));
}

} // namespace

std::vector<Finding> addressing_findings(const Consumer& consumer, const Heap& heap,
                                         std::uint64_t size) {
    constexpr unsigned all = std::numeric_limits<std::uint64_t>::digits;
    const Requirement& requirement = consumer.requirement();
    const std::string name = printable(consumer.name());
    std::vector<Finding> findings;
    if (requirement.address_bits && *requirement.address_bits < all)
        findings.push_back(reach(name, heap, *requirement.address_bits));
    if (requirement.alignment.address > 1)
        findings.push_back(alignment(name, heap, size, requirement.alignment.address));
    return findings;
}

} // namespace heapsel
