// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>

#include <heapsel/trait.hpp>

namespace heapsel {

/// What came of handing a device a buffer from a heap. A value.
struct HeapTrial {
    std::string heap; ///< The heap's name, raw.
    /// No: the device refused it. Yes: it took every step that could be tried, which is necessary
    /// for it to use the heap, and not sufficient: the buffer may have been contiguous by luck, and
    /// nothing was shown. Unknown: nothing follows.
    Answer accepted = Answer::unknown;
    std::string evidence; ///< How far it came, and why no further; printable.
};

} // namespace heapsel
