# SPDX-License-Identifier: LGPL-2.1-or-later
"""The second reading of the kernel's code (tests/dtbs/kernel_rules.py), over small trees: which regions come to
be, where, and which do not for want of what. tests/vm/test_regions.py asks the kernel itself."""

import subprocess

import pytest

from kernel_rules import NO_MEMORY, NO_ROOM, NO_SLOT, NOT_ACTIVATED, PROPERTIES, Configuration, Kernel

MIB = 1 << 20
GIB = 1 << 30
NO_NUMA = Configuration(cma_areas=8, numa=False)


def cells(*numbers: int) -> str:
    """Of 64 bits each."""
    return "<" + " ".join(f"{number >> 32:#x} {number & 0xffffffff:#x}" for number in numbers) + ">"


def memory(base: int, size: int, more: str = "") -> str:
    return f'memory@{base:x} {{ device_type = "memory"; reg = {cells(base, size)}; {more} }};'


def fixed(name: str, base: int, size: int, more: str = 'compatible = "shared-dma-pool"; reusable;') -> str:
    return f"{name} {{ reg = {cells(base, size)}; {more} }};"


def placed(name: str, size: int, where: tuple[int, int] | None = None,
           more: str = 'compatible = "shared-dma-pool"; reusable;') -> str:
    ranges = f"alloc-ranges = {cells(*where)};" if where else ""
    return f"{name} {{ size = {cells(size)}; {ranges} {more} }};"


CARVED_OUT = 'compatible = "carved-out";'
POOL = 'compatible = "shared-dma-pool"; no-map;'
DEFAULT = 'compatible = "shared-dma-pool"; reusable; linux,cma-default;'


def blob(root: str, *regions: str, bootargs: str = "", chosen: str = "", header: str = "") -> bytes:
    source = f"""/dts-v1/; {header} / {{ #address-cells = <2>; #size-cells = <2>;
        chosen {{ bootargs = "{bootargs}"; {chosen} }};
        reserved-memory {{ #address-cells = <2>; #size-cells = <2>; ranges; {" ".join(regions)} }};
        {root} }};"""
    return subprocess.run(["dtc", "-q", "-O", "dtb"], input=source.encode(), stdout=subprocess.PIPE, check=True).stdout


def boot(*tree: str, configuration: Configuration = Configuration(), **more: str) -> Kernel:
    return Kernel(blob(*tree, **more), "series", configuration)


def lacks(kernel: Kernel) -> dict[str, str | None]:
    return {name: region.lacks for name, region in kernel.regions.items()}


def heaps(kernel: Kernel) -> set[str]:
    return set().union(*kernel.heaps()) - {"system"}


DEFAULT_HEAPS = {"reserved", "default_cma_region"}


def test_a_range_outside_of_memory_has_no_room():
    kernel = boot(memory(0x200000, 0x5fe00000), placed("frames", 320 * MIB, (0x64000000, 320 * MIB), DEFAULT))
    assert lacks(kernel) == {"frames": NO_ROOM}
    assert heaps(kernel) == DEFAULT_HEAPS


@pytest.mark.parametrize("no_map", ["", "no-map;"])
def test_a_region_in_the_middle_of_the_range_leaves_no_room(no_map):
    around = fixed("other@6b000000", 0x6b000000, 2 * MIB, no_map)
    tree = memory(0, 4 * GIB), around
    assert lacks(boot(*tree, placed("frames", 320 * MIB, (0x64000000, 320 * MIB))))["frames"] == NO_ROOM
    fits = boot(*tree, placed("frames", 206 * MIB, (0x64000000, 320 * MIB)))
    assert fits.regions["frames"].place == 0x6b200000


