// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <cerrno>
#include <format>
#include <iterator>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <heapsel/permission_remedy.hpp>
#include <heapsel/printable.hpp>

#include "base/joined.hpp"
#include "base/node_group.hpp"
#include "inspect/doctor/checks.hpp"

namespace heapsel {
namespace {

constexpr const char* build_it =
    "Build the kernel with CONFIG_DMABUF_HEAPS=y, CONFIG_DMABUF_HEAPS_SYSTEM=y and, for "
    "contiguous memory, CONFIG_DMABUF_HEAPS_CMA=y.";

std::string kernel_name(const KernelFacts& kernel) {
    return kernel.release.empty() ? "The kernel" : "Linux " + printable(kernel.release);
}

Check kernel_problem(std::string finding, std::string remedy,
                     std::vector<std::string> commands = {}) {
    return {.subject = "kernel",
            .condition = Condition::problem,
            .finding = std::move(finding),
            .remedy = std::move(remedy),
            .commands = std::move(commands)};
}

Check no_framework(const KernelFacts& kernel) {
    if (kernel.options.contains("DMABUF_HEAPS"))
        return kernel_problem(std::format("{} has heaps ({}), and there is no /sys/class/dma_heap.",
                                          kernel_name(kernel), printable(kernel.configuration)),
                              "Mount sysfs.", {"sudo mount -t sysfs sysfs /sys"});
    const std::string because =
        kernel.configuration.empty()
            ? "there is no /sys/class/dma_heap"
            : std::format("CONFIG_DMABUF_HEAPS is not in {}", printable(kernel.configuration));
    return kernel_problem(std::format("{} has no dma-buf heaps: {}.", kernel_name(kernel), because),
                          build_it);
}

Check no_heap(const KernelFacts& kernel) {
    const std::string finding =
        std::format("{} can have heaps, and has none.", kernel_name(kernel));
    if (kernel.loadable_modules.empty())
        return kernel_problem(finding, build_it);
    std::vector<std::string> commands;
    for (const std::string& module : kernel.loadable_modules)
        commands.push_back("sudo modprobe " + module);
    commands.push_back(std::format("printf '%s\\n' {} | sudo tee /etc/modules-load.d/heapsel.conf",
                                   joined(kernel.loadable_modules, " ")));
    return kernel_problem(finding, "Load the modules that register heaps, now and at each boot.",
                          std::move(commands));
}

/// A heap of the kernel's with neither a node of its name nor one that it is folded into.
bool lacks_node(const KernelHeap& heap, const Facts& facts) {
    return std::ranges::none_of(
        facts.heaps, [&](const HeapFacts& known) { return known.heap.is_called(heap.name); });
}

/// "250:3": what mknod(1) takes as two words.
std::string two_numbers(const std::string& device) {
    std::string text = printable(device);
    std::ranges::replace(text, ':', ' ');
    return text;
}

Check no_node(std::span<const KernelHeap> missing, const Facts& facts) {
    std::vector<std::string> names;
    for (const KernelHeap& heap : missing)
        names.push_back(printable(heap.name));
    Check check{.subject = "node",
                .condition = Condition::problem,
                .finding = std::format("The kernel has {}, and /dev/dma_heap has no node of {}.",
                                       joined(names, ", "), missing.size() == 1 ? "it" : "them"),
                .remedy = "Mount devtmpfs on /dev, or make the nodes by hand:",
                .commands = {"sudo mkdir -p /dev/dma_heap"}};
    if (facts.container) {
        check.remedy = "This is a container: start it with the nodes of the host.";
        check.commands.clear();
        for (const KernelHeap& heap : missing)
            check.commands.push_back("docker run --device " +
                                     shell_word("/dev/dma_heap/" + heap.name) + " ...");
        return check;
    }
    for (const KernelHeap& heap : missing) {
        if (!heap.number.empty())
            check.commands.push_back(std::format("sudo mknod -m 0600 {} c {}",
                                                 shell_word("/dev/dma_heap/" + heap.name),
                                                 two_numbers(heap.number)));
    }
    return check;
}

/// A group that may read the node, and what keeps this user from it all the same.
void explain_group(Check& check, const UserFacts& user, const std::string& group) {
    const std::string who = printable(user.name);
    if (std::ranges::contains(user.groups, group)) {
        check.finding +=
            std::format(" This process is in {}, so something else denies it.", printable(group));
        check.remedy = "Look for the devices that a container or a unit may use (DeviceAllow=), "
                       "and for a security module in the kernel's log.";
        check.commands = {"sudo dmesg | grep -i denied"};
        return;
    }
    if (std::ranges::contains(user.member_of, group)) {
        check.finding += std::format(" {} is in {}, and this session is older than that.", who,
                                     printable(group));
        check.remedy = "Log in again; until then, one shell can have the group:";
        check.commands = {"newgrp " + shell_word(group)};
        return;
    }
    check.remedy = std::format("Add {} to the group {}, and log in again.", who, printable(group));
    check.commands = {
        std::format("sudo usermod -aG {} {}", shell_word(group), shell_word(user.name))};
}

void explain_rule(Check& check, const UserFacts& user) {
    check.remedy = "A udev rule opens heaps to a group; add the user to it, and log in again.";
    check.commands = {
        R"(echo 'SUBSYSTEM=="dma_heap", GROUP="video", MODE="0660"' | sudo tee /etc/udev/rules.d/60-heapsel.rules)",
        "sudo udevadm control --reload", "sudo udevadm trigger --subsystem-match=dma_heap",
        "sudo usermod -aG video " + shell_word(user.name)};
}

Check refusal_of(const Heap& heap, const Facts& facts) {
    const std::string node = printable(heap.device.native());
    Check check{.subject = "permission",
                .condition = Condition::problem,
                .finding = {},
                .remedy = {},
                .commands = {}};
    if (heap.permission == Permission::broken) {
        check.finding = std::format("{} cannot be opened.", node);
        check.remedy = permission_remedy(heap);
        check.commands = {"sudo dmesg | grep -i dma_heap"};
        return check;
    }
    check.finding = heap.node_mode.empty()
                        ? std::format("{} may not be opened.", node)
                        : std::format("{} is {}, and may not be opened.", node, heap.node_mode);
    if (const std::string group(reading_group(heap.node_mode)); !group.empty())
        explain_group(check, facts.user, group);
    else
        explain_rule(check, facts.user);
    return check;
}

} // namespace

Check kernel_check(const Facts& facts) {
    const KernelFacts& kernel = facts.kernel;
    // The kernel has two heaps for a region with two names.
    const std::size_t count = facts.heaps.empty() ? kernel.heaps.size() : facts.heaps.size();
    if (count > 0)
        return {.subject = "kernel",
                .condition = Condition::ok,
                .finding = std::format("{} has {} {}.", kernel_name(kernel), count,
                                       count == 1 ? "heap" : "heaps"),
                .remedy = {},
                .commands = {}};
    return kernel.has_framework ? no_heap(kernel) : no_framework(kernel);
}

std::vector<Check> node_checks(const Facts& facts) {
    std::vector<KernelHeap> missing;
    std::ranges::copy_if(facts.kernel.heaps, std::back_inserter(missing),
                         [&](const KernelHeap& heap) { return lacks_node(heap, facts); });
    if (!missing.empty() && (!facts.no_catalog || facts.no_catalog->code == ENOENT))
        return {no_node(missing, facts)};
    if (facts.no_catalog && facts.no_catalog->code != ENOENT)
        return {
            {.subject = "node",
             .condition = Condition::problem,
             .finding = std::format("{} cannot be listed.", printable(facts.no_catalog->subject)),
             .remedy = facts.no_catalog->remedy,
             .commands = {"sudo chmod 0755 /dev/dma_heap"}}};
    if (facts.heaps.empty())
        return {};
    return {{.subject = "node",
             .condition = Condition::ok,
             .finding = "Each heap of the kernel has a node in /dev/dma_heap.",
             .remedy = {},
             .commands = {}}};
}

std::vector<Check> permission_checks(const Facts& facts, HeapsInScope heaps) {
    std::vector<Check> checks;
    std::vector<std::string> granted;
    for (const HeapFacts& known : heaps) {
        const Heap& heap = known.heap;
        if (heap.permission == Permission::granted)
            granted.push_back(printable(heap.name));
        else if (heap.permission != Permission::unknown)
            checks.push_back(refusal_of(heap, facts));
    }
    if (!granted.empty())
        checks.insert(checks.begin(),
                      {.subject = "permission",
                       .condition = Condition::ok,
                       .finding = std::format("This process may use {}.", joined(granted, ", ")),
                       .remedy = {},
                       .commands = {}});
    if (checks.empty() && !heaps.empty())
        checks.push_back({.subject = "permission",
                          .condition = Condition::unknown,
                          .finding = "A recorded tree does not say who may open its heaps.",
                          .remedy = {},
                          .commands = {}});
    return checks;
}

} // namespace heapsel
