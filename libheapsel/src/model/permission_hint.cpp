// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/permission_hint.hpp>

#include <cerrno>
#include <format>

#include <heapsel/printable.hpp>

#include "base/account_names.hpp"
#include "base/errno_text.hpp"
#include "model/node_group.hpp"

namespace heapsel {
namespace {

/// How a process comes to be in a group. A group without a name cannot be joined by usermod(8), as
/// those of a host cannot in its containers.
std::string to_join(std::uint32_t group) {
    if (group == unmapped_id)
        return "its group has no number in this user namespace: start the container with the "
               "groups of whoever starts it (podman run --group-add keep-groups).";
    if (const auto name = group_name(group))
        return std::format("add the user to the group {} and log in again.", *name);
    return std::format("the group {0} has no name here: start the program with it (docker run "
                       "--group-add {0}, SupplementaryGroups={0} of a unit).",
                       group);
}

} // namespace

std::string permission_hint(const Heap& heap) {
    const std::string device = printable(heap.device);
    const bool udmabuf = heap.exporter == Exporter::udmabuf;
    if (udmabuf && heap.open_errno == ENOENT)
        return std::format("There is no {}: the kernel needs CONFIG_UDMABUF.", device);
    if (heap.permission == Permission::broken)
        return std::format("{} does not open ({}): look for {} in the kernel's log.", device,
                           errno_text(heap.open_errno), udmabuf ? "udmabuf" : "the heap");
    const std::string node =
        heap.node_mode ? std::format("{} is {}", device, to_string(*heap.node_mode)) : device;
    if (const auto group = reading_group(heap.node_mode))
        return node + ": " + to_join(*group);
    return std::format("{}: a udev rule opens it to a group, SUBSYSTEM==\"{}\", "
                       "KERNEL==\"{}\", GROUP=\"video\", MODE=\"0660\"; then add the user to it.",
                       node, udmabuf ? "misc" : "dma_heap",
                       printable(heap.device.substr(heap.device.rfind('/') + 1)));
}

} // namespace heapsel
