// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/take.h>

#include <cstddef>
#include <format>
#include <memory>
#include <utility>

#include <heapsel/take.hpp>

#include "c/call.hpp"
#include "c/handles.hpp"
#include "c/values.hpp"

using namespace heapsel;

namespace {

constexpr std::size_t first_version = 7 * sizeof(void*);

const char* text_of(const char* text) {
    return text == nullptr ? "" : text;
}

Result<Request> request_of(const heapsel_request& given, const char* function) {
    if (given.structure_size < first_version)
        return std::unexpected(
            c_api::bad_argument(function, "request->structure_size",
                                std::format("It is {}: set it to sizeof(struct heapsel_request).",
                                            given.structure_size)));
    auto devices = c_api::strings(given.devices, given.device_count, function, "request->devices");
    if (!devices)
        return std::unexpected(std::move(devices.error()));
    Request request{.devices = *std::move(devices),
                    .require = text_of(given.require),
                    .prefer = text_of(given.prefer),
                    .size = given.size};
    if (given.name != nullptr)
        request.name = given.name;
    return request;
}

} // namespace

int heapsel_choose(const heapsel_request* request, heapsel_selection** selection,
                   heapsel_error** error) {
    constexpr const char* function = "heapsel_choose";
    return c_api::make(function, error, selection, {{"request", request}, {"selection", selection}},
                       [&] { return request_of(*request, function).and_then(choose); });
}

int heapsel_allocator_for(const heapsel_request* request, heapsel_allocator** allocator,
                          heapsel_error** error) {
    constexpr const char* function = "heapsel_allocator_for";
    return c_api::make(
        function, error, allocator, {{"request", request}, {"allocator", allocator}}, [&] {
            return request_of(*request, function)
                .and_then(allocator_for)
                .transform([](Allocator&& made) {
                    return heapsel_allocator{std::make_shared<const Allocator>(std::move(made))};
                });
        });
}

int heapsel_pool_for(const heapsel_request* request, const heapsel_layout* layout, std::size_t min,
                     std::size_t max, heapsel_pool** pool, heapsel_error** error) {
    constexpr const char* function = "heapsel_pool_for";
    return c_api::make(
        function, error, pool, {{"request", request}, {"layout", layout}, {"pool", pool}}, [&] {
            return request_of(*request, function).and_then([&](const Request& asked) {
                PoolOptions options;
                options.layout = layout->value;
                options.min = min;
                options.max = max;
                return pool_for(asked, std::move(options));
            });
        });
}

int heapsel_take(const heapsel_request* request, heapsel_buffer** buffer, heapsel_error** error) {
    constexpr const char* function = "heapsel_take";
    return c_api::make(function, error, buffer, {{"request", request}, {"buffer", buffer}},
                       [&] { return request_of(*request, function).and_then(take); });
}
