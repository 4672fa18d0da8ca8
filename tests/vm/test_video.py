# SPDX-License-Identifier: LGPL-2.1-or-later
"""V4L2 drivers of the board whose buffers come from the heaps that their uses of memory are bound to."""

import json
import os
import re

import pytest

from faults import ALL_CAN_FAIL, KMEMLEAK_FAILED_TOO, VIDEOBUF2_FAILED, judge
from heap_shell import HEAPS, WATCH, refused
from pipelines import (BINDING, BUFFERS_LEFT, CLIP, ECC_FREE, FRAMES, NO_BUFFERS, WHOLE, bound, checksums,
                       checksums_from_heaps, decode)

SECOND = "frames@60000000"
FRAME_SIZE = 155648  # of a buffer of 320x240 with two bytes a pixel, in whole pages
CONTIGUOUS_ONLY = ["vivid.allocators=1", "vimc.allocator=1"]
UNCACHED = [ECC_FREE, "coherent@64000000"]
# What videobuf2 logs of a buffer that it refuses.
REFUSED = [r"contiguous chunk is too small"]

SHELL = BINDING + HEAPS + WATCH


def run(board, script: str, **options):
    ran = board.sh(SHELL + script, **options)
    assert ran.status == 0, ran
    return ran


def words(listing: str) -> tuple[list[str], list[str]]:
    """What a use's file says: what is bound, and what else could be."""
    listed = listing.split()
    return [w[1:-1] for w in listed if w.startswith("[")], [w for w in listed if not w.startswith("[")]


# --- what is listed

@pytest.mark.parametrize(("name", "side", "arguments"), [
    ("vivid-000-vid-cap", "", CONTIGUOUS_ONLY), ("vivid-000-vid-cap", "", []),
    ("vivid-000-vid-out", "--output", CONTIGUOUS_ONLY), ("RGB/YUV Capture", "", CONTIGUOUS_ONLY),
    ("RGB/YUV Capture", "", []), ("stateful-decoder", "", []), ("stateful-encoder", "--output", []),
    ("vim2m", "", []), ("visl", "--output", [])])
def test_the_heaps_that_are_listed_are_those_whose_buffers_are_taken(board, name, side, arguments):
    use = "bitstream" if name == "visl" else "frame"
    ran = run(board, f"""
        heapsel devices --json >$out/devices
        cat "$(role "{name}" {use})"; echo taken
        $tools/video-accepts {side} "$(node "{name}")" """, kernel_arguments=arguments, expected=REFUSED)
    listing, taken = ran.out.split("taken\n")
    active, others = words(listing)
    assert active == ["driver"]
    # VIDIOC_ENUM_HEAPS, for this very queue: all that it imports, and so what it can be bound to.
    device = next(d for d in json.loads((board.folder / "devices").read_text())["devices"] if d["title"] == name)
    queue = next(m for m in device["memories"] if m["queue"] == ("output" if side else "capture"))
    told = [heap["name"] for heap in queue["usable"]["heaps"]]
    assert sorted(told) == sorted(taken.split())
    assert not any(heap["bound"] for heap in queue["usable"]["heaps"])
    # Caches do not come between a driver and its contiguous memory, unless it says that it can do with that.
    uncached_only = arguments == CONTIGUOUS_ONLY
    assert others == [heap for heap in told if not uncached_only or heap in UNCACHED]
    assert ("system" in told) == (arguments != CONTIGUOUS_ONLY)
    assert ECC_FREE in others


def test_a_scattered_heap_cannot_be_bound_where_memory_has_to_be_contiguous(board):
    ran = run(board, """
        file=$(role vivid-000-vid-cap frame)
        before=$(cat $file)
        ! echo system >$file || exit 1
        [ "$(cat $file)" = "$before" ]""", kernel_arguments=CONTIGUOUS_ONLY)
    assert "Invalid argument" in ran.err


def test_what_cannot_be_bound_is_refused_and_changes_nothing(board):
    why = {"nothing@0": "No such file", f"{ECC_FREE} {ECC_FREE}": "Invalid", f"driver {ECC_FREE}": "Invalid",
           f"{ECC_FREE} driver {SECOND}": "Invalid", "x" * 64: "File name too long",
           " ".join(f"h{i}" for i in range(20)): "No such file"}
    said = run(board, refused("$(role visl frame)", SECOND, why)).out.splitlines()
    assert len(said) == len(why)
    assert all(error in line for error, line in zip(why.values(), said)), said


