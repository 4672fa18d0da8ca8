# SPDX-License-Identifier: LGPL-2.1-or-later
"""The example decode-to-display: from a decoder to a plane, in the dma-bufs that were decoded into."""

import itertools
import os
import re
from pathlib import Path

import pytest

import gdp
import witness
from board import CMA_IS_FULL
from pipelines import BINDING, BUFFERS_LEFT, ECC_FREE, NO_BUFFERS, PICTURES, SECOND_DISPLAY, SHOW, WHOLE, crcs, crcs_of, decode

FRAMES = 300 if WHOLE else 60
# A heap that the stock kernel has, too, and one of a size that a display need not compose for long.
CONTIGUOUS = "video@50000000"
MODE = "160x120@10"

SHELL = BINDING + r"""
decoder=$(node stateful-decoder)
for card in /sys/class/drm/card[0-9]; do
    [ "$(basename "$(readlink $card/device)")" != vkms ] || display=${card##*/}
done
play() { $tools/decode-to-display -d $decoder -D $display "$@"; }
# encode WIDTH HEIGHT FRAMES FILE: a pattern that moves.
encode() {
    gst-launch-1.0 -q videotestsrc num-buffers=$3 pattern=smpte horizontal-speed=7 ! \
        video/x-raw,format=NV12,width=$1,height=$2 ! filesink location=/tmp/raw &&
    v4l2-ctl -d $(node stateful-encoder) --set-fmt-video-out width=$1,height=$2,pixelformat=NV12 \
        --stream-mmap --stream-out-mmap --stream-from /tmp/raw --stream-to-hdr $4 >/dev/null 2>&1
}
"""


@pytest.fixture
def coded(results) -> Path:
    """The beginning of the clip."""
    file = results / "clip.hdr"
    with open(os.environ["HEAPSEL_CLIP"], "rb") as clip:
        file.write_bytes(gdp.as_v4l2_ctl(itertools.islice(gdp.frames_in(clip), FRAMES)))
    return file


def play(board, arguments: str, setup: str = "", **options):
    """Plays, watched, and gives what was said and what became of the frames."""
    ran = board.sh(f"""{SHELL}{setup}
        export IOCTL_WITNESS_LOG=/tmp/witness
        LD_PRELOAD=$tools/libioctl-witness.so play {arguments} >$out/said || exit
        cp /tmp/witness $out/; {BUFFERS_LEFT}""", **options)
    assert ran.status == 0 and ran.err == "" and NO_BUFFERS in ran.out, ran
    return (board.folder / "said").read_text(), witness.read_log(board.folder / "witness")


def heaps_of(journey: witness.Journey) -> set[str]:
    return {Path(journey.heaps[inode]).name for inode in journey.decoded}


def test_every_frame_is_shown_from_the_dma_buf_that_it_was_decoded_into(board, coded):
    said, log = play(board, f"--require contiguous --prefer non-ecc,cached {coded}")
    journey = witness.follow(log)
    assert journey.faults() == [] and len(journey.decoded) == FRAMES
    assert heaps_of(journey) == {CONTIGUOUS}
    lines = said.splitlines()
    first, why, *_, last = lines[[line.startswith("pictures: ") for line in lines].index(True):]
    assert re.fullmatch(rf"pictures: \d+ buffers of 663552 bytes from {CONTIGUOUS}", first)
    assert "contiguous is yes" in why and "ecc is no" in why
    assert last == f"{FRAMES} frames shown from {CONTIGUOUS}, 0 broken, copies 0"


def test_only_as_many_buffers_are_made_as_the_decoder_needs_and_three(board, coded):
    said, log = play(board, f"--require contiguous {coded}")
    made = int(re.search(r"^pictures: (\d+) buffers", said, re.MULTILINE)[1])
    assert len(set(witness.follow(log).decoded)) <= made
    granted = [event["count"] for event in log if event["ev"] == "reqbufs" and event["type"] == "capture" and event["count"]]
    assert granted == [made]


