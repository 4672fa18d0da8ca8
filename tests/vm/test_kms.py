# SPDX-License-Identifier: LGPL-2.1-or-later
"""Displays of the board whose dumb buffers come from the heaps that they are bound to."""

import json
import os

import pytest

from faults import ALL_CAN_FAIL, KMEMLEAK_FAILED_TOO, judge
from heap_shell import HEAPS, refused
from pipelines import BUFFERS_LEFT, ECC_FREE, NO_BUFFERS, PICTURES, SHOW, WHOLE, crcs, decode

SECOND = "frames@60000000"
FRAME = 1024 * 768 * 4  # of the mode that vkms prefers

# card DEVICE: the cardN of that device. role DEVICE: the file that binds it. bind DEVICE HEAP...:
# ends the script if that is refused, so that nothing is taken for bound that is not.
SHELL = HEAPS + r"""
card() { for c in /sys/class/drm/card[0-9]; do [ "$(basename "$(readlink $c/device)")" != "$1" ] || echo ${c##*/}; done; }
role() { echo /sys/class/drm/$(card "$1")/device/heaps/frame; }
bind() { local file; file=$(role "$1"); shift; echo "$*" >"$file" || exit 1; }
vkms=/dev/dri/$(card vkms)
"""

# plug NAME: another display, with one CRTC. unplug NAME: away with it.
PLUG = r"""
mountpoint -q /sys/kernel/config || mount -t configfs none /sys/kernel/config
plug() {
    local d=/sys/kernel/config/vkms/$1
    mkdir $d $d/planes/p $d/crtcs/c $d/encoders/e $d/connectors/n || exit 1
    echo 1 >$d/planes/p/type  # primary
    ln -s $d/crtcs/c $d/planes/p/possible_crtcs/
    ln -s $d/crtcs/c $d/encoders/e/possible_crtcs/
    ln -s $d/encoders/e $d/connectors/n/possible_encoders/
    echo 1 >$d/enabled || exit 1
}
unplug() { echo 0 >/sys/kernel/config/vkms/$1/enabled; }
"""


def run(board, script: str, **options):
    ran = board.sh(SHELL + script, **options)
    assert ran.status == 0, ran
    return ran


# --- what is listed

def test_the_heaps_that_are_listed_are_those_whose_buffers_are_taken(board):
    ran = run(board, "heapsel devices --json >$out/devices; cat $(role vkms); $tools/kms-accepts $vkms")
    listing, *taken = ran.out.splitlines()
    assert listing.split()[0] == "[driver]"
    assert sorted(listing.split()[1:]) == sorted(taken)
    assert {"system", ECC_FREE} <= set(taken)
    # The same by DRM_IOCTL_MODE_ENUM_HEAPS, for each plane.
    (display,) = json.loads((board.folder / "devices").read_text())["displays"]
    assert [plane["type"] for plane in display["planes"]] == ["primary", "cursor"]
    for plane in display["planes"]:
        assert [heap["name"] for heap in plane["usable"]["heaps"]] == listing.split()[1:]
        assert not any(heap["active"] for heap in plane["usable"]["heaps"])


