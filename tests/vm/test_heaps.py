# SPDX-License-Identifier: LGPL-2.1-or-later
"""The kernel's heaps themselves: which there are, and that nothing is ever lost from one."""

import re

import pytest

from board import CMA_IS_FULL
from faults import ALL_CAN_FAIL, KMEMLEAK_FAILED_TOO, PAGE_FAULT_FAILED, judge
from pipelines import WHOLE

HEAPS = ["system", "default_cma_region", "reserved", "video@50000000", "nonecc@58000000",
         "frames@60000000", "coherent@64000000"]
# An allocation that a kill ends is logged as one that failed, in lines that two CPUs may tear apart.
CMA_WAS_KILLED = [r"number of available pages: ",
                  r"^\[[ .0-9]+\] [\d@+ ]*(=> |$)"]
# `reserved` is the default region again, so what one has the other has too.
REGIONS = [heap for heap in HEAPS if heap != "reserved"]
# The CMA heaps': a process has no page tables for a buffer until it touches it.
MAPPED_WHEN_TOUCHED = ["default_cma_region", "video@50000000"]


def test_every_region_that_should_have_a_heap_has_one(board):
    assert sorted(board.sh("ls /dev/dma_heap").out.split()) == sorted(HEAPS)


def test_a_heap_leads_to_its_region_in_the_device_tree(board):
    ran = board.sh("cd /sys/class/dma_heap; for heap in *; do "
                   "echo $heap $(basename $(readlink $heap/of_node) 2>/dev/null); done")
    assert {line.split()[0]: line.split()[1:] for line in ran.out.splitlines()} == {
        heap: [heap] if "@" in heap else [] for heap in HEAPS}


def test_a_region_that_is_no_memory_of_the_systems_is_not_cached(board):
    """With less memory than the board has, the last of it is where nothing of the system's is."""
    ran = board.sh("""
        "$tools/heap-hold" outside@98000000 --size 4096 </dev/null
        ls /dev/dma_heap | grep -e outside -e partly""",
        kernel_arguments=["mem=1280M"],
        device_tree=[("s", "/reserved-memory/outside@98000000", "compatible", "carved-out"),
                     ("x", "/reserved-memory/outside@98000000", "reg", "0", "98000000", "0", "100000"),
                     ("s", "/reserved-memory/partly@8ff00000", "compatible", "carved-out"),
                     ("x", "/reserved-memory/partly@8ff00000", "reg", "0", "8ff00000", "0", "200000")],
        expected=[r"partly@8ff00000: no heap: -22$"])
    assert ran.out.splitlines() == ["ok", "held", "outside@98000000"], ran


def region(name, size, *flags):
    """A node for a region that the system places where a page begins, as fdtput takes its properties."""
    path = f"/reserved-memory/{name}"
    return [("s", path, "compatible", "carved-out"), ("x", path, "size", "0", f"{size:x}"),
            ("x", path, "alignment", "0", "1000"), *(("x", path, flag) for flag in flags)]


def test_regions_that_the_system_places_give_their_whole_pages(board):
    """Where a region ends within a page, the rest of that page may be anybody's."""
    ran = board.sh("""
        dmesg | sed -n 's/.*reserved mem: 0x\\(.*\\)\\.\\.0x\\([0-9a-f]*\\) .* /place \\1 \\2 /p'
        for heap in mapped unmapped; do
            cd /sys/class/dma_heap/$heap; echo size $heap $(cat size_bytes)
            "$tools/heap-hold" $heap --size $(cat largest_free_bytes) </dev/null
        done; ls /dev/dma_heap; dmesg | sed -n 's/.*carveout_heap: //p'""",
        device_tree=[*region("page", 0x800), *region("unmapped", 0x200000, "no-map"),
                     *region("mapped", 0x100040)],
        expected=[r"/reserved-memory/page: no heap: -22$"])
    lines = [line.split() for line in ran.out.splitlines()]
    places = {name: (int(first, 16), int(last, 16) + 1)
              for first, last, name in (line[1:] for line in lines if line[0] == "place")}
    placed = {name: places[name] for name in ("mapped", "unmapped", "page")}
    assert all(start % 0x1000 == 0 for start, _ in placed.values()), placed
    assert {name: end - start for name, (start, end) in placed.items()} == {
        "mapped": 0x100040, "unmapped": 0x200000, "page": 0x800}
    assert {line[1]: int(line[2]) for line in lines if line[0] == "size"} == {
        "mapped": 0x100000, "unmapped": 0x200000}
    assert [line[0] for line in lines].count("ok") == 2, ran.out
    assert {"mapped", "unmapped"} == {line[0] for line in lines} & placed.keys()
    assert ran.out.count("no heap: -22") == 1


def test_figures_that_make_no_sense_are_absent(board):
    ran = board.sh("cd /sys/class/dma_heap; for heap in *; do echo $heap $(cd $heap; ls); done")
    assert ran.status == 0
    for line in ran.out.splitlines():
        heap, *files = line.split()
        assert {"buffers", "allocated_bytes", "accounting"} <= set(files), line
        sizes = {"size_bytes", "free_bytes", "largest_free_bytes"} & set(files)
        assert len(sizes) == (0 if heap == "system" else 3), line


def test_statistics_are_exact_after_many_allocations_with_kills(board):
    # Each kill is a chance to lose count; 20000 allocations see some 150 of them.
    allocations = 100000 if WHOLE else 20000
    ran = board.sh(f'"$tools/heap-stress" --allocations {allocations} --largest 262144 {" ".join(REGIONS)}',
                   timeout=900, expected=[*CMA_IS_FULL, *CMA_WAS_KILLED])
    print(ran.out)
    assert ran.status == 0, ran
    kills = int(re.search(r"(\d+) kills", ran.out)[1])
    assert kills > 10, ran.out


def test_statistics_are_exact_when_heaps_run_full(board):
    ran = board.sh('"$tools/heap-stress" --allocations 3000 --largest 16777216 '
                   "nonecc@58000000 frames@60000000 coherent@64000000", timeout=600)
    print(ran.out)
    assert ran.status == 0, ran
    assert int(re.search(r"(\d+) refused", ran.out)[1]) > 0, ran.out


@pytest.mark.parametrize("heap", REGIONS)
def test_every_failure_in_a_buffers_life_is_clean(board, heap):
    expected = [*CMA_IS_FULL, *KMEMLEAK_FAILED_TOO,
                *(PAGE_FAULT_FAILED if heap in MAPPED_WHEN_TOUCHED else [])]
    judge(board.sh(f"""{ALL_CAN_FAIL}
        "$tools/heap-fail-nth" {heap}""", timeout=300, expected=expected))
