# SPDX-License-Identifier: LGPL-2.1-or-later
"""The plugin with other GStreamers than the board's own: as compiled for an older one, and run with a newer one."""

import dataclasses
import os
import re
from pathlib import Path

import pytest

import board as lab
import wayland
from conftest import BoardUnderTest
from pipelines import ECC_FREE, SHOW, bound, checksums, decode, witnessed

BUILD = Path(os.environ["HEAPSEL_TOP"], "build")
FRAMES = 30


@pytest.fixture
def newer_board(results) -> BoardUnderTest:
    board = dataclasses.replace(lab.Board.from_environment(), root=Path(os.environ["HEAPSEL_NEXT_ROOT"]))
    return BoardUnderTest(board, results)


def plugin_for(which: str) -> str:
    """Has the scripts behind it take that plugin."""
    build = BUILD / f"plugin-{which}"
    # The system's libraries before those of that tree, which only the linker was to take.
    return f"""export GST_REGISTRY=/tmp/registry GST_PLUGIN_PATH={build}/gst-plugin
               export LD_LIBRARY_PATH={build}/libheapsel:/usr/lib/aarch64-linux-gnu:$LD_LIBRARY_PATH\n"""


# What was compiled before GStreamer 1.24 knows no format=DMA_DRM, whatever it runs with.
PLAIN = " ! video/x-raw,format=I420"


def version(board) -> tuple[int, int]:
    found = re.search(r"^GStreamer (\d+)\.(\d+)", board.sh("gst-launch-1.0 --version").out, re.MULTILINE)
    return int(found[1]), int(found[2])


@pytest.mark.parametrize("which, gstreamer", [("older", (1, 22)), ("newer", (1, 28))])
def test_it_was_compiled_for_that_one(which, gstreamer):
    text = (BUILD / f"plugin-{which}" / "meson-logs" / "meson-log.txt").read_text()
    found = re.search(r"ependency gstreamer-base-1.0 found: YES (\d+)\.(\d+)", text)
    assert (int(found[1]), int(found[2])) == gstreamer


def test_the_newer_board_has_the_newer_one(newer_board):
    assert version(newer_board) >= (1, 28)


def test_what_was_compiled_for_an_older_one_runs_with_the_board_s(board):
    assert version(board) > (1, 22)
    plain = checksums(board, decode("auto", FRAMES) + PLAIN)
    assert len(plain) == FRAMES
    assert checksums(board, f"{decode('dmabuf-import', FRAMES)}{PLAIN} ! heapsel require=contiguous strict=true",
                     setup=plugin_for("older")) == plain


@pytest.mark.parametrize("setup, caps", [("", ""), (plugin_for("older"), PLAIN), (plugin_for("newer"), "")],
                         ids=["own", "older", "newer"])
def test_with_a_newer_one_every_frame_is_the_one_of_the_decoder_alone(newer_board, setup, caps):
    plain = checksums(newer_board, decode("auto", FRAMES) + caps)
    assert len(plain) == FRAMES
    assert checksums(newer_board, f"{decode('dmabuf-import', FRAMES)}{caps} ! heapsel require=contiguous strict=true",
                     setup=setup) == plain


def test_with_a_newer_one_frames_go_to_the_display_uncopied(newer_board, results):
    journey = witnessed(newer_board, results,
                        f"{decode('dmabuf-import', FRAMES)} ! heapsel require=contiguous strict=true ! {SHOW}")
    assert journey.faults() == [] and len(journey.decoded) == FRAMES, journey


def test_with_a_newer_one_placed_frames_are_strict(newer_board):
    ran = newer_board.sh(bound({"frame": ECC_FREE}) + f"""
        gst-launch-1.0 -q {decode('auto', FRAMES)} ! heapsel heap={ECC_FREE} strict=true ! fakesink""")
    assert ran.status == 0, ran


def test_with_a_newer_one_frames_of_the_pool_are_the_compositors(newer_board):
    ran = wayland.show(newer_board, wayland.FROM_THE_POOL)
    assert "no frame was moved or copied: videotestsrc0 made 20 frames in system" in ran.err, ran


def test_the_plugin_s_own_checks_pass_with_a_newer_one(newer_board):
    ran = newer_board.sh(f"clip='{os.environ['HEAPSEL_CLIP']}' h264='{os.environ['HEAPSEL_H264']}' gst-heapsel-check",
                         timeout=900, expected=lab.CMA_IS_FULL)
    assert ran.status == 0, ran.out + ran.err
    # Without heaps or a clip, it would skip nearly all.
    assert int(re.findall(r"^(\d+) passed", ran.out, re.MULTILINE)[-1]) > 150, ran.out
