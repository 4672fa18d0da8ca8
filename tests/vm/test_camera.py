# SPDX-License-Identifier: LGPL-2.1-or-later
"""Applications of libcamera: the example that shows a camera's pictures, and others' programs over imported buffers."""

import json
import os
import re

import pytest

import witness
from heap_shell import HEAPS, WATCH
from pipelines import BINDING, BUFFERS_LEFT, ECC_FREE, NO_BUFFERS, SECOND_DISPLAY, WHOLE

KERNEL = os.environ["HEAPSEL_KERNEL"]
CONTIGUOUS_ONLY = ["vimc.allocator=1"]
FRAMES = 30 if WHOLE else 12
SIZE = "width=640,height=480"

# Cameras are found through udev. show: the example; card: the node of a display by its driver.
CAMERA = HEAPS + WATCH + BINDING + r"""
/usr/lib/systemd/systemd-udevd --daemon; udevadm trigger; udevadm settle
card() { local c; for c in /sys/class/drm/card*; do [ "$(basename "$(readlink $c/device)")" != $1 ] || basename $c; done; }
vkms=$(card vkms)
show() { $tools/camera-to-display -D $vkms -s """ + SIZE + r""" "$@"; }
"""

# A camera that is no device. Debian's libcamera 0.4 comes without the file that describes one.
VIRTUAL = r"""
mkdir -p /usr/share/libcamera/pipeline/virtual
cat >/usr/share/libcamera/pipeline/virtual/virtual.yaml <<END
"Virtual0":
  supported_formats:
  - width: 640
    height: 480
    frame_rates:
    - 30
    - 60
  test_pattern: "bars"
  location: "CameraLocationFront"
  model: "Virtual Video Device"
END
"""


def run(board, script: str, **options):
    return board.sh(CAMERA + script, **options)


def report_of(ran) -> dict:
    assert ran.status == 0, ran
    return json.loads(ran.out[ran.out.index("{"):ran.out.rindex("}") + 1])


# --- from the camera to the display

@pytest.mark.parametrize("arguments", [[], CONTIGUOUS_ONLY], ids=["vmalloc", "dma-contig"])
def test_every_frame_is_scanned_out_from_the_dma_buf_it_was_captured_into(board, results, arguments):
    ran = run(board, f"""
        IOCTL_WITNESS_LOG=/tmp/log LD_PRELOAD=$tools/libioctl-witness.so \
            show -C{FRAMES} --require contiguous --prefer non-ecc,uncached --json || exit
        cp /tmp/log $out/; {BUFFERS_LEFT} >&2""", kernel_arguments=arguments)
    report = report_of(ran)
    journey = witness.follow(witness.read_log(results / "log"))
    assert journey.complete and len(journey.decoded) == FRAMES
    # The policy's heap, for each of the buffers that the camera used.
    assert {journey.heaps[inode] for inode in journey.decoded} == {f"/dev/dma_heap/{ECC_FREE}"}
    assert journey.copied == 0 and not journey.touched.intersection(journey.decoded)
    # In order, and those that are missing are the late ones.
    assert journey.shown == sorted(set(journey.shown)) and len(journey.shown) == FRAMES - report["dropped"]
    assert report["heap"] == ECC_FREE and "ecc is no" in report["reason"]
    assert (report["captured"], report["shown"], report["copies"]) == (FRAMES, len(journey.shown), 0)
    # Of the camera's three nodes, the one that the stream comes from.
    fills, shows = report["consumers"]
    assert re.fullmatch(r"/dev/video\d+ \(vimc\) capture", fills) and shows.startswith("card")
    assert report["buffers"] == 4 and report["bytes"] == 4 * 640 * 480 * 3
    assert ran.err.splitlines()[-1] == NO_BUFFERS


def test_the_report_for_people_says_which_heap_and_why(board):
    ran = run(board, f"show -C4 --heap {ECC_FREE}")
    assert ran.status == 0, ran
    lines = dict(line.split(None, 1) for line in ran.out.splitlines())
    assert lines["heap"].startswith(f"{ECC_FREE}: ")
    assert re.match(r"4 captured, \d shown, \d dropped, 0 copies, in ", lines["frames"])


def test_a_policy_for_the_camera_decides(board):
    ran = run(board, f"""
        mkdir -p /etc/heapsel
        printf '[device.vimc]\\nheap = "frames@60000000"\\n' >/etc/heapsel/policy.toml
        show -C4 --json""")
    assert report_of(ran)["heap"] == "frames@60000000"


def test_a_camera_that_needs_contiguous_memory_refuses_a_scattered_heap_and_says_why(board):
    ran = run(board, "show -C4 --heap system", kernel_arguments=CONTIGUOUS_ONLY)
    assert ran.status == 6, ran
    assert re.search(r"system: .*\(vimc\) capture", ran.err), ran.err


