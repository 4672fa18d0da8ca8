// SPDX-License-Identifier: LGPL-2.1-or-later
#include "permission_remedy.hpp"

#include <cerrno>
#include <format>
#include <string_view>
#include <system_error>

#include <heapsel/printable.hpp>

namespace heapsel {
namespace {

/// Of "root:video 0660": the group, if it is not root and may read.
std::string_view reading_group(std::string_view node_mode) {
    const auto colon = node_mode.find(':');
    const auto blank = node_mode.find(' ');
    if (colon == std::string_view::npos || blank == std::string_view::npos || blank < colon)
        return {};
    const auto group = node_mode.substr(colon + 1, blank - colon - 1);
    const auto mode = node_mode.substr(blank + 1);
    const bool reads = mode.size() == 4 && mode[2] >= '4' && mode[2] <= '7';
    return reads && group != "root" ? group : std::string_view();
}

} // namespace

std::string permission_remedy(const Heap& heap) {
    const std::string device = printable(heap.device.native());
    const bool udmabuf = heap.exporter == Exporter::udmabuf;
    if (udmabuf && heap.open_errno == ENOENT)
        return std::format("There is no {}: the kernel needs CONFIG_UDMABUF.", device);
    if (heap.permission == Permission::broken)
        return std::format("{} does not open ({}): look for {} in the kernel's log.", device,
                           std::generic_category().message(heap.open_errno),
                           udmabuf ? "udmabuf" : "the heap");
    const std::string node =
        heap.node_mode.empty() ? device : std::format("{} is {}", device, heap.node_mode);
    if (const auto group = reading_group(heap.node_mode); !group.empty())
        return std::format("{}: add the user to the group {} and log in again.", node, group);
    return std::format("{}: a udev rule opens it to a group, SUBSYSTEM==\"{}\", "
                       "KERNEL==\"{}\", GROUP=\"video\", MODE=\"0660\"; then add the user to it.",
                       node, udmabuf ? "misc" : "dma_heap",
                       printable(heap.device.filename().native()));
}

} // namespace heapsel
