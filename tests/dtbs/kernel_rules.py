# SPDX-License-Identifier: LGPL-2.1-or-later
"""What Linux 7.3 for arm64 makes of /reserved-memory, after its own source and no other's:
drivers/of/of_reserved_mem.c, kernel/dma/contiguous.c, coherent.c and swiotlb.c,
drivers/of/platform.c, drivers/dma-buf/heaps/cma_heap.c, and carveout.c of the series. Functions
have the names that they have there.
"""

from __future__ import annotations

import dataclasses
import errno

from flat_tree import Node

PAGE = 4096
CMA_MIN_ALIGNMENT_BYTES = 512 * PAGE
MAX_RESERVED_REGIONS = 64
# reserved_mem_matches of drivers/of/platform.c, and the table that is neither CMA nor a pool.
DRIVERS = ("phram", "qcom,rmtfs-mem", "qcom,cmd-db", "qcom,smem", "ramoops", "nvmem-rmem",
           "google,open-dice", "nvidia,tegra210-emc-table")


@dataclasses.dataclass
class Region:
    """struct reserved_mem, and what became of it. Without a base it is placed at boot."""
    node: Node
    base: int | None = None
    size: int | None = None
    ops: str | None = None
    failed: bool = False


def of_fdt_device_is_available(node: Node) -> bool:
    status = node.strings("status")
    return not status or status[0] in ("ok", "okay")


def of_flat_dt_is_compatible(node: Node, compatible: str) -> bool:
    return compatible in [text.lower() for text in node.strings("compatible")]


