// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include <gst/gst.h>

namespace gstheapsel {

/// What the user can do so that the buffers which arrive at `sinkpad` are in `heap`: one or two
/// full sentences about the element that fills them.
[[nodiscard]] std::string hint_upstream_of(GstPad* sinkpad, const std::string& heap);

} // namespace gstheapsel
