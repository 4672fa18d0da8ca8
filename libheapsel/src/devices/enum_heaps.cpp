// SPDX-License-Identifier: LGPL-2.1-or-later
#include "devices/enum_heaps.hpp"

#include <algorithm>
#include <cerrno>
#include <format>
#include <utility>

#include "heaps/heap_ioctls.hpp"

namespace heapsel {
namespace {

// More than any machine has regions; a driver that goes on would go on for ever.
constexpr std::uint32_t max_entries = 256;

} // namespace

Result<UsableHeaps> list_usable_heaps(const HeapEnumeration& enumeration) {
    if (!kernel_lists_usable_heaps())
        return UsableHeaps{.heaps = {},
                           .evidence = {},
                           .unknown_because =
                               std::format("the kernel does not have {}", enumeration.call)};
    UsableHeaps usable{.heaps = {}, .evidence = enumeration.call, .unknown_because = {}};
    for (std::uint32_t index = 0; index < max_entries; ++index) {
        auto entry = enumeration.entry(index);
        if (entry) {
            const bool known = std::ranges::contains(usable.heaps, entry->name, &UsableHeap::name);
            if (!known && !entry->name.empty())
                usable.heaps.push_back(*std::move(entry));
            continue;
        }
        const int code = entry.error().code;
        const auto unknown =
            std::ranges::find(enumeration.unknown, code, &HeapEnumeration::Unknown::code);
        if (index == 0 && unknown != enumeration.unknown.end())
            return UsableHeaps{.heaps = {}, .evidence = {}, .unknown_because = unknown->because};
        if (code == enumeration.end)
            return usable;
        return std::unexpected(std::move(entry.error()));
    }
    return std::unexpected(
        Error{.code = EOVERFLOW,
              .operation = "list the heaps that a device can use",
              .subject = enumeration.call,
              .hint = std::format("The driver is faulty: it lists more than {}.", max_entries)});
}

} // namespace heapsel
