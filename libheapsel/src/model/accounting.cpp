// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/accounting.hpp>

#include <utility>

namespace heapsel {

std::string_view to_string(Controller controller) {
    switch (controller) {
    case Controller::none:
        return "none";
    case Controller::memcg:
        return "memcg";
    case Controller::dmem:
        return "dmem";
    }
    std::unreachable();
}

} // namespace heapsel
