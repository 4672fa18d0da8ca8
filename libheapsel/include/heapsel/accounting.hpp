// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <heapsel/export.hpp>
#include <heapsel/heap.hpp>

namespace heapsel {

/// The cgroup controller that a heap's buffers are charged to.
enum class Controller : std::uint8_t {
    none,  ///< Nobody is charged.
    memcg, ///< The memory controller.
    dmem   ///< The device memory controller, which counts each region by itself.
};
[[nodiscard]] HEAPSEL_EXPORT std::string_view to_string(Controller controller);

/// Who pays for a heap's buffers, as far as it is known. A value.
struct Accounting {
    std::optional<Controller> controller; ///< Absent where it is not known.
    std::optional<std::string> region; ///< The region's name in dmem's files; only for dmem. Raw.
    std::string unknown_because;       ///< Where one of these should be known, why it is not.
    friend bool operator==(const Accounting&, const Accounting&) = default;
};

/// Reads it from the heap's first directory in sysfs. Never fails: what a kernel does not say, or
/// says in a word that is none of the three, is unknown.
[[nodiscard]] HEAPSEL_EXPORT Accounting read_accounting(const Heap& heap);

} // namespace heapsel
