// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <heapsel/consumer.hpp>

#include "model/usable_index.hpp"

namespace heapsel {

struct Consumer::State {
    std::string name;
    Requirement requirement;
    std::optional<UsableHeaps> usable;
    std::vector<HeapTrial> trials;
    UsableIndex places; ///< Of `usable`.
};

/// What selection may see of a consumer besides its public face.
struct ConsumerLists {
    [[nodiscard]] static const UsableIndex& places_of(const Consumer& consumer) {
        return consumer.state_->places;
    }
};

} // namespace heapsel
