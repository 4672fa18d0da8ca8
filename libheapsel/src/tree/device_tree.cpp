// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tree/device_tree.hpp"

#include <algorithm>

namespace heapsel {
namespace {

/// Those that end; null has none.
std::vector<std::string_view> strings(const std::string* raw) {
    std::vector<std::string_view> found;
    std::string_view rest = raw == nullptr ? std::string_view() : *raw;
    for (auto end = rest.find('\0'); end != std::string_view::npos; end = rest.find('\0')) {
        found.push_back(rest.substr(0, end));
        rest.remove_prefix(end + 1);
    }
    return found;
}

char lower(char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

} // namespace

bool is_node_name(std::string_view name, std::string_view base_name) {
    return name.starts_with(base_name) &&
           (name.size() == base_name.size() || name[base_name.size()] == '@');
}

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

std::optional<std::string_view> DeviceTreeNode::text(std::string_view property) const {
    const auto all = strings(bytes(property));
    return all.empty() ? std::nullopt : std::optional(all.front());
}

std::vector<std::string> DeviceTreeNode::texts(std::string_view property) const {
    const auto all = strings(bytes(property));
    return {all.begin(), all.end()};
}

bool DeviceTreeNode::compatible(std::string_view text) const {
    return std::ranges::any_of(strings(bytes("compatible")), [&](std::string_view listed) {
        return std::ranges::equal(listed, text, {}, lower, lower);
    });
}

bool DeviceTreeNode::available() const {
    const auto status = text("status");
    return !status || *status == "okay" || *status == "ok";
}

const DeviceTreeNode* DeviceTreeNode::child(std::string_view child_name) const {
    const auto found = std::ranges::find(children, child_name, &DeviceTreeNode::name);
    return found == children.end() ? nullptr : &*found;
}

const DeviceTreeNode* DeviceTreeNode::child_at(std::string_view base_name) const {
    const auto found = std::ranges::find_if(
        children, [&](const DeviceTreeNode& node) { return is_node_name(node.name, base_name); });
    return found == children.end() ? nullptr : &*found;
}

} // namespace heapsel
