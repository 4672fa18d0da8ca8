// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <optional>

#include <gst/gst.h>

/// Which slot of a pool a buffer belongs to: a meta of the buffer. Nobody else can make use of it,
/// so it is not copied. A GQuark's data in its place would have GStreamer lock the buffer at every
/// look.
namespace gstheapsel {

/// It stays when the buffer comes back to its pool.
void keep(GstMeta& meta);

void add_slot_meta(GstBuffer* buffer, std::size_t index);
/// Nothing if it is of no such pool.
[[nodiscard]] std::optional<std::size_t> slot_index(GstBuffer* buffer);

} // namespace gstheapsel
