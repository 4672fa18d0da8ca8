// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bandwidth/pmu/memory_counter.hpp"

#include <algorithm>
#include <format>
#include <iterator>
#include <map>
#include <optional>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>

#include "bandwidth/pmu/event_words.hpp"
#include "bandwidth/pmu/known_counter.hpp"
#include "bandwidth/pmu/machine_names.hpp"
#include "bandwidth/pmu/pmu_description.hpp"
#include "base/pattern.hpp"

namespace heapsel::bandwidth {
namespace {

/// What the names of several PMUs of a row have in common.
std::string common_name(std::string_view pattern) {
    std::string name;
    std::ranges::remove_copy(pattern, std::back_inserter(name), '*');
    if (name.ends_with('_'))
        name.pop_back();
    return name;
}

/// Builds the events of one row, of all PMUs that it fits.
class Builder {
  public:
    Builder(const KnownCounter& row, std::span<const PmuDescription> pmus)
        : row_(row), pmus_(pmus) {}

    [[nodiscard]] Result<MemoryCounter> build() const {
        MemoryCounter counter{
            .name = pmus_.size() == 1 ? pmus_.front().name : common_name(row_.pmu),
            .soc = std::string(row_.soc),
            .emulator = row_.emulator,
            .by_region = has_regions(),
            .by_master = false,
            .stops_at_overflow = row_.stops_at_overflow,
            .passes = {},
            .cautions = {row_.cautions.begin(), row_.cautions.end()},
        };
        for (const KnownPass& known : row_.passes) {
            auto pass = build(known);
            if (!pass)
                return std::unexpected(pass.error());
            counter.by_master |=
                std::ranges::contains(pass->events, Share::master, &MemoryEvent::share);
            counter.passes.push_back(*std::move(pass));
        }
        return counter;
    }

  private:
    [[nodiscard]] bool has_regions() const {
        return !row_.region_term.empty() &&
               std::ranges::any_of(pmus_, [](const auto& pmu) { return !pmu.regions.empty(); });
    }

    [[nodiscard]] Result<CounterPass> build(const KnownPass& known) const {
        CounterPass pass;
        for (const PmuDescription& pmu : pmus_) {
            for (const int cpu : pmu.cpus) {
                if (auto problem = add(pass, known, pmu, cpu))
                    return std::unexpected(*std::move(problem));
            }
        }
        return pass;
    }

    /// All events of `known` on that CPU, and once more for each region.
    [[nodiscard]] std::optional<Error> add(CounterPass& pass, const KnownPass& known,
                                           const PmuDescription& pmu, int cpu) const {
        for (const KnownEvent& event : known) {
            MemoryEvent made = event_of(event, pmu, cpu);
            if (auto problem = add(pass, std::move(made), pmu))
                return problem;
        }
        if (row_.region_term.empty())
            return std::nullopt;
        for (const auto& [number, node] : pmu.regions) {
            for (const KnownEvent& event : known) {
                MemoryEvent made = event_of(event, pmu, cpu);
                made.words += std::format(",{}={}", row_.region_term, number);
                made.share = Share::region;
                made.of = node;
                if (auto problem = add(pass, std::move(made), pmu))
                    return problem;
            }
        }
        return std::nullopt;
    }

    static MemoryEvent event_of(const KnownEvent& event, const PmuDescription& pmu, int cpu) {
        return {.pmu = pmu.name,
                .words = std::string(event.words),
                .direction = event.direction,
                .side = event.side,
                .share = event.share,
                .of = std::string(event.of),
                .bytes_per_count = event.bytes,
                .source = std::string(event.source),
                .type = pmu.type,
                .config = 0,
                .config1 = 0,
                .config2 = 0,
                .cpu = cpu};
    }

    static std::optional<Error> add(CounterPass& pass, MemoryEvent event,
                                    const PmuDescription& pmu) {
        const auto words = encode_event(pmu, event.words);
        if (!words)
            return words.error();
        std::tie(event.config, event.config1, event.config2) =
            std::tuple((*words)[0], (*words)[1], (*words)[2]);
        pass.events.push_back(std::move(event));
        return std::nullopt;
    }

    const KnownCounter& row_;
    std::span<const PmuDescription> pmus_;
};

} // namespace

Result<std::vector<MemoryCounter>> find_memory_counters(const std::filesystem::path& root) {
    const auto names = pmu_names(root);
    if (!names)
        return std::unexpected(names.error());
    const std::vector<std::string> machine = machine_names(root);
    std::map<const KnownCounter*, std::vector<PmuDescription>> found;
    for (const std::string& name : *names) {
        if (!may_be_known(name))
            continue;
        auto pmu = read_pmu(root, name);
        if (!pmu)
            return std::unexpected(pmu.error());
        if (const KnownCounter* const row = row_of(*pmu, machine))
            found[row].push_back(*std::move(pmu));
    }
    std::vector<MemoryCounter> counters;
    for (const auto& [row, pmus] : found) {
        auto counter = Builder(*row, pmus).build();
        if (!counter)
            return std::unexpected(counter.error());
        counters.push_back(*std::move(counter));
    }
    std::ranges::sort(counters, {}, &MemoryCounter::name);
    return counters;
}

} // namespace heapsel::bandwidth
