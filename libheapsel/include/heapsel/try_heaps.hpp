// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include <heapsel/export.hpp>
#include <heapsel/heap.hpp>
#include <heapsel/heap_trial.hpp>

namespace heapsel {

/// Hands a buffer from each heap to the DRM device `fd`, for where its driver cannot be asked: it
/// is imported; a framebuffer of `format` and `modifier` is made over it; and a commit of that to
/// `plane` is tested (TEST_ONLY), which changes nothing on the display. Each buffer is freed before
/// the next, with its handle and framebuffer.
///
/// The same is done before with a buffer of the display's own, and a step that refuses that, too,
/// is not taken: it says nothing of heaps. Nor is a framebuffer made in a layout other than the
/// linear one, and nothing is tested where the plane's CRTC is off, or another process is the
/// display's master. A buffer that could not be had, for lack of memory or of permission, leaves
/// its trial unknown.
///
/// `fd` is borrowed, and of a primary node (cardN). Where something can be tested, it is left with
/// the client capability for atomic commits; it is master meanwhile if it can be, and afterwards
/// only if it was before.
[[nodiscard]] HEAPSEL_EXPORT std::vector<HeapTrial> try_heaps(int fd, std::uint32_t plane,
                                                              std::uint32_t format,
                                                              std::uint64_t modifier,
                                                              std::span<const Heap> heaps);

} // namespace heapsel
