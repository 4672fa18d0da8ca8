# SPDX-License-Identifier: LGPL-2.1-or-later
"""The tracer heapsel-copies names who copies frames, and no one else. What it counts is compared with what the
ioctl witness saw at the kernel's border."""

import dataclasses
import re

import pytest

from pipelines import BINDING, ECC_FREE, SHOW, bound, decode, witnessed

NV12 = "video/x-raw,format=NV12,width=640,height=480"
SOURCE = f"videotestsrc num-buffers=10 ! {NV12}"
NV12_BYTES = 640 * 480 * 3 // 2
CLIP_BYTES = 768 * 576 * 3 // 2
SYSTEM = "system memory"
OWN = "its own memory"
CAMERA = 'v4l2src device="$(node vivid-000-vid-cap)" num-buffers=10'
DRIVER = "videobuf2_vmalloc"  # the exporter of the decoder's own frames


@dataclasses.dataclass(frozen=True)
class Row:
    element: str
    did: str
    source: str
    to: str
    frames: int
    size: int


def rows(text: str) -> list[Row]:
    """Of a table; no text in it has two spaces in a row."""
    found = []
    for line in text.splitlines():
        cells = re.split(r"  +", line.strip())
        if line.startswith("  ") and cells[0] != "element":
            found.append(Row(*cells[:4], *map(int, cells[4:])))
    return found


COPYING = {"moved", "copied", "copied in", "copied out"}


def copying(found: list[Row]) -> list[Row]:
    return [row for row in found if row.did in COPYING]


def did(found: list[Row], element: str) -> dict[str, int]:
    """What it did, with how many frames."""
    return {row.did: row.frames for row in found if row.element == element}


def tracer(parameters: str = "verbose=true,file=$out/copies") -> str:
    return f'export GST_TRACERS="heapsel-copies({parameters})"'


def traced(board, results, pipeline: str, setup: str = "") -> list[Row]:
    ran = board.sh(f"{setup}\n{tracer()}\ngst-launch-1.0 -q {pipeline}")
    assert ran.status == 0, ran
    return rows((results / "copies").read_text())


def traced_and_witnessed(board, results, pipeline: str, setup: str = ""):
    journey = witnessed(board, results, pipeline, setup=f"{setup}\n{tracer()}")
    assert journey.complete
    return rows((results / "copies").read_text()), journey


# --- with the witness

def test_a_decoder_and_a_display_copy_nothing(board, results):
    found, journey = traced_and_witnessed(board, results, f"{decode('auto', 60)} ! {SHOW}")
    assert copying(found) == [] and journey.copied == 0
    assert journey.faults() == []
    assert found == [Row("v4l2fwhtdec0", "made", "-", DRIVER, len(journey.decoded), CLIP_BYTES),
                     Row("kmssink0", "taken", DRIVER, "-", len(journey.shown), CLIP_BYTES)]


def test_nor_do_they_with_the_pool_of_a_heap_in_between(board, results):
    found, journey = traced_and_witnessed(
        board, results, f"{decode('dmabuf-import', 20)} ! heapsel heap=video@50000000 ! {SHOW}")
    assert copying(found) == [] and journey.faults() == []
    assert {row.to for row in found if row.did == "made"} == {"video@50000000"}
    assert {journey.heaps[inode] for inode in journey.decoded} == {"/dev/dma_heap/video@50000000"}
    assert did(found, "heapsel0") == {"passed": len(journey.decoded)}


def test_a_display_that_copies_is_named_with_every_copy(board, results):
    found, journey = traced_and_witnessed(board, results,
                                          f"{decode('mmap', 20)} ! identity name=i drop-allocation=true ! {SHOW}")
    assert copying(found) == [Row("kmssink0", "copied", "V4l2Memory", OWN, journey.copied, CLIP_BYTES)]
    assert journey.copied == 21  # the first frame twice: it prerolls
    assert did(found, "i") == {"passed": 20}


def test_so_is_a_converter_that_fills_the_displays_buffers(board, results):
    found, journey = traced_and_witnessed(board, results,
                                          f"{decode('mmap', 20)} ! videoconvert ! video/x-raw,format=NV12 ! {SHOW}")
    assert copying(found) == [Row("videoconvert0", "copied in", "V4l2Memory", "drm", journey.copied, CLIP_BYTES)]
    assert did(found, "kmssink0") == {"taken": len(journey.shown)}


def test_behind_a_tee_each_branch_passes_the_frames_that_were_decoded(board, results):
    found, journey = traced_and_witnessed(
        board, results, f"{decode('auto', 30)} ! tee name=t ! queue ! fakesink t. ! queue ! {SHOW}")
    assert copying(found) == [] and journey.faults() == []
    frames = len(journey.decoded)
    assert did(found, "t") == {"passed": 2 * frames}
    for element in ("queue0", "queue1"):
        assert did(found, element) == {"passed": frames}
    assert did(found, "kmssink0") == {"taken": len(journey.shown)}


