// SPDX-License-Identifier: LGPL-2.1-or-later
#include "bandwidth/pmu/pmu_description.hpp"

#include <algorithm>
#include <cerrno>
#include <format>
#include <iterator>
#include <limits>
#include <optional>
#include <set>
#include <system_error>
#include <utility>

#include "base/decimal.hpp"
#include "heaps/sysfs.hpp"
#include "io/attribute.hpp"
#include "io/directory.hpp"

namespace heapsel::bandwidth {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view devices = "sys/bus/event_source/devices";

std::unexpected<Error> bad_pmu(int code, std::string subject, std::string why) {
    return std::unexpected(Error{.code = code,
                                 .operation = "read a PMU's description",
                                 .subject = std::move(subject),
                                 .hint = std::move(why)});
}

bool is_absent(const Error& error) {
    return error.code == ENOENT;
}

Result<std::pair<std::uint64_t, std::uint64_t>> cpu_range(std::string_view part,
                                                          std::string_view text) {
    const auto dash = part.find('-');
    const auto first = decimal(part.substr(0, dash));
    const auto last = dash == std::string_view::npos ? first : decimal(part.substr(dash + 1));
    if (!first || !last || *first > *last)
        return bad_pmu(EINVAL, excerpt(text), excerpt(part) + " is no CPU and no range of CPUs.");
    if (*last >= max_pmu_cpus)
        return bad_pmu(ERANGE, excerpt(text), excerpt(part) + " is more than any CPU's number.");
    return std::pair(*first, *last);
}

/// The files in a directory of a PMU, which may be absent.
Result<TextByName> read_texts(const fs::path& directory) {
    TextByName texts;
    const auto entries = list_directory(directory);
    if (!entries && is_absent(entries.error()))
        return texts;
    if (!entries)
        return std::unexpected(entries.error());
    if (entries->size() > max_pmu_files)
        return bad_pmu(E2BIG, directory.native(),
                       std::format("It has {} files; no PMU has more than {}.", entries->size(),
                                   max_pmu_files));
    for (const DirectoryEntry& entry : *entries) {
        // "read-bytes.unit" and ".scale" are for perf's eyes; see known_counter.hpp.
        if (entry.name.contains('.'))
            continue;
        auto text = read_attribute(directory / entry.name);
        if (!text)
            return std::unexpected(text.error());
        texts.emplace(entry.name, *std::move(text));
    }
    return texts;
}

Result<std::map<std::uint64_t, std::string>> read_regions(const fs::path& directory) {
    const auto texts = read_texts(directory);
    if (!texts)
        return std::unexpected(texts.error());
    std::map<std::uint64_t, std::string> regions;
    for (const auto& [name, node] : *texts) {
        const auto number = decimal(name);
        if (!number)
            return bad_pmu(EINVAL, (directory / name).native(),
                           "The name is no number of a region.");
        regions.emplace(*number, node);
    }
    return regions;
}

Result<std::uint32_t> read_type(const fs::path& path) {
    const auto number = read_number(path);
    if (!number)
        return std::unexpected(number.error());
    if (*number > std::numeric_limits<std::uint32_t>::max())
        return bad_pmu(ERANGE, path.native(), "It does not fit the 32 bits of a type.");
    return static_cast<std::uint32_t>(*number);
}

Result<std::vector<int>> read_cpus(const fs::path& path) {
    const auto text = read_attribute(path);
    if (!text)
        return std::unexpected(text.error());
    auto cpus = parse_cpu_list(*text);
    if (!cpus)
        cpus.error().subject = path.native();
    return cpus;
}

/// Into `to`; the error where there is one.
template <typename Value>
std::optional<Error> take(Result<Value> from, Value& to) {
    if (!from)
        return std::move(from.error());
    to = *std::move(from);
    return std::nullopt;
}

} // namespace

Result<std::vector<int>> parse_cpu_list(std::string_view text) {
    std::set<int> cpus;
    std::string_view rest = text;
    for (bool more = true; more;) {
        const auto comma = rest.find(',');
        const auto range = cpu_range(rest.substr(0, comma), text);
        if (!range)
            return std::unexpected(range.error());
        for (auto cpu = range->first; cpu <= range->second; ++cpu)
            cpus.insert(static_cast<int>(cpu));
        more = comma != std::string_view::npos;
        rest.remove_prefix(more ? comma + 1 : rest.size());
    }
    return std::vector(cpus.begin(), cpus.end());
}

Result<std::vector<std::string>> pmu_names(const fs::path& root) {
    const auto entries = list_directory(root / devices);
    if (!entries && is_absent(entries.error()))
        return std::vector<std::string>{};
    if (!entries)
        return std::unexpected(entries.error());
    std::vector<std::string> names;
    std::ranges::transform(*entries, std::back_inserter(names), &DirectoryEntry::name);
    return names;
}

Result<PmuDescription> read_pmu(const fs::path& root, const std::string& name) {
    const fs::path directory = root / devices / name;
    if (!is_sysfs_directory(root, directory))
        return bad_pmu(EINVAL, directory.native(), "It is no directory of this sysfs.");
    PmuDescription pmu{
        .name = name, .cpus = {}, .identifier = {}, .formats = {}, .events = {}, .regions = {}};
    auto identifier = read_attribute(directory / "identifier");
    if (!identifier && is_absent(identifier.error()))
        identifier = std::string();
    for (const auto& problem : {take(read_type(directory / "type"), pmu.type),
                                take(read_cpus(directory / "cpumask"), pmu.cpus),
                                take(std::move(identifier), pmu.identifier),
                                take(read_texts(directory / "format"), pmu.formats),
                                take(read_texts(directory / "events"), pmu.events),
                                take(read_regions(directory / "regions"), pmu.regions)}) {
        if (problem)
            return std::unexpected(*problem);
    }
    return pmu;
}

} // namespace heapsel::bandwidth
