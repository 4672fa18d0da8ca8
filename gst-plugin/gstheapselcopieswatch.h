// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <gst/gst.h>

namespace gstheapsel::copies {

/// Sees the copies that elements make of whole frames within themselves, where no pad shows them: a
/// display into its own memory, a V4L2 element into or out of its device's. Most make them with
/// gst_video_frame_copy(), which tells the debug category GST_PERFORMANCE at level DEBUG. That
/// level is therefore set while the watch stands; standard error shows no more of it than before.
///
/// Not seen are copies of tiled formats, uploads to a GPU, and an element's own memcpy().
class CopyWatch {
  public:
    CopyWatch();
    ~CopyWatch();
    CopyWatch(const CopyWatch&) = delete;
    CopyWatch& operator=(const CopyWatch&) = delete;

    /// Frames that this thread copied since it asked last.
    [[nodiscard]] static unsigned take();

  private:
    void filter();

    GstDebugCategory* category_ = nullptr;
    GstDebugLevel before_ = GST_LEVEL_NONE;
    bool filters_ = false;
};

} // namespace gstheapsel::copies
