// SPDX-License-Identifier: LGPL-2.1-or-later
#include "reasons.hpp"

#include <algorithm>
#include <format>

#include <heapsel/printable.hpp>

namespace heapsel::tools {

void Reasons::note(const std::string& text, const std::string& device) {
    if (text.empty())
        return;
    auto found = std::ranges::find(reasons_, text, &Reason::text);
    if (found == reasons_.end())
        found = reasons_.insert(found, {.text = text, .devices = {}});
    const std::string name = printable(device);
    if (!std::ranges::contains(found->devices, name))
        found->devices.push_back(name);
}

std::vector<std::string> Reasons::lines() const {
    std::vector<std::string> lines;
    for (const auto& [text, names] : reasons_) {
        std::string line;
        for (const std::string& name : names)
            line += (line.empty() ? "" : ", ") + name;
        lines.push_back(std::format("{}: {}", line, text));
    }
    return lines;
}

} // namespace heapsel::tools
