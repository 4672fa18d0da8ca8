// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/permission_remedy.hpp>

#include <cerrno>
#include <format>

#include <heapsel/printable.hpp>

#include "base/errno_text.hpp"
#include "base/node_group.hpp"

namespace heapsel {

std::string permission_remedy(const Heap& heap) {
    const std::string device = printable(heap.device.native());
    const bool udmabuf = heap.exporter == Exporter::udmabuf;
    if (udmabuf && heap.open_errno == ENOENT)
        return std::format("There is no {}: the kernel needs CONFIG_UDMABUF.", device);
    if (heap.permission == Permission::broken)
        return std::format("{} does not open ({}): look for {} in the kernel's log.", device,
                           errno_text(heap.open_errno), udmabuf ? "udmabuf" : "the heap");
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
