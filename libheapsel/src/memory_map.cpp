// SPDX-License-Identifier: LGPL-2.1-or-later
#include "memory_map.hpp"

#include <algorithm>
#include <format>
#include <limits>
#include <utility>

#include <heapsel/printable.hpp>

namespace heapsel {
namespace {

/// How many cells an address and a size take.
struct Cells {
    std::uint32_t address = 0;
    std::uint32_t size = 0;
    friend bool operator==(const Cells&, const Cells&) = default;
};

std::size_t bytes_of(std::uint32_t cells) {
    return cells * sizeof(std::uint32_t);
}

std::optional<Cells> cells_of(const DeviceTreeNode& node) {
    const auto address = node.cell("#address-cells");
    const auto size = node.cell("#size-cells");
    const auto fits = [](std::uint32_t count) { return count >= 1 && count <= 2; };
    if (!address || !size || !fits(*address) || !fits(*size))
        return std::nullopt;
    return Cells{.address = *address, .size = *size};
}

std::uint64_t big_endian(std::string_view bytes) {
    std::uint64_t value = 0;
    for (const char c : bytes)
        value = value << 8U | static_cast<unsigned char>(c);
    return value;
}

class MapBuilder {
  public:
    explicit MapBuilder(const DeviceTreeNode& root) : root_(root), cells_(cells_of(root)) {}

    MemoryMap build() && {
        if (!cells_)
            warn("/", "#address-cells or #size-cells is missing or not 1 or 2");
        for (const DeviceTreeNode& node : root_.children) {
            if (node.lists("device_type", "memory") && node.available())
                map_.memory.push_back(memory_node(node));
        }
        if (const auto* const reserved = root_.child("reserved-memory"); reserved != nullptr)
            add_reserved(*reserved);
        return std::move(map_);
    }

  private:
    void warn(std::string_view path, std::string_view what) {
        map_.warnings.push_back(
            std::format("The device tree is malformed at {}: {}.", printable(path), what));
    }

    [[nodiscard]] std::vector<Region> ranges(const DeviceTreeNode& node, const std::string& path) {
        const std::string* const reg = node.bytes("reg");
        if (reg == nullptr || !cells_)
            return {};
        const std::size_t address = bytes_of(cells_->address);
        const std::size_t entry = address + bytes_of(cells_->size);
        if (reg->empty() || reg->size() % entry != 0) {
            warn(path, std::format("reg is {} bytes, not a multiple of {}", reg->size(), entry));
            return {};
        }
        std::vector<Region> found;
        for (std::string_view rest = *reg; !rest.empty(); rest.remove_prefix(entry)) {
            const Region region{.base = big_endian(rest.substr(0, address)),
                                .size = big_endian(rest.substr(address, entry - address))};
            if (region.size > std::numeric_limits<std::uint64_t>::max() - region.base)
                warn(path, "reg runs past the end of the address space");
            else if (region.size > 0)
                found.push_back(region);
        }
        return found;
    }

    [[nodiscard]] std::optional<std::uint32_t>
    bits(const DeviceTreeNode& node, const std::string& path, std::string_view property) {
        const auto value = node.cell(property);
        if (node.has(property) && !value)
            warn(path, std::format("{} is not one cell", property));
        return value;
    }

    [[nodiscard]] EccBits ecc(const DeviceTreeNode& node, const std::string& path) {
        return {.detection = bits(node, path, "ecc-detection-bits"),
                .correction = bits(node, path, "ecc-correction-bits")};
    }

    [[nodiscard]] MemoryNode memory_node(const DeviceTreeNode& node) {
        MemoryNode memory{.path = "/" + node.name, .ranges = {}, .ecc = {}};
        memory.ranges = ranges(node, memory.path);
        memory.ecc = ecc(node, memory.path);
        return memory;
    }

    void add_reserved(const DeviceTreeNode& reserved) {
        if (cells_of(reserved) != cells_ || !cells_) {
            warn("/reserved-memory",
                 "its #address-cells and #size-cells are not those of the root; "
                 "the regions are ignored, as the kernel does");
            return;
        }
        for (const DeviceTreeNode& node : reserved.children) {
            if (node.available())
                map_.reserved.push_back(reserved_region(node));
        }
    }

    [[nodiscard]] ReservedRegion reserved_region(const DeviceTreeNode& node) {
        ReservedRegion region;
        region.name = node.name;
        region.path = "/reserved-memory/" + node.name;
        region.shared_dma_pool = node.lists("compatible", "shared-dma-pool");
        region.reusable = node.has("reusable");
        region.no_map = node.has("no-map");
        region.cma_default = node.has("linux,cma-default");
        region.carved_out = node.lists("compatible", "carved-out");
        region.dma_heap = node.has("linux,dma-heap");
        region.ecc = ecc(node, region.path);
        if (const auto all = ranges(node, region.path); !all.empty()) {
            region.region = all.front();
            region.size = all.front().size;
        } else if (const auto size = placed_size(node, region.path); size) {
            region.size = size;
        }
        return region;
    }

    [[nodiscard]] std::optional<std::uint64_t> placed_size(const DeviceTreeNode& node,
                                                           const std::string& path) {
        const std::string* const size = node.bytes("size");
        if (size == nullptr || node.has("reg") || !cells_)
            return std::nullopt;
        if (const auto expected = bytes_of(cells_->size); size->size() != expected) {
            warn(path, std::format("size is {} bytes, not {}", size->size(), expected));
            return std::nullopt;
        }
        return big_endian(*size);
    }

    const DeviceTreeNode& root_;
    std::optional<Cells> cells_;
    MemoryMap map_;
};

} // namespace

const ReservedRegion* MemoryMap::find(std::string_view region_name) const {
    const auto found = std::ranges::find(reserved, region_name, &ReservedRegion::name);
    return found == reserved.end() ? nullptr : &*found;
}

const ReservedRegion* MemoryMap::find_path(std::string_view path) const {
    const auto found = std::ranges::find(reserved, path, &ReservedRegion::path);
    return found == reserved.end() ? nullptr : &*found;
}

MemoryMap memory_map(const DeviceTreeNode& root) {
    return MapBuilder(root).build();
}

} // namespace heapsel