@pytest.mark.parametrize("heap", ["system", "default_cma_region", "reserved"])
def test_the_heap_that_is_named_is_taken(board, coded, heap):
    journey = witness.follow(play(board, f"--heap {heap} {coded}")[1])
    assert journey.faults() == []
    assert heaps_of(journey) == {"default_cma_region" if heap == "reserved" else heap}


def test_a_carve_out_is_taken_where_the_kernel_has_a_heap_over_it(board, coded):
    ran = board.sh(f"test -e /dev/dma_heap/{ECC_FREE}")
    if ran.status != 0:
        pytest.skip(f"the board's kernel has no heap {ECC_FREE}: it is without the series")
    journey = witness.follow(play(board, f"--heap {ECC_FREE} {coded}")[1])
    assert journey.faults() == [] and heaps_of(journey) == {ECC_FREE}


def test_the_display_shows_what_kmssink_shows(board, results, coded):
    first = results / "first.hdr"
    first.write_bytes(gdp.as_v4l2_ctl(itertools.islice(gdp.frames_of(coded.open("rb")), PICTURES)))
    expected = crcs(board, results, f"{decode('mmap', PICTURES)} ! {SHOW}", MODE, "kmssink")
    ours = crcs_of(board, results, f"play --require contiguous {first} >&2", MODE, "ours", SHELL)
    assert len(expected) >= PICTURES - 1 and ours == expected


def test_the_picture_may_change_its_size_in_mid_stream(board):
    _, log = play(board, "--require contiguous /tmp/all", setup="""
        encode 640 480 8 /tmp/small && encode 768 576 8 /tmp/large || exit
        cat /tmp/small /tmp/large /tmp/small >/tmp/all""")
    journey = witness.follow(log)
    assert journey.faults() == [] and len(journey.decoded) == 24
    sizes = [(event["width"], event["height"]) for event in log if event["ev"] == "addfb2" and "err" not in event]
    # A display that does not say what it takes (without the series) is tried, with small frames.
    sizes = [size for size in sizes if size != (64, 64)]
    assert [size for size, _ in itertools.groupby(sizes)] == [(640, 480), (768, 576), (640, 480)]
    assert len(sizes) == 24


def test_pictures_after_a_change_of_size_are_those_of_a_stream_of_that_size(board, results):
    setup = SHELL + """
        encode 640 480 3 /tmp/small.hdr && encode 768 576 3 /tmp/large.hdr || exit
        cat /tmp/small.hdr /tmp/large.hdr >/tmp/both.hdr
    """
    apart = [crc for size in ("small", "large")
             for crc in crcs_of(board, results, f"play /tmp/{size}.hdr >&2", MODE, size, setup)]
    together = crcs_of(board, results, "play /tmp/both.hdr >&2", MODE, "both", setup)
    assert len(apart) > 3 and together == apart


def test_a_decoder_with_the_multi_planar_interface(board, coded):
    _, log = play(board, f"--require contiguous {coded}", kernel_arguments=["vicodec.multiplanar=1"])
    journey = witness.follow(log)
    assert journey.faults() == [] and len(journey.decoded) == FRAMES
    assert {event["type"] for event in log if event["ev"] == "dqbuf"} == {"capture-mplane", "output-mplane"}


