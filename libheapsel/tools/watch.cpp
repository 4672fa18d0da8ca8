// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <format>
#include <iostream>
#include <iterator>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <unistd.h>

#include <heapsel/printable.hpp>

#include "heap_table.hpp"
#include "json.hpp"
#include "shared_options.hpp"
#include "table.hpp"
#include "usage.hpp"

namespace heapsel::tools {
namespace {

using Seconds = std::chrono::duration<double>;

struct WatchOptions {
    Scope scope;
    double interval = 1.0;
    std::optional<std::uint64_t> count; ///< Absent: until a signal comes.
    std::vector<std::string> heaps;     ///< None: all.
};

/// Takes SIGINT and SIGTERM, which end the watch, from where they would end the process.
class Pause {
  public:
    Pause() {
        ::sigemptyset(&signals_);
        ::sigaddset(&signals_, SIGINT);
        ::sigaddset(&signals_, SIGTERM);
        ::sigprocmask(SIG_BLOCK, &signals_, nullptr);
    }

    /// False if a signal came meanwhile.
    [[nodiscard]] bool pass(Seconds seconds) const {
        const auto whole = std::chrono::floor<std::chrono::seconds>(seconds);
        const timespec time{
            .tv_sec = whole.count(),
            .tv_nsec =
                std::chrono::duration_cast<std::chrono::nanoseconds>(seconds - whole).count()};
        return ::sigtimedwait(&signals_, nullptr, &time) < 0;
    }

  private:
    sigset_t signals_{};
};

/// What each heap used when it was looked at last.
using Before = std::map<std::string, std::uint64_t>;

std::string change(const Usage& usage, const Before& before) {
    const auto now = usage.statistics.allocated.value;
    const auto found = before.find(usage.heap.name);
    if (!now || found == before.end())
        return "-";
    if (*now == found->second)
        return short_size(0);
    return *now > found->second ? "+" + short_size(*now - found->second)
                                : "-" + short_size(found->second - *now);
}

std::string text_of(std::span<const Usage> usages, const Before& before) {
    auto rows = heap_rows(usages, usage_columns());
    rows.front().emplace_back("CHANGE");
    for (std::size_t i = 0; i < usages.size(); ++i)
        rows[i + 1].push_back(change(usages[i], before));
    return table(rows);
}

std::string line_of(std::span<const Usage> usages) {
    const auto now = std::chrono::system_clock::now().time_since_epoch();
    nlohmann::ordered_json heaps = nlohmann::ordered_json::array();
    for (const Usage& usage : usages)
        heaps.push_back(
            {{"name", printable(usage.heap.name)}, {"statistics", to_json(usage.statistics)}});
    return nlohmann::ordered_json{
               {"milliseconds", std::chrono::duration_cast<std::chrono::milliseconds>(now).count()},
               {"heaps", std::move(heaps)}}
               .dump() +
           '\n';
}

/// Prints one look after the other: on a terminal in the same place, else one below the other.
class Display {
  public:
    explicit Display(bool json) : json_(json), terminal_(!json && ::isatty(STDOUT_FILENO) == 1) {}

    void print(std::span<const Usage> usages) {
        constexpr const char* home_and_clear = "\x1b[H\x1b[J";
        if (json_)
            std::cout << line_of(usages);
        else
            std::cout << (terminal_ ? home_and_clear
                          : first_  ? ""
                                    : "\n")
                      << text_of(usages, before_);
        std::cout.flush();
        first_ = false;
        before_.clear();
        for (const Usage& usage : usages) {
            if (usage.statistics.allocated.value)
                before_.emplace(usage.heap.name, *usage.statistics.allocated.value);
        }
    }

  private:
    bool json_;
    bool terminal_;
    bool first_ = true;
    Before before_;
};

/// Heaps come and go with modules, so each look scans again.
Result<std::vector<Usage>> look(const WatchOptions& options) {
    const auto catalog = HeapCatalog::scan(options.scope.root);
    if (!catalog)
        return std::unexpected(catalog.error());
    std::vector<Usage> usages;
    if (options.heaps.empty())
        std::ranges::transform(catalog->heaps(), std::back_inserter(usages), usage_of);
    for (const std::string& name : options.heaps) {
        const auto heap = find_heap(*catalog, name);
        if (!heap)
            return std::unexpected(heap.error());
        usages.push_back(usage_of(**heap));
    }
    return usages;
}

int watch(const WatchOptions& options) {
    const Pause pause;
    Display display(options.scope.json);
    for (std::uint64_t looks = 1;; ++looks) {
        const auto usages = look(options);
        if (!usages)
            return fail(usages.error());
        display.print(*usages);
        const bool last = options.count && looks >= *options.count;
        if (last || !std::cout || !pause.pass(Seconds(options.interval)))
            return exit_done;
    }
}

/// "nan" is a double as well, and neither below nor above any limit.
std::string is_number(const std::string& text) {
    return text.find_first_not_of("0123456789.eE+-") == std::string::npos
               ? ""
               : "Value " + text + " is no number of seconds";
}

} // namespace

void add_watch(CLI::App& app, Action& action) {
    constexpr double shortest = 0.01;
    constexpr double longest = 86400;
    const auto options = std::make_shared<WatchOptions>();
    CLI::App* const verb =
        app.add_subcommand("watch", "Show how full the heaps are, again and again, until Ctrl-C");
    add_scope(*verb, options->scope);
    verb->add_option("HEAP", options->heaps, "These alone, by name or alias");
    verb->add_option("--interval", options->interval, "Seconds between two looks")
        ->check(CLI::Range(shortest, longest))
        ->check(is_number)
        ->capture_default_str();
    verb->add_option("--count", options->count, "End after so many looks")
        ->check(CLI::PositiveNumber);
    verb->callback([options, &action] { action = [options] { return watch(*options); }; });
}

} // namespace heapsel::tools
