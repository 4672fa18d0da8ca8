// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/consumer.hpp>

#include <utility>

namespace heapsel {

Consumer::Consumer(std::string name, std::vector<Criterion> criteria)
    : name_(std::move(name)), criteria_(std::move(criteria)) {}

Consumer Consumer::requirement(std::string name, std::vector<Criterion> criteria) {
    return {std::move(name), std::move(criteria)};
}

} // namespace heapsel
