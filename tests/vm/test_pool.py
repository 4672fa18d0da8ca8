# SPDX-License-Identifier: LGPL-2.1-or-later
"""The library's pool and its fallback on real heaps, with a real importer and its fences."""

import re

import pytest

from board import CMA_IS_FULL

HEAPS = ("default_cma_region", "system", "video@50000000")
# What the kernel series makes heaps of.
SERIES_HEAPS = ("coherent@64000000", "frames@60000000", "nonecc@58000000")
BUSY = (r"cannot acquire a frame \(frames\): Resource temporarily unavailable\. Of at most 2 are taken "
        r"0 by a device, after its return, for \d+ ms, 1 by decoder for \d+ ms\. Return one, or let the "
        r"pool have more\.")


def checked(board, arguments: str, setup: str = "true") -> list[str]:
    """What pool-check said beside that a frame was busy; nothing may be left behind."""
    ran = board.sh(f"{setup}; $tools/pool-check {arguments}; echo status $?; "
                   "tail -n 1 /sys/kernel/debug/dma_buf/bufinfo", expected=CMA_IS_FULL)
    if ran.out == "absent\n":
        pytest.skip("the board's kernel has no such heap: it is without the series")
    busy, *said, status, left = ran.out.splitlines()
    assert (status, left) == ("status 0", "Total 0 objects, 0 bytes"), ran
    assert re.fullmatch(BUSY, busy), ran
    return said


@pytest.mark.parametrize("heap", HEAPS + SERIES_HEAPS)
def test_a_pool_keeps_its_frames_and_waits_for_the_importer(board, heap):
    bounded = heap != "system"
    setup = f"test -e /dev/dma_heap/{heap} || {{ echo absent; exit; }}" if heap in SERIES_HEAPS else "true"
    said = checked(board, heap + " --exhaust" * bounded, setup)
    if bounded:
        assert said[0].startswith(
            f"cannot allocate 16777216 bytes ({heap}): Cannot allocate memory. "
            f"No heap that was tried has room: {heap} (size 64 MiB"), said
        assert re.search(r" or require less\. Taken are 0 by hoarder for \d+ ms, 1 by hoarder", said[0]), said


def test_a_pool_over_udmabuf_where_no_heap_may_be_used(board):
    assert checked(board, "--udmabuf", "rm -r /dev/dma_heap") == []
