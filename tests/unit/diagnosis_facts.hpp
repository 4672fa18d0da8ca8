// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "heap_builder.hpp"
#include "inspect/doctor/checks.hpp"
#include "inspect/doctor/diagnosis.hpp"

/// A machine for the doctor, and what it finds there.
namespace heapsel::test::doctor {

using Checks = std::vector<Check>;
using Lines = std::vector<std::string>;

inline constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20U;

inline Check check(std::string subject, Condition condition, std::string finding,
                   std::string hint = {}, Lines commands = {}) {
    return {.subject = std::move(subject),
            .condition = condition,
            .finding = std::move(finding),
            .hint = std::move(hint),
            .commands = std::move(commands)};
}

inline HeapFacts known(Heap heap, Capacity room = {}) {
    return {.heap = std::move(heap), .room = room, .accounting = {}};
}

inline Heap contiguous_heap(const std::string& name) {
    return test::with(test::heap(name), Trait::contiguous, Answer::yes);
}

inline Heap scattered_heap(const std::string& name) {
    return test::with(test::heap(name), Trait::contiguous, Answer::no);
}

/// A machine on which all is well.
inline Facts healthy() {
    Facts facts;
    facts.live = true;
    facts.kernel.release = "7.2.13";
    facts.kernel.has_framework = true;
    facts.kernel.heaps = {{.name = "default_cma_region", .number = "250:1"},
                          {.name = "system", .number = "250:0"}};
    facts.heaps = {known(contiguous_heap("default_cma_region"),
                         {.size = 64 * mebibyte, .free = 32 * mebibyte, .largest = 16 * mebibyte}),
                   known(scattered_heap("system"))};
    facts.user = {.id = 1000, .name = "ada", .group = 1000, .groups = {1000}, .member_of = {1000}};
    facts.descriptors = DescriptorFacts{.open = 4, .soft = 1024, .hard = 4096};
    return facts;
}

inline constexpr NodeMode roots{.user = 0, .group = 0, .mode = 0600};
inline constexpr NodeMode of_video{.user = 0, .group = 44, .mode = 0660};
inline constexpr NodeMode of_a_number{.user = 0, .group = 989, .mode = 0660};

inline Facts with_denied(const NodeMode& node_mode) {
    Facts facts = healthy();
    facts.heaps[1].heap = test::denied(scattered_heap("system"));
    facts.heaps[1].heap.node_mode = node_mode;
    return facts;
}

inline Wish wish(std::uint64_t size, std::uint64_t count = 1) {
    Wish made;
    made.policy.size = size;
    made.count = count;
    return made;
}

/// Those checks of `facts` that are no ok.
inline Checks found(const Facts& facts, const Wish& wanted = {}) {
    auto checks = examine(wanted, facts).value();
    std::erase_if(checks, [](const Check& one) { return one.condition == Condition::ok; });
    return checks;
}

} // namespace heapsel::test::doctor