@pytest.mark.parametrize(("arguments", "status", "said"), [
    ("-d video99 $D $clip", 1, r"cannot find the video device \(video99\): No such device. There are: /dev/video0, .*"),
    ("-d $(node stateful-encoder) $D $clip", 1, r"cannot hear of the stream's size: Invalid argument. It is no stateful decoder."),
    ("-d $(node vivid-000-vid-cap) $D $clip", 1, r"cannot .*"),
    ("-d $decoder -D card9 $clip", 1, r"cannot find the display \(card9\): No such device. There are: .*"),
    ("-d $decoder $D --coded H264 $clip", 1, r"cannot decode H264 \(/dev/video\d+\): Operation not supported. "
                              r"v4l2-ctl --list-formats-out says what it decodes."),
    ("-d $decoder $D --heap nothere $clip", 1, r"cannot .*nothere.*: No such file or directory.*"),
    ("-d $decoder $D --heap system --require contiguous $clip", 1, r"cannot select a heap .*system: contiguous is no .*"),
    ("-d $decoder $D --require protected $clip", 1, r"cannot select a heap .*protected is required.*"),
    ("-d video99 -D card9 --require shiny /nowhere", 2, r"cannot read a list of memory properties \(shiny\): Invalid argument. .*"),
    ("-d video99 -D card9 --prefer cached,uncached /nowhere", 2, r"cannot read a list of memory properties .*"),
    ("-d $decoder $D /nowhere", 1, r"cannot read frames \(/nowhere\): No such file or directory.*"),
    ("-d $decoder $D /etc/passwd", 1, r"cannot read frames \(/etc/passwd\): Bad message. Make it with v4l2-ctl --stream-to-hdr."),
    ("-d $decoder $D /tmp/cut", 1, r"cannot read frames \(/tmp/cut\): Bad message. It ends within a frame."),
    ("-d $decoder $D /dev/null", 1, r"cannot decode \(/dev/null\): Input/output error. There is no picture in it, or no more."),
    ("", 2, r"FILE is required.*"),
    ("--hep system $clip", 2, r".*--hep.*"),
])
def test_what_cannot_be_done_is_said_and_nothing_stays(board, coded, arguments, status, said):
    ran = board.sh(f"""{SHELL}
        clip={coded}; head -c 1000 $clip >/tmp/cut
        D="-D $display"
        $tools/decode-to-display {arguments} >/dev/null; echo $?; {BUFFERS_LEFT}""")
    assert ran.out.splitlines()[0] == str(status) and NO_BUFFERS in ran.out, ran
    assert re.match(f"(decode-to-display: )?{said}", ran.err, re.DOTALL), ran


def test_a_display_that_another_program_has_is_left_to_it(board, coded):
    ran = board.sh(f"""{SHELL}
        play --require contiguous {coded} >/tmp/first & first=$!
        until grep -qs pictures /tmp/first || ! kill -0 $first; do sleep 0.05; done
        play --require contiguous {coded} >/dev/null; echo $?
        wait $first; echo $?; cp /tmp/first $out/""")
    assert ran.out.split() == ["1", "0"], ran
    assert re.fullmatch(r"decode-to-display: cannot take the display \(/dev/dri/card\d\): .*\. "
                        r"End the compositor that has it, or be root\.\n", ran.err), ran
    assert f"{FRAMES} frames shown" in (board.folder / "first").read_text()


def test_a_display_that_was_off_is_switched_on_and_one_that_goes_away_is_named(board, coded):
    ran = board.sh(SECOND_DISPLAY + f"""{SHELL}
        for i in 1 2 3 4 5 6 7 8; do cat {coded}; done >/tmp/long
        $tools/decode-to-display -d $decoder -D $second /tmp/long >/tmp/said & player=$!
        until grep -qs pictures /tmp/said || ! kill -0 $player; do sleep 0.1; done
        sleep 1
        echo 0 >/sys/kernel/config/vkms/second/enabled
        wait $player; echo $?; {BUFFERS_LEFT}""")
    assert ran.out.splitlines()[0] == "1" and NO_BUFFERS in ran.out, ran
    assert re.search(r"decode-to-display: cannot .* \(.*\): No such device", ran.err), ran


def test_a_heap_that_is_full_is_named_with_what_is_free(board, coded):
    ran = board.sh(f"""{SHELL}
        mkfifo /tmp/hold; $tools/heap-hold {CONTIGUOUS} --size 66060288 </tmp/hold >/tmp/held & exec 9>/tmp/hold
        until [ -s /tmp/held ]; do sleep 0.1; done
        play --heap {CONTIGUOUS} {coded} >/dev/null; echo $?; exec 9>&-; wait; {BUFFERS_LEFT}""",
                   expected=CMA_IS_FULL)
    assert ran.out.splitlines()[0] == "1" and NO_BUFFERS in ran.out, ran
    assert re.match(rf"decode-to-display: cannot allocate 663552 bytes \({CONTIGUOUS}.*\): Cannot allocate memory", ran.err), ran
