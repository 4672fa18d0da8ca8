// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include "machine.hpp"

namespace heapsel::fuzz {

/// Describes the heaps that a machine like this one could have: one of each region's name, and
/// those of the kernel. Selects from them.
void describe_heaps_of(const Machine& machine);

} // namespace heapsel::fuzz
