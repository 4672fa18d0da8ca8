// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/queue.hpp>

#include <utility>

#include "base/words.hpp"

namespace heapsel {

std::string_view to_string(Queue queue) {
    switch (queue) {
    case Queue::capture:
        return "capture";
    case Queue::output:
        return "output";
    }
    std::unreachable();
}

std::optional<Queue> parse_queue(std::string_view text) {
    return value_called(all_queues, text);
}

} // namespace heapsel
