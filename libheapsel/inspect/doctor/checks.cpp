// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inspect/doctor/checks.hpp"

#include <algorithm>
#include <format>
#include <iterator>
#include <limits>
#include <utility>

#include <heapsel/heap_catalog.hpp>
#include <heapsel/printable.hpp>
#include <heapsel/select.hpp>

#include "base/joined.hpp"

namespace heapsel {
namespace {

/// Those that meet what is required of any size: how large a heap is has a check of its own.
Result<std::vector<HeapFacts>> in_scope(const Wish& wish, const Facts& facts) {
    std::vector<Heap> heaps;
    std::ranges::transform(facts.heaps, std::back_inserter(heaps), &HeapFacts::heap);
    Policy policy = wish.policy;
    policy.size = 0;
    const auto selection = select(HeapCatalog(std::move(heaps)), wish.consumers, policy);
    if (!selection)
        return std::unexpected(selection.error());
    std::vector<HeapFacts> scope;
    for (const HeapFacts& heap : facts.heaps) {
        const auto judged = std::ranges::find(
            selection->judgements(), heap.heap.name,
            [](const Judgement& judgement) -> const std::string& { return judgement.heap.name; });
        if (judged->verdict != Verdict::unsuitable)
            scope.push_back(heap);
    }
    return scope;
}

Check nothing_meets() {
    return {.subject = "requirement",
            .condition = Condition::problem,
            .finding = "No heap meets what is required.",
            .hint = "Require less; heapsel explain says of each heap what it lacks.",
            .commands = {}};
}

/// Of areas that the kernel registered, and could not activate.
std::vector<Check> area_checks(const Facts& facts) {
    std::vector<Check> checks;
    for (const HeapFacts& heap : facts.heaps) {
        if (heap.heap.size == 0U)
            checks.push_back({.subject = "area",
                              .condition = Condition::problem,
                              .finding = std::format("{} has no memory, and every allocation from "
                                                     "it fails: the kernel could not activate its "
                                                     "area.",
                                                     printable(heap.heap.name)),
                              .hint = "The kernel's log says why; an area lies in one zone and on "
                                      "one NUMA node:",
                              .commands = {"sudo dmesg | grep -i cma"}});
    }
    return checks;
}

} // namespace

Result<std::vector<Check>> examine(const Wish& wish, const Facts& facts) {
    std::vector<Check> checks{kernel_check(facts)};
    const auto add = [&](std::vector<Check> more) {
        std::ranges::move(more, std::back_inserter(checks));
    };
    auto kinds = kind_checks(wish, facts);
    const bool lacks_kind = std::ranges::contains(kinds, Condition::problem, &Check::condition);
    add(std::move(kinds));
    add(node_checks(facts));
    add(tree_checks(facts));
    add(area_checks(facts));
    if (!facts.heaps.empty()) {
        const auto scope = in_scope(wish, facts);
        if (!scope)
            return std::unexpected(scope.error());
        if (scope->empty() && !lacks_kind)
            checks.push_back(nothing_meets());
        add(permission_checks(facts, *scope));
        add(size_checks(wish, *scope));
        add(room_checks(wish, facts, *scope));
        add(cgroup_checks(wish, facts, *scope));
    }
    add(descriptor_checks(wish, facts));
    add(device_checks(facts));
    add(policy_checks(facts));
    if (!facts.heaps.empty())
        add(program_checks(facts));
    return checks;
}

std::vector<Check> policy_checks(const Facts& facts) {
    std::vector<Check> checks;
    for (const Error& error : facts.policy_errors)
        checks.push_back(
            {.subject = "policy",
             .condition = Condition::problem,
             .finding = std::format("{} is wrong and may hold a requirement, so programs "
                                    "choose no heap.",
                                    printable(error.subject)),
             .hint = error.hint,
             .commands = {}});
    return checks;
}

std::uint64_t total_of(const Wish& wish) {
    const std::uint64_t size = wish.policy.size;
    constexpr auto most = std::numeric_limits<std::uint64_t>::max();
    return size != 0 && wish.count > most / size ? most : size * wish.count;
}

std::string shell_word(std::string_view text) {
    constexpr std::string_view plain =
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789@%_+=:,./-";
    const std::string shown = printable(text);
    if (!shown.empty() && shown.find_first_not_of(plain) == std::string::npos)
        return shown;
    std::string quoted = "'";
    for (const char c : shown)
        quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
    return quoted + "'";
}

std::string names_of(HeapsInScope heaps) {
    std::vector<std::string> names;
    std::ranges::transform(heaps, std::back_inserter(names),
                           [](const HeapFacts& facts) { return printable(facts.heap.name); });
    return joined(names, ", ");
}

} // namespace heapsel
