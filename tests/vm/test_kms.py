# SPDX-License-Identifier: LGPL-2.1-or-later
"""Displays of the board, and the heaps that their dumb buffers come from: one whose driver wants them in
one piece, as displays do that do DMA (lab/board/board.dtsi), and one whose driver has them in shmem."""

import json
import os
from pathlib import Path

import ktap
import pytest

from faults import ALL_CAN_FAIL, KMEMLEAK_FAILED_TOO, judge
from heap_shell import HEAPS, refused
from pipelines import BUFFERS_LEFT, ECC_FREE, NO_BUFFERS

KERNEL = Path(os.environ["HEAPSEL_KERNEL"])
SECOND = "frames@60000000"  # cached
COHERENT = "coherent@64000000"
# A dumb buffer for the display's only mode, 178x128, in pages, and what a heap gives away for it.
FRAME, ROOM = 94208, 131072

# card DEVICE: the cardN of that device. uses DEVICE: the folder that binds it. bind HEAP...: ends the
# script if that is refused, so that nothing is taken for bound that is not.
SHELL = HEAPS + rf"""
card() {{ for c in /sys/class/drm/card[0-9]; do [ "$(basename "$(readlink $c/device)")" != "$1" ] || echo ${{c##*/}}; done; }}
uses() {{ echo /sys/class/drm/$(card "$1")/device/heaps; }}
bind() {{ echo "$*" >"$(uses spi0.0)/frame" || exit 1; }}
modprobe -d {KERNEL} st7586 || exit 1
vkms=/dev/dri/$(card vkms) lcd=/dev/dri/$(card spi0.0)
"""


def run(board, script: str, **options):
    ran = board.sh(SHELL + script, **options)
    assert ran.status == 0, ran
    return ran


# --- what is listed

def test_the_kernels_own_test_of_displays_finds_nothing_to_skip(board):
    """That both displays list what they take is in it, what binding the one does, and that vgem has none of it."""
    ran = run(board, f"cd {KERNEL}/selftests/dmabuf-heaps && ./kms-heaps $lcd $vkms /dev/dri/$(card vgem)", timeout=300)
    results = ktap.parse(ran.out)
    assert results.faults == results.failed == [], ran
    assert "SKIP" not in ran.out.replace("render_nodes_cannot_be_asked # SKIP", ""), ran.out


def test_dumb_buffers_come_from_less_than_a_plane_shows_from(board):
    ran = run(board, "cat $(uses spi0.0)/frame; $tools/kms-accepts $lcd")
    listing, *taken = ran.out.splitlines()
    assert listing.split()[0] == "[driver]"
    assert set(listing.split()[1:]) == {ECC_FREE, COHERENT}
    assert set(taken) > {ECC_FREE, COHERENT, "video@50000000", SECOND} and "system" not in taken


def test_a_display_that_has_its_buffers_in_shmem_takes_all_and_binds_none(board):
    ran = run(board, "[ ! -e $(uses vkms) ] || exit 1; $tools/kms-accepts $vkms; ls /dev/dma_heap")
    assert {"system", ECC_FREE, SECOND, COHERENT} <= set(ran.out.split())
    names = ran.out.split()
    assert sorted(names) == sorted(2 * list(set(names)))


def test_what_cannot_be_bound_is_refused_and_changes_nothing(board):
    why = {"nothing@0": "No such file", f"{ECC_FREE} {ECC_FREE}": "Invalid", f"driver {ECC_FREE}": "Invalid",
           "system": "Invalid", SECOND: "Invalid"}
    said = run(board, refused("$(uses spi0.0)/frame", COHERENT, why)).out.splitlines()
    assert len(said) == len(why)
    assert all(error in line for error, line in zip(why.values(), said)), said


