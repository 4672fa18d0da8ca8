// SPDX-License-Identifier: LGPL-2.1-or-later
#include "device_tree.hpp"

#include <algorithm>

namespace heapsel {

bool DeviceTreeNode::has(std::string_view property) const {
    return properties.contains(property);
}

const std::string* DeviceTreeNode::bytes(std::string_view property) const {
    const auto found = properties.find(property);
    return found == properties.end() ? nullptr : &found->second;
}

std::optional<std::uint32_t> DeviceTreeNode::cell(std::string_view property) const {
    const std::string* const raw = bytes(property);
    if (raw == nullptr || raw->size() != sizeof(std::uint32_t))
        return std::nullopt;
    std::uint32_t value = 0;
    for (const char c : *raw)
        value = value << 8U | static_cast<unsigned char>(c);
    return value;
}

bool DeviceTreeNode::lists(std::string_view property, std::string_view text) const {
    const std::string* const raw = bytes(property);
    if (raw == nullptr)
        return false;
    std::string_view rest = *raw;
    for (auto end = rest.find('\0'); end != std::string_view::npos; end = rest.find('\0')) {
        if (rest.substr(0, end) == text)
            return true;
        rest.remove_prefix(end + 1);
    }
    return false;
}

bool DeviceTreeNode::available() const {
    return !has("status") || lists("status", "okay") || lists("status", "ok");
}

const DeviceTreeNode* DeviceTreeNode::child(std::string_view child_name) const {
    const auto found = std::ranges::find(children, child_name, &DeviceTreeNode::name);
    return found == children.end() ? nullptr : &*found;
}

} // namespace heapsel
