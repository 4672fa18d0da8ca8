// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/heap_catalog.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <iterator>
#include <system_error>
#include <utility>

#include "heaps/build_heaps.hpp"
#include "heaps/dev_entries.hpp"
#include "heaps/machine.hpp"
#include "heaps/udmabuf_heap.hpp"

namespace heapsel {
namespace {

/// udev rules go by name, so an alias may be open to the user where the main name is not.
void probe(Heap& heap, const std::filesystem::path& directory) {
    probe_permission(heap);
    for (const std::string& alias : heap.aliases) {
        if (heap.permission == Permission::granted)
            return;
        Heap other = heap;
        other.device = (directory / alias).native();
        probe_permission(other);
        if (other.permission == Permission::granted)
            heap = std::move(other);
    }
}

/// Where no heap can be listed, udmabuf may still serve.
Result<DevEntries> none_but(const Heap& udmabuf, Error error) {
    if (udmabuf.permission == Permission::broken || udmabuf.permission == Permission::denied)
        return std::unexpected(std::move(error));
    return DevEntries{.nodes = {}, .warnings = {error.message()}};
}

/// What the kernel of this machine lacks is not the matter.
Error no_recording(const std::filesystem::path& root, Error error) {
    std::error_code failure;
    const bool machine = std::filesystem::exists(root / "sys", failure) ||
                         std::filesystem::exists(root / "proc", failure);
    error.hint = machine ? "The machine that is recorded there has no dma-buf heaps: a recording "
                           "has a file in dev/dma_heap for each of them."
                         : "It is no recorded machine: that has dev/dma_heap, with a file for each "
                           "heap, and parts of /sys and /proc.";
    return error;
}

bool is_known(const Heap& heap) {
    return std::ranges::all_of(
        std::array{Trait::contiguous, Trait::cached, Trait::protected_memory},
        [&](Trait trait) { return heap.property(trait).answer != Answer::unknown; });
}

/// The files of facts are read where the kernel says too little of a heap, and there alone.
std::vector<Heap> heaps_of(const std::vector<HeapNode>& nodes, const std::filesystem::path& root,
                           Machine& machine) {
    const auto directory = root / "dev/dma_heap";
    auto heaps = assemble_heaps(nodes, directory, machine);
    if (std::ranges::all_of(heaps, is_known))
        return heaps;
    read_facts(machine, root);
    if (!machine.facts.empty())
        heaps = assemble_heaps(nodes, directory, machine);
    return heaps;
}

} // namespace

Result<HeapCatalog> HeapCatalog::scan(const std::filesystem::path& root) {
    const auto directory = root / "dev/dma_heap";
    const bool live = is_live(root);
    Machine machine = read_machine(root);
    Heap udmabuf = scan_udmabuf(root, machine.memory);
    auto found =
        list_dev_entries(directory, live ? NodeKind::character_device : NodeKind::regular_file)
            .or_else([&](Error error) { return none_but(udmabuf, std::move(error)); });
    if (!found && found.error().code == ENOENT && !live)
        return std::unexpected(no_recording(root, std::move(found.error())));
    if (!found)
        return std::unexpected(std::move(found.error()));
    auto heaps = heaps_of(found->nodes, root, machine);
    if (live)
        std::ranges::for_each(heaps, [&](Heap& heap) { probe(heap, directory); });
    auto warnings = std::move(found->warnings);
    std::ranges::move(machine.warnings, std::back_inserter(warnings));
    return HeapCatalog(std::move(heaps), std::move(warnings), std::move(udmabuf));
}

} // namespace heapsel