class Kernel:
    """One boot with one tree; `series` has the heaps over carve-outs."""

    def __init__(self, root: Node, generation: str) -> None:
        self.root, self.generation = root, generation
        self.address_cells = (root.cells("#address-cells") or [1])[0]
        self.size_cells = (root.cells("#size-cells") or [1])[0]
        chosen = root.child("chosen")
        arguments = (chosen.strings("bootargs") if chosen else []) or [""]
        # early_cma(); no blob of the kernel's has more than this.
        self.cma = [word for word in arguments[0].split() if word.startswith("cma=")]
        self.regions: dict[str, Region] = {}
        self.areas: list[str] = []
        self.default: str | None = None
        self.fdt_scan_reserved_mem()

    # drivers/of/fdt.c

    def addr_size(self, node: Node, name: str) -> list[tuple[int, int]] | None:
        raw = node.properties.get(name)
        step = 4 * (self.address_cells + self.size_cells)
        if raw is None or len(raw) % step:
            return None
        middle = 4 * self.address_cells
        return [(int.from_bytes(raw[at:at + middle], "big"),
                 int.from_bytes(raw[at + middle:at + step], "big")) for at in range(0, len(raw), step)]

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
        available = [child for child in self.parent.children if of_fdt_device_is_available(child)]
        for child in available:
            self.regions[child.name] = Region(child)
            if self.addr_size(child, "reg"):
                continue
            if "size" not in child.properties or len(dynamic) == MAX_RESERVED_REGIONS:
                self.regions[child.name].failed = True
                continue
            dynamic.append(child)
        for child in dynamic:
            self.__reserved_mem_alloc_size(self.regions[child.name])
        for child in available:  # fdt_scan_reserved_mem_late()
            reg = self.addr_size(child, "reg")
            if not reg:
                continue
            region = self.regions[child.name]
            base, size = reg[0]
            if size:
                region.base, region.size = base, size
            if size == 0 or self.validate(child) not in (0, -errno.ENODEV):
                region.failed = True
                continue
            self.fdt_init_reserved_mem_node(region)

    def __reserved_mem_alloc_size(self, region: Region) -> None:
        node = region.node
        size = node.properties["size"]
        alignment = node.properties.get("alignment")
        ranges = self.addr_size(node, "alloc-ranges")
        bad = (len(size) != 4 * self.size_cells or
               alignment is not None and len(alignment) != 4 * self.address_cells)
        wanted = int.from_bytes(size, "big")
        # How full memory is nobody knows here; a range that is too small never does.
        if bad or wanted == 0 or ranges is not None and not any(length >= wanted for _, length in ranges):
            region.failed = True
            return
        region.size = wanted
        if self.validate(node) not in (0, -errno.ENODEV):
            region.failed = True
            return
        self.fdt_init_reserved_mem_node(region)

    def validate(self, node: Node) -> int:
        if of_flat_dt_is_compatible(node, "shared-dma-pool"):
            return self.__rmem_cma_verify_node(node)
        return -errno.ENODEV

    def fdt_init_reserved_mem_node(self, region: Region) -> None:
        # In the order of the table: that of the objects in kernel/dma/Makefile.
        table = (("shared-dma-pool", self.rmem_cma_setup), ("shared-dma-pool", self.rmem_dma_setup),
                 ("restricted-dma-pool", self.rmem_swiotlb_setup))
        for compatible, node_init in table:
            if not of_flat_dt_is_compatible(region.node, compatible):
                continue
            result = node_init(region)
            if result == 0:
                region.ops = node_init.__name__
            if result not in (0, -errno.ENODEV):
                region.failed = True
            if result != -errno.ENODEV:
                return

    # kernel/dma/contiguous.c

    def __rmem_cma_verify_node(self, node: Node) -> int:
        if "reusable" not in node.properties or "no-map" in node.properties:
            return -errno.ENODEV
        if self.cma and "linux,cma-default" in node.properties:
            return -errno.EBUSY
        return 0

    def rmem_cma_setup(self, region: Region) -> int:
        verified = self.__rmem_cma_verify_node(region.node)
        if verified:
            return verified
        if ((region.base or 0) | (region.size or 0)) % CMA_MIN_ALIGNMENT_BYTES:
            return -errno.EINVAL
        if "linux,cma-default" in region.node.properties:
            self.default = region.node.name
        self.areas.append(region.node.name)
        return 0

    # kernel/dma/coherent.c

    def rmem_dma_setup(self, region: Region) -> int:
        return -errno.ENODEV if "reusable" in region.node.properties else 0

    # kernel/dma/swiotlb.c

    def rmem_swiotlb_setup(self, region: Region) -> int:
        unwanted = ("reusable", "linux,cma-default", "linux,dma-default", "no-map")
        return -errno.EINVAL if any(name in region.node.properties for name in unwanted) else 0

    # carveout.c of the series

    def makes_carve_out(self, region: Region) -> str | None:
        """What the heap is over; None where there is none."""
        node = region.node
        if self.generation != "series" or region.failed:
            return None
        if region.ops == "rmem_dma_setup" and "linux,dma-heap" in node.properties:
            fits = ("no-map" in node.properties and "linux,dma-default" not in node.properties
                    and not (region.base or 0) % PAGE)
            return "coherent-heap" if fits else None
        base, size = region.base or 0, region.size or 0
        pages = (base + size) // PAGE - (base + PAGE - 1) // PAGE
        return "carve-out" if of_flat_dt_is_compatible(node, "carved-out") and pages > 0 else None

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
            return "default-cma" if region.node.name == self.default else "cma"
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
        by_boot = not self.default and self.cma[-1:] != ["cma=0"]
        default = {self.default or "reserved"} if self.default or by_boot else set()
        if self.generation == "before-6.17":
            return [{"system"}, default] if default else [{"system"}]
        found = [{"system"}]
        if default:
            found.append(default | {"default_cma_region"})
        found += [{area} for area in self.areas if area != self.default]
        found += [{name} for name, region in self.regions.items() if self.makes_carve_out(region)]
        return found

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
                "users": [path for path, enabled in mine if enabled]})
        rows += [{"path": f"/{self.parent.name}/{child.name}", "use": "disabled", "region": None,
                  "size": None, "no_map": False, "users": []}
                 for child in self.parent.children if child.name not in self.regions]
        return rows
