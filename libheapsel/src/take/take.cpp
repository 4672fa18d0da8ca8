// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/take.hpp>

#include <algorithm>
#include <iterator>
#include <optional>
#include <span>
#include <utility>

#include <heapsel/heap_catalog.hpp>
#include <heapsel/parsed_consumer.hpp>
#include <heapsel/policy_settings.hpp>
#include <heapsel/policy_sources.hpp>
#include <heapsel/trait.hpp>

#include "base/messages.hpp"
#include "base/together.hpp"
#include "heaps/brief_scan.hpp"

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
    if (!request.heap.empty())
        settings.heap = {.value = request.heap, .from = {}};
    if (request.fallback)
        settings.fallback = {.value = *request.fallback, .from = {}};
    if (request.size > 0)
        settings.size = {.value = request.size, .from = {}};
    return settings;
}

/// What a request and the policies ask of a heap.
struct Question {
    std::vector<Consumer> consumers;
    Policy policy;
    std::vector<std::string> warnings; ///< Of the policies.
};

Result<Question> ask(const Request& request) {
    const auto settings = settings_of(request);
    if (!settings)
        return std::unexpected(settings.error());
    const auto policies = load_policy(PolicySources::of_process(request.root));
    if (!policies)
        return std::unexpected(together(policies.error()));
    auto named = parse_consumers(request.devices, request.root);
    if (!named)
        return std::unexpected(std::move(named.error()));
    Question question;
    std::vector<PolicyTarget> targets;
    std::ranges::copy(request.consumers, std::back_inserter(*named));
    for (ParsedConsumer& one : *named) {
        question.consumers.push_back(std::move(one.consumer));
        targets.push_back(std::move(one.target));
    }
    question.policy = policies->policy_for(targets, *settings);
    question.warnings = messages_of(policies->warnings);
    return question;
}

bool asks_for_ecc(std::span<const Criterion> criteria) {
    return std::ranges::contains(criteria, Trait::ecc, &Criterion::trait);
}

/// What a brief scan says is all that somebody wants to know.
bool is_brief(const Question& question) {
    return !question.policy.heap && !question.policy.udmabuf &&
           !asks_for_ecc(question.policy.require) && !asks_for_ecc(question.policy.prefer) &&
           std::ranges::none_of(question.consumers, [](const Consumer& consumer) {
               const Requirement& needs = consumer.requirement();
               return asks_for_ecc(needs.criteria) || needs.address_bits ||
                      needs.alignment.address > 1;
           });
}

Result<Selection> choose(const Question& question, const std::filesystem::path& root) {
    const auto catalog = HeapCatalog::scan(root);
    if (!catalog)
        return std::unexpected(catalog.error());
    return select(*catalog, question.consumers, question.policy)
        .transform([&](const Selection& selection) { return selection.warned(question.warnings); });
}

/// Without the reasons of the heaps that do not serve; nothing where a brief scan does not do.
std::optional<Allocator> allocator_briefly(const Question& question,
                                           const std::filesystem::path& root) {
    const auto catalog = is_brief(question) ? scan_briefly(root) : std::nullopt;
    if (!catalog)
        return std::nullopt;
    auto allocator =
        select(*catalog, question.consumers, question.policy).and_then(Allocator::create);
    return allocator ? std::optional(*std::move(allocator)) : std::nullopt;
}

} // namespace

Result<Selection> choose(const Request& request) {
    return ask(request).and_then(
        [&](const Question& question) { return choose(question, request.root); });
}

Result<Allocator> allocator_for(const Request& request) {
    return ask(request).and_then([&](const Question& question) -> Result<Allocator> {
        if (auto allocator = allocator_briefly(question, request.root))
            return *std::move(allocator);
        return choose(question, request.root).and_then(Allocator::create);
    });
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