def test_the_file_of_a_use_says_what_is_bound(board):
    ran = run(board, f"""
        file=$(role visl frame)
        for text in "{ECC_FREE}" "{SECOND} {ECC_FREE}" "{ECC_FREE} driver" driver ""; do
            echo "$text" >$file; cat $file
        done""")
    actives = [words(line)[0] for line in ran.out.splitlines()]
    assert actives == [[ECC_FREE], [SECOND, ECC_FREE], [ECC_FREE, "driver"], ["driver"], ["driver"]]
    assert all(sorted(a + o) == sorted(set(a + o)) for a, o in map(words, ran.out.splitlines()))


def test_the_command_binds_and_says_what_is_active(board):
    ran = run(board, f"""
        v=$(node stateful-decoder)
        heapsel bind $v reference {SECOND} {ECC_FREE} --or-driver
        cat "$(role stateful-decoder reference)"
        heapsel explain $v:reference
        heapsel bind $v reference --unbind; cat "$(role stateful-decoder reference)"
        ! setpriv --reuid=1000 --regid=1000 --clear-groups heapsel bind $v reference {ECC_FREE}""")
    lines = ran.out.splitlines()
    assert words(lines[1])[0] == [SECOND, ECC_FREE, "driver"]
    chosen = [line for line in lines if line.endswith(": chosen")]
    assert chosen == [f"{SECOND}: chosen"]
    assert words(lines[-1])[0] == ["driver"]
    assert "root" in ran.err


# --- buffers

@pytest.mark.parametrize(("name", "side"), [
    ("vivid-000-vid-cap", ""), ("vivid-000-vid-out", "--output"), ("vim2m", ""), ("vim2m", "--output")])
@pytest.mark.parametrize("arguments", [[], CONTIGUOUS_ONLY], ids=["vmalloc", "dma-contig"])
def test_each_buffer_is_the_heaps_and_goes_with_the_queue(board, name, side, arguments):
    ran = run(board, f"""
        bind {name} frame {ECC_FREE}
        hold /tmp/fifo /tmp/made $tools/video-hold {side} "$(node {name})" 4; cat /tmp/made; left {ECC_FREE}
        exec {{keep}}>&-; wait; left {ECC_FREE} {SECOND}; {BUFFERS_LEFT}""", kernel_arguments=arguments)
    lines = ran.out.splitlines()
    made = int(lines[0])
    assert made >= 4
    buffers, size = map(int, lines[1].split()[1:])
    assert buffers == made and size % made == 0 and size / made >= FRAME_SIZE / 2
    assert lines[2:] == ["left 0 0", "left 0 0", NO_BUFFERS]


def test_unbound_no_heap_is_asked(board):
    ran = run(board, f"""
        hold /tmp/fifo /tmp/made $tools/video-hold "$(node vivid-000-vid-cap)" 4; left {ECC_FREE} {SECOND} system
        exec {{keep}}>&-; wait""")
    assert ran.out.splitlines() == ["left 0 0"] * 3


def test_a_killed_process_leaves_nothing(board):
    ran = run(board, f"""
        bind vivid-000-vid-cap frame {ECC_FREE}
        for i in 1 2 3 4 5; do
            hold /tmp/fifo$i /tmp/made$i $tools/video-hold --stream "$(node vivid-000-vid-cap)" 8
            kill -9 %%; wait 2>/dev/null; sleep 0.1
        done
        left {ECC_FREE}; {BUFFERS_LEFT}""")
    assert ran.out.splitlines() == ["left 0 0", NO_BUFFERS]


# --- heaps that run out

# What a buffer of vim2m takes of a carve-out, which starts each at a multiple of 64 KiB.
SLOT = r"""
slot() {
    echo $((($(v4l2-ctl -d "$(node vim2m)" --get-fmt-video-out | sed -n 's/.*Size Image *: //p') + 65535) / 65536 * 65536))
}
"""


@pytest.mark.parametrize(("then", "made", "elsewhere"), [
    ("", 5, 0), (SECOND, 8, 3), ("driver", 8, 0), (f"{SECOND} driver", 8, 3)])
