// SPDX-License-Identifier: LGPL-2.1-or-later
#include "policy_text.hpp"

#include <cstddef>
#include <format>
#include <string_view>
#include <vector>

#include <heapsel/printable.hpp>
#include <heapsel/size_text.hpp>

#include "base/errno_text.hpp"
#include "table.hpp"

namespace heapsel::tools {
namespace {

using nlohmann::ordered_json;
using Row = std::vector<std::string>;

std::string origin_of(const Policy& policy, std::size_t requirement) {
    const auto& origins = policy.origin.require;
    return requirement < origins.size() ? origins[requirement] : "";
}

std::string list(std::span<const Criterion> criteria) {
    std::string text;
    for (const Criterion& criterion : criteria)
        text += (text.empty() ? "" : ",") + to_string(criterion);
    return text;
}

/// Nothing stands for "-".
Row row(std::string_view setting, const std::string& value, const std::string& from) {
    return {std::string(setting), value.empty() ? "-" : value,
            from.empty() ? "-" : printable(from)};
}

ordered_json nullable(const std::string& text) {
    return text.empty() ? ordered_json(nullptr) : ordered_json(printable(text));
}

ordered_json setting(ordered_json value, const std::string& from) {
    return {{"value", std::move(value)}, {"from", nullable(from)}};
}

ordered_json words(std::span<const Criterion> criteria) {
    ordered_json list = ordered_json::array();
    for (const Criterion& criterion : criteria)
        list.push_back(to_string(criterion));
    return list;
}

/// What there is to say, be it only the errno.
std::string reason(const Error& error) {
    return error.hint.empty() ? errno_text(error.code) + "." : error.hint;
}

} // namespace

std::string policy_table(const Policy& policy) {
    const PolicyOrigin& origin = policy.origin;
    std::vector<Row> rows{{"SETTING", "VALUE", "FROM"}};
    for (std::size_t i = 0; i < policy.require.size(); ++i)
        rows.push_back(row("require", to_string(policy.require[i]), origin_of(policy, i)));
    if (policy.require.empty())
        rows.push_back(row("require", {}, {}));
    rows.push_back(row("prefer", list(policy.prefer), origin.prefer));
    rows.push_back(row("heap", printable(policy.heap.value_or("")), origin.heap));
    rows.push_back(row("size", policy.size == 0 ? "" : size_text(policy.size), origin.size));
    rows.push_back(row("fallback", std::string(to_string(policy.fallback)), origin.fallback));
    rows.push_back(row("udmabuf", policy.udmabuf ? "true" : "false", origin.udmabuf));
    return table(rows);
}

ordered_json to_json(const Policy& policy) {
    const PolicyOrigin& origin = policy.origin;
    ordered_json require = ordered_json::array();
    for (std::size_t i = 0; i < policy.require.size(); ++i)
        require.push_back(setting(to_string(policy.require[i]), origin_of(policy, i)));
    return {{"require", std::move(require)},
            {"prefer", setting(words(policy.prefer), origin.prefer)},
            {"heap", setting(nullable(policy.heap.value_or("")), origin.heap)},
            {"size", setting(policy.size == 0 ? ordered_json(nullptr) : ordered_json(policy.size),
                             origin.size)},
            {"fallback", setting(to_string(policy.fallback), origin.fallback)},
            {"udmabuf", setting(policy.udmabuf, origin.udmabuf)}};
}

std::string fault_lines(std::span<const PolicyFault> faults) {
    std::string lines;
    for (const auto& [error, stops] : faults)
        lines += std::format("{}: {}: {}\n", printable(error.subject), stops ? "error" : "warning",
                             reason(error));
    return lines;
}

ordered_json to_json(std::span<const PolicyFault> faults) {
    ordered_json list = ordered_json::array();
    for (const auto& [error, stops] : faults)
        list.push_back({{"at", printable(error.subject)},
                        {"errno", error.code},
                        {"message", reason(error)},
                        {"stops", stops}});
    return list;
}

} // namespace heapsel::tools
