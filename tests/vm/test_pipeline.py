# SPDX-License-Identifier: LGPL-2.1-or-later
"""gst-launch pipelines on the board: the same frames, no copy, and errors that say what to do."""

import json
import re

import pytest

from board import CMA_IS_FULL
from pipelines import (BUFFERS_LEFT, ECC_FREE, FRAMES, NO_BUFFERS, PICTURES, SHOW, bound, checksums, crcs,
                       decode, witnessed)

HEAPSEL = "heapsel name=selector require=contiguous prefer=non-ecc,uncached"


def test_every_decoded_frame_is_the_one_of_the_decoder_alone(board):
    alone = checksums(board, decode("auto"))
    assert len(alone) == FRAMES
    assert len(set(alone)) > FRAMES / 2  # the clip moves, so equal sums would mean nothing was read
    assert checksums(board, f"{decode('dmabuf-import')} ! {HEAPSEL} strict=true") == alone


def test_frames_go_to_the_display_in_the_dma_bufs_they_were_decoded_into(board, results):
    journey = witnessed(board, results, f"{decode('dmabuf-import', 60)} ! {HEAPSEL} strict=true ! {SHOW}")
    assert journey.faults() == []
    assert len(journey.decoded) == 60
    assert {journey.heaps.get(inode) for inode in journey.decoded} == {"/dev/dma_heap/nonecc@58000000"}


@pytest.mark.parametrize(("copying", "pictures"), [
    ("identity drop-allocation=true", 21),  # the sink copies, the first frame twice: it prerolls
    ("videoconvert ! video/x-raw,format=NV12", 20)])
def test_the_same_proof_fails_on_a_pipeline_that_copies(board, results, copying, pictures):
    journey = witnessed(board, results, f"{decode('mmap', 20)} ! {copying} ! {SHOW}")
    assert journey.copied == len(journey.shown) == pictures
    assert any("did not fill" in fault for fault in journey.faults())


@pytest.mark.parametrize(("frames", "mode"), [(PICTURES, "768x576@5"), (FRAMES, "160x120@25")],
                         ids=["whole-picture", "all-frames-top-left"])
def test_the_display_shows_what_it_shows_from_plain_dumb_buffers(board, results, frames, mode):
    ours = crcs(board, results, f"{decode('dmabuf-import', frames)} ! {HEAPSEL} strict=true ! {SHOW}",
                mode, "ours")
    # Into memory of the decoder's own, and copied by the sink into the display's dumb buffers.
    plain = crcs(board, results, f"{decode('mmap', frames)} ! identity drop-allocation=true ! {SHOW}",
                 mode, "plain")
    assert ours == plain
    assert len(set(ours)) >= frames * 0.9
    # An unmodified pipeline, whose decoder takes all its memory from the heap that it is bound to.
    heaps = dict.fromkeys(["frame", "bitstream", "reference", "metadata"], ECC_FREE)
    assert crcs(board, results, f"{decode('auto', frames)} ! {SHOW}", mode, "bound", setup=bound(heaps)) == plain


def test_devices_says_where_the_decoder_keeps_what_it_hides_and_who_pays(board, results):
    ran = board.sh(bound({"reference": ECC_FREE}) + f"""
        heapsel devices --json >$out/before
        gst-launch-1.0 -q {decode('auto')} ! fakesink sync=true &
        until heapsel devices --json >$out/meanwhile && grep -q '"in_use": true' $out/meanwhile; do
            kill -0 $! || exit 1
        done
        kill $!; wait $!; heapsel devices --json >$out/after""")
    assert ran.status == 0, ran

    def memory(when: str, use: str) -> dict:
        decoders = [device for device in json.loads((results / when).read_text())["devices"]
                    if device["title"] == "stateful-decoder"]
        return next(memory["usable"] for memory in decoders[0]["memories"] if memory["use"] == use)

    def entry(when: str) -> dict:
        return next(heap for heap in memory(when, "reference")["heaps"] if heap["name"] == ECC_FREE)
    assert [(entry(when)["bound"], entry(when)["in_use"]) for when in ("before", "meanwhile", "after")] == [
        (True, False), (True, True), (True, False)]
    assert entry("before")["accounting"]["controller"] == "dmem"
    assert entry("before")["accounting"]["region"] == f"heap/{ECC_FREE}"
    # What is not bound the driver takes by itself, and nobody pays for it.
    unbound = memory("before", "metadata")
    assert not any(heap["bound"] for heap in unbound["heaps"])
    assert unbound["driver"]["bound"] and unbound["driver"]["accounting"]["controller"] == "none"


def failed(board, element: str, setup: str = "", capture_io_mode: str = "dmabuf-import", launch: str = "") -> str:
    """What gst-launch says of a pipeline that must fail; nothing may be left behind."""
    ran = board.sh(f"""{setup}
        {launch} gst-launch-1.0 -q {decode(capture_io_mode)} ! {element} ! {SHOW}
        echo "status $?"
        {BUFFERS_LEFT}""")
    assert re.search(r"^status [1-9]", ran.out, re.MULTILINE), ran
    assert ran.out.splitlines()[-1] == NO_BUFFERS, ran
    return ran.err + ran.out


def test_a_wrong_heap_name_fails_with_the_nearest_one(board):
    said = failed(board, "heapsel heap=video@5000000")
    assert "video@5000000" in said and "Did you mean video@50000000" in said


def test_no_permission_fails_with_the_hint(board):
    said = failed(board, "heapsel", setup="""
        chmod a+rw /dev/video* /dev/dri/*
        gst-inspect-1.0 heapsel >/dev/null && install -m 644 $GST_REGISTRY /tmp/registry
        export GST_REGISTRY=/tmp/registry""",
                  launch="setpriv --reuid=1000 --regid=1000 --clear-groups")
    assert "/dev/dma_heap/" in said and "udev" in said


def test_no_heap_at_all_fails_with_the_kernel_option(board):
    assert "CONFIG_DMABUF_HEAPS" in failed(board, "heapsel", setup="rm -r /dev/dma_heap")


def test_no_memory_left_fails_and_names_the_heap(board):
    ran = board.sh(f"""
        mkfifo /tmp/hold; exec 9<>/tmp/hold
        heapsel alloc 63M --heap video@50000000 --hold </tmp/hold >/tmp/held &
        until grep -q video@ /tmp/held; do sleep 0.1; done
        gst-launch-1.0 -q {decode('dmabuf-import')} ! heapsel heap=video@50000000 ! {SHOW}
        echo "status $?"
        {BUFFERS_LEFT}
        kill %1""", expected=CMA_IS_FULL)
    assert re.search(r"^status [1-9]", ran.out, re.MULTILINE), ran
    assert ran.out.splitlines()[-1].startswith("Total 1 objects"), ran  # the one that took the room
    assert "video@50000000" in ran.err and "No heap that was tried has room" in ran.err


def test_a_requirement_that_nothing_meets_fails_and_says_why(board):
    said = failed(board, "heapsel require=protected")
    assert "protected" in said and "video@50000000" in said


def test_a_decoder_that_ignores_the_pool_fails_a_strict_pipeline(board):
    said = failed(board, f"{HEAPSEL} strict=true", capture_io_mode="mmap")
    assert "capture-io-mode=dmabuf-import" in said


def test_a_decoder_that_ignores_the_pool_is_a_warning_otherwise(board):
    ran = board.sh(f"gst-launch-1.0 {decode('mmap', 5)} ! {HEAPSEL} ! {SHOW}")
    assert ran.status == 0, ran
    assert "capture-io-mode=dmabuf-import" in ran.out + ran.err