def test_the_lists_of_decoder_and_display_join_to_the_heap_of_the_demonstration(board):
    """With what the demonstration asks for, and no name of a heap."""
    ran = run(board, """
        decoder=/dev/$(basename $(dirname $(grep -lx stateful-decoder /sys/class/video4linux/*/name)))
        heapsel explain $decoder $vkms --require contiguous --prefer non-ecc,uncached --json""")
    answer = json.loads(ran.out)
    decoder, display = answer["consumers"]
    assert display["type"] == "primary" and display["format"] == "YU12"
    joined = {h["name"] for h in decoder["usable"]["heaps"]} & {h["name"] for h in display["usable"]["heaps"]}
    verdicts = {heap["name"]: heap["verdict"] for heap in answer["heaps"]}
    assert answer["chosen"] == ECC_FREE
    assert {name for name, verdict in verdicts.items() if verdict != "unsuitable"} <= joined
    assert verdicts["system"] == "unsuitable"


def test_the_command_binds_a_display(board):
    ran = run(board, f"""
        heapsel bind $lcd frame {COHERENT} {ECC_FREE} --or-driver; cat $(uses spi0.0)/frame
        heapsel explain $lcd --require contiguous | grep chosen
        heapsel bind $lcd frame --unbind; cat $(uses spi0.0)/frame
        ! heapsel bind $lcd reference {ECC_FREE}""")
    lines = ran.out.splitlines()
    assert lines[1].startswith(f"[{COHERENT}] [{ECC_FREE}] [driver]")
    assert lines[2] == f"{COHERENT}: chosen"
    assert lines[-1].startswith("[driver] ")
    assert "it has: frame" in ran.err


def test_a_device_that_shows_nothing_has_no_uses(board):
    run(board, "card=$(card vgem); [ -e /dev/dri/$card ] && [ ! -e /sys/class/drm/$card/device/heaps ]")


# --- buffers

def test_each_dumb_buffer_is_the_heaps_and_goes_with_its_file(board):
    ran = run(board, f"""
        bind {ECC_FREE}
        hold /tmp/fifo /tmp/made $tools/kms-hold --show $lcd 4; cat /tmp/made; left {ECC_FREE}
        grep -c '^	spi0.0$' /sys/kernel/debug/dma_buf/bufinfo
        exec {{keep}}>&-; wait; left {ECC_FREE} {COHERENT}; {BUFFERS_LEFT}""")
    assert ran.out.splitlines() == ["4", f"left 4 {4 * FRAME}", "4", "left 0 0", "left 0 0", NO_BUFFERS]


def test_unbound_no_heap_is_asked(board):
    ran = run(board, f"""
        hold /tmp/fifo /tmp/made $tools/kms-hold --show $lcd 4; cat /tmp/made
        left {ECC_FREE} {COHERENT} system; {BUFFERS_LEFT}
        bind {ECC_FREE}; bind driver
        hold /tmp/fifo2 /tmp/made2 $tools/kms-hold $lcd 2; cat /tmp/made2; left {ECC_FREE}""")
    assert ran.out.splitlines() == ["4", *["left 0 0"] * 3, NO_BUFFERS, "2", "left 0 0"]


@pytest.mark.parametrize(("then", "made", "elsewhere"), [
    ("", "2 ENOMEM", 0), (COHERENT, "4", 2), ("driver", "4", 0), (f"{COHERENT} driver", "4", 2)])
def test_a_heap_that_runs_out(board, then, made, elsewhere):
    ran = run(board, f"""
        bind {ECC_FREE} {then}
        fill {ECC_FREE} {2 * ROOM}
        hold /tmp/fifo /tmp/made $tools/kms-hold $lcd 4; cat /tmp/made
        echo $(($(heap {ECC_FREE} buffers) - 1)) $(heap {COHERENT} buffers)
        exec {{keep}}>&- {{full}}>&-; wait; left {ECC_FREE} {COHERENT}; {BUFFERS_LEFT}""")
    assert ran.out.splitlines() == [made, f"2 {elsewhere}", "left 0 0", "left 0 0", NO_BUFFERS]


def test_a_dumb_buffer_is_charged_to_who_asks(board):
    ran = run(board, f"""
        mount -t cgroup2 none /sys/fs/cgroup && echo +dmem >/sys/fs/cgroup/cgroup.subtree_control
        region=$(cat /sys/class/dma_heap/{ECC_FREE}/cgroup_region)
        g=/sys/fs/cgroup/payer; mkdir $g; echo "$region {2 * FRAME}" >$g/dmem.max
        bind {ECC_FREE}
        hold /tmp/fifo /tmp/made bash -c "echo \\$BASHPID >$g/cgroup.procs; exec $tools/kms-hold $lcd 4"
        cat /tmp/made; grep -o "$region .*" $g/dmem.current | cut -d' ' -f2; left {ECC_FREE}
        exec {{keep}}>&-; wait; grep -o "$region .*" $g/dmem.current | cut -d' ' -f2""")
    assert ran.out.splitlines() == ["2 ENOMEM", f"{2 * FRAME}", f"left 2 {2 * FRAME}", "0"]


