// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <vector>

#include "check.h"

/// Functions of values: they need no heap.
std::vector<check::Test> layout_tests();
/// What the tracer heapsel-copies says of values; the pipelines are in tests/vm.
std::vector<check::Test> copies_tests();
/// The answers to ALLOCATION queries; they need a heap.
std::vector<check::Test> allocation_tests();
/// The pool that they offer; it needs a heap.
std::vector<check::Test> pool_tests();
/// Every source with every reader, with the element and without.
std::vector<check::Test> everywhere_tests();
/// Whole pipelines; those over a decoder and a display need vicodec and vkms too.
std::vector<check::Test> pipeline_tests();
