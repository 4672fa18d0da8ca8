// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bandwidth/run/measurement.hpp"

#include <algorithm>

namespace heapsel::bandwidth {

const FailedWay* Measurement::failure(std::size_t way) const {
    const auto found = std::ranges::find(failed, way, &FailedWay::way);
    return found == failed.end() ? nullptr : &*found;
}

} // namespace heapsel::bandwidth
