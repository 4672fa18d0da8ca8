// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inspect/board_plan.hpp"

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <format>
#include <iterator>
#include <string_view>
#include <utility>

#include <heapsel/printable.hpp>

#include "heaps/build_heaps.hpp"
#include "heaps/heap_aliases.hpp"
#include "heaps/machine.hpp"
#include "inspect/board_tree.hpp"
#include "inspect/free_memory.hpp"
#include "inspect/limited_memory.hpp"
#include "inspect/placement.hpp"
#include "inspect/plan_warnings.hpp"
#include "inspect/region_kind.hpp"
#include "inspect/zones.hpp"
#include "io/file.hpp"
#include "tree/command_line.hpp"

namespace heapsel {
namespace {

/// What a page of page-table entries maps.
std::uint64_t cma_block(std::uint64_t page_size) {
    return page_size * (page_size / sizeof(std::uint64_t));
}

bool is_carve_out(RegionKind use) {
    return use == RegionKind::carve_out || use == RegionKind::coherent_heap;
}

/// The series refuses names that a file or a word in a cgroup's file cannot have.
bool is_heap_name(std::string_view name) {
    return !name.empty() && name.size() < 64 &&
           std::ranges::all_of(name, [](char c) { return c > ' ' && c < '\x7f' && c != '/'; });
}

/// On 32-bit ARM without LPAE there are no huge pages: blocks are the largest buffers of the page
/// allocator.
constexpr std::uint64_t cma_block_of_arm = std::uint64_t{4} << 20U;

class Planner {
  public:
    Planner(const BoardTree& board, const PlanOptions& options)
        : board_(board), options_(options),
          command_line_(options.command_line.value_or(boot_arguments(board.tree))) {
        machine_.tree = TreeState::read;
        machine_.memory = memory_map(board.tree);
        machine_.warnings = std::move(machine_.memory.warnings);
        machine_.command_line_known = true;
        machine_.cma = cma_parameter(command_line_);
        machine_.page_size = options.page_size;
        machine_.cma_block = board.processors.architecture == Architecture::arm
                                 ? cma_block_of_arm
                                 : cma_block(options.page_size);
        if (const auto limit = memory_limit(command_line_))
            limit_memory(machine_.memory, *limit / options.page_size * options.page_size);
        rules_ = {.kernel = options.kernel,
                  .cma_parameter = machine_.cma.has_value(),
                  .cma_block = *machine_.cma_block,
                  .page_size = options.page_size,
                  .cma_areas = options.cma_areas};
        zones_ = Zones(machine_.memory, board.dma_limit);
    }

    BoardPlan plan() && {
        warn(processor_warnings(board_.processors, rules_.cma_block));
        judge_regions();
        place();
        settle_default_area();
        place_default_area();
        find_dead_areas();
        warn_of_slots();
        name_heaps();
        warn(overlap_warnings(regions_));
        warn(header_warnings(regions_, board_.header));
        warn(board_.stray_references);
        auto regions = with_disabled();
        forget_unused();
        auto heaps = assemble_heaps(std::move(nodes_), "/dev/dma_heap", machine_);
        for (Heap& heap : heaps)
            confine(heap);
        return {.catalog = HeapCatalog(std::move(heaps), std::move(machine_.warnings)),
                .regions = std::move(regions)};
    }

  private:
    static std::string boot_arguments(const DeviceTreeNode& tree) {
        const DeviceTreeNode* const chosen = tree.child_at("chosen");
        const auto text = chosen == nullptr ? std::nullopt : chosen->text("bootargs");
        return std::string(text.value_or(""));
    }

    void warn(std::string warning) { machine_.warnings.push_back(std::move(warning)); }

    void warn(std::vector<std::string> warnings) {
        std::ranges::move(warnings, std::back_inserter(machine_.warnings));
    }

    [[nodiscard]] std::vector<const MemoryRegionUser*>
    users_of(const ReservedRegion& region) const {
        std::vector<const MemoryRegionUser*> found;
        for (const MemoryRegionUser& user : board_.users) {
            if (region.phandle && std::ranges::contains(user.phandles, *region.phandle))
                found.push_back(&user);
        }
        return found;
    }

