# SPDX-License-Identifier: LGPL-2.1-or-later
"""The highest address that all devices reach, after drivers/of/address.c: what the kernel's zone DMA ends by.
Functions have the names that they have there. A device that says by `interconnects` that its way to memory is
not its parent's is taken to have its parent's.
"""

from __future__ import annotations

import dataclasses

from flat_tree import Node

PHYS_ADDR_MAX = 2**64 - 1
OF_BAD_ADDR = 2**64 - 1

Chain = list[Node]  # from the root to the node
Cells = list[int]


def of_fdt_device_is_available(node: Node) -> bool:
    status = node.strings("status")
    return not status or status[0] in ("ok", "okay")


def of_read_number(cells: Cells) -> int:
    number = 0
    for cell in cells:
        number = (number << 32 | cell) % 2**64
    return number


def bus_cells(chain: Chain, name: str) -> int:
    """of_bus_n_addr_cells() and of_bus_n_size_cells(): the node's own, or the nearest ancestor's."""
    return next((node.cells(name)[0] for node in reversed(chain) if node.cells(name)), 1)


@dataclasses.dataclass(frozen=True)
class Bus:
    """How an address on it is written."""
    cells: int
    size_cells: int
    flag_cells: int
    flag_mask: int = 0  # what of the flags must be alike

    @property
    def usable(self) -> bool:
        return 0 < self.cells <= 4 and self.size_cells > 0


def of_match_bus(chain: Chain) -> Bus | None:
    node = chain[-1]
    kind = (node.strings("device_type") or [""])[0]
    if kind in ("pci", "pciex", "vci", "ht") or node.name.split("@")[0] == "pcie":
        return Bus(3, 2, 1, 0x2000000)  # memory, of 32 bits or of 64
    if node.name.split("@")[0] == "isa":
        return Bus(2, 1, 1, 1)
    if not node.cells("#address-cells"):
        return None
    cells = bus_cells(chain, "#address-cells")
    flags = {"flag_cells": 1, "flag_mask": 0xFFFFFFFF} if cells == 3 else {"flag_cells": 0}
    return Bus(cells, bus_cells(chain, "#size-cells"), **flags)


def mapped(address: Cells, bus: Bus, ranges: Cells, parent_cells: int) -> tuple[Cells, int] | None:
    """Where the first range that has the address begins on the bus above, and how far into it that is."""
    step = bus.cells + parent_cells + bus.size_cells
    for at in range(0, len(ranges) - step + 1, step):
        one = ranges[at:at + step]
        if bus.flag_cells and (address[0] ^ one[0]) & bus.flag_mask:
            continue
        begin = of_read_number(one[bus.flag_cells:bus.cells])
        offset = of_read_number(address[bus.flag_cells:]) - begin
        if 0 <= offset < of_read_number(one[bus.cells + parent_cells:]):
            return one[bus.cells:bus.cells + parent_cells], offset
    return None


def of_translate_one(chain: Chain, bus: Bus, above: Bus, address: Cells) -> Cells | None:
    ranges = chain[-1].cells("dma-ranges")
    if not ranges:  # also where there is no such property
        base, offset = address[:above.flag_cells] + [0] * (above.cells - above.flag_cells), of_read_number(address)
    else:
        found = mapped(address, bus, ranges, above.cells)
        if found is None:
            return None
        base, offset = found
    number = (of_read_number(base[above.flag_cells:]) + offset) % 2**64
    low = [number & 0xFFFFFFFF] if above.cells - above.flag_cells == 1 else [number >> 32, number & 0xFFFFFFFF]
    fill = [0] * (above.cells - above.flag_cells - len(low))
    return [*base[:above.flag_cells], *fill, *low]


def of_translate_dma_address(chain: Chain, address: Cells) -> int:
    """Of an address on the bus that the node is on."""
    chain = chain[:-1]
    bus = of_match_bus(chain) if chain else None
    if bus is None or not bus.usable:
        return OF_BAD_ADDR
    while len(chain) > 1:
        above = of_match_bus(chain[:-1])
        if above is None or not above.usable:
            return OF_BAD_ADDR
        translated = of_translate_one(chain, bus, above, address)
        if translated is None:
            return OF_BAD_ADDR
        address, bus, chain = translated, above, chain[:-1]
    return of_read_number(address)


def last_of_ranges(chain: Chain) -> int | None:
    """The highest address in the node's own dma-ranges; None where it has none to heed."""
    node = chain[-1]
    ranges = node.cells("dma-ranges")
    parent_cells = bus_cells(chain[:-1] or chain, "#address-cells")
    cells, size_cells = (bus_cells(chain, f"#{what}-cells") for what in ("address", "size"))
    if not ranges or of_match_bus(chain) is None or not (0 < cells <= 4 and size_cells and 0 < parent_cells <= 4):
        return None
    last, step = 0, cells + parent_cells + size_cells
    for at in range(0, len(ranges) - step + 1, step):
        one = ranges[at:at + step]
        end = of_translate_dma_address(chain, one[cells:cells + parent_cells]) + of_read_number(one[-size_cells:])
        if end % 2**64 > last:
            last = end % 2**64 - 1
    return last


def of_dma_get_max_cpu_address(chain: Chain) -> int:
    own = last_of_ranges(chain)
    below = [of_dma_get_max_cpu_address([*chain, child]) for child in chain[-1].children
             if of_fdt_device_is_available(child)]
    return min([PHYS_ADDR_MAX, *below, *([] if own is None else [own])])
