// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/heap_catalog.hpp>

#include <algorithm>
#include <cerrno>
#include <iterator>
#include <utility>

#include "heaps/heap_assembly.hpp"
#include "heaps/heap_nodes.hpp"
#include "heaps/machine.hpp"
#include "heaps/udmabuf_heap.hpp"

namespace heapsel {
namespace {

/// udev rules go by name, so an alias may be open to the user where the main name is not.
void probe(Heap& heap, const std::filesystem::path& folder) {
    probe_permission(heap);
    for (const std::string& alias : heap.aliases) {
        if (heap.permission == Permission::granted)
            return;
        Heap other = heap;
        other.device = folder / alias;
        probe_permission(other);
        if (other.permission == Permission::granted)
            heap = std::move(other);
    }
}

/// Where no heap can be listed, udmabuf may still serve.
Result<HeapNodes> none_but(const Heap& udmabuf, Error error) {
    if (udmabuf.permission == Permission::broken || udmabuf.permission == Permission::denied)
        return std::unexpected(std::move(error));
    return HeapNodes{.nodes = {}, .warnings = {error.message()}};
}

} // namespace

Result<HeapCatalog> HeapCatalog::scan(const std::filesystem::path& root) {
    const auto folder = root / "dev/dma_heap";
    const bool live = is_live(root);
    Machine machine = read_machine(root);
    Heap udmabuf = scan_udmabuf(root, machine.memory);
    auto found = list_heap_nodes(folder, live ? NodeKind::character_device : NodeKind::regular_file)
                     .or_else([&](Error error) { return none_but(udmabuf, std::move(error)); });
    if (!found)
        return std::unexpected(std::move(found.error()));
    auto heaps = assemble_heaps(std::move(found->nodes), folder, machine);
    if (live)
        std::ranges::for_each(heaps, [&](Heap& heap) { probe(heap, folder); });
    auto warnings = std::move(found->warnings);
    std::ranges::move(machine.warnings, std::back_inserter(warnings));
    return HeapCatalog(std::move(heaps), std::move(warnings), std::move(udmabuf));
}

} // namespace heapsel
