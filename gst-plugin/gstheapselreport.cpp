// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gstheapselreport.h"

#include <cerrno>
#include <format>

#include <heapsel/printable.hpp>

#include "gstheapselupstream.h"

namespace gstheapsel {
namespace {

gint resource_error(int code) {
    switch (code) {
    case EACCES:
    case EPERM:
        return GST_RESOURCE_ERROR_NOT_AUTHORIZED;
    case ENOENT:
    case ENODEV:
        return GST_RESOURCE_ERROR_NOT_FOUND;
    case ENOMEM:
        return GST_RESOURCE_ERROR_NO_SPACE_LEFT;
    default:
        return GST_RESOURCE_ERROR_SETTINGS;
    }
}

void take_strings(GstStructure* structure, const char* field,
                  const std::vector<std::string>& texts) {
    GValue array = G_VALUE_INIT;
    gst_value_array_init(&array, static_cast<guint>(texts.size()));
    for (const std::string& text : texts) {
        GValue item = G_VALUE_INIT;
        g_value_init(&item, G_TYPE_STRING);
        g_value_set_string(&item, text.c_str());
        gst_value_array_append_and_take_value(&array, &item);
    }
    gst_structure_take_value(structure, field, &array);
}

} // namespace

Choice describe(const heapsel::Selection& selection) {
    Choice choice;
    if (const auto* chosen = selection.chosen()) {
        choice.heap = heapsel::printable(chosen->heap.name);
        choice.reason = chosen->reason;
    }
    for (const auto& judgement : selection.judgements())
        choice.verdicts.push_back(std::format("{}: {}: {}", heapsel::printable(judgement.heap.name),
                                              heapsel::to_string(judgement.verdict),
                                              judgement.reason));
    return choice;
}

GstStructure* selection_structure(const Choice& choice, const GstCaps* caps, const Answer& answer) {
    GstStructure* structure = gst_structure_new(
        "heapsel-selection", "selected-heap", G_TYPE_STRING, choice.heap.c_str(), "reason",
        G_TYPE_STRING, choice.reason.c_str(), "caps", GST_TYPE_CAPS, caps, "size", G_TYPE_UINT,
        answer.size, "min-buffers", G_TYPE_UINT, answer.min_buffers, "max-buffers", G_TYPE_UINT,
        answer.max_buffers, nullptr);
    take_strings(structure, "verdicts", choice.verdicts);
    return structure;
}

GstStructure* stats_structure(const std::string& heap, const Census& census,
                              GstHeapselAllocator* allocator) {
    GstStructure* stats = gst_structure_new(
        "heapsel-stats", "selected-heap", G_TYPE_STRING, heap.c_str(), "buffers-pool",
        G_TYPE_UINT64, census.pool.load(), "buffers-placed", G_TYPE_UINT64, census.placed.load(),
        "buffers-elsewhere", G_TYPE_UINT64, census.elsewhere.load(), "buffers-system",
        G_TYPE_UINT64, census.system.load(), nullptr);
    if (allocator != nullptr) {
        GValue use = G_VALUE_INIT;
        gst_heapsel_allocator_describe_use(allocator, &use);
        gst_structure_take_value(stats, "allocated", &use);
    }
    return stats;
}

std::string explain(const Stray& stray, const Negotiation& negotiation, const std::string& heap,
                    GstPad* sinkpad) {
    const std::string from =
        stray.exporter.empty() ? "elsewhere" : heapsel::printable(stray.exporter);
    if (stray.ours)
        return std::format("Heap {} is exhausted, and {} took over. Free memory in it, or set "
                           "fallback=none to have the pipeline fail instead.",
                           heap, from);
    const std::string what = stray.origin == Origin::elsewhere
                                 ? std::format("A dma-buf from {} arrived", from)
                                 : "A buffer in system memory arrived";
    std::string why = "upstream asked for a pool and did not use it";
    if (!negotiation.asked)
        why = "upstream never sent an ALLOCATION query";
    else if (!negotiation.offered)
        why = std::format("no pool could be offered, because {}", negotiation.refusal);
    return std::format("{}, not one from heap {}: {}. {}", what, heap, why,
                       hint_upstream_of(sinkpad, heap));
}

void post_error(GstElement* element, int code, const char* message) {
    // GST_ELEMENT_ERROR takes only a code that is known when it is compiled.
    gst_element_message_full(element, GST_MESSAGE_ERROR, GST_RESOURCE_ERROR, resource_error(code),
                             g_strdup(message), nullptr, __FILE__, G_STRFUNC, __LINE__);
}

} // namespace gstheapsel
