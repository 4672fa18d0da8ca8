# SPDX-License-Identifier: LGPL-2.1-or-later
"""Fault injection on the board, for the programs whose names end in -fail-nth."""

import pytest

from conftest import Ran

# The leak detector's own allocations are made to fail like the others; it goes on with less.
KMEMLEAK_FAILED_TOO = [r"kmemleak: Cannot allocate a scan area, scanning the full object"]

# A page table for a mapping that is filled when it is touched; the fault is tried again.
PAGE_FAULT_FAILED = [r"Huh VM_FAULT_OOM leaked out to the #PF handler\. Retrying PF"]

# What videobuf2 logs of a buffer that it could not make, attach or map.
VIDEOBUF2_FAILED = [r"dma alloc of size", r"failed to attach dmabuf", r"Error getting dmabuf scatterlist",
                    r"contiguous chunk is too small"]

# Every allocation can fail, not only those that the kernel expects to.
ALL_CAN_FAIL = """
    for fault in failslab fail_page_alloc; do
        d=/sys/kernel/debug/$fault
        [ -e $d ] || continue
        echo N >$d/ignore-gfp-wait
        [ ! -e $d/ignore-gfp-highmem ] || echo N >$d/ignore-gfp-highmem
        [ ! -e $d/min-order ] || echo 0 >$d/min-order
    done
"""


def judge(ran: Ran) -> None:
    print(ran.out)
    if ran.status == 77:
        pytest.skip("this kernel has no fault injection; lab/run test --kernel=debug has")
    assert ran.status == 0, ran
