// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/consumer.h>

#include <algorithm>
#include <limits>
#include <memory>
#include <span>
#include <utility>
#include <vector>

#include <heapsel/parsed_consumer.hpp>

#include "c/call.hpp"
#include "c/handles.hpp"
#include "c/values.hpp"

using namespace heapsel;

namespace {

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
    consumer.value = Consumer::requirement(now.name(), std::move(wanted));
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

} // namespace

int heapsel_consumer_v4l2(int fd, heapsel_queue queue, heapsel_consumer** consumer,
                          heapsel_error** error) {
    return c_api::make(__func__, error, consumer, {{"consumer", consumer}}, [&] {
        return c_api::checked(queue, all_queues, "heapsel_consumer_v4l2", "queue")
            .and_then([&](Queue wanted) { return Consumer::v4l2(fd, wanted); });
    });
}

int heapsel_consumer_drm(int fd, std::uint32_t plane, std::uint32_t format, std::uint64_t modifier,
                         heapsel_consumer** consumer, heapsel_error** error) {
    return c_api::make(__func__, error, consumer, {{"consumer", consumer}},
                       [&] { return Consumer::drm(fd, plane, format, modifier); });
}

int heapsel_consumer_requirement(const char* name, const char* words, heapsel_consumer** consumer,
                                 heapsel_error** error) {
    return c_api::make(
        __func__, error, consumer, {{"name", name}, {"words", words}, {"consumer", consumer}}, [&] {
            return parse_criteria(words).transform([&](std::vector<Criterion>&& criteria) {
                return Consumer::requirement(name, {.criteria = std::move(criteria)});
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

int heapsel_consumers_named(const char* const* words, std::size_t count, const char* root,
                            const heapsel_catalog* try_heaps_of, heapsel_consumer** consumers,
                            heapsel_error** error) {
    constexpr const char* function = "heapsel_consumers_named";
    if (consumers != nullptr)
        std::fill_n(consumers, count, nullptr);
    return c_api::call(function, error, {{"consumers", consumers}}, [&]() -> Result<void> {
        const auto texts = c_api::strings(words, count, function, "words");
        if (!texts)
            return std::unexpected(texts.error());
        const auto heaps =
            try_heaps_of == nullptr ? std::span<const Heap>() : try_heaps_of->value.heaps();
        auto named = parse_consumers(*texts, c_api::root_of(root), heaps);
        if (!named)
            return std::unexpected(std::move(named.error()));
        std::vector<std::unique_ptr<heapsel_consumer>> made;
        for (ParsedConsumer& one : *named)
            made.push_back(std::make_unique<heapsel_consumer>(std::move(one.consumer)));
        std::ranges::transform(made, consumers, [](auto& one) { return one.release(); });
        return {};
    });
}

void heapsel_consumer_free(heapsel_consumer* consumer) {
    delete consumer;
}

const char* heapsel_consumer_name(const heapsel_consumer* consumer) {
    return consumer == nullptr ? nullptr : consumer->value.name().c_str();
}

int heapsel_consumers_alignment(heapsel_consumer* const* consumers, std::size_t count,
                                std::uint32_t* stride, std::uint32_t* offset, std::uint32_t* size,
                                std::uint64_t* address, heapsel_error** error) {
    constexpr const char* function = "heapsel_consumers_alignment";
    return c_api::call(function, error, {}, [&] {
        return c_api::consumers_of(consumers, count, function)
            .and_then([](const std::vector<Consumer>& list) { return joined_alignment(list); })
            .transform([&](const Alignment& joined) {
                c_api::put(stride, joined.stride);
                c_api::put(offset, joined.offset);
                c_api::put(size, joined.size);
                c_api::put(address, joined.address);
            });
    });
}

static_assert(c_api::are(all_queues, {HEAPSEL_QUEUE_CAPTURE, HEAPSEL_QUEUE_OUTPUT}));
