// SPDX-License-Identifier: LGPL-2.1-or-later
#include "heaps/udmabuf_heap.hpp"

#include <cerrno>
#include <optional>
#include <system_error>

#include "heaps/dev_entries.hpp"
#include "heaps/heap_properties.hpp"
#include "heaps/machine.hpp"
#include "tree/ecc.hpp"

namespace heapsel {
namespace {

Property documented(Answer answer) {
    return {.answer = answer, .source = Source::kernel, .evidence = "documented of udmabuf"};
}

/// A file of a recorded tree stands for a node that nobody can open.
void look_up(Heap& heap) {
    std::error_code failure;
    if (std::filesystem::exists(heap.device, failure))
        return;
    heap.permission = Permission::broken;
    heap.open_errno = ENOENT;
}

} // namespace

Heap scan_udmabuf(const std::filesystem::path& root, const MemoryMap& map) {
    Heap heap{};
    heap.name = "udmabuf";
    heap.exporter = Exporter::udmabuf;
    heap.device = (root / "dev/udmabuf").native();
    heap.property(Trait::contiguous) = documented(Answer::no);
    heap.property(Trait::cached) = documented(Answer::yes);
    heap.property(Trait::protected_memory) = documented(Answer::no);
    heap.last_address = map.last_address();
    if (heap.last_address)
        heap.last_address_from = all_memory(map);
    heap.alignment_from = whole_pages();
    heap.property(Trait::ecc) = ecc_property(map, nullptr, std::nullopt);
    if (is_live(root))
        probe_permission(heap);
    else
        look_up(heap);
    return heap;
}

} // namespace heapsel
