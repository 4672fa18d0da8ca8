# SPDX-License-Identifier: LGPL-2.1-or-later
"""A board that can ask what is counted: with the perf PMU of lab/kernel/lab-ddr.

The board's memory is a file, and one reserved place in it is where the plugin answers.
"""

from __future__ import annotations

from pathlib import Path
from typing import Protocol, Sequence

import machine

# Free in lab/board/board.dtsi.
ADDRESS = 0x6800_0000
SIZE = 0x1_0000
# What the kernel says of any module that was not built with it.
EXPECTED = "lab_ddr: loading out-of-tree module taints kernel"


class Range(Protocol):
    name: str
    start: int
    size: int


def device_tree(regions: Sequence[Range]) -> list[list[str]]:
    """Properties, as Board.run takes them: the place, which the kernel keeps out of, and the PMU's node."""
    place = ["reg", "0", f"{ADDRESS:x}", "0", f"{SIZE:x}"]
    reserved, device = f"/reserved-memory/lab-ddr@{ADDRESS:x}", f"/lab-ddr@{ADDRESS:x}"
    return [["x", reserved, *place], ["x", reserved, "no-map"],
            ["x", device, *place], ["s", device, "compatible", "heapsel,lab-ddr"],
            ["s", device, "region-names", *(region.name for region in regions)]]


def qemu(memory: Path, size: int) -> list[str]:
    """Arguments: all of the board's memory, so many bytes, is that file."""
    # The plugin may look for it before QEMU makes it.
    with memory.open("wb") as file:
        file.truncate(size)
    return machine.memory_in(memory, shared=True)


def plugin(memory: Path, regions: Sequence[Range]) -> dict[str, object]:
    """Arguments for the plugin. The last region is all of the memory."""
    return {"answers": memory, "at": ADDRESS - regions[-1].start}


def loaded(kernel: Path, parameters: Sequence[str]) -> list[str]:
    """What stands before a command on the board, so that it finds the PMU."""
    return ["sh", "-c", 'modprobe -d "$0" lab_ddr $1 && shift && exec "$@"', str(kernel), " ".join(parameters)]