def test_an_interrupt_ends_it_with_a_report(board):
    ran = run(board, f"""
        $tools/camera-to-display -D $vkms -s {SIZE} --json >/tmp/report &
        until [ "$(heap system buffers)" -ge 4 ]; do sleep 0.1; done
        sleep 3; kill -INT $!; wait $!; status=$?; cat /tmp/report; {BUFFERS_LEFT} >&2; exit $status""")
    report = report_of(ran)
    assert report["captured"] >= 1 and report["shown"] >= 1
    assert ran.err.splitlines()[-1] == NO_BUFFERS


def test_a_camera_that_is_no_device_is_filled_by_the_cpu_in_a_cached_heap(board):
    ran = run(board, VIRTUAL + f"show -c Virtual0 -C{FRAMES} --json")
    report = report_of(ran)
    assert report["consumers"][0] == "the CPU, which fills the frames"
    assert report["heap"] == "system" and report["format"] == "NV12"
    assert (report["captured"], report["copies"]) == (FRAMES, 0) and report["shown"] >= 1
    refused = run(board, VIRTUAL + f"show -c Virtual0 -C4 --heap {ECC_FREE}")
    assert refused.status == 6 and re.search(rf"{ECC_FREE}: .*cached", refused.err), refused


def test_frame_buffers_answer_as_libcameras_own_allocator_does(board):
    ran = run(board, f"LIBCAMERA_LOG_LEVELS=*:ERROR $tools/camera-frames; status=$?; {BUFFERS_LEFT} >&2; exit $status")
    assert ran.status == 0, ran
    assert dict(line.split(": ") for line in ran.out.splitlines()) == {
        "layout before it is configured": "EINVAL", "of no stream": "EINVAL", "of another's stream": "EINVAL",
        "none": "EINVAL", "one too many": "EINVAL", "freed before": "EINVAL", "allocated": "false", "three": "3",
        "again": "EBUSY", "buffers": "3", "descriptors": "3", "memory is its own": "true", "another's memory": "none",
        "freed": "0", "all": "4", "planes": "1", "another's buffers": "0"}
    assert ran.err.splitlines()[-1] == NO_BUFFERS


# --- what goes wrong

@pytest.mark.parametrize(("script", "status", "message"), [
    ("show -c 9 -C4", 3, "There is no camera 9. There are: "),
    ("$tools/camera-to-display -D HDMI-A-7 -C4", 4, "There is no display HDMI-A-7 that is connected"),
    ("$tools/camera-to-display -D card77 -C4", 4, "card77"),
    (f"$tools/camera-to-display -D $vkms -s {SIZE},pixelformat=MJPEG -C4", 5, "The camera gives no MJPEG. It gives: "),
    ("show -C4 --buffers 8", 7, "The camera has room for 4 buffers, not for 8."),
    ("show -C4 --require protected", 6, "protected"),
    ("$tools/camera-to-display -D card77 --require contigous", 2, "--require: cannot read a list of memory properties (contigous)"),
    ("$tools/camera-to-display -D card77 --prefer cached,uncached", 2, "The list asks for it both ways"),
    ("$tools/camera-to-display -s width=7 -C4", 2, "width and height go together"),
    ("$tools/camera-to-display -s size=7", 2, "there is no key 'size'"),
    ("$tools/camera-to-display -C x", 2, "'x' is no number of frames"),
    ("$tools/camera-to-display --buffers 2", 2, "buffers")])
def test_each_failure_has_a_status_and_says_what_to_do(board, script, status, message):
    ran = run(board, script)
    assert ran.status == status, ran
    assert message in ran.err and not ran.out, ran


def test_no_format_in_common(board):
    ran = run(board, VIRTUAL + f"""
        # A display of which the primary plane takes no NV12.
        modprobe -d {KERNEL} st7586 || exit 1
        $tools/camera-to-display -D $(card spi0.0) -c Virtual0 -C4""")
    assert ran.status == 5, ran
    assert "takes no format that the camera gives: NV12" in ran.err


def test_a_heap_that_has_room_for_two_frames_of_four(board):
    ran = run(board, f"""
        fill {ECC_FREE} $((2 * 983040))
        show -C4 --heap {ECC_FREE}; status=$?
        exec {{full}}>&-; wait; left {ECC_FREE}; exit $status""")
    assert ran.status == 6, ran
    assert re.search(rf"frame 3 of 4, {ECC_FREE}\)?: Cannot allocate memory", ran.err), ran.err
    assert ran.out.splitlines() == ["left 0 0"]