def test_of_two_that_want_the_same_room_the_first_gets_it():
    first, second = placed("first", 10 * MIB, (0, GIB // 2), POOL), placed("second", GIB // 2, (0, 768 * MIB))
    tree = memory(0, 948 * MIB)
    kernel = boot(tree, first, second)
    assert kernel.regions["first"].place == GIB // 2 - 10 * MIB
    assert lacks(kernel) == {"first": None, "second": NO_ROOM}
    kernel = boot(tree, second, first)
    assert kernel.regions["second"].place == GIB // 4
    assert kernel.regions["first"].place == GIB // 4 - 10 * MIB


def test_a_later_range_is_tried_when_the_first_has_no_room():
    ranges = f"alloc-ranges = {cells(0x80000000, GIB, 0x20000000, GIB // 2)};"
    kernel = boot(memory(0, GIB), f'a {{ compatible = "carved-out"; size = {cells(2 * MIB)}; {ranges} }};')
    assert kernel.regions["a"].place == 0x3fe00000


def test_what_is_placed_beside_another_grows_away_from_it():
    tree = memory(0, GIB), placed("first", 16 * MIB, (0x10000000, 16 * MIB))
    kernel = boot(*tree, placed("above", 16 * MIB, (0x11000000, 64 * MIB)),
                  placed("below", 16 * MIB, (0x0c000000, 64 * MIB)))
    assert kernel.regions["above"].place == 0x11000000
    assert kernel.regions["below"].place == 0x0f000000


def test_what_is_placed_between_two_others_lies_at_the_top():
    kernel = boot(memory(0, GIB), placed("low", 16 * MIB, (0x10000000, 16 * MIB)),
                  placed("high", 16 * MIB, (0x20000000, 16 * MIB)),
                  placed("between", 16 * MIB, (0x11000000, 0x0f000000)))
    assert kernel.regions["between"].place == 0x1f000000


def test_the_first_page_is_not_given_away():
    tree = memory(0, GIB), placed("all", GIB - 2048, None, POOL)
    assert lacks(boot(*tree)) == {"all": NO_ROOM}
    assert lacks(boot(memory(0, GIB), placed("all", GIB - 4096, None, POOL))) == {"all": None}


def test_a_disabled_region_takes_no_room():
    other = 'compatible = "carved-out"; status = "disabled";'
    kernel = boot(memory(0, GIB), placed("area", 512 * MIB), fixed("other", 768 * MIB, MIB, other))
    assert kernel.regions["area"].place == 512 * MIB
    assert [row["exists"] for row in kernel.report()] == [True, False]


def test_areas_are_placed_in_whole_blocks_and_others_as_they_ask():
    kernel = boot(memory(0, GIB - MIB), placed("area", 2 * MIB), placed("pool", MIB, None, POOL),
                  placed("wide", MIB, None, f"{CARVED_OUT} alignment = {cells(0x10000000)};"))
    assert kernel.regions["area"].place == GIB - 4 * MIB
    assert kernel.regions["pool"].place == GIB - 2 * MIB
    assert kernel.regions["wide"].place == 0x30000000


def test_without_huge_pages_blocks_are_twice_as_large():
    tree = memory(0, GIB - 2 * MIB), fixed("area@10200000", 0x10200000, 4 * MIB), placed("placed", 4 * MIB)
    assert lacks(boot(*tree)) == {"area@10200000": None, "placed": None}
    kernel = boot(*tree, configuration=Configuration(block=4 * MIB))
    assert lacks(kernel) == {"area@10200000": PROPERTIES, "placed": None}
    assert kernel.regions["placed"].place == GIB - 8 * MIB


def test_what_the_boot_loader_has_put_into_memory_takes_room():
    tree = memory(0, GIB), placed("area", 512 * MIB, (0, GIB))
    assert boot(*tree).regions["area"].place == 512 * MIB
    taken = boot(*tree, configuration=Configuration(taken=((768 * MIB, MIB),)))
    assert taken.regions["area"].place == 256 * MIB
    assert lacks(boot(*tree, configuration=Configuration(taken=((512 * MIB, MIB),)))) == {"area": NO_ROOM}


def test_a_placed_region_may_be_over_what_the_header_reserves_and_the_default_area_not():
    header = f"/memreserve/ {GIB - 8 * MIB:#x} {2 * MIB:#x};"
    kernel = boot(memory(0, GIB), placed("area", 16 * MIB), header=header)
    assert kernel.regions["area"].place == GIB - 16 * MIB
    assert boot(memory(0, GIB), header=header, bootargs="cma=16M").default.base == GIB - 24 * MIB


def test_areas_have_slots_in_the_order_placed_fixed_default():
    fixed_areas = [fixed(f"fixed{n}", 0x10000000 + n * 4 * MIB, 4 * MIB) for n in range(6)]
    kernel = boot(memory(0, GIB), *fixed_areas, *(placed(f"placed{n}", 4 * MIB) for n in range(3)),
                  configuration=NO_NUMA, bootargs="cma=16M")
    assert [name for name, what in lacks(kernel).items() if what] == ["fixed5"]
    assert lacks(kernel)["fixed5"] == NO_SLOT
    assert len(heaps(kernel)) == 8 and not heaps(kernel) & DEFAULT_HEAPS
    assert lacks(boot(memory(0, GIB), *fixed_areas))["fixed5"] is None


def test_a_region_that_got_no_slot_gives_its_memory_back():
    areas = [fixed(f"area{n}", 0x10000000 + n * 4 * MIB, 4 * MIB) for n in range(9)]
    kernel = boot(memory(0, GIB), *areas, configuration=NO_NUMA)
    assert not kernel.memblock.is_region_reserved(0x12000000, 4 * MIB)
    assert kernel.memblock.is_region_reserved(0x11c00000, 4 * MIB)


def test_a_region_that_is_refused_is_mapped_again():
    def nomap(compatible: str) -> bool:
        kernel = boot(memory(0, GIB), fixed("a", 0x10000000, MIB, f'compatible = "{compatible}"; no-map;'))
        return any(piece.nomap for piece in kernel.memblock.memory)
    assert nomap("shared-dma-pool") and not nomap("restricted-dma-pool")


def test_an_area_over_what_another_gave_back_is_refused():
    shrunk = fixed("a", 0x10000000, 5 * MIB), fixed("b", 0x10200000, 2 * MIB)
    assert lacks(boot(memory(0, GIB), *shrunk)) == {"a": PROPERTIES, "b": PROPERTIES}
    assert lacks(boot(memory(0, GIB), *reversed(shrunk))) == {"a": PROPERTIES, "b": None}


@pytest.mark.parametrize("bootargs, base", [
    ("", 0xff000000), ("cma=64M", 0xfc000000), ("cma=0x4000000", 0xfc000000), ("cma=0", None),
    ("cma=2G", 0x80000000), ("cma=4G", None), ("cma=3M", 0xffc00000), ("cma=64M -- cma=0", 0xfc000000),
    ("cma=64M@0x10000000", 0x10000000), ("cma=64M@0x10100000", None), ("cma=64M@5G", 0x140000000),
    ("cma=64M@7G", None), ("cma=64M@0-1G", 0x3c000000), ("cma=64M@0x3d000000-1G", None),
    ("cma=64M@0-6G", 0x100000000), ("cma=64M@4G-5G", 0x100000000)])
def test_the_default_area_is_where_the_command_line_has_room_for_it(bootargs, base):
    kernel = boot(memory(0, 6 * GIB), bootargs=bootargs)
    assert (kernel.default.base if kernel.default else None) == base
    assert heaps(kernel) == (DEFAULT_HEAPS if base else set())


def test_the_default_area_lies_below_4_gib_where_memory_begins_there():
    two_ends = memory(0, 2 * GIB - MIB) + memory(32 * GIB, 2 * GIB)
    assert boot(two_ends, bootargs="cma=2G").default is None
    assert boot(two_ends, bootargs="cma=1900M").default.base == 2 * GIB - 2 * MIB - 1900 * MIB
    assert boot(memory(32 * GIB, 2 * GIB), bootargs="cma=64M").default.base == 32 * GIB


def test_the_default_area_must_not_be_over_a_region_where_its_place_is_told():
    tree = memory(0, GIB), fixed("frames@10000000", 0x10000000, 4 * MIB, CARVED_OUT)
    assert boot(*tree, bootargs="cma=64M@0x0e000000").default is None
    assert boot(*tree, bootargs="cma=64M@0x0c000000").default.base == 0x0c000000


def test_a_default_area_that_the_command_line_replaces_gives_no_area_and_takes_no_room():
    tree = memory(0, GIB), placed("frames", GIB - 32 * MIB, None, DEFAULT)
    assert lacks(boot(*tree)) == {"frames": None}
    kernel = boot(*tree, bootargs="cma=512M")
    assert lacks(kernel) == {"frames": PROPERTIES}
    assert kernel.default.base == 512 * MIB


def bus(end: int, more: str = "") -> str:
    return f"bus {{ #address-cells = <2>; #size-cells = <2>; ranges; dma-ranges = {cells(0, 0, end)}; {more} }};"


def test_an_area_across_the_end_of_zone_dma_is_there_without_a_byte():
    areas = fixed("a@4f000000", 0x4f000000, 64 * MIB, DEFAULT), fixed("b@60000000", 0x60000000, 64 * MIB)
    kernel = boot(memory(0x40000000, GIB) + bus(0x52000000), *areas)
    assert lacks(kernel) == {"a@4f000000": NOT_ACTIVATED, "b@60000000": None}
    assert heaps(kernel) == {"a@4f000000", "b@60000000", "default_cma_region"}
    assert [row["exists"] for row in kernel.report()] == [True, True]
    assert lacks(boot(memory(0x40000000, GIB), *areas))["a@4f000000"] is None


def test_dma_ranges_of_a_bus_below_a_bus_end_where_both_lead():
    inner = (f"inner {{ #address-cells = <1>; #size-cells = <1>; "
             f"dma-ranges = <0x10000000 {cells(0x20000000)[1:-1]} 0x8000000>; }};")
    outer = (f"outer {{ #address-cells = <2>; #size-cells = <2>; "
             f"dma-ranges = {cells(0x20000000, 0x60000000, 0x20000000)}; {inner} }};")
    kernel = boot(memory(0x40000000, GIB) + outer, bootargs="cma=16M")
    assert kernel.default.base == 0x67000000


def test_a_disabled_bus_limits_nothing_and_the_default_area_lies_below_the_others():
    tree = memory(0x40000000, GIB) + bus(0x52000000)
    assert boot(tree, bootargs="cma=64M").default.base == 0x4e000000
    assert boot(tree, bootargs="cma=512M").default is None
    disabled = memory(0x40000000, GIB) + bus(0x52000000, 'status = "disabled";')
    assert boot(disabled, bootargs="cma=64M").default.base == 0x7c000000


def test_an_area_across_4_gib_is_there_without_a_byte():
    kernel = boot(memory(0x80000000, 4 * GIB), fixed("a@ff000000", 0xff000000, 32 * MIB))
    assert lacks(kernel) == {"a@ff000000": NOT_ACTIVATED}


NODES = (memory(0, GIB, "numa-node-id = <0>;"), memory(GIB, GIB, "numa-node-id = <1>;"))


@pytest.mark.parametrize("nodes, more, found", [
    (NODES, {}, NOT_ACTIVATED), (NODES, {"configuration": NO_NUMA}, None), (NODES, {"bootargs": "numa=off"}, None),
    ((NODES[0], memory(GIB, GIB)), {}, None), ((memory(GIB, GIB), NODES[0]), {}, None),
    # The kernel gives all up when the last node has no number, though nothing is in it.
    ((*NODES, memory(2 * GIB, 0)), {}, None)])
def test_an_area_across_two_nodes_is_there_without_a_byte(nodes, more, found):
    kernel = boot(" ".join(nodes), fixed("a@38000000", 0x38000000, 256 * MIB), **more)
    assert lacks(kernel) == {"a@38000000": found}


def test_the_default_area_lies_in_one_node():
    assert boot(" ".join(NODES), bootargs="cma=768M").default.base == GIB + 256 * MIB
    assert boot(" ".join(NODES), bootargs="cma=1200M").default is None
    assert boot(" ".join(NODES), bootargs="cma=1200M", configuration=NO_NUMA).default is not None


def test_who_serves_contiguous_memory_may_hang_on_where_an_area_is_placed():
    tree = memory(0x40000000, GIB) + bus(0x7f000000)
    default = fixed("a@7e000000", 0x7e000000, 32 * MIB, DEFAULT)
    assert boot(tree, default).serves_contiguous() is False
    assert boot(tree, placed("a", 32 * MIB, None, DEFAULT)).serves_contiguous() is None
    assert boot(tree, default, fixed("b@60000000", 0x60000000, 4 * MIB, CARVED_OUT)).serves_contiguous() is True
    assert boot(tree, bootargs="cma=0").serves_contiguous() is False


@pytest.mark.parametrize("base", [0x80000000, 0x7f000000])
def test_an_area_over_no_memory_is_none(base):
    kernel = boot(memory(0x40000000, GIB), fixed("fpga", base, 32 * MIB))
    assert lacks(kernel) == {"fpga": NO_MEMORY}
    assert heaps(kernel) == DEFAULT_HEAPS


def test_memory_above_the_limit_of_the_command_line_is_none():
    tree = memory(0x40000000, 3 * GIB) + memory(0x100000000, 3 * GIB), fixed("gpu@100000000", 0x100000000, 256 * MIB)
    assert lacks(boot(*tree)) == {"gpu@100000000": None}
    assert lacks(boot(*tree, bootargs="mem=3072M")) == {"gpu@100000000": NO_MEMORY}


def test_memory_is_what_the_boot_loader_says_is_usable():
    usable = memory(0, 4 * GIB, f"linux,usable-memory = {cells(MIB, GIB)};")
    assert boot(usable, placed("a", 2 * MIB)).regions["a"].place == GIB - 2 * MIB
    capped = memory(0x80000000, 8 * GIB), placed("a", 2 * MIB)
    assert boot(*capped).regions["a"].place == 0x280000000 - 2 * MIB
    chosen = f"linux,usable-memory-range = {cells(0x80200000, 0x1fe00000)};"
    assert boot(*capped, chosen=chosen).regions["a"].place == 0x9fe00000


def test_without_memory_in_the_blob_nobody_knows_what_has_room():
    kernel = boot(memory(0x80000000, 0), placed("a", 2 * MIB), fixed("b@90000000", 0x90000000, 2 * MIB),
                  fixed("c@91000000", 0x91000000, 4096, "no-map;"), placed("d", 4 * MIB, (0x90000000, 2 * MIB)))
    assert {row["path"].split("/")[-1]: row["exists"] for row in kernel.report()} == {
        "a": None, "b@90000000": None, "c@91000000": True, "d": False}
    assert heaps(kernel) == {"a", "b@90000000", *DEFAULT_HEAPS}


def test_what_was_to_be_unmapped_and_could_not_be_has_no_uncached_heap():
    first, second = fixed("a@50000000", 0x50000000, 4 * MIB, CARVED_OUT), fixed("b@50200000", 0x50200000, 4 * MIB,
                                                                              f"{CARVED_OUT} no-map;")
    assert heaps(boot(memory(0x40000000, GIB), first, second)) == {"a@50000000", *DEFAULT_HEAPS}
    # The other way round the first is unmapped, and half of the second with it.
    assert heaps(boot(memory(0x40000000, GIB), second, first)) == {"b@50200000", *DEFAULT_HEAPS}


def test_a_carve_out_needs_no_memory_under_it():
    kernel = boot(memory(0x40000000, GIB), fixed("a@90000000", 0x90000000, 4 * MIB, CARVED_OUT),
                  fixed("b@98000000", 0x98000000, 4 * MIB, f"{CARVED_OUT} no-map;"))
    assert heaps(kernel) == {"a@90000000", "b@98000000", *DEFAULT_HEAPS}
