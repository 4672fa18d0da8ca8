// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/c/consumer.h>
#include <heapsel/try_heaps.hpp>

#include <algorithm>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "c/call.hpp"
#include "c/handles.hpp"
#include "c/values.hpp"

using namespace heapsel;

namespace {

Result<heapsel_consumer> alone(Result<Consumer>&& consumer) {
    return std::move(consumer).transform([](Consumer&& value) {
        return heapsel_consumer{.value = std::move(value), .show = std::nullopt};
    });
}

const HeapTrial* trial_of(const heapsel_consumer* consumer, std::size_t index) {
    return consumer == nullptr ? nullptr : c_api::at(consumer->value.trials(), index);
}

} // namespace

int heapsel_consumer_v4l2(int fd, heapsel_queue queue, heapsel_consumer** consumer,
                          heapsel_error** error) {
    return c_api::make(__func__, error, consumer, {{"consumer", consumer}}, [&] {
        return c_api::checked(queue, all_queues, "heapsel_consumer_v4l2", "queue")
            .and_then([&](Queue wanted) { return alone(Consumer::v4l2(fd, wanted)); });
    });
}

int heapsel_consumer_drm(int fd, std::uint32_t plane, std::uint32_t format, std::uint64_t modifier,
                         heapsel_consumer** consumer, heapsel_error** error) {
    return c_api::make(__func__, error, consumer, {{"consumer", consumer}},
                       [&] { return alone(Consumer::drm(fd, plane, format, modifier)); });
}

int heapsel_consumer_listing(const char* name, const char* const* heaps, std::size_t count,
                             const char* evidence, heapsel_consumer** consumer,
                             heapsel_error** error) {
    return c_api::make(__func__, error, consumer, {{"name", name}, {"consumer", consumer}}, [&] {
        const auto list = [&](const std::vector<std::string>& names) {
            UsableHeaps usable{.heaps = {},
                               .evidence = evidence == nullptr ? "its caller says so" : evidence,
                               .unknown_because = {}};
            for (const std::string& heap : names)
                usable.heaps.push_back({.name = heap, .active = false, .accounting = {}});
            return Consumer::listing(name, std::move(usable));
        };
        return alone(
            c_api::strings(heaps, count, "heapsel_consumer_listing", "heaps").transform(list));
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
        auto named = consumers_called(*texts, c_api::root_of(root), heaps);
        if (!named)
            return std::unexpected(std::move(named.error()));
        std::vector<std::unique_ptr<heapsel_consumer>> made;
        for (NamedConsumer& one : *named)
            made.push_back(
                std::make_unique<heapsel_consumer>(std::move(one.consumer), std::move(one.show)));
        std::ranges::transform(made, consumers, [](auto& one) { return one.release(); });
        return {};
    });
}

void heapsel_consumer_free(heapsel_consumer* consumer) {
    delete consumer;
}

int heapsel_consumer_try_heaps(heapsel_consumer* consumer, int fd, std::uint32_t plane,
                               std::uint32_t format, std::uint64_t modifier,
                               const heapsel_catalog* catalog, heapsel_error** error) {
    return c_api::call(__func__, error, {{"consumer", consumer}, {"catalog", catalog}},
                       [&]() -> Result<void> {
                           consumer->value = consumer->value.with_trials(
                               try_heaps(fd, plane, format, modifier, catalog->value.heaps()));
                           return {};
                       });
}

const char* heapsel_consumer_name(const heapsel_consumer* consumer) {
    return consumer == nullptr ? nullptr : consumer->value.name().c_str();
}

bool heapsel_consumer_shows(const heapsel_consumer* consumer, std::uint32_t* plane,
                            std::uint32_t* format) {
    if (consumer == nullptr || !consumer->show)
        return false;
    if (plane != nullptr)
        *plane = consumer->show->plane.id;
    if (format != nullptr)
        *format = consumer->show->format;
    return true;
}

const heapsel_usable_heaps* heapsel_consumer_usable_heaps(const heapsel_consumer* consumer) {
    const bool listing = consumer != nullptr && consumer->value.usable();
    return listing ? c_api::to_c(&*consumer->value.usable()) : nullptr;
}

std::size_t heapsel_consumer_trial_count(const heapsel_consumer* consumer) {
    return consumer == nullptr ? 0 : consumer->value.trials().size();
}

const char* heapsel_consumer_trial_heap(const heapsel_consumer* consumer, std::size_t index) {
    const HeapTrial* const trial = trial_of(consumer, index);
    return trial == nullptr ? nullptr : trial->heap.c_str();
}

heapsel_answer heapsel_consumer_trial_accepted(const heapsel_consumer* consumer,
                                               std::size_t index) {
    const HeapTrial* const trial = trial_of(consumer, index);
    return c_api::number_of<heapsel_answer>(trial == nullptr ? Answer::unknown : trial->accepted);
}

const char* heapsel_consumer_trial_evidence(const heapsel_consumer* consumer, std::size_t index) {
    const HeapTrial* const trial = trial_of(consumer, index);
    return trial == nullptr ? nullptr : trial->evidence.c_str();
}

const char* heapsel_queue_text(heapsel_queue queue) {
    return c_api::word_of(queue, all_queues);
}

static_assert(c_api::are(all_queues, {HEAPSEL_QUEUE_CAPTURE, HEAPSEL_QUEUE_OUTPUT}));
