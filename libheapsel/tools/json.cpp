// SPDX-License-Identifier: LGPL-2.1-or-later
#include "json.hpp"

#include <cstdint>
#include <format>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include <heapsel/permission_hint.hpp>
#include <heapsel/pixel_format.hpp>
#include <heapsel/printable.hpp>

template std::string nlohmann::basic_json<nlohmann::ordered_map>::dump(int, char, bool,
                                                                       error_handler_t) const;
template nlohmann::basic_json<nlohmann::ordered_map>::basic_json(initializer_list_t, bool, value_t);

namespace heapsel::tools {

using nlohmann::ordered_json;

namespace {

ordered_json nullable(const std::optional<std::uint64_t>& number) {
    return number ? ordered_json(*number) : ordered_json();
}

/// Null where there is nothing.
ordered_json nullable(const std::string& raw) {
    return raw.empty() ? ordered_json() : ordered_json(printable(raw));
}

ordered_json nullable(const std::optional<Binding>& binding) {
    return binding ? to_json(*binding) : ordered_json();
}

ordered_json nullable(const std::optional<Region>& region) {
    return region ? ordered_json{{"base", region->base}, {"size", region->size}} : ordered_json();
}

/// A reason is printable already; null where there is none.
ordered_json reason(const std::string& text) {
    return text.empty() ? ordered_json() : ordered_json(text);
}

ordered_json names(std::span<const std::string> raw) {
    ordered_json list = ordered_json::array();
    for (const std::string& name : raw)
        list.push_back(printable(name));
    return list;
}

ordered_json to_json(const Provenance& from) {
    return {{"source", to_string(from.source)}, {"evidence", from.evidence}};
}

} // namespace

ordered_json to_json(const Heap& heap) {
    ordered_json properties = ordered_json::object();
    for (const Trait trait : all_traits) {
        const Property& property = heap.property(trait);
        properties[std::string(to_string(trait))] = {{"answer", to_string(property.answer)},
                                                     {"source", to_string(property.source)},
                                                     {"evidence", property.evidence}};
    }
    return {{"name", printable(heap.name)},
            {"aliases", names(heap.aliases)},
            {"device", printable(heap.device)},
            {"region", nullable(heap.region)},
            {"region_from", to_json(heap.region_from)},
            {"size", nullable(heap.size)},
            {"size_from", to_json(heap.size_from)},
            {"last_address", nullable(heap.last_address)},
            {"last_address_from", to_json(heap.last_address_from)},
            {"largest_alignment", heap.largest_alignment},
            {"alignment_from", to_json(heap.alignment_from)},
            {"permission", to_string(heap.permission)},
            {"open_errno", heap.open_errno},
            {"node_mode", heap.node_mode ? to_string(*heap.node_mode) : ""},
            {"properties", std::move(properties)}};
}

ordered_json to_json(const PlannedRegion& region) {
    return {{"path", printable(region.path)}, {"use", to_string(region.use)},
            {"reason", region.reason},        {"region", nullable(region.region)},
            {"size", nullable(region.size)},  {"no_map", region.no_map},
            {"heap", nullable(region.heap)},  {"users", names(region.users)}};
}

ordered_json to_json(const HeapStatistics& statistics) {
    ordered_json json;
    ordered_json reasons = ordered_json::object();
    for (const auto& [name, member] : heap_figures) {
        const Figure& figure = statistics.*member;
        json[std::string(name)] = nullable(figure.value);
        if (!figure.unknown_because.empty())
            reasons[std::string(name)] = figure.unknown_because;
    }
    json["unknown"] = std::move(reasons);
    return json;
}

ordered_json to_json(const Accounting& accounting) {
    ordered_json controller;
    if (accounting.controller)
        controller = to_string(*accounting.controller);
    ordered_json region;
    if (accounting.region)
        region = printable(*accounting.region);
    return {{"controller", std::move(controller)},
            {"region", std::move(region)},
            {"unknown", reason(accounting.unknown_because)}};
}

ordered_json to_json(const Finding& finding) {
    ordered_json source;
    if (finding.from.source != Source::none)
        source = to_string(finding.from.source);
    return {{"subject", finding.subject},          {"value", finding.value},
            {"source", std::move(source)},         {"evidence", reason(finding.from.evidence)},
            {"wish", reason(finding.wish)},        {"wanted_by", reason(finding.wanted_by)},
            {"weight", to_string(finding.weight)}, {"met", finding.met}};
}

ordered_json to_json(const Judgement& judgement) {
    ordered_json findings = ordered_json::array();
    for (const Finding& finding : judgement.findings)
        findings.push_back(to_json(finding));
    const bool unusable = judgement.verdict == Verdict::unusable;
    return {{"name", printable(judgement.heap.name)},
            {"exporter", to_string(judgement.heap.exporter)},
            {"verdict", to_string(judgement.verdict)},
            {"reason", unusable ? permission_hint(judgement.heap) : judgement.reason},
            {"findings", std::move(findings)}};
}

ordered_json to_json(const Selection& selection) {
    ordered_json heaps = ordered_json::array();
    for (const Judgement& judgement : selection.judgements())
        heaps.push_back(to_json(judgement));
    ordered_json chosen;
    if (selection.chosen() != nullptr)
        chosen = printable(selection.chosen()->heap.name);
    return {{"chosen", std::move(chosen)}, {"heaps", std::move(heaps)}};
}

ordered_json to_json(const Binding& binding) {
    return {{"heaps", names(binding.heaps)},
            {"or_driver", binding.or_driver},
            {"usable", names(binding.usable)},
            {"cut", binding.is_cut}};
}

ordered_json to_json(const ProcessBuffer& buffer) {
    return {{"process", buffer.process},
            {"command", printable(buffer.command)},
            {"heap", printable(buffer.exporter)},
            {"inode", buffer.inode},
            {"size", buffer.size},
            {"name", nullable(buffer.name)},
            {"descriptors", buffer.descriptors}};
}

ordered_json to_json(const KernelBuffer& buffer) {
    return {{"heap", printable(buffer.exporter)},
            {"inode", buffer.inode},
            {"size", buffer.size},
            {"name", nullable(buffer.name)},
            {"attached", names(buffer.devices)}};
}

namespace {

ordered_json entry_of(const UsableHeap& heap) {
    return {{"name", nullable(heap.name)},
            {"bound", heap.bound},
            {"in_use", heap.in_use},
            {"import_only", heap.import_only},
            {"accounting", tools::to_json(heap.accounting)}};
}

} // namespace

ordered_json to_json(const UsableHeaps& usable) {
    ordered_json heaps;
    if (usable.known()) {
        heaps = ordered_json::array();
        for (const UsableHeap& heap : usable.heaps)
            heaps.push_back(entry_of(heap));
    }
    ordered_json driver;
    if (usable.by_driver)
        driver = entry_of(*usable.by_driver);
    return {{"heaps", std::move(heaps)},
            {"driver", std::move(driver)},
            {"evidence", reason(usable.evidence)},
            {"unknown", reason(usable.unknown_because)}};
}

ordered_json to_json(const DeviceMemory& memory) {
    return {{"use", printable(memory.use)},
            {"part_of", nullable(memory.part_of)},
            {"binding", nullable(memory.binding)},
            {"binding_unknown", reason(memory.binding_unknown_because)},
            {"usable", to_json(memory.usable)}};
}

ordered_json to_json(const VideoMemory& memory) {
    ordered_json queue;
    if (memory.queue)
        queue = to_string(*memory.queue);
    ordered_json format;
    if (memory.format)
        format = format_name(memory.format->pixel_format);
    ordered_json json = to_json(static_cast<const DeviceMemory&>(memory));
    json["queue"] = std::move(queue);
    json["pixel_format"] = std::move(format);
    return json;
}

ordered_json to_json(const VideoDevice& device) {
    ordered_json memories = ordered_json::array();
    for (const VideoMemory& memory : device.memories)
        memories.push_back(to_json(memory));
    return {{"name", printable(device.name)},
            {"device", printable(device.node.native())},
            {"sysfs", printable(device.directory.native())},
            {"title", nullable(device.title)},
            {"driver", nullable(device.driver)},
            {"card", nullable(device.card)},
            {"unasked", reason(device.unasked_because)},
            {"memories", std::move(memories)}};
}

ordered_json to_json(const Plane& plane) {
    ordered_json type;
    if (plane.type)
        type = to_string(*plane.type);
    ordered_json formats = ordered_json::array();
    for (const std::uint32_t format : plane.formats)
        formats.push_back(format_name(format));
    ordered_json modifiers;
    if (plane.modifiers_unknown_because.empty())
        modifiers = ordered_json::array();
    for (const auto& [format, modifier] : plane.modifiers)
        modifiers.push_back(
            {{"format", format_name(format)}, {"modifier", std::format("{:#x}", modifier)}});
    return {{"id", plane.id},
            {"type", std::move(type)},
            {"formats", std::move(formats)},
            {"modifiers", std::move(modifiers)},
            {"modifiers_unknown", reason(plane.modifiers_unknown_because)}};
}

ordered_json to_json(const DisplayDevice& device) {
    ordered_json planes = ordered_json::array();
    for (const auto& [plane, usable] : device.planes) {
        ordered_json entry = to_json(plane);
        entry["usable"] = to_json(usable);
        planes.push_back(std::move(entry));
    }
    ordered_json hidden = ordered_json::array();
    for (const DeviceMemory& memory : device.hidden)
        hidden.push_back(to_json(memory));
    return {{"name", printable(device.name)},
            {"device", printable(device.node.native())},
            {"sysfs", printable(device.directory.native())},
            {"driver", nullable(device.driver)},
            {"unasked", reason(device.unasked_because)},
            {"planes", std::move(planes)},
            {"dumb",
             {{"binding", nullable(device.binding)},
              {"binding_unknown", reason(device.binding_unknown_because)}}},
            {"hidden", std::move(hidden)}};
}

ordered_json to_json(const ParsedConsumer& named) {
    const auto& [consumer, show, target] = named;
    ordered_json json{{"name", printable(consumer.name())}};
    if (show) {
        json["plane"] = show->plane.id;
        json["type"] = to_json(show->plane)["type"];
        json["format"] = format_name(show->format);
    }
    json["usable"] = to_json(consumer.usable().value_or(UsableHeaps{}));
    if (!consumer.trials().empty())
        json["trials"] = ordered_json::array();
    for (const auto& [heap, accepted, evidence] : consumer.trials())
        json["trials"].push_back(
            {{"heap", printable(heap)}, {"accepted", to_string(accepted)}, {"evidence", evidence}});
    return json;
}

} // namespace heapsel::tools