def test_what_the_driver_put_into_a_heap_is_shown_from_there(board, results):
    found, journey = traced_and_witnessed(board, results, f"{decode('auto', 20)} ! heapsel heap={ECC_FREE} ! {SHOW}",
                                          setup=bound({"frame": ECC_FREE}))
    assert copying(found) == [] and journey.faults() == []
    assert {(row.element, row.to) for row in found if row.did == "made"} == {("v4l2fwhtdec0", ECC_FREE)}
    assert did(found, "kmssink0") == {"taken": len(journey.shown)}


def test_a_camera_and_a_display_copy_nothing(board, results):
    found, journey = traced_and_witnessed(board, results, f"{CAMERA} io-mode=dmabuf ! {NV12} ! {SHOW}", setup=BINDING)
    assert copying(found) == [] and journey.faults() == []
    assert did(found, "v4l2src0") == {"made": len(journey.decoded)}


def test_nor_do_a_camera_and_a_display_with_the_pool_of_a_heap_in_between(board, results):
    found, journey = traced_and_witnessed(
        board, results, f"{CAMERA} io-mode=dmabuf-import ! {NV12} ! heapsel heap=system ! {SHOW}", setup=BINDING)
    assert copying(found) == [] and journey.faults() == []
    assert set(journey.heaps.values()) == {"/dev/dma_heap/system"}
    assert did(found, "heapsel0") == {"passed": len(journey.decoded)}


def test_a_display_that_copies_a_cameras_frames_is_named(board, results):
    found, journey = traced_and_witnessed(
        board, results, f"{CAMERA} io-mode=mmap ! {NV12} ! identity drop-allocation=true ! {SHOW}", setup=BINDING)
    assert copying(found) == [Row("kmssink0", "copied", "V4l2Memory", OWN, journey.copied, NV12_BYTES)]


def test_a_filter_that_writes_other_frames_is_named_behind_the_decoder(board, results):
    found, journey = traced_and_witnessed(
        board, results, f"{decode('mmap', 20)} ! videoflip method=rotate-180 ! {SHOW}")
    assert [(row.element, row.did, row.frames) for row in copying(found)] == [
        ("videoflip0", "copied in", journey.copied)]


# --- by element

def test_a_converter_is_named_from_where_to_where(board, results):
    found = traced(board, results, f"{SOURCE} ! videoconvert ! video/x-raw,format=BGRx ! fakesink")
    assert copying(found) == [Row("videoconvert0", "copied", SYSTEM, SYSTEM, 10, 640 * 480 * 4)]
    assert did(found, "videotestsrc0") == {"made": 10}
    assert did(found, "fakesink0") == {"taken": 10}


def test_a_converter_with_nothing_to_convert_passes(board, results):
    found = traced(board, results, f"{SOURCE} ! videoconvert ! fakesink")
    assert copying(found) == []
    assert did(found, "videoconvert0") == {"passed": 10}


def test_frames_that_wait_in_a_queue_are_known_again(board, results):
    found = traced(board, results, f"{SOURCE} ! queue min-threshold-buffers=9 ! fakesink")
    assert copying(found) == []
    assert did(found, "queue0") == {"passed": 10}


def test_a_frame_that_is_given_on_again_is_no_copy(board, results):
    found = traced(board, results, f"videotestsrc num-buffers=1 ! {NV12} ! imagefreeze num-buffers=5 ! fakesink")
    assert copying(found) == []
    assert did(found, "imagefreeze0") == {"passed": 5}


def test_a_device_that_converts_moves_frames_out_of_the_heap(board, results):
    rgb = "video/x-raw,width=640,height=480,format"
    found = traced(board, results, f"videotestsrc num-buffers=10 ! {rgb}=RGB ! heapsel heap=system ! "
                                   f"v4l2convert ! {rgb}=BGR ! fakesink")
    assert copying(found) == [Row("v4l2convert0", "moved", "system", DRIVER, 10, 640 * 480 * 3)]
    assert did(found, "heapsel0") == {"passed": 10}


