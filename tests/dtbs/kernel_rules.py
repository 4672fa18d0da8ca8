# SPDX-License-Identifier: LGPL-2.1-or-later
"""What Linux 7.3 for arm64 makes of /reserved-memory, after its own source and no other's:
drivers/of/fdt.c and of_reserved_mem.c, kernel/dma/contiguous.c, coherent.c and swiotlb.c, mm/cma.c,
mm/arch_numa.c and kernel/iomem.c, drivers/of/platform.c, drivers/dma-buf/heaps/cma_heap.c, and carveout.c of
the series. Functions have the names that they have there.

A blob does not have all that takes memory at boot: where the boot loader puts the kernel, the initrd and the
blob, what page tables take, and whatever memory the boot loader fills in. What is not in Configuration.taken
takes nothing here, so a region that just fits here may not fit there.
"""

from __future__ import annotations

import dataclasses
import errno

from command_line import parse_early_param
from dma_limit import of_fdt_device_is_available
from flat_tree import Node, read, reserve_map
from memblock import PAGE, Memblock, length
from zones import arm64_dma_phys_limit, pfn_range_intersects_zones, zone_spans

MAX_RESERVED_REGIONS = 64
MAX_USABLE_RANGES = 6  # 2, and CRASHK_CMA_RANGES_MAX
PHYS_MASK_SHIFT = 52
SZ_4G = 2**32
# reserved_mem_matches of drivers/of/platform.c, and the table that is neither CMA nor a pool.
DRIVERS = ("phram", "qcom,rmtfs-mem", "qcom,cmd-db", "qcom,smem", "ramoops", "nvmem-rmem",
           "google,open-dice", "nvidia,tegra210-emc-table")

# What is refused, and why: by its properties, or for want of something.
PROPERTIES, NO_ROOM, NO_SLOT, NO_MEMORY = "properties", "no room", "no slot", "no memory"
# An area and a heap that have no byte.
NOT_ACTIVATED = "not activated"


@dataclasses.dataclass(frozen=True)
class Configuration:
    """What is decided when the kernel is built and loaded; by default as a kernel for all boards is."""
    cma_areas: int = 20
    numa: bool = True
    cma_size: int = 16 << 20  # CONFIG_CMA_SIZE_MBYTES
    block: int = 512 * PAGE  # CMA_MIN_ALIGNMENT_BYTES; without huge pages twice that
    taken: tuple[tuple[int, int], ...] = ()  # base and size of what the boot loader has put into memory


@dataclasses.dataclass
class Region:
    """struct reserved_mem, and what became of it. Without a base it is placed at boot."""
    node: Node
    base: int | None = None
    size: int | None = None
    place: int | None = None  # where it was placed, if it was
    ops: str | None = None
    lacks: str | None = None

    @property
    def failed(self) -> bool:
        return self.lacks not in (None, NOT_ACTIVATED)


@dataclasses.dataclass
class Area:
    """struct cma."""
    name: str
    base: int
    size: int
    activated: bool = True


def of_flat_dt_is_compatible(node: Node, compatible: str) -> bool:
    return compatible in [text.lower() for text in node.strings("compatible")]


