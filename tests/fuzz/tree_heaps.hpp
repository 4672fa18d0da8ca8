// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>

#include <heapsel/heap_catalog.hpp>

#include "heaps/machine.hpp"

namespace heapsel::fuzz {

/// Describes the heaps that a machine like this one could have: one of each region's name, and
/// those of the kernel. Selects from them.
void describe_heaps_of(const Machine& machine);

/// Each heap of the catalog says nothing without a source, and a selection judges each once.
void expect_sound(const HeapCatalog& catalog);

} // namespace heapsel::fuzz
