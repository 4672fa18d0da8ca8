// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/requirement.h>

#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "c/call.hpp"
#include "c/consumers.hpp"
#include "c/criteria.hpp"
#include "c/handles.hpp"

using namespace heapsel;

namespace {

heapsel_consumer requiring(const char* name, std::vector<Criterion> criteria) {
    std::string words = c_api::text_of(criteria);
    return {.value = Consumer::requirement(name, {.criteria = std::move(criteria)}),
            .show = std::nullopt,
            .required = std::move(words)};
}

/// Has `change` change what the consumer requires. A consumer never changes: there is another one
/// afterwards. EINVAL for the argument `consumer` of `function`: its driver was asked.
template <typename Change>
Result<void> require(heapsel_consumer& consumer, const char* function, Change change) {
    const Consumer& now = consumer.value;
    if (now.usable())
        return std::unexpected(
            c_api::bad_argument(function, "consumer",
                                "Only what heapsel_consumer_requirement() gave can require more."));
    Requirement wanted = now.requirement();
    change(wanted);
    consumer.value = Consumer::requirement(now.name(), std::move(wanted)).with_trials(now.trials());
    return {};
}

/// EINVAL for one of the arguments of heapsel_consumer_require_alignment().
Result<void> no_zero(const Alignment& alignment) {
    for (const auto& [name, value] : {std::pair{"stride", std::uint64_t{alignment.stride}},
                                      std::pair{"offset", std::uint64_t{alignment.offset}},
                                      std::pair{"size", std::uint64_t{alignment.size}},
                                      std::pair{"address", alignment.address}}) {
        if (value == 0)
            return std::unexpected(c_api::bad_argument("heapsel_consumer_require_alignment", name,
                                                       "An alignment is at least 1 byte."));
    }
    return {};
}

/// Where C wants it.
template <typename Number>
void put(Number* place, Number value) {
    if (place != nullptr)
        *place = value;
}

} // namespace

int heapsel_consumer_requirement(const char* name, const char* words, heapsel_consumer** consumer,
                                 heapsel_error** error) {
    return c_api::make(
        __func__, error, consumer, {{"name", name}, {"words", words}, {"consumer", consumer}}, [&] {
            return parse_criteria(words).transform([&](std::vector<Criterion>&& criteria) {
                return requiring(name, std::move(criteria));
            });
        });
}

int heapsel_consumer_require_address_bits(heapsel_consumer* consumer, std::uint32_t bits,
                                          heapsel_error** error) {
    constexpr const char* function = "heapsel_consumer_require_address_bits";
    return c_api::call(function, error, {{"consumer", consumer}}, [&]() -> Result<void> {
        if (bits == 0 || bits > std::numeric_limits<std::uint64_t>::digits)
            return std::unexpected(
                c_api::bad_argument(function, "bits", "An address has 1 to 64 of them."));
        return require(*consumer, function,
                       [&](Requirement& wanted) { wanted.address_bits = bits; });
    });
}

int heapsel_consumer_require_alignment(heapsel_consumer* consumer, std::uint32_t stride,
                                       std::uint32_t offset, std::uint32_t size,
                                       std::uint64_t address, heapsel_error** error) {
    constexpr const char* function = "heapsel_consumer_require_alignment";
    return c_api::call(function, error, {{"consumer", consumer}}, [&] {
        const Alignment alignment{
            .stride = stride, .offset = offset, .size = size, .address = address};
        return no_zero(alignment).and_then([&] {
            return require(*consumer, function,
                           [&](Requirement& wanted) { wanted.alignment = alignment; });
        });
    });
}

const char* heapsel_consumer_required(const heapsel_consumer* consumer) {
    return consumer == nullptr ? nullptr : consumer->required.c_str();
}

std::uint32_t heapsel_consumer_address_bits(const heapsel_consumer* consumer) {
    return consumer == nullptr ? 0 : consumer->value.requirement().address_bits.value_or(0);
}

int heapsel_consumers_alignment(const heapsel_consumer* const* consumers, std::size_t count,
                                std::uint32_t* stride, std::uint32_t* offset, std::uint32_t* size,
                                std::uint64_t* address, heapsel_error** error) {
    constexpr const char* function = "heapsel_consumers_alignment";
    return c_api::call(function, error, {}, [&] {
        return c_api::values_of(consumers, count, function)
            .and_then([](const std::vector<Consumer>& list) { return joined_alignment(list); })
            .transform([&](const Alignment& joined) {
                put(stride, joined.stride);
                put(offset, joined.offset);
                put(size, joined.size);
                put(address, joined.address);
            });
    });
}