def test_a_killed_process_leaves_nothing(board):
    ran = run(board, f"""
        bind {ECC_FREE}
        for i in 1 2 3 4 5; do
            hold /tmp/fifo$i /tmp/made$i $tools/kms-hold --show $lcd 3
            kill -9 %%; wait 2>/dev/null; sleep 0.1
        done
        left {ECC_FREE}; {BUFFERS_LEFT}""")
    assert ran.out.splitlines() == ["left 0 0", NO_BUFFERS]


def test_a_display_that_is_unplugged_while_it_shows(board):
    """Its buffers are there until who has them lets go, and the next display begins anew."""
    ran = run(board, f"""
        driver=/sys/bus/spi/drivers/st7586
        for i in 1 2 3; do
            bind {ECC_FREE}
            hold /tmp/fifo$i /tmp/made$i $tools/kms-hold --show /dev/dri/$(card spi0.0) 3; cat /tmp/made$i
            echo spi0.0 >$driver/unbind; [ -z "$(card spi0.0)" ] || exit 1; left {ECC_FREE}
            exec {{keep}}>&-; wait; left {ECC_FREE}
            echo spi0.0 >$driver/bind; cut -d' ' -f1 $(uses spi0.0)/frame
        done; {BUFFERS_LEFT}""")
    assert ran.out.splitlines() == ["3", f"left 3 {3 * FRAME}", "left 0 0", "[driver]"] * 3 + [NO_BUFFERS]


def test_rebinding_while_buffers_come_and_go_leaves_nothing(board):
    ran = run(board, f"""
        (while :; do for h in {ECC_FREE} driver {COHERENT}; do bind $h; sleep 0.01; done; done) & rebinds=$!
        for i in 1 2 3; do $tools/kms-churn --write $lcd 300 178 128 || exit 1; done
        kill $rebinds; wait $rebinds
        left {ECC_FREE} {COHERENT}; {BUFFERS_LEFT}""")
    assert ran.out.splitlines() == ["left 0 0", "left 0 0", NO_BUFFERS]


def test_an_application_shows_from_the_heap_without_knowing(board):
    ran = run(board, f"""
        connector=$(modetest -M st7586 -c | sed -n 's/^\\([0-9]*\\).*connected.*/\\1/p')
        [ -n "$connector" ] || exit 1
        bind {ECC_FREE}
        mkfifo /tmp/go; modetest -M st7586 -s $connector:178x128 </tmp/go >/dev/null &
        exec {{go}}>/tmp/go
        until [ "$(heap {ECC_FREE} buffers)" -gt 0 ]; do sleep 0.1; done; left {ECC_FREE}
        echo >&$go; wait $! && left {ECC_FREE}""")
    assert ran.out.splitlines() == [f"left 1 {FRAME}", "left 0 0"]


# --- faults

# What its driver logs of a picture that it could not send.
LCD_FAILED = [r"st7586 spi0\.0: .*-12\b"]


@pytest.mark.skipif(os.environ.get("HEAPSEL_KERNEL_VARIANT") != "debug",
                    reason="fault injection is in the debug kernel: lab/run test --kernel=debug")
@pytest.mark.parametrize("heaps", [ECC_FREE, f"{ECC_FREE} {COHERENT}", f"{ECC_FREE} driver"])
def test_every_allocation_that_can_fail(board, heaps):
    judge(board.sh(SHELL + f"bind {heaps}\n" + ALL_CAN_FAIL + f"""
        $tools/kms-fail-nth $lcd {ECC_FREE} {COHERENT} system""", timeout=300,
                   expected=[*KMEMLEAK_FAILED_TOO, *LCD_FAILED, r"kernel_thread\(\) failed"]))
