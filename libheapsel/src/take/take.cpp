// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/take.hpp>

#include <algorithm>
#include <utility>

#include <heapsel/heap_catalog.hpp>
#include <heapsel/parsed_consumer.hpp>
#include <heapsel/policy_settings.hpp>
#include <heapsel/policy_sources.hpp>
#include <heapsel/trait.hpp>

#include "base/messages.hpp"
#include "base/together.hpp"

namespace heapsel {
namespace {

Result<PolicySettings> settings_of(const Request& request) {
    PolicySettings settings;
    const auto require = parse_criteria(request.require);
    if (!require)
        return std::unexpected(require.error());
    for (const Criterion& criterion : *require)
        settings.require.push_back({.value = criterion, .from = {}});
    auto prefer = parse_criteria(request.prefer);
    if (!prefer)
        return std::unexpected(std::move(prefer.error()));
    if (!prefer->empty())
        settings.prefer = {.value = *std::move(prefer), .from = {}};
    if (request.size > 0)
        settings.size = {.value = request.size, .from = {}};
    return settings;
}

} // namespace

Result<Selection> choose(const Request& request) {
    const auto settings = settings_of(request);
    if (!settings)
        return std::unexpected(settings.error());
    const auto policies = load_policy(PolicySources::of_process(request.root));
    if (!policies)
        return std::unexpected(together(policies.error()));
    auto named = parse_consumers(request.devices, request.root);
    if (!named)
        return std::unexpected(std::move(named.error()));
    const auto catalog = HeapCatalog::scan(request.root);
    if (!catalog)
        return std::unexpected(catalog.error());
    std::vector<Consumer> consumers;
    std::vector<PolicyTarget> targets;
    for (ParsedConsumer& one : *named) {
        consumers.push_back(std::move(one.consumer));
        targets.push_back(std::move(one.target));
    }
    return select(*catalog, consumers, policies->policy_for(targets, *settings))
        .transform([&](const Selection& selection) {
            return selection.warned(messages_of(policies->warnings));
        });
}

Result<Allocator> allocator_for(const Request& request) {
    return choose(request).and_then(Allocator::create);
}

Result<BufferPool> pool_for(const Request& request, PoolOptions options) {
    Request sized = request;
    if (sized.size == 0 && !options.layout.buffer_sizes.empty())
        sized.size = std::ranges::max(options.layout.buffer_sizes);
    options.name = request.name;
    return allocator_for(sized).and_then([&](Allocator&& allocator) {
        return BufferPool::create(std::move(allocator), std::move(options));
    });
}

Result<Buffer> take(const Request& request) {
    return allocator_for(request).and_then(
        [&](const Allocator& allocator) { return allocator.allocate(request.size, request.name); });
}

} // namespace heapsel