class Kernel:
    """One boot with one tree; `series` has the heaps over carve-outs."""

    def __init__(self, blob: bytes, generation: str, configuration: Configuration = Configuration()) -> None:
        self.root, self.header = read(blob), reserve_map(blob)
        self.generation, self.configuration = generation, configuration
        self.address_cells = (self.root.cells("#address-cells") or [1])[0]
        self.size_cells = (self.root.cells("#size-cells") or [1])[0]
        self.parameters = parse_early_param(self.root)
        self.memblock = Memblock()
        self.regions: dict[str, Region] = {}
        self.areas: list[Area] = []
        self.default: Area | None = None
        self.early_init_dt_scan_memory()
        # A kernel without any never gets further: then the boot loader fills it in, and nobody knows how much.
        self.memory_known = bool(self.memblock.memory)
        self.early_init_dt_check_for_usable_mem_range()
        self.arm64_memblock_init()
        self.fdt_scan_reserved_mem_late()
        self.bootmem_init()
        self.cma_init_reserved_areas()

    # drivers/of/fdt.c

    def addr_size(self, node: Node, name: str) -> list[tuple[int, int]] | None:
        raw = node.properties.get(name)
        step = 4 * (self.address_cells + self.size_cells)
        if raw is None or len(raw) % step:
            return None
        middle = 4 * self.address_cells
        return [(int.from_bytes(raw[at:at + middle], "big") % 2**64,
                 int.from_bytes(raw[at + middle:at + step], "big") % 2**64) for at in range(0, len(raw), step)]

    def early_init_dt_scan_memory(self) -> None:
        for node in self.root.children:
            if node.strings("device_type")[:1] != ["memory"] or not of_fdt_device_is_available(node):
                continue
            ranges = self.addr_size(node, "linux,usable-memory")
            for base, size in (self.addr_size(node, "reg") or []) if ranges is None else ranges:
                self.early_init_dt_add_memory_arch(base, size)

    def early_init_dt_add_memory_arch(self, base: int, size: int) -> None:
        """Whole pages of it."""
        first, end = -(-base // PAGE) * PAGE, (base + size) // PAGE * PAGE
        if first < end:
            self.memblock.add(first, end - first)

    def early_init_dt_check_for_usable_mem_range(self) -> None:
        chosen = self.root.child("chosen")
        ranges = (self.addr_size(chosen, "linux,usable-memory-range") if chosen else None) or []
        for number, (base, size) in enumerate(ranges[:MAX_USABLE_RANGES]):
            if number == 0:
                self.memblock.cap_memory_range(base, size)
            elif size == 0:
                return
            else:
                self.memblock.add(base, size)

    # arch/arm64/mm/init.c

    def arm64_memblock_init(self) -> None:
        for base, size in self.configuration.taken:
            self.memblock.reserve(base, size)
        self.memblock.cap_memory_range(0, 1 << PHYS_MASK_SHIFT)
        if self.parameters.memory_limit is not None:
            self.memblock.mem_limit_remove_map(self.parameters.memory_limit)
        self.fdt_scan_reserved_mem()
        # Only then, so a region that the system places may well be over them.
        for base, size in self.header:
            self.memblock.reserve(base, size)

    def bootmem_init(self) -> None:
        if not self.memblock.memory:
            self.zones = []
            if self.wanted_default():
                self.default = Area("reserved", 0, self.wanted_default())
            return
        if self.configuration.numa and not self.parameters.numa_off:
            self.of_numa_init()
        self.dma_contiguous_reserve(arm64_dma_phys_limit(self.root, self.memblock))
        self.zones = zone_spans(self.root, self.memblock)

    # drivers/of/of_numa.c and mm/arch_numa.c

    def of_numa_init(self) -> None:
        """All of memory has a node in the end, or none has."""
        before = self.memblock.memory
        known = False
        for node in self.root.children:
            if node.strings("device_type")[:1] != ["memory"]:
                continue
            known = bool(node.cells("numa-node-id"))
            for base, size in (self.addr_size(node, "reg") or []) if known else []:
                self.memblock.set_node(base, size, node.cells("numa-node-id")[0])
        if not known or any(piece.node is None for piece in self.memblock.memory):
            self.memblock.memory = before

    # drivers/of/of_reserved_mem.c

    def __reserved_mem_check_root(self, node: Node) -> bool:
        return (node.cells("#size-cells") == [self.size_cells] and
                node.cells("#address-cells") == [self.address_cells] and "ranges" in node.properties)

    def fdt_scan_reserved_mem(self) -> None:
        self.parent = self.root.child("reserved-memory")
        if self.parent is None or not self.__reserved_mem_check_root(self.parent):
            self.parent = None
            return
        dynamic = []
        for child in filter(of_fdt_device_is_available, self.parent.children):
            region = self.regions[child.name] = Region(child)
            if self.addr_size(child, "reg"):
                self.__reserved_mem_reserve_reg(region)
            elif "size" not in child.properties or len(dynamic) == MAX_RESERVED_REGIONS:
                region.lacks = PROPERTIES
            else:
                dynamic.append(region)
        for region in dynamic:
            self.__reserved_mem_alloc_size(region)

    def __reserved_mem_reserve_reg(self, region: Region) -> None:
        base, size = self.addr_size(region.node, "reg")[0]
        if size:
            region.base, region.size = base, size
        if size and self.validate(region.node) in (0, -errno.ENODEV):
            self.early_init_dt_reserve_memory(base, size, "no-map" in region.node.properties)

    def early_init_dt_reserve_memory(self, base: int, size: int, nomap: bool) -> None:
        if not nomap:
            self.memblock.reserve(base, size)
        elif not (length(self.memblock.memory, base, base + size) and self.memblock.is_region_reserved(base, size)):
            self.memblock.mark_nomap(base, size)
        # Else it stays mapped, and in the table.

    def fdt_scan_reserved_mem_late(self) -> None:
        """Those whose place the tree says, so they get their slots after those that the system places."""
        for region in self.regions.values():
            if not self.addr_size(region.node, "reg"):
                continue
            if region.base is None or self.validate(region.node) not in (0, -errno.ENODEV):
                region.lacks = PROPERTIES
                continue
            self.fdt_init_reserved_mem_node(region, region.base)

    def __reserved_mem_alloc_in_range(self, size: int, align: int, start: int, end: int) -> int:
        """Beside what was placed before, where the range begins or ends there."""
        placed = [(region.place, region.place + region.size) for region in self.regions.values()
                  if region.place is not None and not region.failed]
        bottom_up = any(low <= start <= high for low, high in placed)
        top_down = any(low <= end <= high for low, high in placed)
        return self.memblock.alloc_range(size, align, start, end, bottom_up and not top_down)

    def __reserved_mem_alloc_size(self, region: Region) -> None:
        node = region.node
        size, alignment = node.properties["size"], node.properties.get("alignment")
        wanted = int.from_bytes(size, "big") % 2**64
        if (len(size) != 4 * self.size_cells or wanted == 0
                or alignment is not None and len(alignment) != 4 * self.address_cells):
            region.lacks = PROPERTIES
            return
        region.size = wanted
        validated = self.validate(node)
        if validated not in (0, -errno.ENODEV):
            region.lacks = PROPERTIES
            return
        align = int.from_bytes(alignment or b"", "big") % 2**64
        if validated == 0:  # rmem_cma_validate()
            align = max(align, self.configuration.block)
        ranges = self.addr_size(node, "alloc-ranges")
        if not self.memory_known:
            self.place_somewhere(region, ranges)
            return
        place = 0
        if ranges is None:
            place = self.memblock.alloc_range(wanted, align, 0, 0)
        for base, length_of_range in ranges or []:
            place = place or self.__reserved_mem_alloc_in_range(
                wanted, align, base, (base + length_of_range) % 2**64)
        if place == 0:
            region.lacks = NO_ROOM
            return
        region.place = place
        if "no-map" in node.properties:
            self.memblock.mark_nomap(place, wanted)
        self.fdt_init_reserved_mem_node(region, place)

    def place_somewhere(self, region: Region, ranges: list[tuple[int, int]] | None) -> None:
        """How full memory is nobody knows; a range that is too small never does."""
        if ranges is None or any(size >= region.size for _, size in ranges):
            self.fdt_init_reserved_mem_node(region, 0)
        else:
            region.lacks = NO_ROOM

    def validate(self, node: Node) -> int:
        if of_flat_dt_is_compatible(node, "shared-dma-pool"):
            return self.__rmem_cma_verify_node(node)
        return -errno.ENODEV

    def fdt_init_reserved_mem_node(self, region: Region, base: int) -> None:
        # In the order of the table: that of the objects in kernel/dma/Makefile.
        table = (("shared-dma-pool", self.rmem_cma_setup), ("shared-dma-pool", self.rmem_dma_setup),
                 ("restricted-dma-pool", self.rmem_swiotlb_setup))
        for compatible, node_init in table:
            if not of_flat_dt_is_compatible(region.node, compatible):
                continue
            result = node_init(region, base)
            if result == 0:
                region.ops = node_init.__name__
            if result not in (0, -errno.ENODEV):
                region.lacks = NO_SLOT if result == -errno.ENOSPC else PROPERTIES
                self.give_back(region, base)
            if result != -errno.ENODEV:
                return

    def give_back(self, region: Region, base: int) -> None:
        if "no-map" in region.node.properties:
            self.memblock.clear_nomap(base, region.size)
        else:
            self.memblock.phys_free(base, region.size)

    # kernel/dma/contiguous.c

    def __rmem_cma_verify_node(self, node: Node) -> int:
        if "reusable" not in node.properties or "no-map" in node.properties:
            return -errno.ENODEV
        if self.parameters.size_cmdline is not None and "linux,cma-default" in node.properties:
            return -errno.EBUSY
        return 0

    def rmem_cma_setup(self, region: Region, base: int) -> int:
        verified = self.__rmem_cma_verify_node(region.node)
        if verified:
            return verified
        if (base | region.size) % self.configuration.block:
            return -errno.EINVAL
        # Another region over this one may have been given back.
        if self.memory_known and not self.memblock.is_region_reserved(base, region.size):
            return -errno.EINVAL
        if len(self.areas) == self.configuration.cma_areas:
            return -errno.ENOSPC
        self.areas.append(Area(region.node.name, base, region.size))
        if "linux,cma-default" in region.node.properties:
            self.default = self.areas[-1]
        return 0

    def wanted_default(self) -> int:
        """How large an area is to be made; 0 where none is."""
        if self.default:
            return 0
        by_cmdline = self.parameters.size_cmdline
        return self.configuration.cma_size if by_cmdline is None else by_cmdline

    def dma_contiguous_reserve(self, limit: int) -> None:
        size = self.wanted_default()
        if not size:
            return
        base, fixed = 0, False
        parameters = self.parameters
        if parameters.size_cmdline is not None:
            base, limit = parameters.base_cmdline, parameters.limit_cmdline or limit
            fixed = base + size == parameters.limit_cmdline
        self.__cma_declare_contiguous(base, size, limit, fixed)

    # mm/cma.c

    def __cma_declare_contiguous(self, base: int, size: int, limit: int, fixed: bool) -> None:
        if len(self.areas) == self.configuration.cma_areas:
            return
        alignment = self.configuration.block
        if fixed and base % alignment:
            return
        base, size = (-(-number // alignment) * alignment for number in (base, size))
        limit = limit // alignment * alignment
        end = self.memblock.end_of_DRAM()
        limit = end if limit == 0 else min(limit, end)
        if base + size > limit:
            return
        place = self.cma_fixed_reserve(base, size) if fixed and base else self.cma_alloc_mem(base, size, limit)
        if place:
            self.default = Area("reserved", place, size)
            self.areas.append(self.default)

    def cma_fixed_reserve(self, base: int, size: int) -> int:
        if self.memblock.is_region_reserved(base, size):
            return 0
        self.memblock.reserve(base, size)
        return base

    def cma_alloc_mem(self, base: int, size: int, limit: int) -> int:
        place = 0
        if limit >= SZ_4G + size:
            place = self.memblock.alloc_range(size, self.configuration.block, SZ_4G, limit, bottom_up=True)
        return place or self.memblock.alloc_range(size, self.configuration.block, base, limit)

    def cma_init_reserved_areas(self) -> None:
        """Areas without memory under them are none, whatever the kernel trips over there."""
        if not self.memory_known:
            return
        for area in list(self.areas):
            area.activated = not pfn_range_intersects_zones(self.zones, area.base, area.size)
            lacks = None if area.activated else NOT_ACTIVATED
            if length(self.memblock.memory, area.base, area.base + area.size) < area.size:
                self.areas.remove(area)
                self.default = None if self.default is area else self.default
                lacks = NO_MEMORY
            if area.name in self.regions and self.regions[area.name].ops == "rmem_cma_setup":
                self.regions[area.name].lacks = lacks

    # kernel/dma/coherent.c

    def rmem_dma_setup(self, region: Region, _base: int) -> int:
        return -errno.ENODEV if "reusable" in region.node.properties else 0

    # kernel/dma/swiotlb.c

    def rmem_swiotlb_setup(self, region: Region, _base: int) -> int:
        unwanted = ("reusable", "linux,cma-default", "linux,dma-default", "no-map")
        return -errno.EINVAL if any(name in region.node.properties for name in unwanted) else 0

    # carveout.c of the series

    def makes_carve_out(self, region: Region) -> str | None:
        """What the heap is over; None where there is none."""
        node = region.node
        if self.generation != "series" or region.failed:
            return None
        base, size = (region.place if region.base is None else region.base) or 0, region.size or 0
        if region.ops == "rmem_dma_setup" and "linux,dma-heap" in node.properties:
            fits = ("no-map" in node.properties and "linux,dma-default" not in node.properties
                    and not base % PAGE and self.memremap(base, size, uncached=True))
            return "coherent-heap" if fits else None
        first, end = -(-base // PAGE) * PAGE, (base + size) // PAGE * PAGE
        fits = first < end and self.memremap(first, end - first, uncached="no-map" in node.properties)
        return "carve-out" if of_flat_dt_is_compatible(node, "carved-out") and fits else None

    # kernel/iomem.c

    def memremap(self, base: int, size: int, uncached: bool) -> bool:
        """Uncached what the system has not mapped; cached what is not half mapped and half not."""
        mapped = [piece for piece in self.memblock.memory if not piece.nomap]
        ram = length(mapped, base, base + size)
        return ram == 0 or not uncached and ram == length(self.memblock.memory, base, base + size)

    # What heapsel is compared with

    def users(self) -> dict[int, list[tuple[str, bool]]]:
        """By phandle, the devices whose memory-region it is, and whether they are enabled."""
        found: dict[int, list[tuple[str, bool]]] = {}
        for path, chain in self.root.walk():
            enabled = all(of_fdt_device_is_available(node) for node in chain)
            for phandle in dict.fromkeys(chain[-1].cells("memory-region")):
                found.setdefault(phandle, []).append((path, enabled))
        return found

    def use(self, region: Region, users: list[tuple[str, bool]]) -> str:
        if region.failed:
            return "refused"
        if region.ops == "rmem_cma_setup":
            return "default-cma" if self.default and region.node.name == self.default.name else "cma"
        heap = self.makes_carve_out(region)
        if heap:
            return heap
        if region.ops == "rmem_dma_setup":
            return "coherent-pool"
        if region.ops == "rmem_swiotlb_setup":
            return "restricted-pool"
        if any(of_flat_dt_is_compatible(region.node, name) for name in DRIVERS):
            return "driver"
        return "device" if any(enabled for _, enabled in users) else "firmware"

    def heaps(self) -> list[set[str]]:
        """The names of each heap, those of one region together; add_cma_heaps(), and the system's."""
        default = {self.default.name} if self.default else set()
        if self.generation == "before-6.17":
            return [{"system"}, default] if default else [{"system"}]
        found = [{"system"}]
        if default:
            found.append(default | {"default_cma_region"})
        found += [{area.name} for area in self.areas if area is not self.default]
        found += [{name} for name, region in self.regions.items() if self.makes_carve_out(region)]
        return found

    def serves_contiguous(self) -> bool | None:
        """Whether a heap beside `system` has a byte. None where one has none because of where it was placed: what
        else takes memory may move it."""
        areas = [*self.areas, *filter(None, [self.default])]
        if any(area.activated for area in areas) or any(map(self.makes_carve_out, self.regions.values())):
            return True
        moved = any(region.place is not None and region.lacks == NOT_ACTIVATED for region in self.regions.values())
        return None if moved else False

    def exists(self, region: Region) -> bool | None:
        """None where that is the boot loader's matter, which fills the memory in."""
        if region.failed:
            return False
        depends = region.base is None or region.ops == "rmem_cma_setup"
        return None if depends and not self.memory_known else True

    def report(self) -> list[dict]:
        """Each region, by what `heapsel list --dtb --json` says of it."""
        if self.parent is None:
            return []
        users = self.users()
        rows = []
        for child in self.parent.children:
            if child.name not in self.regions:
                continue
            region = self.regions[child.name]
            phandle = (child.cells("phandle") or child.cells("linux,phandle") or [0])[0]
            mine = users.get(phandle, [])
            rows.append({
                "path": f"/{self.parent.name}/{child.name}", "use": self.use(region, mine),
                "region": None if region.base is None else {"base": region.base, "size": region.size},
                "size": region.size, "no_map": "no-map" in child.properties,
                "users": [path for path, enabled in mine if enabled],
                "exists": self.exists(region), "lacks": region.lacks})
        rows += [{"path": f"/{self.parent.name}/{child.name}", "use": "disabled", "region": None,
                  "size": None, "no_map": False, "users": [], "exists": False, "lacks": None}
                 for child in self.parent.children if child.name not in self.regions]
        return rows
