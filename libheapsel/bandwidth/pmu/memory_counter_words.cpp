// SPDX-License-Identifier: LGPL-2.1-or-later
#include <utility>

#include "bandwidth/pmu/memory_counter.hpp"

namespace heapsel::bandwidth {

std::string_view to_string(Direction direction) {
    switch (direction) {
    case Direction::read:
        return "read";
    case Direction::write:
        return "write";
    case Direction::both:
        return "both";
    }
    std::unreachable();
}

std::string_view to_string(Side side) {
    switch (side) {
    case Side::bus:
        return "bus";
    case Side::dram:
        return "dram";
    }
    std::unreachable();
}

std::string_view to_string(Share share) {
    switch (share) {
    case Share::all:
        return "all";
    case Share::master:
        return "master";
    case Share::channel:
        return "channel";
    case Share::region:
        return "region";
    }
    std::unreachable();
}

} // namespace heapsel::bandwidth
