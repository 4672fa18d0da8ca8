// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/camera.h>

#include <algorithm>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include <heapsel/camera.hpp>

#include "c/call.hpp"
#include "c/handles.hpp"
#include "c/values.hpp"

using namespace heapsel;

int heapsel_consumers_of_devices(const std::int64_t* numbers, std::size_t count, const char* root,
                                 heapsel_consumer** consumers, std::size_t* found,
                                 heapsel_error** error) {
    if (consumers != nullptr)
        std::fill_n(consumers, count, nullptr);
    if (found != nullptr)
        *found = 0;
    // There is no list of no numbers that is NULL to C++.
    const std::int64_t none = 0;
    const std::int64_t* const list = numbers == nullptr && count == 0 ? &none : numbers;
    return c_api::call(
        __func__, error, {{"numbers", list}, {"consumers", consumers}}, [&]() -> Result<void> {
            const auto given = std::span(list, count);
            auto capturing = consumers_of_devices(given, c_api::root_of(root));
            if (!capturing)
                return std::unexpected(std::move(capturing.error()));
            std::vector<std::unique_ptr<heapsel_consumer>> made;
            for (Consumer& one : *capturing)
                made.push_back(std::make_unique<heapsel_consumer>(std::move(one), std::nullopt));
            std::ranges::transform(made, consumers, [](auto& one) { return one.release(); });
            if (found != nullptr)
                *found = made.size();
            return {};
        });
}
