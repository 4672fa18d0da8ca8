// SPDX-License-Identifier: LGPL-2.1-or-later
#include "select/rules.hpp"

#include <cstddef>
#include <iterator>
#include <string>
#include <string_view>
#include <utility>

#include <heapsel/printable.hpp>

#include "base/concat.hpp"
#include "select/addressing.hpp"
#include "select/compatibility.hpp"
#include "select/finding.hpp"

namespace heapsel {
namespace {

/// Where a wish of the policy was written; empty where the caller has it.
std::string in(std::string_view origin) {
    return origin.empty() ? "" : " in " + printable(origin);
}

std::string answer_of(const Heap& heap, Trait trait) {
    const Property& property = heap.property(trait);
    const std::string_view name = to_string(trait);
    const std::string_view answer = to_string(property.answer);
    if (property.source != Source::none)
        return concat(
            {name, " is ", answer, " (", to_string(property.source), ": ", property.evidence, ")"});
    if (!property.evidence.empty())
        return concat({name, " is ", answer, " (", property.evidence, ")"});
    return concat({name, " is ", answer});
}

Finding of_criterion(const Heap& heap, const Criterion& criterion, Weight weight,
                     std::string_view wanted_by) {
    const Property& property = heap.property(criterion.trait);
    const bool met = criterion.met_by(property.answer);
    const std::string wish = to_string(criterion);
    const std::string by = printable(wanted_by);
    const std::string_view verb = weight == Weight::required ? "required" : "preferred";
    const std::string standing =
        met ? concat({"as ", verb}) : concat({"while ", wish, " is ", verb});
    return finding(
        std::string(to_string(criterion.trait)), std::string(to_string(property.answer)),
        {property.source, property.evidence}, {wish, by}, weight, met,
        concat({answer_of(heap, criterion.trait), ", ", standing, by.empty() ? "" : " by ", by}));
}

std::vector<Finding> of_requirements(const Heap& heap, const Wishes& wishes) {
    std::vector<Finding> findings;
    const std::vector<Criterion>& require = wishes.policy.require;
    const std::vector<std::string>& origins = wishes.policy.origin.require;
    for (std::size_t i = 0; i < require.size(); ++i)
        findings.push_back(of_criterion(heap, require[i], Weight::required,
                                        i < origins.size() ? std::string_view(origins[i]) : ""));
    for (const Consumer& consumer : wishes.consumers) {
        for (const Criterion& criterion : consumer.requirement().criteria)
            findings.push_back(of_criterion(heap, criterion, Weight::required, consumer.name()));
    }
    return findings;
}

std::string bytes(std::uint64_t size) {
    return std::to_string(size) + " bytes";
}

/// Memory that is known to be smaller than a buffer is of no use to it.
Finding of_size(const Heap& heap, const Policy& policy) {
    const std::uint64_t size = heap.size.value_or(0);
    const bool met = size > 0 && size >= policy.size;
    const std::string from =
        concat({to_string(heap.size_from.source), ": ", heap.size_from.evidence});
    const std::string value = bytes(size);
    if (size == 0)
        return finding("size", value, heap.size_from, {"more than 0 bytes", ""}, Weight::required,
                       false,
                       concat({"its memory is ", value, " (", from,
                               "): the kernel made nothing of its area, and its log says why"}));
    return finding(
        "size", value, heap.size_from, {bytes(policy.size), printable(policy.origin.size)},
        Weight::required, met,
        met ? ""
            : concat({"its memory is ", value, " (", from, "), while ", std::to_string(policy.size),
                      " are needed", in(policy.origin.size)}));
}

Finding of_name(const Heap& heap, const std::string& name, std::string_view origin) {
    const bool met = heap.is_called(name);
    const std::string wish = printable(name);
    return finding("name", printable(heap.name), {}, {wish, printable(origin)}, Weight::required,
                   met,
                   met ? "asked for by name" + in(origin)
                       : concat({"heap ", wish, " was asked for", in(origin)}));
}

Finding of_udmabuf() {
    return finding("exporter", "udmabuf", {}, {}, Weight::noted, true,
                   "no heap, but system memory through /dev/udmabuf, as no heap serves");
}

void append(std::vector<Finding>& findings, std::vector<Finding>&& more) {
    findings.insert(findings.end(), std::move_iterator(more.begin()),
                    std::move_iterator(more.end()));
}

} // namespace

std::vector<Finding> findings_on(const Heap& heap, const Wishes& wishes) {
    const Policy& policy = wishes.policy;
    std::vector<Finding> findings;
    if (heap.exporter == Exporter::udmabuf)
        findings.push_back(of_udmabuf());
    if (policy.heap) {
        Finding named = of_name(heap, *policy.heap, policy.origin.heap);
        if (!named.met)
            return {std::move(named)};
        findings.push_back(std::move(named));
    }
    append(findings, of_requirements(heap, wishes));
    for (const Consumer& consumer : wishes.consumers) {
        append(findings, addressing_findings(consumer, heap, policy.size));
        append(findings, compatibility_findings(consumer, heap));
    }
    if (heap.size && (policy.size > 0 || *heap.size == 0))
        findings.push_back(of_size(heap, policy));
    for (const Criterion& criterion : policy.prefer)
        findings.push_back(of_criterion(heap, criterion, Weight::preferred, policy.origin.prefer));
    return findings;
}

} // namespace heapsel
