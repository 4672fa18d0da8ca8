# SPDX-License-Identifier: LGPL-2.1-or-later
"""Files that are read into buffers and written from them, on a disk that has direct I/O."""

import json
import os
from pathlib import Path

import pytest

import disk
import ktap

COPIES = Path(os.environ["HEAPSEL_KERNEL"], "selftests", "dmabuf-heaps", "file-copies")
MIB = 1 << 20
CONTENT = bytes(at * 7 + (at >> 8) & 0xff for at in range(MIB)) + b"and no whole block"
# Heaps whose memory has pages, and one whose has none.
WAYS = {"system": "direct", "default_cma_region": "direct", "frames@60000000": "direct",
        "nonecc@58000000": "one copy"}


@pytest.fixture
def image(results: Path) -> Path:
    """It is small, so that it can be filled."""
    image = results / "disk"
    disk.make(image, 48 * MIB, {"content": CONTENT})
    return image


def on_disk(board, image: Path, script: str, **options):
    return board.sh(disk.MOUNT + "mount_disk || exit\ncd /tmp/disk\n" + script, more_qemu=disk.qemu(image), **options)


def test_every_case_of_the_kernel_s_own_test_passes_on_a_disk(board, image):
    ran = on_disk(board, image, f"TMPDIR=/tmp/disk {COPIES}", timeout=300)
    results = ktap.parse(ran.out)
    assert results.faults == results.failed == [] and ran.status == 0, ran.out + ran.err
    assert results.passed and not results.skipped, ran.out


@pytest.mark.parametrize("heap, way", WAYS.items())
def test_the_command_fills_a_buffer_from_a_file_and_says_which_way(board, image, heap, way):
    ran = on_disk(board, image, f"heapsel alloc 2M --heap {heap} --from content --json")
    assert ran.status == 0, ran.err
    (buffer,) = json.loads(ran.out)["buffers"]
    assert (buffer["heap"], buffer["from"]) == (heap, {"bytes": len(CONTENT), "way": way})


def test_a_whole_file_comes_back_as_it_was(board, image):
    ran = on_disk(board, image, f"""
        for heap in {' '.join(WAYS)}; do
            heapsel alloc {len(CONTENT)} --heap $heap --from content --to copy >/dev/null || exit
            [ "$(sha256sum <content)" = "$(sha256sum <copy)" ] || exit
            rm copy
        done""")
    assert ran.status == 0, ran.err


def test_a_full_disk_is_enospc_and_leaves_no_buffer(board, image):
    ran = on_disk(board, image, """
        free=$(stat -f -c '%a * %S' .); fallocate -l $((free - 1048576)) ballast || exit
        ! heapsel alloc 4M --heap system --to copy || exit
        [ "$(cat /sys/class/dma_heap/system/allocated_bytes)" = 0 ]""")
    assert ran.status == 0, ran.err
    assert "No space left on device" in ran.err
