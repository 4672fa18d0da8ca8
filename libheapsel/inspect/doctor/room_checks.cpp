// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <bit>
#include <format>
#include <functional>
#include <limits>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <heapsel/printable.hpp>
#include <heapsel/size_text.hpp>

#include "base/joined.hpp"
#include "heaps/heap_aliases.hpp"
#include "inspect/doctor/checks.hpp"

namespace heapsel {
namespace {

constexpr std::uint64_t mebibyte = std::uint64_t{1} << 20U;
/// No buffer is smaller.
constexpr std::uint64_t page = 4096;

Check ok(std::string subject, std::string finding) {
    return {.subject = std::move(subject),
            .condition = Condition::ok,
            .finding = std::move(finding),
            .hint = {},
            .commands = {}};
}

/// "3 buffers of 8 MiB".
std::string wish_text(const Wish& wish) {
    return std::format("{} {} of {}", wish.count, wish.count == 1 ? "buffer" : "buffers",
                       size_text(wish.policy.size));
}

/// What the kernel parameter should say, so that `bytes` fit and others have something left.
std::string cma_parameter_for(std::uint64_t bytes) {
    constexpr std::uint64_t most = std::uint64_t{1} << 62U;
    const std::uint64_t room = std::bit_ceil(std::clamp(bytes, mebibyte, most));
    return std::format("cma={}M", room / mebibyte);
}

Check too_small(const Wish& wish, const HeapFacts& facts) {
    const Heap& heap = facts.heap;
    Check check{.subject = "size",
                .condition = Condition::problem,
                .finding = std::format("{} has {} as a whole, less than {}.", printable(heap.name),
                                       size_text(*facts.room.size), wish_text(wish)),
                .hint = {},
                .commands = {}};
    if (heap.region_from.source == Source::device_tree)
        check.hint = std::format("Enlarge the region in the device tree ({}), or take another "
                                 "heap.",
                                 heap.region_from.evidence);
    else if (heap.is_called(default_cma_heap) || heap.is_called(boot_cma_name))
        check.hint = std::format("Boot with {} on the kernel's command line, or take another "
                                 "heap.",
                                 cma_parameter_for(total_of(wish)));
    else
        check.hint = "Take another heap, or fewer and smaller buffers.";
    return check;
}

/// The processes that hold most of the heap.
std::string holders_of(const Heap& heap, const ProcessBuffers& held) {
    struct Holder {
        std::string who;
        std::uint64_t buffers = 0;
        std::uint64_t bytes = 0;
    };
    constexpr std::size_t most = 5;
    std::vector<Holder> holders;
    for (const ProcessBuffer& buffer : held.buffers) {
        if (!heap.is_called(buffer.exporter))
            continue;
        const std::string who = std::format("{} ({})", printable(buffer.command), buffer.process);
        auto holder = std::ranges::find(holders, who, &Holder::who);
        if (holder == holders.end())
            holder = holders.insert(holders.end(), {.who = who});
        ++holder->buffers;
        holder->bytes += buffer.size;
    }
    std::ranges::stable_sort(holders, std::greater(), &Holder::bytes);
    std::string text;
    for (const auto& [who, buffers, bytes] :
         std::span(holders).first(std::min(most, holders.size())))
        text += std::format("{}{} holds {} in {} {}", text.empty() ? " " : "; ", who,
                            size_text(bytes), buffers, buffers == 1 ? "buffer" : "buffers");
    text += text.empty() ? "" : ".";
    if (holders.size() > most)
        text += std::format(" {} more processes hold some.", holders.size() - most);
    if (held.unseen > 0)
        text += std::format(" {} {} may not be looked into.", held.unseen,
                            held.unseen == 1 ? "process" : "processes");
    return text;
}

/// The least that is wanted of a heap's room, at once and in all.
bool is_exhausted(const Wish& wish, const Capacity& room) {
    const std::uint64_t one = std::max(wish.policy.size, page);
    const std::uint64_t all = std::max(total_of(wish), page);
    return (room.largest && *room.largest < one) || (room.free && *room.free < all);
}

Check exhausted(const HeapFacts& facts, const ProcessBuffers& held) {
    const std::string name = printable(facts.heap.name);
    return {.subject = "room",
            .condition = Condition::problem,
            .finding = std::format("{} is exhausted ({}).{}", name, to_string(facts.room),
                                   holders_of(facts.heap, held)),
            .hint = "End what holds its buffers, or have it hold fewer; each of them is listed:",
            .commands = {"sudo heapsel show " + shell_word(facts.heap.name)}};
}

/// A heap whose memory is its own, so that it can be full.
bool has_size(const HeapFacts& facts) {
    return facts.room.size || facts.heap.property(Trait::contiguous).answer == Answer::yes;
}

bool is_charged(const HeapFacts& facts, const CgroupLimit& limit) {
    const auto& [controller, region, unknown] = facts.accounting;
    if (!controller || *controller != limit.controller)
        return false;
    return limit.controller != Controller::dmem || region == limit.region;
}

/// Heaps with memory of their own are charged to nobody, and the controller that could count for
/// them was not built.
bool lacks_controller(const KernelFacts& kernel, HeapsInScope heaps) {
    return !kernel.configuration.empty() && !kernel.options.contains("CGROUP_DMEM") &&
           std::ranges::any_of(heaps, [](const HeapFacts& facts) {
               return has_size(facts) && facts.accounting.controller == Controller::none;
           });
}

std::string unlimited(const KernelFacts& kernel, HeapsInScope heaps) {
    const std::string finding = "No cgroup limits these heaps";
    return lacks_controller(kernel, heaps)
               ? std::format("{}; dmem could not: CONFIG_CGROUP_DMEM is not in {}.", finding,
                             printable(kernel.configuration))
               : finding + '.';
}

Check limit_reached(const HeapFacts& facts, const CgroupLimit& limit) {
    const bool by_region = limit.controller == Controller::dmem;
    const std::string value = by_region ? limit.region + " max" : "max";
    return {.subject = "cgroup",
            .condition = Condition::problem,
            .finding =
                std::format("{} is charged to {}, and {} of {} in {} are used.",
                            printable(facts.heap.name), to_string(limit.controller),
                            size_text(limit.used), size_text(limit.limit), printable(limit.file)),
            .hint = "Raise the limit:",
            .commands = {
                std::format("echo {} | sudo tee {}", shell_word(value), shell_word(limit.file))}};
}

} // namespace

std::vector<Check> size_checks(const Wish& wish, HeapsInScope heaps) {
    if (wish.policy.size == 0)
        return {};
    std::vector<Check> checks;
    for (const HeapFacts& facts : heaps) {
        if (facts.room.size && *facts.room.size < total_of(wish))
            checks.push_back(too_small(wish, facts));
    }
    if (checks.empty() && !heaps.empty())
        checks.push_back(
            ok("size", std::format("No heap is known to be too small for {}.", wish_text(wish))));
    return checks;
}

std::vector<Check> room_checks(const Wish& wish, const Facts& facts, HeapsInScope heaps) {
    std::vector<Check> checks;
    std::vector<HeapFacts> unknown;
    bool known = false;
    for (const HeapFacts& heap : heaps) {
        const bool too_small_as_a_whole = heap.room.size && *heap.room.size < total_of(wish);
        if (!has_size(heap) || too_small_as_a_whole)
            continue;
        if (!heap.room.free)
            unknown.push_back(heap);
        else if (is_exhausted(wish, heap.room))
            checks.push_back(exhausted(heap, facts.held));
        else
            known = true;
    }
    if (checks.empty() && known)
        checks.push_back(ok("room", "No heap is known to be exhausted."));
    if (!unknown.empty())
        checks.push_back(
            {.subject = "room",
             .condition = Condition::unknown,
             .finding = std::format("How much of {} is free is unknown: the kernel keeps "
                                    "no figures of it.",
                                    names_of(unknown)),
             .hint = {},
             .commands = {}});
    return checks;
}

std::vector<Check> cgroup_checks(const Wish& wish, const Facts& facts, HeapsInScope heaps) {
    std::vector<Check> checks;
    bool limited = false;
    for (const HeapFacts& heap : heaps) {
        for (const CgroupLimit& limit : facts.limits) {
            if (!is_charged(heap, limit))
                continue;
            limited = true;
            const std::uint64_t left = limit.limit > limit.used ? limit.limit - limit.used : 0;
            if (left < std::max(total_of(wish), page))
                checks.push_back(limit_reached(heap, limit));
        }
    }
    if (checks.empty() && !heaps.empty())
        checks.push_back(ok("cgroup", limited ? "No limit of a cgroup is reached."
                                              : unlimited(facts.kernel, heaps)));
    return checks;
}

std::vector<Check> descriptor_checks(const Wish& wish, const Facts& facts) {
    if (!facts.descriptors)
        return {};
    const auto& [open, soft, hard] = *facts.descriptors;
    constexpr auto most = std::numeric_limits<std::uint64_t>::max();
    const std::uint64_t needed = wish.count > most - open ? most : open + wish.count;
    if (needed <= soft)
        return {ok("descriptors",
                   std::format("This process has {} files open, and may have {}.", open, soft))};
    return {{.subject = "descriptors",
             .condition = Condition::problem,
             .finding = std::format("Each buffer is an open file. This process has {} open, and "
                                    "may have {}; {} more are wanted.",
                                    open, soft, wish.count),
             .hint = "Raise the limit of this shell, or of a service with LimitNOFILE=:",
             .commands = {needed <= hard
                              ? std::format("ulimit -n {}", needed)
                              : std::format("sudo prlimit --pid $$ --nofile={0}:{0}", needed)}}};
}

} // namespace heapsel
