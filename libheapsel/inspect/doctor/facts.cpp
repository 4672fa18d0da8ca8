// SPDX-License-Identifier: LGPL-2.1-or-later
#include "inspect/doctor/facts.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <system_error>
#include <utility>

#include <sys/resource.h>
#include <unistd.h>

#include <heapsel/heap_catalog.hpp>
#include <heapsel/heap_statistics.hpp>
#include <heapsel/policy_sources.hpp>

#include "base/pattern.hpp"
#include "heaps/machine.hpp"
#include "heaps/sysfs.hpp"
#include "io/directory.hpp"

namespace heapsel {
namespace {

namespace fs = std::filesystem;

/// What the common managers of containers leave for programs to see.
bool is_container(const fs::path& root) {
    constexpr std::array marks{".dockerenv", "run/.containerenv", "run/systemd/container"};
    return std::ranges::any_of(marks, [&](const char* mark) {
        std::error_code failure;
        return fs::exists(root / mark, failure);
    });
}

std::uint64_t open_descriptors() {
    return list_directory("/proc/self/fd").value_or(std::vector<DirectoryEntry>()).size();
}

std::optional<DescriptorFacts> descriptor_facts() {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0)
        return std::nullopt;
    return DescriptorFacts{
        .open = open_descriptors(), .soft = limit.rlim_cur, .hard = limit.rlim_max};
}

std::vector<HeapFacts> heap_facts(const HeapCatalog& catalog, const std::vector<CmaArea>& areas) {
    const auto page_size = static_cast<std::uint64_t>(::sysconf(_SC_PAGESIZE));
    std::vector<HeapFacts> facts;
    std::ranges::transform(
        catalog.heaps(), std::back_inserter(facts), [&](const Heap& heap) -> HeapFacts {
            return {.heap = heap,
                    .room = capacity_of(heap, read_statistics(heap), areas, page_size),
                    .accounting = read_accounting(heap)};
        });
    return facts;
}

/// Those that `programs` does not say to be of another machine.
std::vector<ProgramList> programs_of(std::vector<ProgramList> programs,
                                     const std::vector<std::string>& compatible) {
    std::erase_if(programs, [&](const ProgramList& program) {
        return !program.machines.empty() &&
               std::ranges::none_of(program.machines, [&](const std::string& pattern) {
                   return std::ranges::any_of(compatible, [&](const std::string& machine) {
                       return fits(pattern, machine);
                   });
               });
    });
    return programs;
}

} // namespace

Facts gather_facts(const fs::path& root, Ask ask) {
    Facts facts;
    facts.live = is_live(root);
    facts.container = is_container(root);
    facts.hidden_tree = hides_tree(root);
    facts.kernel = read_kernel_facts(root);
    const auto areas = read_cma_areas(root);
    facts.cma_areas = areas.size();
    if (const auto catalog = HeapCatalog::scan(root))
        facts.heaps = heap_facts(*catalog, areas);
    else
        facts.no_catalog = catalog.error();
    facts.held = list_process_buffers(root);
    facts.limits = read_cgroup_limits(root);
    facts.videos = list_video_devices(root, ask);
    facts.displays = list_display_devices(root, ask);
    if (const auto policy = load_policy(PolicySources::of_process(root)); !policy)
        facts.policy_errors = policy.error();
    auto programs = read_program_lists(root);
    facts.programs = programs_of(std::move(programs.programs), read_machine(root).compatible);
    facts.program_warnings = std::move(programs.warnings);
    if (facts.live) {
        facts.user = read_user_facts();
        facts.descriptors = descriptor_facts();
    }
    return facts;
}

} // namespace heapsel
