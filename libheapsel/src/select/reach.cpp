// SPDX-License-Identifier: LGPL-2.1-or-later
#include "select/reach.hpp"

#include <algorithm>
#include <bit>
#include <format>
#include <limits>
#include <string_view>

#include <heapsel/printable.hpp>

namespace heapsel {
namespace {

std::string learned(const Provenance& from) {
    return std::format("{}: {}", to_string(from.source), from.evidence);
}

bool has_limit(const Requirement& requirement) {
    constexpr unsigned all = std::numeric_limits<std::uint64_t>::digits;
    return requirement.address_bits && *requirement.address_bits < all;
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

} // namespace

bool reaches(const Requirement& requirement, const Heap& heap) {
    return !has_limit(requirement) ||
           (heap.last_address && *heap.last_address <= last_of(*requirement.address_bits));
}

bool aligns(const Requirement& requirement, const Heap& heap, std::uint64_t size) {
    const std::uint64_t wanted = requirement.alignment.address;
    return wanted <= 1 || alignment_of(heap, size) % wanted == 0;
}

std::string out_of_reach(const Consumer& consumer, const Heap& heap) {
    const unsigned bits = consumer.requirement().address_bits.value_or(0);
    const std::string name = printable(consumer.name());
    if (!heap.last_address)
        return std::format("where its memory ends is unknown, while {} reaches {} bits of address",
                           name, bits);
    return std::format("its memory ends at {:#x} ({}), while {} reaches {} bits of address",
                       *heap.last_address, learned(heap.last_address_from), name, bits);
}

std::string misaligned(const Consumer& consumer, const Heap& heap, std::uint64_t size) {
    const bool size_matters = size == 0 && heap.largest_alignment > smallest_page;
    return std::format("its buffers begin at multiples of {} bytes ({}{}), while {} wants {}",
                       alignment_of(heap, size), learned(heap.alignment_from),
                       size_matters ? "; how large they are is not said" : "",
                       printable(consumer.name()), consumer.requirement().alignment.address);
}

std::string within_reach(const Consumer& consumer, const Heap& heap) {
    const Requirement& requirement = consumer.requirement();
    const std::string name = printable(consumer.name());
    std::string text;
    if (has_limit(requirement) && heap.last_address)
        text = std::format("its memory ends at {:#x} ({}), within the {} bits of address of {}",
                           *heap.last_address, learned(heap.last_address_from),
                           *requirement.address_bits, name);
    if (requirement.alignment.address > 1)
        text += std::format("{}its buffers begin at multiples of {} bytes ({}), as {} wants",
                            text.empty() ? "" : "; ", requirement.alignment.address,
                            learned(heap.alignment_from), name);
    return text;
}

} // namespace heapsel
