// SPDX-License-Identifier: LGPL-2.1-or-later
#include <algorithm>
#include <cerrno>
#include <format>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <heapsel/permission_hint.hpp>
#include <heapsel/printable.hpp>

#include "base/account_names.hpp"
#include "base/joined.hpp"
#include "inspect/doctor/checks.hpp"
#include "model/node_group.hpp"

namespace heapsel {
namespace {

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
                .hint = "Mount devtmpfs on /dev, or make the nodes by hand:",
                .commands = {"sudo mkdir -p /dev/dma_heap"}};
    if (facts.container) {
        check.hint = "This is a container: start it with the nodes of the host.";
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

/// Where a user namespace has no number for the owner, its root is bound by the mode, too.
bool is_unmapped(const std::optional<NodeMode>& mode) {
    return mode && mode->user == unmapped_id;
}

void explain_something_else(Check& check, const std::string& who) {
    check.finding += std::format(" This process is {}, so something else denies it.", who);
    check.hint = "Look for the devices that a container or a unit may use (DeviceAllow=), "
                 "and for a security module in the kernel's log.";
    check.commands = {"sudo dmesg | grep -i denied"};
}

/// One program with the group, as a user without an account can be added to none.
std::string start_with_group(const UserFacts& user, const std::string& group) {
    return std::format("sudo setpriv --reuid={} --regid={} --groups={} ...", user.id, user.group,
                       group);
}

/// In a container neither its list of groups nor its udev counts, but those of the host.
void explain_group_of_host(Check& check, std::uint32_t group) {
    if (group == unmapped_id) {
        check.hint = "The node's group has no number in this user namespace: start the container "
                     "with the groups of whoever starts it, who has to be in that group.";
        check.commands = {"podman run --group-add keep-groups ..."};
        return;
    }
    check.hint = "This is a container: start it with the group of the node.";
    check.commands = {std::format("docker run --group-add {} ...", group)};
}

/// A group that may read the node, and what keeps this user from it all the same.
void explain_group(Check& check, const Facts& facts, std::uint32_t group) {
    const UserFacts& user = facts.user;
    const auto name = group_name(group);
    const std::string shown = name.value_or(std::to_string(group));
    const std::string who = printable(user.name);
    if (group == unmapped_id) {
        explain_group_of_host(check, group);
    } else if (std::ranges::contains(user.groups, group)) {
        explain_something_else(check, "in " + shown);
    } else if (facts.container) {
        explain_group_of_host(check, group);
    } else if (user.name.empty()) {
        check.hint = std::format("The user {} has no account, so no group can have it as a "
                                 "member: start its programs with the group.",
                                 user.id);
        check.commands = {start_with_group(user, std::to_string(group))};
    } else if (!name) {
        check.hint = std::format("The group {} has no name: give it one, add {} to it, and log in "
                                 "again.",
                                 group, who);
        check.commands = {std::format("sudo groupadd --gid {} heaps", group),
                          "sudo usermod -aG heaps " + shell_word(user.name)};
    } else if (std::ranges::contains(user.member_of, group)) {
        check.finding +=
            std::format(" {} is in {}, and this session is older than that.", who, shown);
        check.hint = "Log in again; until then, one shell can have the group:";
        check.commands = {"newgrp " + shell_word(shown)};
    } else {
        check.hint = std::format("Add {} to the group {}, and log in again.", who, shown);
        check.commands = {
            std::format("sudo usermod -aG {} {}", shell_word(shown), shell_word(user.name))};
    }
}

void explain_rule(Check& check, const Facts& facts, const Heap& heap) {
    check.commands = {
        R"(echo 'SUBSYSTEM=="dma_heap", GROUP="video", MODE="0660"' | sudo tee /etc/udev/rules.d/60-heapsel.rules)",
        "sudo udevadm control --reload", "sudo udevadm trigger --subsystem-match=dma_heap"};
    const UserFacts& user = facts.user;
    if (facts.container) {
        check.hint = "This is a container: on the host, a udev rule opens heaps to a group; start "
                     "the container with that.";
        const std::string device = shell_word(heap.device);
        check.commands.push_back(
            is_unmapped(heap.node_mode)
                ? std::format("podman run --device {} --group-add keep-groups ...", device)
                : std::format("docker run --device {} --group-add $(getent group video | cut -d: "
                              "-f3) ...",
                              device));
    } else if (user.name.empty()) {
        check.hint = std::format("A udev rule opens heaps to a group; the user {} has no account "
                                 "that could be added to it, so start its programs with it.",
                                 user.id);
        check.commands.push_back(start_with_group(user, "video"));
    } else {
        check.hint = "A udev rule opens heaps to a group; add the user to it, and log in again.";
        check.commands.push_back("sudo usermod -aG video " + shell_word(user.name));
    }
}

Check refusal_of(const Heap& heap, const Facts& facts) {
    const std::string node = printable(heap.device);
    Check check{.subject = "permission",
                .condition = Condition::problem,
                .finding = {},
                .hint = {},
                .commands = {}};
    if (heap.permission == Permission::broken) {
        check.finding = std::format("{} cannot be opened.", node);
        check.hint = permission_hint(heap);
        check.commands = {"sudo dmesg | grep -i dma_heap"};
        return check;
    }
    check.finding = heap.node_mode ? std::format("{} is {}, and may not be opened.", node,
                                                 to_string(*heap.node_mode))
                                   : std::format("{} may not be opened.", node);
    if (facts.user.id == 0 && !is_unmapped(heap.node_mode))
        explain_something_else(check, "root's");
    else if (const auto group = reading_group(heap.node_mode))
        explain_group(check, facts, *group);
    else
        explain_rule(check, facts, heap);
    return check;
}

} // namespace

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
             .hint = facts.no_catalog->hint,
             .commands = facts.live ? std::vector<std::string>{"sudo chmod 0755 /dev/dma_heap"}
                                    : std::vector<std::string>()}};
    if (facts.heaps.empty())
        return {};
    return {{.subject = "node",
             .condition = Condition::ok,
             .finding = "Each heap of the kernel has a node in /dev/dma_heap.",
             .hint = {},
             .commands = {}}};
}

std::vector<Check> tree_checks(const Facts& facts) {
    if (!facts.hidden_tree)
        return {};
    Check check{.subject = "tree",
                .condition = Condition::unknown,
                .finding = "The machine has a device tree, and it is hidden: which memory is "
                           "reserved, and which has ECC, stays unknown.",
                .hint = "Uncover it; this shows what is mounted over it:",
                .commands = {"findmnt -T /sys/firmware"}};
    if (facts.container) {
        check.hint = "This is a container: start it so that it sees /sys/firmware, with one of:";
        check.commands = {"docker run --security-opt systempaths=unconfined ...",
                          "podman run --security-opt unmask=/sys/firmware ..."};
    }
    return {check};
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
                       .hint = {},
                       .commands = {}});
    if (checks.empty() && !heaps.empty())
        checks.push_back({.subject = "permission",
                          .condition = Condition::unknown,
                          .finding = "A recorded tree does not say who may open its heaps.",
                          .hint = {},
                          .commands = {}});
    return checks;
}

} // namespace heapsel