def test_a_heap_that_runs_out_halfway(board, then, made, elsewhere):
    ran = run(board, SLOT + f"""
        bind vim2m frame {ECC_FREE} {then}
        fill {ECC_FREE} $((5 * $(slot)))
        hold /tmp/fifo /tmp/made $tools/video-hold --output "$(node vim2m)" 8; cat /tmp/made
        echo $(($(heap {ECC_FREE} buffers) - 1)) $(heap {SECOND} buffers)
        exec {{keep}}>&- {{full}}>&-; wait; left {ECC_FREE} {SECOND}""")
    assert ran.out.splitlines() == [str(made), f"5 {elsewhere}", "left 0 0", "left 0 0"]


@pytest.mark.parametrize(("then", "made"), [("", "ENOMEM"), ("driver", "4")])
def test_a_heap_that_is_full(board, then, made):
    ran = run(board, SLOT + f"""
        bind vim2m frame {ECC_FREE} {then}
        fill {ECC_FREE} 65536
        hold /tmp/fifo /tmp/made $tools/video-hold --output "$(node vim2m)" 4; cat /tmp/made
        exec {{keep}}>&- {{full}}>&-; wait; left {ECC_FREE}; {BUFFERS_LEFT}""")
    assert ran.out.splitlines() == [made, "left 0 0", NO_BUFFERS]


def test_two_processes_race_for_the_last_buffer(board):
    races = 20 if WHOLE else 6
    ran = run(board, SLOT + f"""
        bind vim2m frame {ECC_FREE}
        fill {ECC_FREE} $(slot)
        for i in $(seq {races}); do
            mkfifo /tmp/a$i /tmp/b$i
            for p in a b; do $tools/video-hold --output "$(node vim2m)" 1 </tmp/$p$i >/tmp/made$p$i & done
            exec {{a}}>/tmp/a$i {{b}}>/tmp/b$i
            until [ -s /tmp/madea$i ] && [ -s /tmp/madeb$i ]; do sleep 0.05; done
            sort /tmp/made[ab]$i | tr '\\n' ' '; echo
            exec {{a}}>&- {{b}}>&-
            until [ "$(heap {ECC_FREE} buffers)" = 1 ]; do sleep 0.05; done
        done
        exec {{full}}>&-; wait; left {ECC_FREE}""")
    assert ran.out.splitlines() == ["1 ENOMEM "] * races + ["left 0 0"]


# --- unmodified applications

ALL = dict.fromkeys(["frame", "bitstream", "reference", "metadata"], ECC_FREE)


@pytest.fixture(scope="module")
def plain() -> dict[str, list[str]]:
    """The checksums of pipelines with nothing bound, each taken once."""
    return {}


def unbound(board, plain: dict[str, list[str]], pipeline: str) -> list[str]:
    if pipeline not in plain:
        plain[pipeline] = checksums(board, pipeline)
    return plain[pipeline]


@pytest.mark.parametrize("heaps", [{"reference": ECC_FREE}, ALL, {**ALL, "frame": "system"},
                                   {"bitstream": SECOND, "frame": ECC_FREE}],
                         ids=["reference", "all", "frames-scattered", "queues-apart"])
def test_every_decoded_frame_is_the_same_from_heaps(board, plain, heaps):
    alone = unbound(board, plain, decode("auto"))
    assert len(alone) == FRAMES
    assert checksums_from_heaps(board, decode("auto"), heaps) == alone


def test_the_statistics_account_for_every_buffer_of_a_pipeline(board):
    """GStreamer's own log says how many buffers the driver gave it; two more are hidden."""
    ran = run(board, f"""
        {bound(ALL)}
        GST_DEBUG=v4l2allocator:6 GST_DEBUG_NO_COLOR=1 GST_DEBUG_FILE=/tmp/log \
            gst-launch-1.0 -q {decode('auto', CLIP)} ! fakesink sync=true &
        until [ "$(grep -c 'allocated .* buffers out of' /tmp/log 2>/dev/null)" = 2 ]; do sleep 0.1; done
        sleep 1
        heap {ECC_FREE} buffers
        kill %1; wait; left {ECC_FREE}
        grep 'allocated .* buffers out of' /tmp/log >$out/allocated
        for use in {" ".join(ALL)}; do bind stateful-decoder $use driver; done
        watch {ECC_FREE}; gst-launch-1.0 -q {decode('auto', 30)} ! fakesink; most""")
    told = (board.folder / "allocated").read_text()
    given = sum(int(n) for n in re.findall(r"allocated (\d+) .* buffers out of", told))
    assert given > 4
    assert ran.out.splitlines() == [str(given + 2), "left 0 0", "0"], told


