# SPDX-License-Identifier: LGPL-2.1-or-later
"""The demonstration, whole, as `lab/run demo` runs it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

TOP = Path(os.environ["HEAPSEL_TOP"])
OUT = TOP / "build" / "demo"


@pytest.fixture(scope="module")
def demo() -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, TOP / "lab" / "demo" / "demo.py"], capture_output=True,
                          text=True)


@pytest.fixture(scope="module")
def report(demo) -> dict:
    assert demo.returncode == 0, demo.stderr
    return json.loads((OUT / "report.json").read_text())


def test_every_frame_of_the_clip_is_decoded_and_shown_and_none_copied(report):
    ours = report["runs"]["with-heapsel"]
    assert (ours["decoded"], ours["shown"], ours["copied"]) == (795, 795, 0)
    assert ours["faults"] == report["runs"]["without"]["faults"] == []


def test_the_buffers_come_from_the_heap_that_was_chosen_and_from_elsewhere_without(report):
    assert report["choice"]["chosen"]["heap"] == "nonecc@58000000"
    assert report["runs"]["with-heapsel"]["memory"] == "nonecc@58000000"
    assert report["runs"]["without"]["memory"] == "the display's own"


def test_every_other_heap_is_named_with_why_not(report, demo):
    passed_over = {heap["heap"]: heap["reason"] for heap in report["choice"]["passed_over"]}
    assert set(passed_over) == {"coherent@64000000", "default_cma_region", "frames@60000000", "system",
                                "video@50000000"} and all(passed_over.values())
    assert all(heap in demo.stdout for heap in passed_over)


def test_the_pictures_show_the_clip_as_it_moves(report):
    assert len(report["pictures"]) == 3
    contents = set()
    for name in report["pictures"]:
        raw = subprocess.run(["ffmpeg", "-v", "error", "-i", OUT / name, "-pix_fmt", "rgb24",
                              "-f", "rawvideo", "-"], check=True, capture_output=True).stdout
        assert len(raw) == 768 * 576 * 3
        assert len(set(raw[::97])) > 100  # a picture, not one colour
        contents.add(raw)
    assert len(contents) == 3
