# SPDX-License-Identifier: LGPL-2.1-or-later
"""What `lab/run traffic` counts: programs that read and write a known number of bytes."""

import json
import os
import random
import subprocess
import sys
from pathlib import Path

import pytest

import disk
import traffic as counting
from board import Board

TOP = Path(os.environ["HEAPSEL_TOP"])
HEAP_TOUCH = Path(os.environ["HEAPSEL_SOFTWARE"], "libexec", "heapsel-lab", "heap-touch")
SIZE = 4 << 20
# The C library's memset writes up to 32 bytes of a buffer's end twice.
TWICE = 32
CARVED_OUT = ["nonecc@58000000", "frames@60000000", "coherent@64000000"]
# Lent to the system, which may have something of its own in it.
LENT = "video@50000000"
LENT_USE = 1 << 20
# Where instructions are compared: of two CPUs one waits for the other in a loop, and on a busy machine for long.
ONE_CPU = {"kernel_arguments": ["maxcpus=1"]}


def traffic(*arguments: str | Path) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, TOP / "lab" / "traffic" / "traffic.py", *arguments],
                          capture_output=True, text=True)


def count(*command: str | Path, status: int = 0) -> dict[str, dict]:
    """The report's regions, by name."""
    ran = traffic("--json", "--", *command)
    assert ran.returncode == status, ran.stderr
    report = json.loads(ran.stdout)
    assert report["status"] == status
    return {region["name"]: region for region in report["regions"]}


def touched(regions: dict[str, dict]) -> set[str]:
    """The carve-outs that anybody read or wrote."""
    return {name for name in CARVED_OUT if regions[name]["read"] or regions[name]["written"]}


@pytest.mark.parametrize("heap", CARVED_OUT)
def test_a_buffer_counts_where_its_heap_is_and_nowhere_else(heap):
    regions = count(HEAP_TOUCH, heap, "--size", str(SIZE), "--reads", "3", "--writes", "2")
    assert regions[heap]["read"] == 3 * SIZE
    # The kernel clears a buffer before it hands it out.
    assert 0 <= regions[heap]["written"] - 3 * SIZE <= 2 * TWICE
    assert touched(regions) == {heap}
    assert regions[LENT]["read"] < LENT_USE and regions[LENT]["written"] < LENT_USE


def test_a_contiguous_heap_in_memory_lent_to_the_system_counts_too():
    regions = count(HEAP_TOUCH, LENT, "--size", str(SIZE), "--reads", "3", "--writes", "2")
    assert 0 <= regions[LENT]["read"] - 3 * SIZE < LENT_USE
    assert 0 <= regions[LENT]["written"] - 3 * SIZE < LENT_USE
    assert touched(regions) == set()


def test_with_the_zeroing_of_real_boards_there_are_fewer_instructions_and_what_is_zeroed_is_missing():
    def clearing(**options) -> tuple[int, int]:
        outcome, counted = counting.measure(Board.from_environment(),
                                            [str(HEAP_TOUCH), CARVED_OUT[0], "--size", str(8 * SIZE)],
                                            **ONE_CPU, **options)
        assert outcome.status == 0, outcome.error_text
        return counted.instructions, next(r.written for r in counted.regions if r.name == CARVED_OUT[0])
    by_stores, by_lines = clearing(), clearing(dc_zva=True)
    assert 8 * SIZE <= by_stores[1] <= 8 * SIZE + 2 * TWICE
    assert by_lines[1] < SIZE
    # The kernel's loop takes six instructions for 64 bytes with stores, and four with DC ZVA.
    assert by_stores[0] - by_lines[0] > 8 * SIZE // 64


def test_what_no_region_has_counts_for_the_memory():
    little = count(HEAP_TOUCH, "system", "--size", str(SIZE))
    much = count(HEAP_TOUCH, "system", "--size", str(SIZE), "--reads", "80", "--writes", "60")
    # Around it the board does what it does, and not always the same: once it was 18 MiB.
    for kind, expected in (("read", 80 * SIZE), ("written", 60 * SIZE)):
        more = sum(much[name][kind] - little[name][kind] for name in (LENT, "memory@40000000"))
        assert more == pytest.approx(expected, rel=0.2)


def test_both_cpus_are_counted():
    touches = [f"taskset -c {cpu} {HEAP_TOUCH} {heap} --size {SIZE} --reads {cpu + 2} & "
               for cpu, heap in enumerate(CARVED_OUT[:2])]
    regions = count("sh", "-c", f"{''.join(touches)} wait")
    assert [regions[heap]["read"] for heap in CARVED_OUT[:2]] == [2 * SIZE, 3 * SIZE]


@pytest.fixture(scope="module")
def nothing() -> dict[str, dict]:
    return count("true")


def test_a_command_that_touches_no_heap_leaves_them_at_nothing(nothing):
    assert touched(nothing) == set()


def test_the_boot_does_not_count(nothing):
    # It reads and writes several times as much.
    assert 0 < nothing["memory@40000000"]["read"] < 64 << 20
    assert 0 < nothing["memory@40000000"]["written"] < 32 << 20


