// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inspect/board_plan.hpp"

#include <algorithm>
#include <cerrno>
#include <format>
#include <utility>

#include <heapsel/printable.hpp>

#include "heaps/build_heaps.hpp"
#include "heaps/heap_aliases.hpp"
#include "heaps/machine.hpp"
#include "inspect/region_clients.hpp"
#include "inspect/region_kind.hpp"
#include "io/file.hpp"
#include "tree/command_line.hpp"
#include "tree/flat_tree.hpp"

namespace heapsel {
namespace {

// MAX_RESERVED_REGIONS of drivers/of/of_private.h.
constexpr std::size_t max_placed_at_boot = 64;

/// What to do with a blob that is of no board; empty: it may be one's.
std::string_view no_board(const DeviceTreeNode& root) {
    if (root.child_at("images") != nullptr && root.child_at("configurations") != nullptr)
        return "It is a FIT image: take the board's tree out of it first (dumpimage -l lists what "
               "is in it).";
    const auto is_fragment = [](const DeviceTreeNode& node) {
        return node.name.starts_with("fragment");
    };
    const auto is_memory = [](const DeviceTreeNode& node) {
        return node.text("device_type") == "memory";
    };
    if (std::ranges::any_of(root.children, is_fragment) &&
        std::ranges::none_of(root.children, is_memory))
        return "It is an overlay: apply it to its board's tree first (fdtoverlay).";
    return {};
}

/// What a page of page-table entries maps.
std::uint64_t cma_block(std::uint64_t page_size) {
    return page_size * (page_size / sizeof(std::uint64_t));
}

bool is_cma(RegionKind use) {
    return use == RegionKind::cma || use == RegionKind::default_cma;
}

bool is_carve_out(RegionKind use) {
    return use == RegionKind::carve_out || use == RegionKind::coherent_heap;
}

/// The series refuses names that a file or a word in a cgroup's file cannot have.
bool is_heap_name(std::string_view name) {
    return !name.empty() && name.size() < 64 &&
           std::ranges::all_of(name, [](char c) { return c > ' ' && c < '\x7f' && c != '/'; });
}

/// A range of the reserved regions, with its path.
std::string range_text(const PlannedRegion& region) {
    return std::format("{} ({:#x} to {:#x})", printable(region.path), region.region->base,
                       region.region->base + (region.region->size - 1));
}

class Planner {
  public:
    Planner(DeviceTreeNode tree, std::vector<MemoryRegionUser> users, const PlanOptions& options)
        : users_(std::move(users)), options_(options) {
        machine_.tree = TreeState::read;
        machine_.memory = memory_map(tree);
        machine_.warnings = std::move(machine_.memory.warnings);
        machine_.command_line_known = true;
        machine_.cma = cma_parameter(options.command_line.value_or(boot_arguments(tree)));
        machine_.page_size = options.page_size;
        machine_.cma_block = cma_block(options.page_size);
    }

    BoardPlan plan() && {
        judge_regions();
        settle_default_area();
        name_heaps();
        warn_of_overlaps();
        auto regions = with_disabled();
        forget_unused();
        auto heaps = assemble_heaps(std::move(nodes_), "/dev/dma_heap", machine_);
        return {.catalog = HeapCatalog(std::move(heaps), std::move(machine_.warnings)),
                .regions = std::move(regions)};
    }

  private:
    static std::string boot_arguments(const DeviceTreeNode& tree) {
        const DeviceTreeNode* const chosen = tree.child_at("chosen");
        const auto text = chosen == nullptr ? std::nullopt : chosen->text("bootargs");
        return std::string(text.value_or(""));
    }

    [[nodiscard]] std::vector<const MemoryRegionUser*>
    users_of(const ReservedRegion& region) const {
        std::vector<const MemoryRegionUser*> found;
        for (const MemoryRegionUser& user : users_) {
            if (region.phandle && std::ranges::contains(user.phandles, *region.phandle))
                found.push_back(&user);
        }
        return found;
    }

    void judge_regions() {
        const KernelRules rules{.kernel = options_.kernel,
                                .cma_parameter = machine_.cma.has_value(),
                                .cma_block = *machine_.cma_block,
                                .page_size = options_.page_size};
        std::size_t placed_at_boot = 0;
        for (const ReservedRegion& region : machine_.memory.reserved) {
            PlannedRegion planned{.path = region.path,
                                  .reason = {},
                                  .region = region.region,
                                  .size = region.size,
                                  .no_map = region.no_map,
                                  .heap = {},
                                  .users = {}};
            RegionClients users;
            for (const MemoryRegionUser* const user : users_of(region)) {
                (user->enabled ? users.enabled : users.disabled) = true;
                if (user->enabled)
                    planned.users.push_back(user->path);
            }
            auto verdict = use_of(region, rules, users);
            const bool at_boot = region.not_set_aside.empty() && !region.region;
            if (at_boot && ++placed_at_boot > max_placed_at_boot)
                verdict = {.use = RegionKind::refused,
                           .reason = std::format("more than {} regions are placed at boot",
                                                 max_placed_at_boot)};
            planned.use = verdict.use;
            planned.reason = std::move(verdict.reason);
            if (region.further_entries > 0)
                planned.reason +=
                    std::format("; of the {} entries of its reg only the first counts",
                                region.further_entries + 1);
            regions_.push_back(std::move(planned));
        }
    }

