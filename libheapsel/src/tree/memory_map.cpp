// SPDX-License-Identifier: LGPL-2.1-or-later
#include "tree/memory_map.hpp"

#include <algorithm>
#include <array>
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

/// Of the root the kernel takes 1 for what is missing.
std::optional<Cells> root_cells_of(const DeviceTreeNode& root) {
    DeviceTreeNode stated;
    for (const char* const property : {"#address-cells", "#size-cells"}) {
        const std::string* const bytes = root.bytes(property);
        stated.properties[property] = bytes == nullptr ? std::string("\0\0\0\1", 4) : *bytes;
    }
    return cells_of(stated);
}

std::uint64_t big_endian(std::string_view bytes) {
    std::uint64_t value = 0;
    for (const char c : bytes)
        value = value << 8U | static_cast<unsigned char>(c);
    return value;
}

bool wraps(const Region& region) {
    return region.size > std::numeric_limits<std::uint64_t>::max() - region.base;
}

/// What lies in both; nothing where they do not meet.
std::optional<Region> both(const Region& a, const Region& b) {
    if (a.size == 0 || b.size == 0 || wraps(b))
        return std::nullopt;
    const std::uint64_t base = std::max(a.base, b.base);
    const std::uint64_t last = std::min(a.base + (a.size - 1), b.base + (b.size - 1));
    if (base > last)
        return std::nullopt;
    return Region{.base = base, .size = last - base + 1};
}

/// By which the kernel has a driver for the node itself.
std::string driver_of(const DeviceTreeNode& node) {
    constexpr std::array<std::string_view, 8> drivers{
        "phram",   "qcom,rmtfs-mem", "qcom,cmd-db",      "qcom,smem",
        "ramoops", "nvmem-rmem",     "google,open-dice", "nvidia,tegra210-emc-table"};
    const auto found = std::ranges::find_if(
        drivers, [&](std::string_view compatible) { return node.compatible(compatible); });
    return found == drivers.end() ? std::string() : std::string(*found);
}

class MapBuilder {
  public:
    explicit MapBuilder(const DeviceTreeNode& root) : root_(root), cells_(root_cells_of(root)) {}

    MemoryMap build() && {
        if (!cells_)
            warn("/", "#address-cells or #size-cells is not 1 or 2");
        for (const char* const property : {"#address-cells", "#size-cells"}) {
            if (!root_.has(property))
                warn("/", std::format("{} is missing, for which the kernel takes 1", property));
        }
        for (const DeviceTreeNode& node : root_.children) {
            if (node.text("device_type") == "memory" && node.available())
                map_.memory.push_back(memory_node(node));
        }
        if (const auto* const chosen = root_.child_at("chosen"); chosen != nullptr) {
            map_.memory_is_elsewhere = chosen->has("linux,uefi-mmap-start");
            cap_memory(*chosen);
        }
        if (const auto* const reserved = root_.child_at("reserved-memory"); reserved != nullptr)
            add_reserved(*reserved);
        return std::move(map_);
    }

  private:
    void warn(std::string_view path, std::string_view what) {
        map_.warnings.push_back(
            std::format("The device tree is malformed at {}: {}.", printable(path), what));
    }

    /// Of a property with entries of an address and a size; nothing if it does not consist of
    /// whole ones.
    [[nodiscard]] std::optional<std::vector<Region>>
    entries(const DeviceTreeNode& node, const std::string& path, std::string_view property) {
        const std::string* const raw = node.bytes(property);
        if (raw == nullptr || !cells_)
            return std::nullopt;
        const std::size_t address = bytes_of(cells_->address);
        const std::size_t entry = address + bytes_of(cells_->size);
        if (raw->size() % entry != 0) {
            warn(path,
                 std::format("{} is {} bytes, not a multiple of {}", property, raw->size(), entry));
            return std::nullopt;
        }
        std::vector<Region> found;
        for (std::string_view rest = *raw; !rest.empty(); rest.remove_prefix(entry))
            found.push_back({.base = big_endian(rest.substr(0, address)),
                             .size = big_endian(rest.substr(address, entry - address))});
        return found;
    }

    [[nodiscard]] std::vector<Region> ranges(const DeviceTreeNode& node, const std::string& path) {
        const std::string_view property =
            node.has("linux,usable-memory") ? "linux,usable-memory" : "reg";
        auto found = entries(node, path, property).value_or(std::vector<Region>{});
        if (node.has(property) && node.bytes(property)->empty())
            warn(path, std::format("{} is empty", property));
        std::erase_if(found, [&](const Region& range) {
            if (!wraps(range))
                return range.size == 0;
            warn(path, std::format("{} runs past the end of the address space", property));
            return true;
        });
        return found;
    }

    /// The kernel looks at two entries, and at none where the first has no bytes.
    void cap_memory(const DeviceTreeNode& chosen) {
        constexpr std::size_t most = 2;
        auto usable = entries(chosen, "/chosen", "linux,usable-memory-range");
        if (!usable || usable->empty() || usable->front().size == 0)
            return;
        usable->resize(std::min(usable->size(), most));
        map_.capped_by = "linux,usable-memory-range";
        for (MemoryNode& node : map_.memory) {
            std::vector<Region> left;
            for (const Region& range : node.ranges) {
                for (const Region& within : *usable) {
                    if (const auto part = both(range, within))
                        left.push_back(*part);
                }
            }
            node.ranges = std::move(left);
        }
        std::erase_if(map_.memory, [](const MemoryNode& node) { return node.ranges.empty(); });
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
        MemoryNode memory{.path = "/" + node.name,
                          .ranges = {},
                          .ecc = {},
                          .numa_node = node.cell("numa-node-id")};
        memory.ranges = ranges(node, memory.path);
        memory.ecc = ecc(node, memory.path);
        return memory;
    }