@pytest.mark.parametrize("script, status", [("exit 7", 7), ("kill -9 $$", 128 + 9)])
def test_a_command_that_fails_is_counted_and_its_status_comes_back(script, status):
    regions = count("sh", "-c", f"{HEAP_TOUCH} frames@60000000 --size {SIZE} --reads 1; {script}",
                    status=status)
    assert regions["frames@60000000"]["read"] == SIZE


def test_a_command_that_is_not_there_is_said_to_be_so():
    ran = traffic("--", "no-such-command")
    assert ran.returncode == 127
    assert "no-such-command: No such file or directory" in ran.stderr


def test_the_command_s_output_stays_out_of_the_report():
    ran = traffic("--json", "--", "sh", "-c", "echo to stdout; echo to stderr >&2")
    assert "instructions" in json.loads(ran.stdout)
    assert "to stdout\n" in ran.stderr and "to stderr\n" in ran.stderr


def test_ecc_is_what_the_device_tree_says_of_the_region_or_else_of_the_memory(nothing):
    assert {name: region["ecc"] for name, region in nothing.items()} == {
        "video@50000000": False, "nonecc@58000000": False, "frames@60000000": True,
        "coherent@64000000": True, "memory@40000000": True}


def test_the_table_has_mebibytes_for_the_whole_and_for_a_frame():
    ran = traffic("--frames", "4", "--", HEAP_TOUCH, "nonecc@58000000", "--size", str(SIZE), "--reads", "3")
    rows = [line.split() for line in ran.stdout.splitlines()]
    assert ["nonecc@58000000", "no", "12.00", "4.00", "3.00", "1.00"] in rows
    assert ["coherent@64000000", "yes", "0.00", "0.00", "0.00", "0.00"] in rows


@pytest.mark.parametrize("arguments, complaint", [
    ([], "the following arguments are required: CMD"),
    (["--frames", "0", "--", "true"], "argument --frames: invalid positive value: '0'"),
    (["--frames", "few", "--", "true"], "argument --frames: invalid positive value: 'few'"),
    (["--parameter", "profile=imx8mp", "--", "true"], "--parameter is for --pmu")])
def test_wrong_usage_is_told(arguments, complaint):
    ran = traffic(*arguments)
    assert ran.returncode == 2
    assert complaint in ran.stderr


def test_a_board_that_goes_down_is_a_failure_and_no_report():
    ran = traffic("--", "/run/busybox", "poweroff", "-f")
    assert (ran.returncode, ran.stdout) == (125, "")
    assert "without the command's exit status" in ran.stderr


FILE_SIZE = 32 << 20
# Buffered, in instructions, over direct: what was measured of time elsewhere is the least that is wanted.
CHEAPER = 3.7


@pytest.fixture(scope="module")
def disk_with_a_file(tmp_path_factory) -> Path:
    image = tmp_path_factory.mktemp("disk") / "disk"
    disk.make(image, 48 << 20, {"file": random.Random(1).randbytes(FILE_SIZE)})
    return image


def file_read(image: Path, heap: str, *options: str) -> tuple[int, counting.Traffic]:
    """The file into a buffer: how many of its pages are cached afterwards, and what was counted meanwhile."""
    program = HEAP_TOUCH.with_name("file-read")
    script = f"{disk.MOUNT} mount_disk && exec {program} {heap} /tmp/disk/file {' '.join(options)}"
    outcome, counted = counting.measure(Board.from_environment(), ["bash", "-c", script], has_marks=True,
                                        more_qemu=disk.qemu(image), **ONE_CPU)
    assert outcome.status == 0, outcome.error_text
    return int(outcome.text), counted


@pytest.mark.parametrize("heap", ["system", "default_cma_region", "frames@60000000"])
def test_a_file_comes_into_a_buffer_without_page_cache_or_cpu(disk_with_a_file, heap):
    cached, direct = file_read(disk_with_a_file, heap)
    cached_mapped, mapped = file_read(disk_with_a_file, heap, "--mapped")
    print(f"{heap}: {direct.instructions} instructions, {mapped.instructions} through a mapping, "
          f"{mapped.instructions / direct.instructions:.1f} times as many")
    assert (cached, cached_mapped) == (0, FILE_SIZE // 4096)
    # What the CPUs move at all is not a part of what the file has.
    assert sum(region.read + region.written for region in direct.regions) < FILE_SIZE / 4
    assert mapped.instructions >= CHEAPER * direct.instructions
    if heap == "frames@60000000":
        carved_out = next(region for region in direct.regions if region.name == heap)
        assert (carved_out.read, carved_out.written) == (0, 0)


def test_a_file_comes_into_memory_without_pages_by_one_copy(disk_with_a_file):
    heap = "nonecc@58000000"
    cached, counted = file_read(disk_with_a_file, heap)
    region = next(region for region in counted.regions if region.name == heap)
    assert (cached, region.read) == (0, 0)
    # In pieces, of each of which a few bytes are written twice.
    assert 0 <= region.written - FILE_SIZE < FILE_SIZE >> 10
