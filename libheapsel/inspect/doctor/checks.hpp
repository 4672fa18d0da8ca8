// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "inspect/doctor/diagnosis.hpp"

#include "inspect/doctor/facts.hpp"

namespace heapsel {

/// Every check, in the order in which an allocation would meet what they look at; later ones are
/// left out where there is nothing to look at. Pure, but that it looks up the names of groups.
///
/// ENOENT: `wish.policy.heap` names no heap.
[[nodiscard]] Result<std::vector<Check>> examine(const Wish& wish, const Facts& facts);

/// The parts of `examine`. `heaps` are those that meet the requirements.
using HeapsInScope = std::span<const HeapFacts>;
[[nodiscard]] Check kernel_check(const Facts& facts);
/// Of a machine that has heaps, the kinds of Linux's own that it lacks: a problem where one is
/// required, and else told where it is known why.
[[nodiscard]] std::vector<Check> kind_checks(const Wish& wish, const Facts& facts);
[[nodiscard]] std::vector<Check> node_checks(const Facts& facts);
[[nodiscard]] std::vector<Check> tree_checks(const Facts& facts);
[[nodiscard]] std::vector<Check> permission_checks(const Facts& facts, HeapsInScope heaps);
[[nodiscard]] std::vector<Check> size_checks(const Wish& wish, HeapsInScope heaps);
[[nodiscard]] std::vector<Check> room_checks(const Wish& wish, const Facts& facts,
                                             HeapsInScope heaps);
[[nodiscard]] std::vector<Check> cgroup_checks(const Wish& wish, const Facts& facts,
                                               HeapsInScope heaps);
[[nodiscard]] std::vector<Check> descriptor_checks(const Wish& wish, const Facts& facts);
[[nodiscard]] std::vector<Check> device_checks(const Facts& facts);
[[nodiscard]] std::vector<Check> policy_checks(const Facts& facts);
/// Of the programs that know heaps by name, those that find none here, or a scattered one where
/// they need another; and what is wrong with the files that say which programs there are.
[[nodiscard]] std::vector<Check> program_checks(const Facts& facts);

/// All bytes of a wish: its size times its count, or the largest number there is.
[[nodiscard]] std::uint64_t total_of(const Wish& wish);

/// `text` as one word of a shell's command line. What is not printable comes as `printable` has it.
[[nodiscard]] std::string shell_word(std::string_view text);

/// The names of the heaps, with commas between them; printable.
[[nodiscard]] std::string names_of(HeapsInScope heaps);

} // namespace heapsel
