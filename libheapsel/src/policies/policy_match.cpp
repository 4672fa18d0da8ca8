// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/policy_file.hpp>

#include <algorithm>
#include <cstdint>
#include <ranges>

namespace heapsel {
namespace {

/// What a section calls a device by; the closest is the last.
enum class Of : std::uint8_t { every_device, driver, card, node };

std::optional<Of> speaks_of(const PolicySection& section, const PolicyTarget& target) {
    if (section.device.empty())
        return Of::every_device;
    if (std::ranges::contains(target.nodes, section.device))
        return Of::node;
    if (section.device == target.card)
        return Of::card;
    return section.device == target.driver ? std::optional(Of::driver) : std::nullopt;
}

bool is_of_memory(const PolicySection& section, const PolicyTarget& target) {
    return (section.use.empty() || section.use == target.use) &&
           (!section.queue || section.queue == target.queue);
}

/// How closely a section says which memory it is of.
int closeness(const PolicySection& section) {
    if (section.queue)
        return 2;
    return section.use.empty() ? 0 : 1;
}

void apply_sections(const PolicyFile& file, Of of, const PolicyTarget& target, Policy& policy) {
    for (const int close : {0, 1, 2}) {
        for (const PolicySection& section : file.sections) {
            if (closeness(section) == close && speaks_of(section, target) == of &&
                is_of_memory(section, target))
                apply(section.settings, policy);
        }
    }
}

} // namespace

void apply(const PolicyFile& file, std::span<const PolicyTarget> targets, Policy& policy) {
    for (const PolicySection& section : file.sections) {
        if (targets.empty() && section.device.empty() && section.is_of_whole_device())
            apply(section.settings, policy);
    }
    for (const PolicyTarget& target : targets | std::views::reverse)
        apply_sections(file, Of::every_device, target, policy);
    for (const PolicyTarget& target : targets | std::views::reverse) {
        for (const Of of : {Of::driver, Of::card, Of::node})
            apply_sections(file, of, target, policy);
    }
}

} // namespace heapsel