def test_rebinding_while_streaming_changes_the_next_start_only(board, plain):
    rebound = checksums(board, decode("auto"), setup=bound(ALL) + f"""
        (while sleep 0.2; do for h in {SECOND} driver system {ECC_FREE}; do
            for u in {" ".join(ALL)}; do bind stateful-decoder $u $h; done
        done; done) &
        trap 'kill $!' EXIT""")
    assert rebound == unbound(board, plain, decode("auto"))


def test_a_stateless_decoder_takes_its_frames_from_the_heap(board, plain):
    """No downstream pool can reach these: GStreamer's stateless decoders allocate by themselves."""
    clip = os.environ["HEAPSEL_H264"]
    pipeline = f'filesrc location="{clip}" ! h264parse ! v4l2slh264dec'
    alone = unbound(board, plain, pipeline)
    assert len(alone) > 10 and len(set(alone)) > 1
    assert checksums_from_heaps(board, pipeline, {"frame": ECC_FREE}, "visl") == alone


@pytest.mark.parametrize("arguments", [[], CONTIGUOUS_ONLY], ids=["vmalloc", "dma-contig"])
def test_libcamera_takes_pictures_from_the_heap(board, arguments):
    count = 12 if WHOLE else 6  # more than libcamera has buffers for, so each is used again
    ran = run(board, f"""
        /usr/lib/systemd/systemd-udevd --daemon; udevadm trigger; udevadm settle
        # The time and counters that the sensor writes over its picture.
        for sensor in /dev/v4l-subdev*; do v4l2-ctl -d $sensor -c show_information=2 >/dev/null 2>&1; done
        pictures() {{
            mkdir /tmp/$1; cd /tmp/$1
            watch {ECC_FREE}
            cam -c 1 -C{count} -s width=640,height=480 --file=frame-# >/tmp/$1.log 2>&1 || {{ cat /tmp/$1.log >&2; exit 1; }}
            sha1sum * | cut -d' ' -f1; most; left {ECC_FREE}; echo --
        }}
        pictures plain
        bind "RGB/YUV Capture" frame {ECC_FREE}
        pictures ours""", kernel_arguments=arguments)
    plain, ours = (part.splitlines() for part in ran.out.split("--\n")[:2])
    assert len(plain) == count + 2 and plain[-2:] == ["0", "left 0 0"]
    assert ours[:-2] == plain[:-2] and int(ours[-2]) > 0 and ours[-1] == "left 0 0"


@pytest.mark.parametrize("how", ["--stream-mmap", "--stream-mmap --stream-no-query", "read"])
def test_vivid_with_contiguous_memory_captures_the_same(board, how):
    """Without the text on top, which has the time in it, and with a picture that stands still."""
    take = ("head -c $((12 * 320 * 240 * 2)) $v >/tmp/raw" if how == "read" else
            f"v4l2-ctl -d $v {how} --stream-count=12 --stream-to=/tmp/raw >/dev/null 2>&1")
    ran = run(board, f"""
        v=$(node vivid-000-vid-cap)
        v4l2-ctl -d $v -v width=320,height=240,pixelformat=YUYV -c osd_text_mode=2 -c horizontal_movement=3 \
            -c insert_sav_code_in_image=0
        capture() {{
            watch {ECC_FREE}
            {take}
            split -b $((320 * 240 * 2)) /tmp/raw /tmp/part; sha1sum /tmp/part* | cut -d' ' -f1
            most; left {ECC_FREE}; echo --; rm /tmp/raw /tmp/part*
        }}
        capture; bind vivid-000-vid-cap frame {ECC_FREE}; capture""", kernel_arguments=CONTIGUOUS_ONLY)
    plain, ours = (part.splitlines() for part in ran.out.split("--\n")[:2])
    assert len(plain) == 14 and plain[-2:] == ["0", "left 0 0"]
    assert ours[:-2] == plain[:-2] and int(ours[-2]) >= 2 * FRAME_SIZE and ours[-1] == "left 0 0"


# --- protected content

