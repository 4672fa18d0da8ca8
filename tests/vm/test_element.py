# SPDX-License-Identifier: LGPL-2.1-or-later
"""The element in pipelines of all kinds: who is asked, where the frames are, and what strict says of it."""

import os
import re

import pytest

from board import CMA_IS_FULL
from heap_shell import HEAPS
from pipelines import BUFFERS_LEFT, ECC_FREE, NO_BUFFERS, SECOND_DISPLAY, SHOW, bound, checksums, decode

SECOND = "frames@60000000"
CMA = "video@50000000"
CONTIGUOUS_ONLY = ["vivid.allocators=1"]
SOURCE = "videotestsrc num-buffers=5 ! video/x-raw,format=NV12,width=640,height=480"
COUNTERS = ["pool", "placed", "elsewhere", "system"]


def launch(board, pipeline: str, setup: str = "", **options):
    """gst-launch, with all that the elements say; nothing may be left behind."""
    ran = board.sh(f"""{HEAPS}
        {setup}
        gst-launch-1.0 -v -m {pipeline}
        echo "status $?"
        {BUFFERS_LEFT}""", **options)
    assert ran.out.splitlines()[-1] == NO_BUFFERS, ran
    return ran


def status(ran) -> int:
    return int(re.findall(r"^status (\d+)$", ran.out, re.MULTILINE)[-1])


def heap(ran) -> str:
    """The last one that was selected."""
    return re.findall(r"selected-heap = (?:\(string\))?\"?([^\s\"]+)", ran.out)[-1]


def counted(ran) -> dict[str, int]:
    """What the last statistics say, without what is 0."""
    said = re.findall(r"heapsel-stats, .*", ran.out)[-1]
    numbers = {name: int(re.findall(rf"buffers-{name}=\(guint64\)(\d+)", said)[0]) for name in COUNTERS}
    return {name: number for name, number in numbers.items() if number}


def said(ran) -> str:
    return ran.out + ran.err


# --- policies

def test_the_environment_chooses(board):
    ran = launch(board, f"{SOURCE} ! heapsel ! fakesink", setup=f"export HEAPSEL_HEAP={CMA}")
    assert status(ran) == 0 and heap(ran) == CMA, ran
    assert counted(ran) == {"pool": 5}


def test_the_administrators_file_chooses(board):
    ran = launch(board, f"{SOURCE} ! heapsel ! fakesink", setup="""
        mkdir -p /etc/heapsel; echo 'default.prefer = ["contiguous", "non-ecc", "cached"]' >/etc/heapsel/policy.toml""")
    assert status(ran) == 0 and heap(ran) == CMA, ran


def test_what_the_environment_requires_is_not_lifted(board):
    ran = launch(board, f"{SOURCE} ! heapsel heap=system ! fakesink", setup="export HEAPSEL_REQUIRE=protected")
    assert status(ran) != 0 and "HEAPSEL_REQUIRE" in said(ran), ran


def test_a_broken_policy_stops_the_pipeline_at_its_line(board):
    ran = launch(board, f"{SOURCE} ! heapsel ! fakesink", setup="""
        mkdir -p /etc/heapsel; printf '[default]\\nreqire = ["ecc"]\\n' >/etc/heapsel/policy.toml""")
    assert status(ran) != 0 and "/etc/heapsel/policy.toml:2:1" in said(ran), ran


# --- devices

VIVID = 'v4l2src device="$(node vivid-000-vid-cap)" num-buffers=5'
STILL = """
v4l2-ctl -d "$(node vivid-000-vid-cap)" -c osd_text_mode=2 -c horizontal_movement=3 -c insert_sav_code_in_image=0
"""
NODES = bound({})
WITHOUT = "video/x-raw,format=NV12,width=640,height=480"


def test_a_device_that_needs_contiguous_memory_is_found_and_given_it(board):
    ran = launch(board, f"{VIVID} io-mode=dmabuf-import ! {WITHOUT} ! heapsel strict=true ! fakesink",
                 setup=NODES, kernel_arguments=CONTIGUOUS_ONLY)
    assert status(ran) == 0 and heap(ran) != "system", ran
    assert counted(ran) == {"pool": 5}


