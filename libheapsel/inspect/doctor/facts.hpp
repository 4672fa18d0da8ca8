// SPDX-License-Identifier: LGPL-2.1-or-later
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "inspect/process_buffer.hpp"
#include <heapsel/accounting.hpp>
#include <heapsel/device_node.hpp>
#include <heapsel/display_device.hpp>
#include <heapsel/error.hpp>
#include <heapsel/heap.hpp>
#include <heapsel/video_device.hpp>

#include "heaps/capacity.hpp"
#include "inspect/cgroup_limits.hpp"
#include "inspect/kernel_facts.hpp"
#include "inspect/program_lists.hpp"
#include "inspect/user_facts.hpp"

namespace heapsel {

struct HeapFacts {
    Heap heap;
    Capacity room;
    Accounting accounting;
};

/// How many files this process has open, and how many it may.
struct DescriptorFacts {
    std::uint64_t open = 0;
    std::uint64_t soft = 0;
    std::uint64_t hard = 0;
};

/// What a diagnosis rests on, as it was at one moment. A value.
struct Facts {
    bool live = false;        ///< The machine that runs this, and no recording.
    bool container = false;   ///< This process is in one.
    bool hidden_tree = false; ///< The machine has a device tree, and /sys/firmware is covered.
    KernelFacts kernel;
    std::optional<Error> no_catalog; ///< Why there are no `heaps`, where they could not be scanned.
    std::vector<HeapFacts> heaps;
    std::size_t cma_areas = 0; ///< Of which the kernel tells, with a heap or without.
    UserFacts user;
    ProcessBuffers held;
    std::vector<CgroupLimit> limits;
    std::optional<DescriptorFacts> descriptors; ///< Only of a live machine.
    std::vector<VideoDevice> videos;
    std::vector<DisplayDevice> displays;
    std::vector<Error> policy_errors;  ///< What is wrong with the policy's files and environment.
    std::vector<ProgramList> programs; ///< Those that this machine may run.
    std::vector<std::string> program_warnings; ///< What is wrong with their files; printable.
};

/// Never fails: what cannot be read is left out.
[[nodiscard]] Facts gather_facts(const std::filesystem::path& root, Ask ask);

} // namespace heapsel
