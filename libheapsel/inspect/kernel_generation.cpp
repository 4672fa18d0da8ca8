// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inspect/kernel_generation.hpp"

#include <utility>

#include "base/words.hpp"

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

std::string_view description(KernelGeneration generation) {
    switch (generation) {
    case KernelGeneration::series:
        return "Linux 7.3 with heapsel's kernel series";
    case KernelGeneration::stock:
        return "Linux 7.3 as it is";
    case KernelGeneration::before_6_17:
        return "a kernel before Linux 6.17";
    }
    std::unreachable();
}

std::optional<KernelGeneration> parse_kernel_generation(std::string_view text) {
    return value_called(all_kernel_generations, text);
}

} // namespace heapsel
