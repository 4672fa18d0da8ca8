// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/kernel_generation.hpp>

#include <algorithm>
#include <utility>

namespace heapsel {

std::string_view to_string(KernelGeneration generation) {
    switch (generation) {
    case KernelGeneration::series:
        return "series";
    case KernelGeneration::stock:
        return "stock";
    case KernelGeneration::before_6_17:
        return "before-6.17";
    }
    std::unreachable();
}

std::optional<KernelGeneration> parse_kernel_generation(std::string_view text) {
    const auto* const found =
        std::ranges::find_if(all_kernel_generations, [&](KernelGeneration generation) {
            return to_string(generation) == text;
        });
    return found == all_kernel_generations.end() ? std::nullopt : std::optional(*found);
}

} // namespace heapsel
