// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "heaps/machine.hpp"

namespace heapsel {

/// The stable name of the default CMA area's heap, since Linux 6.17.
inline constexpr std::string_view default_cma_heap = "default_cma_region";
/// The area's own name where `cma=` or the kernel's configuration sized it.
inline constexpr std::string_view boot_cma_name = "reserved";

/// Where the kernel took its default CMA area from.
struct DefaultArea {
    enum class Origin : std::uint8_t {
        node,     ///< A `linux,cma-default` node of the device tree.
        boot,     ///< `cma=` or the kernel's configuration; the name is `reserved`.
        uncertain ///< What the machine says is incomplete, or contradicts itself.
    };
    Origin origin = Origin::uncertain;
    const ReservedRegion* node = nullptr; ///< Of `machine`; null unless the origin is a node.
};

/// `names` are those of all heaps. The kernel skips a default node if there is a `cma=`, and takes
/// neither from the command line nor from its configuration if there is a default node; so both
/// names together, several default nodes, a skipped node's heap, or a heap where `cma=0` switched
/// the area off are contradictions. Pure.
[[nodiscard]] DefaultArea default_cma_area(std::span<const std::string> names,
                                           const Machine& machine);

/// Before Linux 6.17 the one CMA heap had the name of the default area alone: `name` is one that
/// can be no other's. Pure.
[[nodiscard]] bool is_old_default_name(std::string_view name, std::span<const std::string> names,
                                       const Machine& machine);

/// The second name under which the default CMA area is among `names`: Linux registers a heap under
/// the stable name and another under the area's own. Nothing if there is none, or if it is not
/// certain: the origin is, or the kernel lists its CMA areas and this one is not among them or has
/// another size. Pure.
[[nodiscard]] std::optional<std::string> default_cma_alias(std::span<const std::string> names,
                                                           const Machine& machine);

} // namespace heapsel
