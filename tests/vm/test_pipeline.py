# SPDX-License-Identifier: LGPL-2.1-or-later
"""gst-launch pipelines on the board: the same frames, no copy, and errors that say what to do."""

import json
import re

import pytest

import witness
from board import CMA_IS_FULL

HEAPSEL = "heapsel name=selector require=contiguous prefer=non-ecc"
SHOW = "kmssink driver-name=vkms sync=false"
FRAMES = 795

# As in test_heapsel: debugfs knows every dma-buf, whoever holds it.
BUFFERS_LEFT = "tail -n 1 /sys/kernel/debug/dma_buf/bufinfo"
NO_BUFFERS = "Total 0 objects, 0 bytes"


def decode(capture_io_mode: str, frames: int | None = None) -> str:
    """The clip, or its first frames, out of the decoder. The cut comes before the decoder, so that
    it drains: one that is told downstream that it is over keeps frames that nobody sees."""
    cut = f"identity eos-after={frames + 1} ! " if frames else ""
    return (f'filesrc location="$clip" ! gdpdepay ! {cut}'
            f"v4l2fwhtdec capture-io-mode={capture_io_mode}")


def checksums(board, pipeline: str) -> list[str]:
    """The SHA-1 of every frame that reaches the end of the pipeline."""
    ran = board.sh(f"gst-launch-1.0 -q {pipeline} ! checksumsink hash=sha1 sync=false")
    assert ran.status == 0, ran
    return re.findall(r"^[0-9:.]+ ([0-9a-f]{40})$", ran.out, re.MULTILINE)


def witnessed(board, results, pipeline: str, name: str = "witness") -> witness.Journey:
    ran = board.sh(f"""IOCTL_WITNESS_LOG=/tmp/{name} LD_PRELOAD=$tools/libioctl-witness.so \
        gst-launch-1.0 -q {pipeline} && cp /tmp/{name} $out/""")
    assert ran.status == 0, ran
    return witness.follow(witness.read_log(results / name))


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


def crcs(board, results, pipeline: str, mode: str, name: str) -> list[str]:
    """The display's own CRC of every shown frame, with the display in `mode`."""
    ran = board.sh(f"""
        $tools/display-crc --output /tmp/{name}.crc --activate {mode} >/tmp/ready &
        until grep -qs ready /tmp/ready; do sleep 0.1; done
        IOCTL_WITNESS_LOG=/tmp/{name} LD_PRELOAD=$tools/libioctl-witness.so gst-launch-1.0 -q {pipeline}
        status=$?
        sleep 1
        kill %1; wait
        cp /tmp/{name} /tmp/{name}.crc $out/
        exit $status""", timeout=1500)
    assert ran.status == 0, ran
    events = [json.loads(line) for line in (results / f"{name}.crc").read_text().splitlines()]
    by_frame = {event["frame"]: event["crc"][0] for event in events if event["ev"] == "crc"}
    shows = witness.follow(witness.read_log(results / name)).shows
    until = [show.crc_frame for show in shows[1:]] + [max(by_frame) + 1]
    order = []
    for show, end in zip(shows, until):
        # A busy machine skips refreshes; each until the next update shows this picture.
        composed = [by_frame[frame] for frame in range(show.crc_frame, end) if frame in by_frame]
        assert composed, f"the display composed nothing in its frames {show.crc_frame} to {end}"
        if not order or order[-1] != composed[0]:
            order.append(composed[0])
    return order


@pytest.mark.parametrize(("frames", "mode"), [(16, "768x576@2"), (FRAMES, "160x120@10")],
                         ids=["whole-picture", "all-frames-top-left"])
def test_the_display_shows_what_it_shows_from_plain_dumb_buffers(board, results, frames, mode):
    cut = frames if frames < FRAMES else None
    ours = crcs(board, results, f"{decode('dmabuf-import', cut)} ! {HEAPSEL} strict=true ! {SHOW}",
                mode, "ours")
    # Into memory of the decoder's own, and copied by the sink into the display's dumb buffers.
    plain = crcs(board, results, f"{decode('mmap', cut)} ! identity drop-allocation=true ! {SHOW}",
                 mode, "plain")
    assert ours == plain
    assert len(set(ours)) >= frames * 0.9


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


def test_no_permission_fails_with_the_remedy(board):
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
    assert "video@50000000" in ran.err and "No heap that meets the requirements has room" in ran.err


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
