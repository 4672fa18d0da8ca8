// SPDX-License-Identifier: LGPL-2.1-or-later
#include <heapsel/heap.hpp>

#include <algorithm>
#include <utility>

namespace heapsel {

std::string_view to_string(Permission permission) {
    switch (permission) {
    case Permission::granted:
        return "granted";
    case Permission::denied:
        return "denied";
    case Permission::broken:
        return "broken";
    case Permission::unknown:
        return "unknown";
    }
    std::unreachable();
}

std::string_view to_string(Exporter exporter) {
    switch (exporter) {
    case Exporter::dma_heap:
        return "dma-heap";
    case Exporter::udmabuf:
        return "udmabuf";
    }
    std::unreachable();
}

const Property& Heap::property(Trait trait) const {
    return properties.at(std::to_underlying(trait));
}

Property& Heap::property(Trait trait) {
    return properties.at(std::to_underlying(trait));
}

bool Heap::is_called(std::string_view text) const {
    return name == text || std::ranges::contains(aliases, text);
}

} // namespace heapsel
