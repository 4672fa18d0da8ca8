# SPDX-License-Identifier: LGPL-2.1-or-later
"""With nothing bound, a kernel with the series behaves as one without: it logs the same, has the same files in
sysfs and more, and its drivers allocate the same memory in the same way. Each case runs on both kernels.
test_compliance.py has v4l2-compliance on both, `lab/run bench decoder` and `bench display` the instructions."""

import dataclasses
import os
import re
from collections import Counter
from pathlib import Path

import pytest

STOCK = "HEAPSEL_STOCK_KERNEL"


@pytest.fixture
def both(board):
    """Runs a script on the stock kernel and on the series', and gives the lines that it writes on each."""
    def lines(kernel: Path, script: str, **options) -> list[str]:
        # Boards that have booted are kept for one kernel.
        there = dataclasses.replace(board, board=dataclasses.replace(board.board, kernel=kernel, booted=None))
        ran = there.sh(f"kernel={kernel}\n{script}", **options)
        assert ran.status == 0, ran
        return ran.out.splitlines()

    def run(script: str, **options) -> tuple[list[str], list[str]]:
        return lines(Path(os.environ[STOCK]), script, **options), lines(board.board.kernel, script, **options)
    return run


def only_in(some: list[str], others: list[str]) -> list[str]:
    """As often as it is there more often."""
    return sorted((Counter(some) - Counter(others)).elements())


# --- the log

# The image is larger by some pages, and so is what is reserved for it.
OF_THE_IMAGE = re.compile(r"^(Memory: \d+K/|\d+ pages in range for (non-)?PLT usage)")


def said(log: list[str]) -> list[str]:
    """What does not depend on the time or on where things are."""
    bare = [re.sub(r"0x[0-9a-f]+", "ADDRESS", re.sub(r"^\[ *\d+\.\d+\] ", "", line)) for line in log]
    return [line for line in bare if not OF_THE_IMAGE.match(line) and not line.startswith("Linux version ")]


def test_the_kernel_logs_the_same(both):
    stock, ours = (said(log) for log in both("modprobe -d $kernel st7586 && dmesg", kernel_arguments=["maxcpus=1"]))
    assert len(stock) > 100
    assert (only_in(stock, ours), only_in(ours, stock)) == ([], [])


# --- sysfs

OURS = [r"/sys/(class|devices/virtual)/dma_heap/",     # heaps over carve-outs, and figures
        r"/sys/dev/char/\d+:\d+ .*/dma_heap/",
        r"/sys/devices/.*/heaps( |/\w+ )",             # uses of devices
        r"/sys/module/vicodec/parameters/protected_content ",
        r"/sys/module/drm_dma_helper/sections/",
        # Of options that the KUnit tests need.
        r"/sys/kernel/slab/gpu_buddy_block", r"/sys/devices/platform/spi/.*/(new|delete)_device "]


def test_sysfs_has_the_same_files_and_ours(both):
    stock, ours = both("""modprobe -d $kernel st7586 && find /sys -xdev -printf '%p %M %l\\n'""",
                       kernel_arguments=["maxcpus=1"])
    assert len(stock) > 5000
    assert only_in(stock, ours) == []
    unknown = [line for line in only_in(ours, stock) if not any(re.match(pattern, line) for pattern in OURS)]
    assert unknown == []
    assert any("/vicodec.0/heaps/frame " in line for line in ours)


# --- memory

# What drivers allocate while encoder, decoder, vim2m, vivid and a display work: by the DMA API, from CMA regions, as
# pages that are zeroed, and as ranges of virtual memory, but for the stacks of processes. v4l2-ctl imports nothing.
WORK = """
    modprobe -d $kernel st7586 || exit 1
    mount -t tracefs none /sys/kernel/tracing && cd /sys/kernel/tracing || exit 1
    echo 16384 >buffer_size_kb
    echo 'order > 0' >events/kmem/mm_page_alloc/filter
    echo 'size > 32768' >events/vmalloc/alloc_vmap_area/filter
    for event in dma cma kmem/mm_page_alloc vmalloc/alloc_vmap_area; do echo 1 >events/$event/enable || exit 1; done
    node() { for d in /sys/class/video4linux/video*; do [ "$(cat $d/name)" = "$1" ] && echo /dev/${d##*/}; done; }
    stream() { v4l2-ctl -d "$(node "$1")" "${@:2}" >/dev/null 2>&1 || exit 1; }
    echo 1 >tracing_on
    stream stateful-encoder --stream-mmap=4 --stream-out-mmap=4 --stream-count=6 --stream-to-hdr=/tmp/coded
    stream stateful-decoder --stream-mmap --stream-out-mmap --stream-from-hdr=/tmp/coded --stream-to=/tmp/raw
    stream vim2m --stream-mmap=4 --stream-out-mmap=4 --stream-count=4
    stream vivid-000-vid-cap --stream-mmap=4 --stream-count=4
    stream vivid-000-vid-out --stream-out-mmap=4 --stream-count=4
    $tools/kms-churn /dev/dri/$(basename /sys/bus/spi/devices/spi0.0/drm/card*) 3 640 480 >/dev/null || exit 1
    echo 0 >tracing_on
    cat trace
"""
EVENT = re.compile(r"^ +(\S+)-\d+ +\[\d+\] \S+ +\d+\.\d+: (\w+: .*)$")
PLACES = re.compile(r"\b((dma|virt|phys)_addr|pfn|page|va_start|vstart|vend)(=|: )\(?(0x)?[0-9a-f]+\)?")

# A new task gets a stack of its own, or one that another has left by then.
FORKING = ("bash", "kthreadd")


def allocations(trace: list[str]) -> list[str]:
    """What was allocated, and how, but not where."""
    events = [(match[1], PLACES.sub(r"\1", match[2])) for match in map(EVENT.match, trace) if match]
    # Other pages are those of caches and of processes.
    return [event for task, event in events
            if not event.startswith("mm_page_alloc") or ("ZERO" in event and task not in FORKING)]


def test_drivers_allocate_the_same_memory(both):
    stock, ours = (allocations(trace) for trace in both(
        WORK, kernel_arguments=["maxcpus=1", "vivid.allocators=1"]))
    kinds = {event.split(":")[0] for event in stock}
    assert kinds >= {"dma_alloc", "dma_free", "cma_alloc_finish", "alloc_vmap_area"}
    assert (only_in(stock, ours), only_in(ours, stock)) == ([], [])


def test_an_allocation_is_known_whatever_its_place():
    line = ("        v4l2-ctl-99      [000] .....     7.644382: dma_alloc: vivid.0 dir=BIDIRECTIONAL dma_addr=5c000000 "
            "size=4096 virt_addr=00000000b2b0c1f9 flags=GFP_KERNEL attrs=NO_KERNEL_MAPPING")
    assert allocations([line, "# tracer: nop"]) == [
        "dma_alloc: vivid.0 dir=BIDIRECTIONAL dma_addr size=4096 virt_addr flags=GFP_KERNEL attrs=NO_KERNEL_MAPPING"]
    page = "mm_page_alloc: page=00000000d75e8866 pfn=0x442b4 order=2 migratetype=0 gfp_flags=GFP_KERNEL|__GFP_ZERO"
    assert allocations([f"        v4l2-ctl-99      [000] .....     1.696408: {page}",
                        f"            bash-94      [000] .....     1.696408: {page}"]) == [
        "mm_page_alloc: page pfn order=2 migratetype=0 gfp_flags=GFP_KERNEL|__GFP_ZERO"]