def test_an_encoder_that_copies_its_input_is_named(board, results):
    large = "video/x-raw,format=NV12,width=1280,height=720"
    found = traced(board, results, f"videotestsrc num-buffers=10 ! {large} ! identity drop-allocation=true ! "
                                   "v4l2fwhtenc ! fakesink")
    assert copying(found) == [Row("v4l2fwhtenc0", "copied", SYSTEM, OWN, 10, 1280 * 720 * 3 // 2)]


def test_a_mixer_makes_a_frame_of_several(board, results):
    found = traced(board, results, f"{SOURCE} ! c. {SOURCE} ! compositor name=c ! {NV12} ! fakesink")
    assert [(row.element, row.did) for row in copying(found)] == [("c", "copied")]
    assert did(found, "fakesink0") == {"taken": did(found, "c")["copied"]}


def test_what_the_driver_puts_into_a_heap_is_made_there(board, results):
    found = traced(board, results, f"{decode('auto', 10)} ! fakesink", setup=bound({"frame": "nonecc@58000000"}))
    assert found[0] == Row("v4l2fwhtdec0", "made", "-", "nonecc@58000000", 10, CLIP_BYTES)


def test_elements_in_bins_are_named_with_them(board, results):
    found = traced(board, results, f"'bin.(' name=b {SOURCE} ! videoconvert ! identity ')' ! video/x-raw,format=BGRx ! fakesink")
    assert [row.element for row in copying(found)] == ["b/videoconvert0"]
    found = traced(board, results, f'filesrc location="$clip" ! gdpdepay ! identity eos-after=11 ! decodebin ! {SHOW}')
    assert [(row.element, row.did) for row in found] == [("decodebin0/v4l2fwhtdec0", "made"), ("kmssink0", "taken")]


# --- what it says, and where

def test_without_copies_it_says_so_in_one_line(board):
    ran = board.sh(f"GST_TRACERS=heapsel-copies gst-launch-1.0 -q {decode('auto', 10)} ! {SHOW}")
    assert ran.status == 0, ran
    assert ran.err == ("heapsel-copies: pipeline0: no frame was moved or copied: "
                       f"v4l2fwhtdec0 made 10 frames in {DRIVER}\n")


def test_with_copies_it_says_nothing_but_the_table(board):
    ran = board.sh(f"""
        GST_TRACERS=heapsel-copies gst-launch-1.0 -q {SOURCE} ! identity drop-allocation=true ! {SHOW}""")
    assert ran.status == 0, ran
    assert ran.err.splitlines()[0] == "heapsel-copies: pipeline0: 1 element moved or copied frames"
    assert rows(ran.err) == [Row("videotestsrc0", "made", "-", SYSTEM, 10, NV12_BYTES),
                             Row("kmssink0", "copied", SYSTEM, OWN, 11, NV12_BYTES)]
    assert len(ran.err.splitlines()) == 4


def test_no_raw_video_is_a_line_too(board):
    ran = board.sh("GST_TRACERS=heapsel-copies gst-launch-1.0 -q audiotestsrc num-buffers=3 ! fakesink")
    assert ran.status == 0 and ran.err == "heapsel-copies: pipeline0: no raw video\n", ran


def test_the_log_shows_what_was_asked_of_it_and_no_more(board):
    pipeline = f"{SOURCE} ! identity drop-allocation=true ! {SHOW}"
    ran = board.sh(f"""export GST_TRACERS=heapsel-copies GST_DEBUG_NO_COLOR=1
        GST_DEBUG=GST_PERFORMANCE:4 gst-launch-1.0 -q {pipeline} 2>$out/info
        GST_DEBUG=GST_PERFORMANCE:5 gst-launch-1.0 -q {pipeline} 2>$out/debug
        GST_DEBUG=GST_PERFORMANCE:4 GST_DEBUG_FILE=$out/log gst-launch-1.0 -q {pipeline} 2>$out/quiet""")
    assert ran.status == 0, ran
    info, debug, log, quiet = [(board.folder / name).read_text() for name in ("info", "debug", "log", "quiet")]
    assert info.count("frame copy") == 11 and "copy plane" not in info
    assert debug.count("copy plane 0") == 11
    assert log.count("frame copy") == 11
    assert "GST_PERFORMANCE" not in quiet
    for text in (info, debug, quiet):
        assert did(rows(text), "kmssink0") == {"copied": 11}


def test_there_is_a_record_of_every_verdict(board, results):
    ran = board.sh(f"""{tracer()}
        export GST_DEBUG=GST_TRACER:7 GST_DEBUG_NO_COLOR=1 GST_DEBUG_FILE=$out/log
        gst-launch-1.0 -q {SOURCE} ! heapsel heap=system ! videoconvert ! video/x-raw,format=BGRx ! fakesink""")
    assert ran.status == 0, ran
    log = (results / "log").read_text()
    assert "heapsel-copies.class, element=" in log
    records = re.findall(r' heapsel-copies, element=\(string\)"(.*?)", verdict=\(string\)(.*?), '
                         r'from=\(string\)"(.*?)", to=\(string\)"(.*?)", bytes=\(guint64\)(\d+);', log)
    found = rows((results / "copies").read_text())
    assert did(found, "videoconvert0") == {"copied out": 10}
    for row in found:
        record = (row.element, row.did.replace(" ", "-"), row.source.strip("-"), row.to.strip("-"), str(row.size))
        assert records.count(record) == row.frames, row
    assert len(records) == sum(row.frames for row in found)


@pytest.mark.parametrize(("parameters", "said"), [
    ("verbos=true", "There are verbose=true and file=PATH"),
    ("verbose", "There are verbose=true and file=PATH"),
    ("verbose=perhaps", "There are verbose=true and file=PATH"),
    ("file=/nowhere/copies", "cannot write /nowhere/copies: No such file or directory")])
def test_a_wrong_parameter_is_a_warning_and_nothing_is_done(board, parameters, said):
    ran = board.sh(f"{tracer(parameters)}; gst-launch-1.0 -q {SOURCE} ! fakesink")
    assert ran.status == 0 and said in ran.err, ran
    assert "heapsel-copies: pipeline0" not in ran.err
