// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <chrono>

#include <gst/gst.h>

namespace gstheapsel {

/// Waits until no device reads or writes the buffer's dma-bufs any more, as their implicit fences
/// tell, for at most `limit`. False if one still does, or if a descriptor cannot be polled.
[[nodiscard]] bool wait_until_idle(GstBuffer* buffer, std::chrono::milliseconds limit);

} // namespace gstheapsel
