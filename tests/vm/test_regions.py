# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which regions of a device tree come to be: the board boots with structures that other boards have, and what its
kernel makes of them is what the second reading of the kernel's code (tests/dtbs/kernel_rules.py) says of the same
blob, and what heapsel plans for it."""

import dataclasses
import json
import re
import struct
from pathlib import Path

import pytest

import machine
from flat_tree import read
from kernel_rules import NO_ROOM, NO_SLOT, NOT_ACTIVATED, Configuration, Kernel
from sweep import KEYS, as_the_rules_say

MIB = 1 << 20
# As lab/kernel/config has it: without NUMA, so with CONFIG_CMA_AREAS=8, and without huge pages.
CONFIGURATION = Configuration(cma_areas=8, numa=False, block=4 * MIB)

SCRIPT = """
cat /sys/firmware/fdt >$out/blob
dmesg >$out/log
cd /sys/class/dma_heap; for heap in *; do echo $heap $(cat $heap/size_bytes 2>/dev/null); done >$out/heaps
heapsel list --dtb $out/blob --json >$out/plan 2>$out/warnings
"""


def cells(*numbers: int) -> list[str]:
    """Of 64 bits each, as fdtput takes them."""
    return [f"{part:x}" for number in numbers for part in (number >> 32, number & 0xFFFFFFFF)]


def region(name: str, flags: str, **numbers: tuple[int, ...]) -> list[tuple[str, ...]]:
    """A pool, with properties that are numbers and such that are nothing but there."""
    path = f"/reserved-memory/{name}"
    return [("s", path, "compatible", "shared-dma-pool"), *(("x", path, flag) for flag in flags.split()),
            *(("x", path, key.replace("_", "-"), *cells(*value)) for key, value in numbers.items())]


def in_order(*regions: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """fdtput puts a new node before the others."""
    return [line for lines in reversed(regions) for line in lines]


@dataclasses.dataclass(frozen=True)
class Structure:
    device_tree: list[tuple[str, ...]]
    arguments: list[str]
    says: list[str]  # the kernel, besides what it always says
    reserved: list[tuple[int, int]] = dataclasses.field(default_factory=list)


# nonecc@58000000 is in the middle of what `split` may have, and memory ends at 0x80000000. What the header
# reserves is in video@50000000, and where `lent` comes to lie.
ROOM = Structure(
    in_order(region("outside", "reusable", size=(64 * MIB,), alloc_ranges=(0x90000000, 64 * MIB)),
             region("split", "reusable", size=(128 * MIB,), alloc_ranges=(0x54000000, 128 * MIB)),
             region("first", "no-map", size=(10 * MIB,), alloc_ranges=(0x68000000, 128 * MIB)),
             region("second", "reusable", size=(120 * MIB,), alloc_ranges=(0x68000000, 128 * MIB)),
             region("third", "reusable", size=(100 * MIB,), alloc_ranges=(0x68000000, 128 * MIB)),
             region("lent", "reusable", size=(32 * MIB,))),
    ["mem=1G", "cma=2G"],
    [r"Memory limited to 1024MB$", r"failed to allocate memory for node '(outside|split|second)'",
     r"cma: .*exceeds limit", r"cma: Failed to reserve 2048 MiB$"],
    [(0x51000000, MIB), (0x7F000000, MIB)])

# A bus ends in the middle of video@50000000, so zone DMA does, and the default area lies below.
ZONE = Structure(
    [("x", "/bus", "#address-cells", "2"), ("x", "/bus", "#size-cells", "2"), ("x", "/bus", "ranges"),
     ("x", "/bus", "dma-ranges", *cells(0, 0, 0x52000000))],
    [], [r"cma: CMA area video@50000000 could not be activated$"])

# More than any kernel has slots for, so that a plan for a kernel with 20 has too many as well.
AREAS = Structure(
    in_order(*(region(f"area@{base:x}", "reusable", reg=(base, 4 * MIB))
               for base in range(0x68000000, 0x6D400000, 4 * MIB)),
             region("placed", "reusable", size=(4 * MIB,)), region("also", "reusable", size=(4 * MIB,))),
    [], [r"Not enough slots for CMA reserved regions!$", r"unable to setup CMA region$",
         r"cma: Failed to reserve 64 MiB$"])

STRUCTURES = {"room": ROOM, "zone": ZONE, "areas": AREAS}


@dataclasses.dataclass(frozen=True)
class Booted:
    blob: bytes
    log: str
    heaps: dict[str, int | None]  # each with its size
    plan: dict
    warnings: list[str]


@pytest.fixture(params=STRUCTURES)
def structure(request) -> str:
    return request.param


BOOTED: dict[str, Booted] = {}


@pytest.fixture
def booted(structure: str, board) -> Booted:
    if structure not in BOOTED:
        how = STRUCTURES[structure]
        ran = board.sh(SCRIPT, device_tree=how.device_tree, kernel_arguments=how.arguments, reserved=how.reserved,
                       expected=how.says)
        assert ran.status == 0, ran
        lines = [line.split() for line in (board.folder / "heaps").read_text().splitlines()]
        BOOTED[structure] = Booted(
            (board.folder / "blob").read_bytes(), (board.folder / "log").read_text(),
            {name: int(size[0]) if size else None for name, *size in lines},
            json.loads((board.folder / "plan").read_text()), (board.folder / "warnings").read_text().splitlines())
    return BOOTED[structure]


def taken(blob: bytes, image: Path) -> tuple[tuple[int, int], ...]:
    """What lab/board/board.py puts into memory."""
    (kernel_size,) = struct.unpack_from("<Q", image.read_bytes(), 16)
    (blob_size,) = struct.unpack_from(">I", blob, 4)
    chosen = read(blob).child("chosen")
    first, end = (chosen.cells(f"linux,initrd-{what}")[-1] for what in ("start", "end"))
    return (machine.KERNEL, kernel_size), (machine.DTB, blob_size), (first, -(-(end - first) // 4096) * 4096)


@pytest.fixture
def rules(booted: Booted, board) -> Kernel:
    there = taken(booted.blob, board.board.kernel / "Image")
    return Kernel(booted.blob, "series", dataclasses.replace(CONFIGURATION, taken=there))


def lacking(rules: Kernel, what: str) -> list[str]:
    return sorted(name for name, region in rules.regions.items() if region.lacks == what)


def test_the_kernel_has_the_heaps_that_the_rules_say(booted: Booted, rules: Kernel):
    assert booted.heaps.keys() == set().union(*rules.heaps())


def test_areas_have_the_size_that_the_rules_say(booted: Booted, rules: Kernel):
    sizes = {area.name: area.size if area.activated else 0 for area in rules.areas}
    assert sizes and {name: booted.heaps[name] for name in sizes} == sizes


def test_the_kernel_lacks_what_the_rules_say(booted: Booted, rules: Kernel):
    def said(pattern: str) -> list[str]:
        return sorted(re.findall(pattern, booted.log))
    assert said(r"failed to allocate memory for node '(.*)'") == lacking(rules, NO_ROOM)
    assert said(r"CMA area (.*) could not be activated") == lacking(rules, NOT_ACTIVATED)
    no_default = "reserved" not in {area.name for area in rules.areas}
    assert len(said(r"cma: Failed to reserve")) == no_default
    full = len(rules.areas) == CONFIGURATION.cma_areas
    assert len(said(r"Not enough slots")) == len(lacking(rules, NO_SLOT)) + (full and no_default)


def test_regions_lie_where_the_rules_say(booted: Booted, rules: Kernel):
    lies = {name: int(base, 16) for base, name in re.findall(
        r"reserved mem: 0x([0-9a-f]+)\.\.0x[0-9a-f]+ \(\d+ KiB\) \S+ \S+ (.*)", booted.log)}
    assert lies == {name: region.place if region.base is None else region.base
                    for name, region in rules.regions.items() if not region.failed}
    default = re.findall(r"cma: Reserved \d+ MiB at 0x0*([0-9a-f]+)", booted.log)
    assert [int(base, 16) for base in default] == [area.base for area in rules.areas if area.name == "reserved"]


@pytest.mark.parametrize("structure, what, names", [
    ("room", NO_ROOM, ["outside", "second", "split"]), ("zone", NOT_ACTIVATED, ["video@50000000"])],
    indirect=["structure"])
def test_the_structure_asks_what_it_is_for(rules: Kernel, what: str, names: list[str]):
    assert lacking(rules, what) == names


@pytest.mark.parametrize("structure", ["areas"], indirect=True)
def test_areas_that_the_system_places_come_first(rules: Kernel):
    assert [area.name for area in rules.areas[:2]] == ["placed", "also"]
    assert "video@50000000" in lacking(rules, NO_SLOT)


def planned(booted: Booted) -> set[str]:
    return {name for heap in booted.plan["heaps"] for name in (heap["name"], *heap["aliases"])}


@pytest.mark.parametrize("structure", ["room", "zone"], indirect=True)
def test_heapsel_plans_the_heaps_that_the_kernel_has(booted: Booted):
    assert planned(booted) == booted.heaps.keys()


@pytest.mark.parametrize("structure", ["areas"], indirect=True)
def test_heapsel_plans_as_many_areas_as_a_kernel_for_all_boards_has_slots_for(booted: Booted):
    assert planned(booted) == set().union(*Kernel(booted.blob, "series").heaps())


def test_heapsel_plans_the_regions_that_the_rules_say(booted: Booted):
    expected = [{key: row[key] for key in (*KEYS, "exists")} for row in Kernel(booted.blob, "series").report()]
    assert as_the_rules_say(booted.plan["regions"], expected) == expected


@pytest.mark.parametrize("structure, warned", [("room", True), ("areas", False)], indirect=["structure"])
def test_heapsel_warns_of_an_area_that_lends_out_what_the_header_reserves(booted: Booted, warned: bool):
    lines = [line for line in booted.warnings if "video@50000000" in line and "0x51000000" in line]
    assert bool(lines) == warned, booted.warnings