@pytest.fixture
def protected() -> str:
    """Shell that has a protected heap, and binds every use of the codec to it and to another. `codec NAME [--protected]`
    encodes and decodes a few frames, and says how many buffers each run has in its queues, and in which heap it has how
    many."""
    return f"""
        modprobe -d {os.environ["HEAPSEL_KERNEL"]} protected_heap || exit 1
        for use in {" ".join(ALL)}; do bind stateful-encoder $use {ECC_FREE} protected; done
        gst-launch-1.0 -q videotestsrc num-buffers=6 pattern=ball ! video/x-raw,format=NV12,width=640,height=360 ! \
            filesink location=/tmp/raw || exit 1
        one() {{
            hold /tmp/fifo-$1 /tmp/made-$1 $tools/codec-run "${{@:2}}"
            echo $(cat /tmp/made-$1) $(heap protected buffers) $(heap {ECC_FREE} buffers)
            exec {{keep}}>&-; wait
        }}
        codec() {{
            one encode-$1 $2 "$(node stateful-encoder)" /tmp/raw /tmp/coded-$1
            one decode-$1 $2 --decode "$(node stateful-decoder)" /tmp/coded-$1 /tmp/frames-$1
        }}
"""


PROTECTED = {"kernel_arguments": ["vicodec.protected_content=1"], "expected": [r"protected_heap: loading out-of-tree module"]}


def test_one_device_plays_protected_and_clear_content(board, protected):
    """What is hidden in the driver is protected, too, and all of it is the same, bit for bit."""
    ran = run(board, protected + f"""
        codec clear; codec protected --protected; codec again
        for kind in coded frames; do sha1sum /tmp/$kind-* | cut -d' ' -f1 | sort -u | wc -l; done
        stat -c %s /tmp/frames-protected; left protected {ECC_FREE}""", **PROTECTED)
    *runs, coded, frames, size, left, also_left = ran.out.splitlines()
    assert (coded, frames) == ("1", "1")
    assert size == str(6 * 640 * 368 * 3 // 2)  # in whole blocks
    assert [left, also_left] == ["left 0 0"] * 2
    for line, is_protected in zip(runs, [False, False, True, True, False, False], strict=True):
        queued, in_protected, in_clear = map(int, line.split())
        expected = (queued + 2, 0) if is_protected else (0, queued + 2)
        assert (in_protected, in_clear) == expected, ran.out


@pytest.mark.parametrize("use", ["frame", "bitstream", "reference", "metadata"])
def test_protected_content_goes_into_no_other_memory(board, protected, use):
    ran = run(board, protected + f"""
        bind stateful-encoder {use} {ECC_FREE} driver
        codec protected --protected; cat /tmp/made-encode-protected
        left protected {ECC_FREE}""", **PROTECTED)
    *_, said, left, also_left = ran.out.splitlines()
    assert re.match(r"VIDIOC_(REQBUFS|STREAMON): (ENOMEM|EINVAL)", said)
    assert [left, also_left] == ["left 0 0"] * 2


def test_nobody_else_is_given_a_protected_heap(board, protected):
    ran = run(board, protected + f"""
        cat "$(role vim2m frame)"
        bind vim2m frame protected {ECC_FREE}
        hold /tmp/fifo /tmp/made $tools/video-hold "$(node vim2m)" 2; cat /tmp/made
        heap protected buffers; heap {ECC_FREE} buffers""", **PROTECTED)
    _, made, in_protected, in_clear = ran.out.splitlines()
    assert (in_protected, in_clear) == ("0", made)


# --- faults

@pytest.mark.skipif(os.environ.get("HEAPSEL_KERNEL_VARIANT") != "debug",
                    reason="fault injection is in the debug kernel: lab/run test --kernel=debug")
@pytest.mark.parametrize("heaps", [ECC_FREE, f"{ECC_FREE} second", f"{ECC_FREE} driver", "system"])
@pytest.mark.parametrize(("name", "side"), [("vim2m", "--output"), ("vim2m", ""), ("vivid-000-vid-cap", ""),
                                            ("stateful-encoder", "--output")])
def test_every_allocation_that_can_fail(board, name, side, heaps):
    uses = list(ALL) if name == "stateful-encoder" else ["frame"]
    # vivid writes its frames itself, and takes no cached memory for that.
    heaps = heaps.replace("second", UNCACHED[-1] if name.startswith("vivid") else SECOND)
    binds = "".join(f"bind {name} {use} {heaps}\n" for use in uses)
    # A scattered heap is none for contiguous memory.
    arguments = CONTIGUOUS_ONLY if heaps != "system" else []
    judge(board.sh(SHELL + binds + ALL_CAN_FAIL + f"""
        $tools/video-fail-nth {side} "$(node {name})" {ECC_FREE} {SECOND} {UNCACHED[-1]} system""", timeout=300,
                   kernel_arguments=arguments, expected=[*KMEMLEAK_FAILED_TOO, *VIDEOBUF2_FAILED, r"kernel_thread\(\) failed"]))
