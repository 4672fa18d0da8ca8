// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/take.h>

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <format>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>

#include <heapsel/printable.hpp>
#include <heapsel/take.hpp>

#include "base/nearest_name.hpp"
#include "base/words.hpp"
#include "c/call.hpp"
#include "c/handles.hpp"
#include "c/values.hpp"

using namespace heapsel;

namespace {

constexpr std::size_t first_version = 7 * sizeof(void*);

const char* text_of(const char* text) {
    return text == nullptr ? "" : text;
}

/// As the caller was compiled with it: what came later is zero.
heapsel_request whole(const heapsel_request& given) {
    heapsel_request copy{};
    std::memcpy(&copy, &given, std::min(given.structure_size, sizeof copy));
    return copy;
}

Result<std::optional<Fallback>> fallback_of(const char* word, const char* function) {
    if (word == nullptr)
        return std::nullopt;
    if (const auto fallback = parse_fallback(word))
        return *fallback;
    return std::unexpected(c_api::bad_argument(
        function, "request->fallback",
        std::format("\"{}\" is no fallback. {}", printable(std::string_view(word).substr(0, 80)),
                    suggestion(std::string_view(word).substr(0, 80), words_of(all_fallbacks)))));
}

Result<Request> request_of(const heapsel_request& asked, const char* function) {
    if (asked.structure_size < first_version)
        return std::unexpected(
            c_api::bad_argument(function, "request->structure_size",
                                std::format("It is {}: set it to sizeof(struct heapsel_request).",
                                            asked.structure_size)));
    const heapsel_request given = whole(asked);
    auto devices = c_api::strings(given.devices, given.device_count, function, "request->devices");
    if (!devices)
        return std::unexpected(std::move(devices.error()));
    const auto fallback = fallback_of(given.fallback, function);
    if (!fallback)
        return std::unexpected(fallback.error());
    Request request{.devices = *std::move(devices),
                    .require = text_of(given.require),
                    .prefer = text_of(given.prefer),
                    .heap = text_of(given.heap),
                    .fallback = *fallback,
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