def test_a_device_that_takes_anything_is_given_what_costs_least(board):
    ran = launch(board, f"{VIVID} io-mode=dmabuf-import ! {WITHOUT} ! heapsel strict=true ! fakesink", setup=NODES)
    assert status(ran) == 0 and heap(ran) == "system", ran
    assert counted(ran) == {"pool": 5}


def test_devices_are_named_in_the_words_of_the_command(board):
    ran = launch(board, f'{SOURCE} ! heapsel devices="$(node vivid-000-vid-cap):capture" ! fakesink',
                 setup=NODES, kernel_arguments=CONTIGUOUS_ONLY)
    assert status(ran) == 0 and heap(ran) != "system", ran
    ran = launch(board, f"{SOURCE} ! heapsel devices=video99 ! fakesink")
    assert status(ran) != 0 and "video99" in said(ran), ran


def test_a_heap_that_is_smaller_than_a_frame_is_not_chosen(board):
    large = "videotestsrc num-buffers=1 ! video/x-raw,format=NV12,width=8192,height=8192"  # 96 MiB
    ran = launch(board, f"{large} ! heapsel prefer=non-ecc ! fakesink")
    assert status(ran) == 0 and heap(ran) == "system", ran


def test_the_cpu_is_not_given_uncached_memory_without_a_word(board):
    ran = launch(board, f"{SOURCE} ! heapsel heap={ECC_FREE} ! videoconvert ! video/x-raw,format=BGRx ! fakesink")
    assert status(ran) == 0, ran
    assert "videoconvert" in said(ran) and "require=cached" in said(ran), ran


# --- planes

@pytest.mark.parametrize("arguments", [[], ["vivid.multiplanar=2"]], ids=["one", "per-plane"])
def test_a_camera_fills_frames_of_as_many_dma_bufs_as_it_wants(board, arguments):
    plain = checksums(board, f"{VIVID} ! {WITHOUT}", setup=NODES + STILL)
    ours = f"{VIVID} io-mode=dmabuf-import ! {WITHOUT} ! heapsel require=contiguous prefer=non-ecc strict=true"
    assert checksums_with(board, ours, arguments) == plain
    assert len(plain) == 5


def checksums_with(board, pipeline: str, arguments: list[str]) -> list[str]:
    ran = board.sh(f"""{NODES}{STILL}
        gst-launch-1.0 -q {pipeline} ! checksumsink hash=sha1 sync=false""", kernel_arguments=arguments)
    assert ran.status == 0, ran
    return re.findall(r"^[0-9:.]+ ([0-9a-f]{40})$", ran.out, re.MULTILINE)


def test_frames_of_two_dma_bufs_are_shown(board):
    ran = launch(board, f"{VIVID} io-mode=dmabuf-import ! {WITHOUT} ! "
                        f"heapsel require=contiguous prefer=non-ecc strict=true ! {SHOW}",
                 setup=NODES, kernel_arguments=["vivid.multiplanar=2"])
    assert status(ran) == 0 and counted(ran) == {"pool": 5}, ran


# --- strict

def test_frames_that_the_driver_puts_into_the_heap_are_strict(board):
    ran = launch(board, f"{decode('auto', 30)} ! heapsel heap={ECC_FREE} strict=true ! fakesink",
                 setup=bound({"frame": ECC_FREE}))
    assert status(ran) == 0 and counted(ran) == {"placed": 30}, ran


H264 = os.environ["HEAPSEL_H264"]
STRICT = f"heapsel heap={ECC_FREE} strict=true"


@pytest.mark.parametrize("pipeline", [
    f'filesrc location="{H264}" ! h264parse ! v4l2slh264dec ! {STRICT} ! fakesink',
    f'filesrc location="{H264}" ! decodebin3 ! {STRICT} ! fakesink',
    f'playbin3 uri="file://{H264}" video-sink="{STRICT} ! fakevideosink sync=false"'],
    ids=["decoder", "decodebin3", "playbin3"])
def test_so_are_those_of_a_stateless_decoder(board, pipeline):
    ran = launch(board, pipeline, setup=bound({"frame": ECC_FREE}, "visl"))
    assert status(ran) == 0 and counted(ran) == {"placed": 60}, ran


