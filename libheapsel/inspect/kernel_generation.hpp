// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string_view>

namespace heapsel {

/// Kernels that make different heaps of the same device tree.
enum class KernelGeneration : std::uint8_t {
    /// Linux 7.3 with this project's series: as `stock`, and a heap over each carve-out, and over
    /// each coherent pool that asks for one.
    series,
    /// Linux 7.3: a heap over each CMA area, under the area's name, and a second one over the
    /// default area, `default_cma_region`.
    stock,
    /// Before Linux 6.17: one CMA heap, over the default area, under the area's name.
    before_6_17
};
inline constexpr std::array all_kernel_generations{
    KernelGeneration::series, KernelGeneration::stock, KernelGeneration::before_6_17};
/// "series", "stock", "before-6.17".
[[nodiscard]] std::string_view to_string(KernelGeneration generation);
/// "Linux 7.3 with the series of heapsel's project", for a sentence.
[[nodiscard]] std::string_view description(KernelGeneration generation);
/// Nothing if `text` is none of the words that `to_string` gives.
[[nodiscard]] std::optional<KernelGeneration> parse_kernel_generation(std::string_view text);

} // namespace heapsel
