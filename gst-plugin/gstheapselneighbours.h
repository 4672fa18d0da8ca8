// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <vector>

#include "gstheapselref.h"

namespace gstheapsel {

/// An element that fills buffers, or reads them: the first one on their way that does more than
/// pass them on.
struct Neighbour {
    Ref<GstElement> element;
    bool behind_tee = false; ///< A tee is between: it forwards neither pools nor allocators.
};

/// Those that fill the buffers which arrive at `sinkpad`, as far as they can be seen: through bins,
/// queues, tees, selectors and transforms that are in passthrough. None if nothing is linked.
[[nodiscard]] std::vector<Neighbour> fillers_of(GstPad* sinkpad);

/// Those that read the buffers which leave `srcpad`, in the same way.
[[nodiscard]] std::vector<Neighbour> readers_of(GstPad* srcpad);

/// The element passes buffers on as they are, and the queries about them.
[[nodiscard]] bool passes_on(GstElement* element);

/// The pad of an element that `pad` is linked with, through the borders of bins. Null if there is
/// none.
[[nodiscard]] Ref<GstPad> real_peer(GstPad* pad);

/// What the element was made by: "v4l2h264dec"; empty if by no factory.
[[nodiscard]] std::string factory_name(GstElement* element);

} // namespace gstheapsel
