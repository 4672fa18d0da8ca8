// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include <gst/gst.h>

namespace gstheapsel {

/// What the user can do so that the element which fills the buffers arriving at `sinkpad` takes
/// them from our pool: one full sentence. Looks upstream through elements with one input that only
/// pass buffers on.
[[nodiscard]] std::string hint_upstream_of(GstPad* sinkpad);

} // namespace gstheapsel