    /// The indices of the regions in the order in which the kernel looks at them: first those that
    /// it places.
    [[nodiscard]] std::vector<std::size_t> kernel_order() const {
        std::vector<std::size_t> order;
        for (const bool at_boot : {true, false}) {
            for (std::size_t i = 0; i < regions_.size(); ++i) {
                if (!regions_[i].region.has_value() == at_boot)
                    order.push_back(i);
            }
        }
        return order;
    }

    /// Of several default areas the kernel takes the last.
    void settle_default_area() {
        for (const std::size_t i : kernel_order()) {
            if (regions_[i].use != RegionKind::default_cma)
                continue;
            if (default_) {
                regions_[*default_].use = RegionKind::cma;
                regions_[*default_].reason += ", and another area is so after it";
                machine_.memory.reserved[*default_].cma_default = false;
            }
            default_ = i;
        }
    }

    [[nodiscard]] bool default_by_boot() const {
        return !default_ && (!machine_.cma || machine_.cma->size > 0);
    }

    /// False where the kernel refuses the name.
    bool add_heap(const std::string& name) {
        if (options_.kernel == KernelGeneration::series && !is_heap_name(name))
            return false;
        if (std::ranges::contains(nodes_, name, &HeapNode::name))
            return false;
        nodes_.push_back({.name = name, .aliases = {}});
        return true;
    }

    void add_region_heap(std::size_t index) {
        PlannedRegion& region = regions_[index];
        const std::string& name = machine_.memory.reserved[index].name;
        if (add_heap(name))
            region.heap = name;
        else
            machine_.warnings.push_back(
                std::format("{} gives no heap: the kernel refuses the name, or has a heap of it.",
                            printable(region.path)));
    }

    void name_heaps() {
        add_heap("system");
        if (options_.kernel == KernelGeneration::before_6_17) {
            if (default_)
                add_region_heap(*default_);
            else if (default_by_boot())
                add_heap(std::string(boot_cma_name));
            return;
        }
        if (default_ || default_by_boot())
            add_heap(std::string(default_cma_heap));
        const auto order = kernel_order();
        for (const std::size_t i : order) {
            if (is_cma(regions_[i].use))
                add_region_heap(i);
        }
        if (default_by_boot())
            add_heap(std::string(boot_cma_name));
        for (std::size_t i = 0; i < regions_.size(); ++i) {
            if (is_carve_out(regions_[i].use))
                add_region_heap(i);
        }
        if (default_)
            regions_[*default_].heap = default_cma_heap;
    }

    void warn_of_overlaps() {
        std::vector<const PlannedRegion*> placed;
        for (const PlannedRegion& region : regions_) {
            if (region.region && region.use != RegionKind::refused)
                placed.push_back(&region);
        }
        std::ranges::stable_sort(placed, {}, [](const auto* region) {
            return std::pair(region->region->base, region->region->size);
        });
        for (std::size_t i = 1; i < placed.size(); ++i) {
            const auto& before = *placed[i - 1];
            if (before.region->base + (before.region->size - 1) >= placed[i]->region->base)
                machine_.warnings.push_back(std::format("{} overlaps with {}.", range_text(before),
                                                        range_text(*placed[i])));
        }
    }

    [[nodiscard]] std::vector<PlannedRegion> with_disabled() const {
        auto regions = regions_;
        for (const std::string& path : machine_.memory.disabled) {
            PlannedRegion region;
            region.path = path;
            region.use = RegionKind::disabled;
            region.reason = "its status is neither okay nor ok";
            regions.push_back(std::move(region));
        }
        return regions;
    }

    /// What the kernel refuses says nothing of a heap.
    void forget_unused() {
        std::vector<ReservedRegion> kept;
        for (std::size_t i = 0; i < regions_.size(); ++i) {
            if (regions_[i].use != RegionKind::refused)
                kept.push_back(std::move(machine_.memory.reserved[i]));
        }
        machine_.memory.reserved = std::move(kept);
    }

    Machine machine_;
    std::vector<MemoryRegionUser> users_;
    const PlanOptions& options_;
    std::vector<PlannedRegion> regions_; ///< Of machine_.memory.reserved, index by index.
    std::optional<std::size_t> default_; ///< Of regions_.
    std::vector<HeapNode> nodes_;
};

Error bad_page_size(std::uint64_t size) {
    return {.code = EINVAL,
            .operation = "plan a board",
            .subject = std::format("pages of {} bytes", size),
            .hint = "Kernels have pages of 4096, 16384 or 65536 bytes."};
}

} // namespace

Result<BoardPlan> plan_board(std::span<const std::byte> blob, const PlanOptions& options) {
    constexpr std::array<std::uint64_t, 3> page_sizes{4096, 16384, 65536};
    if (!std::ranges::contains(page_sizes, options.page_size))
        return std::unexpected(bad_page_size(options.page_size));
    auto tree = parse_device_tree(blob);
    if (!tree)
        return std::unexpected(std::move(tree.error()));
    if (const auto other = no_board(*tree); !other.empty())
        return no_board_tree(other);
    auto users = region_clients(blob);
    if (!users)
        return std::unexpected(std::move(users.error()));
    return Planner(*std::move(tree), *std::move(users), options).plan();
}

Result<BoardPlan> plan_board(const std::filesystem::path& blob, const PlanOptions& options) {
    const auto bytes = read_file(blob, max_device_tree_blob);
    if (!bytes)
        return std::unexpected(bytes.error());
    auto plan = plan_board(std::as_bytes(std::span(*bytes)), options);
    if (!plan && plan.error().subject == "a flattened tree")
        plan.error().subject = blob.native();
    return plan;
}

} // namespace heapsel
