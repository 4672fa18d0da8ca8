// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/statistics.h>

#include <array>
#include <utility>

#include "c/call.hpp"
#include "c/handles.hpp"
#include "c/values.hpp"

using namespace heapsel;

namespace {

/// Null if there is no such figure.
const NamedFigure* named(heapsel_figure figure) {
    return c_api::at(heap_figures, static_cast<std::size_t>(std::to_underlying(figure)));
}

const Figure* figure_of(const heapsel_statistics* statistics, heapsel_figure figure) {
    const NamedFigure* const found = named(figure);
    return statistics == nullptr || found == nullptr ? nullptr
                                                     : &(statistics->value.*found->figure);
}

} // namespace

int heapsel_heap_read_statistics(const heapsel_heap* heap, heapsel_statistics** statistics,
                                 heapsel_error** error) {
    return c_api::make(
        __func__, error, statistics, {{"heap", heap}, {"statistics", statistics}},
        [&]() -> Result<HeapStatistics> { return read_statistics(*c_api::from_c(heap)); });
}

void heapsel_statistics_free(heapsel_statistics* statistics) {
    delete statistics;
}

bool heapsel_statistics_figure(const heapsel_statistics* statistics, heapsel_figure figure,
                               std::uint64_t* value) {
    const Figure* const found = figure_of(statistics, figure);
    if (found == nullptr || !found->value)
        return false;
    if (value != nullptr)
        *value = *found->value;
    return true;
}

const char* heapsel_statistics_unknown_because(const heapsel_statistics* statistics,
                                               heapsel_figure figure) {
    const Figure* const found = figure_of(statistics, figure);
    return found == nullptr ? nullptr : found->unknown_because.c_str();
}

const char* heapsel_figure_text(heapsel_figure figure) {
    const NamedFigure* const found = named(figure);
    return found == nullptr ? nullptr : found->name.data();
}

static_assert(heap_figures.size() == 6);
static_assert(heap_figures[HEAPSEL_FIGURE_SIZE].figure == &HeapStatistics::size);
static_assert(heap_figures[HEAPSEL_FIGURE_FREE].figure == &HeapStatistics::free);
static_assert(heap_figures[HEAPSEL_FIGURE_LARGEST_FREE].figure == &HeapStatistics::largest_free);
static_assert(heap_figures[HEAPSEL_FIGURE_BUFFERS].figure == &HeapStatistics::buffers);
static_assert(heap_figures[HEAPSEL_FIGURE_ALLOCATED].figure == &HeapStatistics::allocated);
static_assert(heap_figures[HEAPSEL_FIGURE_PEAK].figure == &HeapStatistics::peak);