def test_what_cannot_be_bound_is_refused_and_changes_nothing(board):
    why = {"nothing@0": "No such file", f"{ECC_FREE} {ECC_FREE}": "Invalid", f"driver {ECC_FREE}": "Invalid"}
    said = run(board, refused("$(role vkms)", SECOND, why)).out.splitlines()
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
        heapsel bind $vkms frame {SECOND} {ECC_FREE} --or-driver; cat $(role vkms)
        heapsel explain $vkms --require contiguous | grep chosen
        heapsel bind $vkms frame --unbind; cat $(role vkms)
        ! heapsel bind $vkms reference {ECC_FREE}""")
    lines = ran.out.splitlines()
    assert lines[1].startswith(f"[{SECOND}] [{ECC_FREE}] [driver] ")
    assert lines[2] == f"{SECOND}: chosen"
    assert lines[-1].startswith("[driver] ")
    assert "it has: frame" in ran.err


def test_a_device_that_shows_nothing_has_no_role(board):
    run(board, "card=$(card vgem); [ -e /dev/dri/$card ] && [ ! -e /sys/class/drm/$card/device/heaps ]")


# --- buffers

def test_each_dumb_buffer_is_the_heaps_and_goes_with_its_file(board):
    ran = run(board, f"""
        bind vkms {ECC_FREE}
        hold /tmp/fifo /tmp/made $tools/kms-hold --show $vkms 4; cat /tmp/made; left {ECC_FREE}
        grep -c '^	vkms$' /sys/kernel/debug/dma_buf/bufinfo
        exec {{keep}}>&-; wait; left {ECC_FREE} {SECOND}; {BUFFERS_LEFT}""")
    assert ran.out.splitlines() == ["4", f"left 4 {4 * FRAME}", "4", "left 0 0", "left 0 0", NO_BUFFERS]


def test_unbound_no_heap_is_asked(board):
    ran = run(board, f"""
        hold /tmp/fifo /tmp/made $tools/kms-hold --show $vkms 4; cat /tmp/made
        left {ECC_FREE} {SECOND} system; {BUFFERS_LEFT}
        bind vkms {ECC_FREE}; bind vkms driver
        hold /tmp/fifo2 /tmp/made2 $tools/kms-hold $vkms 2; cat /tmp/made2; left {ECC_FREE}""")
    assert ran.out.splitlines() == ["4", *["left 0 0"] * 3, NO_BUFFERS, "2", "left 0 0"]


@pytest.mark.parametrize(("then", "made", "elsewhere"), [
    ("", "2 ENOMEM", 0), (SECOND, "4", 2), ("driver", "4", 0), (f"{SECOND} driver", "4", 2)])
def test_a_heap_that_runs_out(board, then, made, elsewhere):
    ran = run(board, f"""
        bind vkms {ECC_FREE} {then}
        fill {ECC_FREE} {2 * FRAME}
        hold /tmp/fifo /tmp/made $tools/kms-hold $vkms 4; cat /tmp/made
        echo $(($(heap {ECC_FREE} buffers) - 1)) $(heap {SECOND} buffers)
        exec {{keep}}>&- {{full}}>&-; wait; left {ECC_FREE} {SECOND}; {BUFFERS_LEFT}""")
    assert ran.out.splitlines() == [made, f"2 {elsewhere}", "left 0 0", "left 0 0", NO_BUFFERS]


def test_a_dumb_buffer_is_charged_to_who_asks(board):
    ran = run(board, f"""
        payer; limit {ECC_FREE} {2 * FRAME}
        bind vkms {ECC_FREE}
        hold /tmp/fifo /tmp/made bash -c "echo \\$BASHPID >$g/cgroup.procs; exec $tools/kms-hold $vkms 4"
        cat /tmp/made; charged {ECC_FREE}; left {ECC_FREE}
        exec {{keep}}>&-; wait; charged {ECC_FREE}""")
    assert ran.out.splitlines() == ["2 ENOMEM", f"{2 * FRAME}", f"left 2 {2 * FRAME}", "0"]


def test_a_killed_process_leaves_nothing(board):
    ran = run(board, f"""
        bind vkms {ECC_FREE}
        for i in 1 2 3 4 5; do
            hold /tmp/fifo$i /tmp/made$i $tools/kms-hold --show $vkms 3
            kill -9 %%; wait 2>/dev/null; sleep 0.1
        done
        left {ECC_FREE}; {BUFFERS_LEFT}""")
    assert ran.out.splitlines() == ["left 0 0", NO_BUFFERS]


def test_a_display_that_is_unplugged_while_it_shows(board):
    """Its buffers are there until who has them lets go, and the next display begins anew."""
    ran = run(board, PLUG + f"""
        for i in 1 2 3; do
            plug two; bind two {ECC_FREE}
            hold /tmp/fifo$i /tmp/made$i $tools/kms-hold --show /dev/dri/$(card two) 3; cat /tmp/made$i
            unplug two; [ -z "$(card two)" ]; left {ECC_FREE}
            exec {{keep}}>&-; wait; left {ECC_FREE}
            d=/sys/kernel/config/vkms/two
            rm $d/*/*/possible_*/*; rmdir $d/*/* $d
        done; {BUFFERS_LEFT}""")
    assert ran.out.splitlines() == ["3", f"left 3 {3 * FRAME}", "left 0 0"] * 3 + [NO_BUFFERS]


def test_two_displays_have_bindings_of_their_own(board):
    ran = run(board, PLUG + f"""
        plug two; bind two {SECOND}; bind vkms {ECC_FREE}
        hold /tmp/fifo /tmp/made $tools/kms-hold --show /dev/dri/$(card two) 3
        hold /tmp/fifo2 /tmp/made2 $tools/kms-hold --show $vkms 2
        left {ECC_FREE} {SECOND}""")
    assert ran.out.splitlines() == [f"left 2 {2 * FRAME}", f"left 3 {3 * FRAME}"]


# --- unmodified applications

# Into memory of the decoder's own, and copied by the sink into the display's dumb buffers.
COPIED = f"identity drop-allocation=true ! {SHOW}"


@pytest.fixture(scope="module")
def plain() -> dict[str, list[str]]:
    """The CRCs of pipelines with nothing bound, each taken once."""
    return {}


def shown(board, results, frames: int, mode: str, setup: str) -> list[str]:
    return crcs(board, results, f"{decode('mmap', frames)} ! {COPIED}", mode, "shown", setup=SHELL + setup)


@pytest.mark.parametrize("heap", [ECC_FREE, "system", "coherent@64000000"])
def test_the_sinks_own_pool_shows_the_same_from_heaps(board, results, plain, heap):
    frames, mode = PICTURES, "768x576@5"
    if not plain:
        plain["crcs"] = shown(board, results, frames, mode, "")
    ours = shown(board, results, frames, mode, f"""
        bind vkms {heap}; pay
        trap 'peaked {heap} >$out/peak' EXIT""")
    assert ours == plain["crcs"] and len(set(ours)) >= frames * 0.9
    # The black picture, and what the sink shows while it fills the next.
    if heap != "system":  # for which nobody pays
        assert int((results / "peak").read_text()) > 2 * 768 * 576


def test_rebinding_while_it_shows_changes_no_picture(board, results):
    frames, mode = 200 if WHOLE else 60, "160x120@25"
    alone = shown(board, results, frames, mode, "")
    rebound = shown(board, results, frames, mode, f"""
        (while sleep 0.2; do for h in {ECC_FREE} driver system {SECOND}; do bind vkms $h; done; done) &
        rebinds=$!
        trap 'kill $rebinds' EXIT""")
    assert rebound == alone and len(set(alone)) > frames / 2


def test_modetest_shows_the_same_picture_from_the_heap(board, results):
    def crc(setup: str) -> tuple[set[str], int]:
        ran = run(board, f"""{setup}
            pay
            $tools/display-crc --output /tmp/crc >/dev/null & recorder=$!
            connector=$(modetest -M vkms -c | sed -n 's/^\\([0-9]*\\).*connected.*Virtual-1.*/\\1/p')
            (sleep 3; until [ "$(grep -c '"crc"' /tmp/crc)" -ge 3 ]; do sleep 0.1; done; echo) |
                modetest -M vkms -s $connector:1024x768 >/dev/null
            kill $recorder; wait
            grep -o '"crc":\\["*[0-9a-fx]*' /tmp/crc | tail -n 3; peaked {ECC_FREE}""")
        *sums, peak = ran.out.splitlines()
        return set(sums), int(peak)
    plain, unused = crc("")
    ours, peak = crc(f"bind vkms {ECC_FREE}")
    assert unused == 0 and peak == FRAME
    assert ours == plain and len(plain) == 1, (plain, ours)


# --- faults

@pytest.mark.skipif(os.environ.get("HEAPSEL_KERNEL_VARIANT") != "debug",
                    reason="fault injection is in the debug kernel: lab/run test --kernel=debug")
@pytest.mark.parametrize("heaps", [ECC_FREE, f"{ECC_FREE} {SECOND}", f"{ECC_FREE} driver", "system"])
def test_every_allocation_that_can_fail(board, heaps):
    judge(board.sh(SHELL + f"bind vkms {heaps}\n" + ALL_CAN_FAIL + f"""
        $tools/kms-fail-nth $vkms {ECC_FREE} {SECOND} system""", timeout=300,
                   expected=[*KMEMLEAK_FAILED_TOO, r"kernel_thread\(\) failed"]))
