// SPDX-License-Identifier: LGPL-2.1-or-later
#include "gstheapselsession.h"

#include <algorithm>
#include <format>
#include <utility>

#include <heapsel/printable.hpp>
#include <heapsel/trait.hpp>

namespace gstheapsel {
namespace {

/// Memory that is not cached is many times slower for the CPU.
std::vector<std::string> warnings_of(const heapsel::Selection& selection, const Way& way) {
    std::vector<std::string> warnings;
    const heapsel::Heap& heap = *selection.heap();
    if (heap.property(heapsel::Trait::cached).answer == heapsel::Answer::no)
        for (const std::string& name : way.processors)
            warnings.push_back(std::format(
                "{} uses the buffers with the CPU, and heap {} is not cached, which makes that "
                "many times slower. Require cached memory (require=cached), or let a device do it.",
                name, heapsel::printable(heap.name)));
    return warnings;
}

} // namespace

heapsel::Result<void> Session::adopt(heapsel::Selection selection) {
    auto heaps = heapsel::Allocator::create(selection);
    if (!heaps)
        return std::unexpected(std::move(heaps.error()));
    allocator_.reset(
        GST_HEAPSEL_ALLOCATOR(gst_heapsel_allocator_new(*std::move(heaps), name_.c_str())));
    selection_ = std::move(selection);
    judge_.emplace(*selection_->heap(), allocator_.get());
    spare_ = std::make_shared<SpareFrames>();
    offered_.forget();
    return {};
}

heapsel::Result<void> Session::start(Wishes wishes, const std::string& name) {
    wishes_ = std::move(wishes);
    name_ = name;
    return select_heap(wishes_).and_then(
        [&](const heapsel::Selection& selection) { return adopt(selection); });
}

void Session::stop() {
    offered_.forget();
    spare_ = nullptr;
    allocator_ = nullptr;
}

heapsel::Result<bool> Session::select_again(const Way& way, std::size_t size) {
    auto selection = select_heap(wishes_, way.devices, size);
    if (!selection)
        return std::unexpected(std::move(selection.error()));
    if (allocate_alike(*selection, *selection_)) {
        selection_ = *std::move(selection); // Its reasons name the devices.
        return false;
    }
    return adopt(*std::move(selection)).transform([] { return true; });
}

Session::Outcome Session::answer(GstQuery* query, const std::vector<Neighbour>& fillers,
                                 const std::vector<Neighbour>& readers) {
    Outcome outcome;
    GstCaps* caps = nullptr;
    gst_query_parse_allocation(query, &caps, nullptr);
    auto layout = layout_of(caps);
    if (!layout) {
        outcome.answer = decline(std::move(layout.error()));
        return outcome;
    }
    Way way = look_around(fillers, readers, drm_format_of(*layout));
    const auto changed = select_again(way, layout->info.size);
    if (!changed) {
        outcome.error = changed.error();
        return outcome;
    }
    outcome.changed = *changed;
    outcome.warnings = warnings_of(*selection_, way);
    outcome.notes = std::move(way.passed_over);
    outcome.answer = answer_allocation(query,
                                       {.allocator = allocator_.get(),
                                        .layout = *std::move(layout),
                                        .use = {.reader = {},
                                                .device = std::move(way.device),
                                                .fences = way.fences,
                                                .most = wishes_.max_buffers,
                                                .filler = std::move(way.filler),
                                                .spare = spare_}},
                                       offered_);
    return outcome;
}

} // namespace gstheapsel
