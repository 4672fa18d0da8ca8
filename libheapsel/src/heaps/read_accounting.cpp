// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/accounting.hpp>

#include <array>
#include <format>
#include <utility>

#include <heapsel/printable.hpp>

#include "base/words.hpp"
#include "io/attribute.hpp"

namespace heapsel {
namespace {

Accounting unknown_accounting(std::string why) {
    return {.controller = std::nullopt, .region = std::nullopt, .unknown_because = std::move(why)};
}

} // namespace

Accounting read_accounting(const Heap& heap) {
    if (heap.sysfs.empty())
        return unknown_accounting("the heap has no directory in sysfs");
    const std::string file = heap.sysfs.front() + "/accounting";
    const auto word = read_attribute(file);
    if (!word)
        return unknown_accounting(word.error().message());
    Accounting accounting;
    accounting.controller =
        value_called(std::array{Controller::none, Controller::memcg, Controller::dmem}, *word);
    if (!accounting.controller)
        return unknown_accounting(std::format("{} has {}, which is none of none, memcg, dmem",
                                              printable(file), excerpt(*word)));
    if (accounting.controller != Controller::dmem)
        return accounting;
    auto region = read_attribute(heap.sysfs.front() + "/cgroup_region");
    if (region)
        accounting.region = *std::move(region);
    else
        accounting.unknown_because = region.error().message();
    return accounting;
}

} // namespace heapsel
