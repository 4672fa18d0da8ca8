// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <heapsel/error.hpp>

namespace heapsel::bandwidth {

/// A use of the device and the heaps that it is bound to meanwhile, in order of preference.
struct UseHeaps {
    std::string use;
    std::vector<std::string> heaps;
    bool operator==(const UseHeaps&) const = default;
};

/// One way in which the command is run: what of the device is bound to which heaps.
struct Way {
    std::string name;
    std::vector<UseHeaps> bindings; ///< A use that is not here is left to the driver's allocator.
    bool as_it_is = false;          ///< No binding is touched, and `bindings` is empty.
    bool operator==(const Way&) const = default;
};

/// Which ways there are to be; empty lists: all.
struct WayWishes {
    std::vector<std::string> uses;
    std::vector<std::string> heaps;
    std::vector<Way> named; ///< Where the lists are empty, these are all, behind "unbound".
};

/// "all=frame:a,reference:b": its name, and a use and a heap of it in each part. A use with several
/// heaps has them in that order.
///
/// EINVAL: it has no such form; the hint says what is wrong.
[[nodiscard]] Result<Way> parse_way(std::string_view text);

/// The one in which no binding is touched.
[[nodiscard]] Way way_as_it_is();

/// "unbound"; of each heap each use alone, and all of them if the heap suits all; then those that
/// were named. `bindable` is what the device can use; where it has nothing, there is the way "as it
/// is" alone. Pure.
///
/// EINVAL: two ways of one name. ENOENT: a use that the device does not have, a heap that no use of
/// it can take; ENOTSUP: wishes, and nothing that can be bound. The hint says what there is.
[[nodiscard]] Result<std::vector<Way>> plan_ways(const std::vector<UseHeaps>& bindable,
                                                 const WayWishes& wishes);

} // namespace heapsel::bandwidth
