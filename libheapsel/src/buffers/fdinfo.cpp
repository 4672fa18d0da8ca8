// SPDX-License-Identifier: LGPL-2.1-or-later
#include "buffers/fdinfo.hpp"

#include <cstdint>
#include <string>

#include "base/decimal.hpp"

namespace heapsel {
namespace {

/// What stands behind "KEY:" and a tab in the first line that begins so.
std::optional<std::string_view> value_of(std::string_view text, std::string_view key) {
    while (!text.empty()) {
        const auto end = text.find('\n');
        std::string_view line = text.substr(0, end);
        text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
        if (!line.starts_with(key) || !line.substr(key.size()).starts_with(':'))
            continue;
        line.remove_prefix(key.size() + 1);
        line.remove_prefix(line.starts_with('\t') ? 1 : 0);
        return line;
    }
    return std::nullopt;
}

/// 0 for what is no number.
std::uint64_t number_of(std::optional<std::string_view> text) {
    return text ? decimal(*text).value_or(0) : 0;
}

} // namespace

std::optional<Dmabuf> parse_fdinfo(std::string_view text) {
    const auto exporter = value_of(text, "exp_name");
    if (!exporter)
        return std::nullopt;
    return Dmabuf{.inode = number_of(value_of(text, "ino")),
                  .exporter = std::string(*exporter),
                  .size = number_of(value_of(text, "size")),
                  .name = std::string(value_of(text, "name").value_or(std::string_view()))};
}

} // namespace heapsel
