// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

namespace heapsel {

/// The kernel parameter `cma=SIZE[@BASE[-LIMIT]]`.
struct CmaParameter {
    std::uint64_t size = 0; ///< In bytes; the kernel rounds it up. 0 switches CMA off.
    std::optional<std::uint64_t> base = {}; ///< Where the kernel was told to put it exactly.
    std::uint64_t from = 0;                 ///< Where it begins at the earliest.
    std::uint64_t limit = 0;                ///< Where it ends at the latest; 0: the kernel decides.
    friend bool operator==(const CmaParameter&, const CmaParameter&) = default;
};

/// The last `cma=` of a kernel command line, read as the kernel reads it: K, M, G and T, decimal,
/// hexadecimal or octal, nothing after `--`, quotes around a value with blanks.
[[nodiscard]] std::optional<CmaParameter> cma_parameter(std::string_view command_line);

/// How much memory the last `mem=` leaves, read likewise: what of it lies lowest.
[[nodiscard]] std::optional<std::uint64_t> memory_limit(std::string_view command_line);

} // namespace heapsel