def test_frames_in_another_heap_are_not(board):
    ran = launch(board, f"{decode('auto', 30)} ! heapsel heap={ECC_FREE} strict=true ! fakesink",
                 setup=bound({"frame": SECOND}))
    assert status(ran) != 0 and f"A dma-buf from {SECOND} arrived" in said(ran), ran


HOLDS = "queue max-size-buffers=0 max-size-bytes=0 max-size-time=0 min-threshold-buffers=32 ! fakesink"
MANY = "videotestsrc num-buffers=32 ! video/x-raw,format=NV12,width=1920,height=1080"


def test_a_heap_that_takes_over_is_a_warning(board):
    ran = launch(board, f"{MANY} ! heapsel require=contiguous prefer=non-ecc fallback=any ! {HOLDS}",
                 expected=CMA_IS_FULL)
    assert status(ran) == 0, ran
    assert f"Heap {CMA} is exhausted" in said(ran) and counted(ran)["elsewhere"] > 0, ran


def test_strict_lets_no_other_heap_take_over(board):
    ran = launch(board, f"{MANY} ! heapsel require=contiguous prefer=non-ecc fallback=any strict=true ! {HOLDS}",
                 expected=CMA_IS_FULL)
    assert status(ran) != 0 and CMA in said(ran), ran


# --- around it

@pytest.mark.parametrize("rest", [
    "tee name=t ! queue ! fakesink t. ! queue ! fakesink",
    "v4l2convert ! video/x-raw,format=YUY2 ! fakesink",
    "v4l2fwhtenc output-io-mode=dmabuf-import ! fakesink",
    "comp.sink_0 compositor name=comp ! fakesink",
    "videoconvert ! video/x-raw,format=BGRx ! fakesink",
    "heapsel heap=system strict=true ! fakesink"],
    ids=["tee", "converter", "encoder", "compositor", "videoconvert", "two"])
def test_what_follows_reads_the_pools_frames(board, rest):
    if rest.startswith("v4l2convert"):
        source = SOURCE.replace("NV12", "RGB16")  # vim2m takes nothing larger
    else:
        source = SOURCE.replace("640", "1280").replace("480", "720")
    ran = launch(board, f"{source} ! heapsel name=h heap=system strict=true ! {rest}")
    assert status(ran) == 0, ran
    assert counted(ran) == {"pool": 5} or counted(ran) == {"placed": 5}, ran


def test_behind_a_tee_the_advice_is_to_go_before_it(board):
    ran = launch(board, f"{decode('auto', 10)} ! tee ! heapsel heap=system ! fakesink")
    assert status(ran) == 0 and "put this element before the tee" in said(ran), ran


def test_in_a_bin_the_advice_names_the_decoder(board):
    ran = launch(board, f'filesrc location="$clip" ! gdpdepay ! identity eos-after=11 ! decodebin3 ! '
                        "heapsel heap=system ! fakesink")
    assert status(ran) == 0 and "v4l2fwhtdec" in said(ran), ran


def test_statistics_come_without_an_end_too(board):
    ran = board.sh(f"""
        timeout -s INT 10 gst-launch-1.0 -m videotestsrc is-live=true ! {WITHOUT} ! \
            heapsel heap=system stats-interval=1 ! fakesink""")
    assert len(re.findall("heapsel-stats, ", ran.out)) >= 2, ran


# --- while it runs

SIZES = ("videotestsrc num-buffers=5 ! video/x-raw,format=I420,width=320,height=240 ! jpegenc ! sizes. "
         "videotestsrc num-buffers=5 ! video/x-raw,format=I420,width=640,height=480 ! jpegenc ! sizes. "
         "concat name=sizes ! jpegdec")


def test_a_decoder_goes_on_when_the_size_changes(board):
    plain = checksums(board, SIZES)
    assert len(plain) == 10
    assert checksums(board, f"{SIZES} ! heapsel heap=system strict=true") == plain


# In one process: the one that plays is given it by its number.
DISPLAY = SECOND_DISPLAY + """
exec 9<>/dev/dri/$second
(sleep 4; echo 0 >/sys/kernel/config/vkms/second/enabled; echo gone) &
"""


@pytest.mark.parametrize("decoder, element", [
    (decode("auto", 80), "identity"), (decode("dmabuf-import", 80), "heapsel require=contiguous strict=true")],
    ids=["without", "with"])
