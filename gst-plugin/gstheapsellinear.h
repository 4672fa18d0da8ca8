// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include <gst/gst.h>

namespace gstheapsel {

/// `caps` with the linear formats of memory:DMABuf before the tiled and the compressed ones, of
/// which no heap knows the size. Takes over `caps`; transfer full.
[[nodiscard]] GstCaps* linear_first(GstCaps* caps);

/// A caps filter that keeps to the linear form of the format in `caps`; empty where they are
/// linear, or have no drm-format.
[[nodiscard]] std::string linear_filter(const GstCaps* caps);

} // namespace gstheapsel