    void judge_regions() {
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
            auto verdict = use_of(region, rules_, users);
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

    /// All addresses, where nobody says what memory there is.
    [[nodiscard]] FreeMemory memory() const {
        if (!machine_.memory.last_address())
            return FreeMemory::everywhere(options_.page_size);
        std::vector<Region> ranges;
        for (const MemoryNode& node : machine_.memory.memory)
            ranges.insert(ranges.end(), node.ranges.begin(), node.ranges.end());
        return {ranges, options_.page_size};
    }

    void place() {
        std::vector<RegionKind> kinds;
        std::ranges::transform(regions_, std::back_inserter(kinds), &PlannedRegion::use);
        const auto& reserved = machine_.memory.reserved;
        here_ = place_regions(reserved, kinds, memory(), board_.header, rules_);
        anywhere_ = place_regions(reserved, kinds, FreeMemory::everywhere(options_.page_size),
                                  board_.header, rules_);
        for (std::size_t i = 0; i < regions_.size(); ++i) {
            if (!here_.regions[i].problem.empty() && regions_[i].use != RegionKind::refused)
                refuse(regions_[i], here_.regions[i].problem, anywhere_.regions[i]);
        }
    }

    void refuse(PlannedRegion& region, const std::string& problem, const Placement& anywhere) {
        const bool by_memory = anywhere.problem.empty();
        region.use = RegionKind::refused;
        region.reason += "; " + problem + hedge(by_memory);
        warn(std::format("{} will not be there: {}{}.{}", printable(region.path), problem,
                         hedge(by_memory), way_out(by_memory)));
    }

    /// What is so because of the memory that there is.
    [[nodiscard]] std::string hedge(bool by_memory) const {
        if (!by_memory)
            return {};
        const std::string& cap = machine_.memory.capped_by;
        return cap.empty() ? ", by the memory that the blob has"
                           : std::format(", by the memory that {} leaves", cap);
    }

    [[nodiscard]] std::string_view way_out(bool by_memory) const {
        return by_memory && machine_.memory.capped_by.empty() ? " A boot loader may fill in more."
                                                              : "";
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

    /// That of `cma=` or of the configuration, where no node makes one.
    void place_default_area() {
        if (default_ || (machine_.cma && machine_.cma->size == 0))
            return;
        const std::uint64_t limit = zones_.default_area_limit() + 1;
        const auto problem = default_area_problem(machine_.cma, here_, limit, rules_);
        default_by_boot_ = problem.empty();
        if (default_by_boot_)
            return;
        const bool by_memory = default_area_problem(machine_.cma, anywhere_, limit, rules_).empty();
        warn(std::format("There will be no default CMA area{}: {}{}.{}",
                         machine_.cma ? ", for which cma= asks" : "", problem, hedge(by_memory),
                         way_out(by_memory)));
    }

    /// The kernel makes a heap of an area that lies in two zones, and gives it no byte.
    void find_dead_areas() {
        for (std::size_t i = 0; i < regions_.size(); ++i) {
            if (!is_cma(regions_[i].use))
                continue;
            if (const auto& region = regions_[i].region)
                look_for_zones_in(i, *region);
            else if (const auto base = here_.regions[i].base)
                warn_of_zones_at(i, *base);
        }
    }

    void look_for_zones_in(std::size_t index, const Region& area) {
        PlannedRegion& region = regions_[index];
        const auto border = zones_.border_in(area);
        if (!border)
            return;
        dead_.push_back(index);
        region.reason +=
            std::format("; not activated, as a zone of memory begins in it, at {:#x}", *border);
        warn(std::format("{} will be there without a byte: a zone of memory begins in it, at "
                         "{:#x}, and the kernel activates no CMA area that lies in two. Move it to "
                         "one side.",
                         printable(region.path), *border));
    }

    void warn_of_zones_at(std::size_t index, std::uint64_t base) {
        const PlannedRegion& region = regions_[index];
        if (const auto border = zones_.border_in({.base = base, .size = region.size.value_or(0)}))
            warn(std::format("{} may be there without a byte: the kernel may place it where a zone "
                             "of memory begins, at {:#x}, and activates no CMA area that lies in "
                             "two. Give it alloc-ranges on one side.",
                             printable(region.path), *border));
    }

    void warn_of_slots() {
        constexpr std::size_t without_numa = 8;
        const std::size_t areas = here_.cma_areas + (default_by_boot_ ? 1 : 0);
        if (options_.cma_areas != PlanOptions{}.cma_areas || areas <= without_numa)
            return;
        warn(std::format("There are {} CMA areas: a kernel that is configured without NUMA has "
                         "slots for {} (CONFIG_CMA_AREAS), and makes no more.",
                         areas, without_numa));
    }

    /// Why the kernel makes no heap of that name; empty where it does.
    std::string_view add_heap(const std::string& name) {
        if (options_.kernel == KernelGeneration::series && !is_heap_name(name))
            return "the kernel refuses its name";
        if (std::ranges::contains(nodes_, name, &HeapNode::name))
            return "another heap has its name";
        nodes_.push_back({.name = name, .aliases = {}});
        return {};
    }

    void add_region_heap(std::size_t index) {
        PlannedRegion& region = regions_[index];
        const std::string& name = machine_.memory.reserved[index].name;
        if (const auto refusal = add_heap(name); refusal.empty())
            region.heap = name;
        else
            warn(std::format("{} gives no heap: {}. Rename the node.", printable(region.path),
                             refusal));
    }

    void name_heaps() {
        add_heap("system");
        if (options_.kernel == KernelGeneration::before_6_17) {
            if (default_)
                add_region_heap(*default_);
            else if (default_by_boot_)
                add_heap(std::string(boot_cma_name));
            return;
        }
        if (default_ || default_by_boot_)
            add_heap(std::string(default_cma_heap));
        const auto order = kernel_order();
        for (const std::size_t i : order) {
            if (is_cma(regions_[i].use))
                add_region_heap(i);
        }
        if (default_by_boot_)
            add_heap(std::string(boot_cma_name));
        for (std::size_t i = 0; i < regions_.size(); ++i) {
            if (is_carve_out(regions_[i].use))
                add_region_heap(i);
        }
        if (default_)
            regions_[*default_].heap = default_cma_heap;
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

    /// A heap ends where the memory ends that it can be of, and one without a byte has none.
    void confine(Heap& heap) const {
        const auto is_of_heap = [&](std::size_t i) { return regions_[i].heap == heap.name; };
        if (std::ranges::any_of(dead_, is_of_heap)) {
            heap.size = 0;
            heap.size_from = {.source = Source::kernel,
                              .evidence = "a CMA area in two zones of memory is not activated"};
        }
        if (heap.region || !heap.last_address)
            return;
        const bool by_boot = default_by_boot_ && is_default(heap);
        const std::uint64_t limit = by_boot ? default_area_end() : *heap.last_address + 1;
        const auto last = machine_.memory.last_address_below(limit);
        if (!last || *last == *heap.last_address)
            return;
        heap.last_address = last;
        heap.last_address_from = by_boot ? default_area_end_from()
                                         : Provenance{.source = heap.last_address_from.source,
                                                      .evidence = heap.last_address_from.evidence +
                                                                  ", as far as there is memory"};
    }

    [[nodiscard]] static bool is_default(const Heap& heap) {
        return heap.name == default_cma_heap || heap.name == boot_cma_name;
    }

    [[nodiscard]] std::uint64_t default_area_end() const {
        return machine_.cma && machine_.cma->limit > 0 ? machine_.cma->limit
                                                       : zones_.default_area_limit() + 1;
    }

    [[nodiscard]] Provenance default_area_end_from() const {
        if (machine_.cma && machine_.cma->limit > 0)
            return {.source = Source::command_line, .evidence = "cma="};
        return {.source = Source::device_tree,
                .evidence =
                    "the default area is taken from what the dma-ranges of all buses reach"};
    }

    const BoardTree& board_;
    const PlanOptions& options_;
    std::string command_line_;
    Machine machine_;
    KernelRules rules_;
    Zones zones_;
    std::vector<PlannedRegion> regions_; ///< Of machine_.memory.reserved, index by index.
    Placements here_;                    ///< In the memory that the tree has.
    Placements anywhere_;                ///< If all addresses were memory.
    std::optional<std::size_t> default_; ///< Of regions_.
    bool default_by_boot_ = false;
    std::vector<std::size_t> dead_; ///< Of regions_.
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
    const auto board = read_board_tree(blob);
    if (!board)
        return std::unexpected(board.error());
    return Planner(*board, options).plan();
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
