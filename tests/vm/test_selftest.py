# SPDX-License-Identifier: LGPL-2.1-or-later
"""The kernel's own tests from user space, built with it (lab/kernel/selftests): each program is a boot
and a case."""

import functools
import os
import re
from pathlib import Path

import pytest

import board as lab
import ktap

FOLDER = Path(os.environ["HEAPSEL_KERNEL"], "selftests")
PROGRAMS = sorted(file for file in FOLDER.glob("*/*") if os.access(file, os.X_OK))


@functools.cache
def ran(program: Path, *kernel_arguments: str) -> lab.Outcome:
    return lab.Board.from_environment().run([str(program)], directory=program.parent, timeout=300,
                                            kernel_arguments=kernel_arguments, expected=lab.CMA_IS_FULL)


def test_the_kernel_was_built_with_selftests():
    assert PROGRAMS


@pytest.mark.parametrize("program", PROGRAMS, ids=lambda file: str(file.relative_to(FOLDER)))
def test_every_case_of_the_program_passes(program):
    judge(ran(program))


def test_every_case_passes_where_video_devices_need_contiguous_memory():
    judge(ran(FOLDER / "dmabuf-heaps/video-heaps", "vivid.allocators=1", "vimc.allocator=1"))


def judge(outcome: lab.Outcome) -> None:
    results = ktap.parse(outcome.text)
    assert results.faults == results.failed == [], outcome.text + outcome.error_text
    assert outcome.status == 0 and results.passed, outcome.text + outcome.error_text


def test_the_heaps_program_goes_over_every_heap(board):
    heaps = board.sh("ls /dev/dma_heap").out.split()
    tested = re.findall(r"^# Testing heap: (.*)$", ran(FOLDER / "dmabuf-heaps/dmabuf-heap").text, re.MULTILINE)
    assert heaps and sorted(tested) == sorted(heaps)