def test_a_display_that_goes_away_leaves_nothing(board, decoder, element):
    # Without skip-vsync, kmssink of GStreamer 1.26 waits for good for a display that is gone.
    ran = launch(board, f"{decoder} ! {element} ! kmssink fd=9 skip-vsync=true; exec 9<&-", setup=DISPLAY,
                 kernel_arguments=["video=Virtual-2:768x576"])
    assert "gone" in ran.out and "Got EOS" in ran.out, ran


LEAKS = "export GST_TRACERS=leaks GST_DEBUG=GST_TRACER:7 GST_DEBUG_NO_COLOR=1"


def left_alive(board, pipeline: str) -> list[str]:
    """The types of what GStreamer's tracer of leaks finds at the end."""
    ran = board.sh(f"{LEAKS}\ngst-launch-1.0 -q {pipeline}")
    assert ran.status == 0 and "leaks" in ran.err, ran
    return re.findall(r"object-alive, type-name=\(string\)(\w+)", ran.err)


@pytest.mark.parametrize("before, mode, rest", [
    (SOURCE, "", "videoconvert ! video/x-raw,format=BGRx ! fakesink"),
    (decode("{mode}", 20), "dmabuf-import", SHOW), (SIZES, "", "fakesink")], ids=["source", "decoder", "sizes"])
def test_no_object_is_left_that_is_not_left_without_it(board, before, mode, rest):
    without = left_alive(board, f"{before.format(mode='auto')} ! {rest}")
    assert left_alive(board, f"{before.format(mode=mode)} ! heapsel require=contiguous ! {rest}") == without


# --- an application that nobody can change

POOLS = "GST_TRACERS='heapsel-pools(require=contiguous)' GST_DEBUG=heapselpools:4 GST_DEBUG_NO_COLOR=1"


def test_a_tracer_gives_an_unchanged_pipeline_the_heap(board):
    sums = board.sh(f"""gst-launch-1.0 -q {decode('auto', 30)} ! checksumsink hash=sha1 sync=false""").out
    ran = board.sh(f"""{POOLS} gst-launch-1.0 -q {decode('auto', 30)} ! checksumsink hash=sha1 sync=false""")
    assert ran.status == 0 and ran.out == sums, ran
    assert re.search(r"v4l2fwhtdec0 fills buffers in heap default_cma_region", ran.err), ran


@pytest.mark.parametrize("sink, last", [
    ("fakevideosink", "uridecodebin3/decodebin3-0/jpegdec0"), ("kmssink driver-name=vkms", "playsink/vbin/vconv/scale")],
    ids=["none", "display"])
def test_a_player_shows_frames_from_the_heap(board, sink, last):
    """The last element that makes or moves frames puts all of them into the heap."""
    ran = board.sh(f"""
        gst-launch-1.0 -q videotestsrc num-buffers=20 ! video/x-raw,width=320,height=240 ! jpegenc ! avimux ! \
            filesink location=/tmp/clip.avi || exit
        GST_TRACERS='heapsel-pools(require=contiguous);heapsel-copies' \
            timeout 60 gst-play-1.0 --no-interactive --videosink='{sink}' /tmp/clip.avi""")
    assert ran.status == 0 and "Reached end of play list" in ran.out, ran
    # Where frames went in two ways, there are two lines. Of late ones a player shows no picture.
    (line,) = [line for line in ran.err.splitlines() if last in line]
    frames = re.search(r"made (\d+) frames in default_cma_region|default_cma_region +(\d+) +\d+$", line)
    assert frames and 10 < int(frames[1] or frames[2]) <= 20, ran


def test_a_tracer_leaves_a_pipeline_alone_where_no_heap_suits(board):
    ran = board.sh(f"""GST_TRACERS='heapsel-pools(require=protected)' gst-launch-1.0 -q {SOURCE} ! fakesink""")
    assert ran.status == 0 and "protected" in ran.err, ran


def test_a_wrong_parameter_of_the_tracer_is_said(board):
    ran = board.sh(f"""GST_TRACERS='heapsel-pools(heaps=system)' gst-launch-1.0 -q {SOURCE} ! fakesink""")
    assert ran.status == 0 and "cannot read the parameters 'heaps=system'" in ran.err, ran