def test_a_camera_that_is_unplugged(board):
    ran = run(board, f"""
        show --json >/tmp/report & until [ "$(heap system buffers)" -ge 4 ]; do sleep 0.1; done
        sleep 3; echo vimc.0 >/sys/bus/platform/drivers/vimc/unbind
        wait $!; status=$?; cat /tmp/report; {BUFFERS_LEFT} >&2; exit $status""")
    assert ran.status == 3, ran
    assert "The camera platform/vimc.0 Sensor B " in ran.err
    assert json.loads(ran.out)["captured"] >= 1
    assert ran.err.splitlines()[-1] == NO_BUFFERS


def test_a_display_that_goes_away(board):
    ran = run(board, SECOND_DISPLAY + f"""
        $tools/camera-to-display -D $second -s {SIZE} --json >/tmp/report &
        until [ "$(heap system buffers)" -ge 4 ]; do sleep 0.1; done
        sleep 3; echo 0 >/sys/kernel/config/vkms/second/enabled
        wait $!; status=$?; cat /tmp/report; {BUFFERS_LEFT} >&2; exit $status""")
    assert ran.status == 4, ran
    assert re.search(r"The display card\d:Virtual-2 ", ran.err), ran.err
    assert json.loads(ran.out)["shown"] >= 1
    assert ran.err.splitlines()[-1] == NO_BUFFERS


# --- others' programs, unchanged

PRELOAD = f"HEAPSEL_HEAP={ECC_FREE} LD_PRELOAD=$tools/libcamera-heap.so"
FROM_THE_HEAP = f"camera-heap: 4 frames from {ECC_FREE}"


@pytest.mark.parametrize("arguments", [[], CONTIGUOUS_ONLY], ids=["vmalloc", "dma-contig"])
def test_cam_takes_the_same_pictures_into_imported_buffers(board, arguments):
    count = 6  # more than there are buffers, so some are used again
    ran = run(board, f"""
        # The time and counters that the sensor writes over its picture.
        for sensor in /dev/v4l-subdev*; do v4l2-ctl -d $sensor -c show_information=2 >/dev/null 2>&1; done
        pictures() {{
            mkdir /tmp/$1; cd /tmp/$1
            cam -c 1 -C{count} -s {SIZE} --file=frame-# >/tmp/$1.log 2>&1 || {{ cat /tmp/$1.log >&2; exit 1; }}
            sha1sum * | cut -d' ' -f1; left {ECC_FREE}; echo --
        }}
        pictures plain; export {PRELOAD}; pictures imported; cat /tmp/imported.log >&2""", kernel_arguments=arguments)
    assert ran.status == 0, ran
    plain, imported = (part.splitlines() for part in ran.out.split("--\n")[:2])
    assert len(plain) == count + 1 and imported == plain
    assert FROM_THE_HEAP in ran.err


def test_cam_says_so_where_no_heap_suits(board):
    ran = run(board, "HEAPSEL_HEAP=system LD_PRELOAD=$tools/libcamera-heap.so cam -c 1 -C4; echo status $?",
              kernel_arguments=CONTIGUOUS_ONLY)
    assert "status 0" not in ran.out and re.search(r"camera-heap: .*system: .*\(vimc\) capture", ran.err), ran


# Each takes as many requests as the camera has buffers, and one more: with fewer they are skipped.
COMPLIANCE = ":".join(f"CaptureTests/SingleStream.{case}/Viewfinder_5" for case in
                      ("Capture", "CaptureStartStop", "UnbalancedStop"))


def compliance(board, setup: str) -> tuple[set[str], object]:
    """The cases that passed, of those that ran."""
    ran = run(board, f"""{setup}
        camera=$(cam -l 2>/dev/null | sed -n "s/^1: .*(\\(.*\\))$/\\1/p")
        watch {ECC_FREE}
        lc-compliance -c "$camera" -f '{COMPLIANCE}' >/tmp/said 2>/tmp/log; status=$?
        cat /tmp/said; cat /tmp/log >&2; echo "most $(most)" >&2; left {ECC_FREE} >&2; exit $status""",
              timeout=1200)
    passed = set(re.findall(r"^\[       OK \] (\S+)", ran.out, re.MULTILINE))
    return passed, ran


@pytest.mark.parametrize("setup", ["", f'bind "RGB/YUV Capture" frame {ECC_FREE}', f"export {PRELOAD}"],
                         ids=["driver", "bound", "imported"])
def test_lc_compliance_passes_whoever_allocates(board, setup):
    passed, ran = compliance(board, setup)
    assert ran.status == 0, ran
    assert passed == set(COMPLIANCE.split(":")), ran
    assert "left 0 0" in ran.err
    # CaptureStartStop allocates for each of its three starts.
    assert ran.err.count(FROM_THE_HEAP) == (5 if "PRELOAD" in setup else 0)
    # Four frames of 1920x1080, in whole slots of the heap; or none.
    most = int(re.search(r"^most (\d+)$", ran.err, re.MULTILINE)[1])
    assert most >= 4 * 1920 * 1080 * 3 if setup else most == 0