    void add_reserved(const DeviceTreeNode& reserved) {
        const std::string path = "/" + reserved.name;
        const auto ignored = [&](std::string_view why) {
            warn(path, std::format("{}; the regions are ignored, as the kernel does", why));
        };
        if (!cells_ || cells_of(reserved) != cells_)
            return ignored("its #address-cells and #size-cells are not those of the root");
        if (!reserved.has("ranges"))
            return ignored("it has no ranges");
        for (const DeviceTreeNode& node : reserved.children) {
            if (node.available())
                map_.reserved.push_back(reserved_region(node, path));
            else
                map_.disabled.push_back(path + "/" + node.name);
        }
    }

    [[nodiscard]] ReservedRegion reserved_region(const DeviceTreeNode& node,
                                                 const std::string& parent) {
        ReservedRegion region;
        region.name = node.name;
        region.path = parent + "/" + node.name;
        region.shared_dma_pool = node.compatible("shared-dma-pool");
        region.restricted_dma_pool = node.compatible("restricted-dma-pool");
        region.reusable = node.has("reusable");
        region.no_map = node.has("no-map");
        region.cma_default = node.has("linux,cma-default");
        region.dma_default = node.has("linux,dma-default");
        region.carved_out = node.compatible("carved-out");
        region.dma_heap = node.has("linux,dma-heap");
        region.compatible = node.texts("compatible");
        region.driver = driver_of(node);
        region.phandle = node.cell("phandle").or_else([&] { return node.cell("linux,phandle"); });
        region.ecc = ecc(node, region.path);
        place(region, node);
        return region;
    }

    void place(ReservedRegion& region, const DeviceTreeNode& node) {
        const auto reg = entries(node, region.path, "reg");
        if (!reg || reg->empty())
            return place_at_boot(region, node);
        if (wraps(reg->front()))
            region.not_set_aside = "its reg runs past the end of the address space";
        else if (reg->front().size == 0)
            region.not_set_aside = "its reg has no bytes";
        if (!region.not_set_aside.empty())
            return;
        region.region = reg->front();
        region.size = reg->front().size;
        region.further_entries = reg->size() - 1;
    }

    void place_at_boot(ReservedRegion& region, const DeviceTreeNode& node) {
        const auto size = number(node, region.path, "size", size_bytes());
        const auto alignment = number(node, region.path, "alignment", address_bytes());
        const auto alloc = entries(node, region.path, "alloc-ranges");
        region.not_set_aside = not_placed(node, size, alignment, alloc);
        if (!region.not_set_aside.empty())
            return;
        region.size = size;
        region.alignment = alignment.value_or(0);
        if (alloc)
            region.alloc_ranges = *alloc;
    }

    /// Empty where the kernel finds a place for it, if there is room.
    [[nodiscard]] static std::string not_placed(const DeviceTreeNode& node,
                                                std::optional<std::uint64_t> size,
                                                std::optional<std::uint64_t> alignment,
                                                const std::optional<std::vector<Region>>& alloc) {
        if (!node.has("size"))
            return "it has no reg of whole entries, and no size";
        if (!size)
            return "its size is no number of #size-cells cells";
        if (*size == 0)
            return "its size is 0";
        if (node.has("alignment") && !alignment)
            return "its alignment is no number of #address-cells cells";
        const auto holds = [&](const Region& range) {
            return range.base + range.size == 0 || (!wraps(range) && range.size >= *size);
        };
        if (alloc && std::ranges::none_of(*alloc, holds))
            return "no range of its alloc-ranges is as large as it is";
        return {};
    }

    [[nodiscard]] std::size_t address_bytes() const {
        return cells_ ? bytes_of(cells_->address) : 0;
    }
    [[nodiscard]] std::size_t size_bytes() const { return cells_ ? bytes_of(cells_->size) : 0; }

    [[nodiscard]] std::optional<std::uint64_t> number(const DeviceTreeNode& node,
                                                      const std::string& path,
                                                      std::string_view property,
                                                      std::size_t length) {
        const std::string* const raw = node.bytes(property);
        if (raw == nullptr)
            return std::nullopt;
        if (raw->size() != length) {
            warn(path, std::format("{} is {} bytes, not {}", property, raw->size(), length));
            return std::nullopt;
        }
        return big_endian(*raw);
    }

    const DeviceTreeNode& root_;
    std::optional<Cells> cells_;
    MemoryMap map_;
};

} // namespace

std::optional<std::uint64_t> MemoryMap::last_address() const {
    if (memory.empty() || memory_is_elsewhere)
        return std::nullopt;
    std::uint64_t last = 0;
    for (const MemoryNode& node : memory) {
        if (node.ranges.empty())
            return std::nullopt;
        for (const Region& range : node.ranges)
            last = std::max(last, range.base + (range.size - 1));
    }
    return last;
}

std::optional<std::uint64_t> MemoryMap::last_address_below(std::uint64_t limit) const {
    std::optional<std::uint64_t> last;
    if (!last_address())
        return std::nullopt;
    for (const MemoryNode& node : memory) {
        for (const Region& range : node.ranges) {
            if (range.base < limit)
                last =
                    std::max(last.value_or(0), std::min(range.base + (range.size - 1), limit - 1));
        }
    }
    return last ? last : last_address();
}

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
