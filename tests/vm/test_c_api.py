# SPDX-License-Identifier: LGPL-2.1-or-later
"""The C API on real heaps and devices, through the example that uses it."""

import json
import re

DEVICES = r"""
decoder=/dev/$(basename $(dirname $(grep -lx stateful-decoder /sys/class/video4linux/*/name)))
for card in /sys/class/drm/card[0-9]; do
    [ "$(basename "$(readlink $card/device)")" != vkms ] || display=/dev/dri/${card##*/}
done
"""


def test_the_example_takes_what_the_command_would_and_says_the_same(board):
    ran = board.sh(f"""{DEVICES}
        $tools/example-allocate 663552 $decoder:capture $display >$out/example || exit
        heapsel explain $decoder:capture $display --size 663552 --prefer non-ecc --json >$out/explain
        heapsel alloc 4096 --heap system
        tail -n 1 /sys/kernel/debug/dma_buf/bufinfo""")
    assert ran.status == 0 and ran.err == "", ran
    lines = (board.folder / "example").read_text().splitlines()
    said = json.loads((board.folder / "explain").read_text())
    assert len(said["heaps"]) > 2 and said["chosen"], said
    expected = [line for heap in said["heaps"]
                for line in (f"{heap['name']}: {heap['verdict']}", f"    {heap['reason']}")]
    assert lines[:-1] == expected
    assert lines[-1] == f"663552 bytes from {said['chosen']}, a dma-buf of 663552"
    assert "Total 0 objects, 0 bytes" in ran.out, ran


def test_the_example_says_why_it_cannot(board):
    ran = board.sh("""for arguments in "4096 video99" "0" "$((1 << 50))" "many"; do
            $tools/example-allocate $arguments >/dev/null; echo $?
        done""")
    assert ran.out.split() == ["1", "1", "1", "2"], ran
    device, zero, large, usage = ran.err.splitlines()
    assert device.startswith("allocate: cannot find the video device (video99): No such device. There are: /dev/video0,")
    assert zero == "allocate: cannot allocate a buffer (0 bytes): Invalid argument. Ask for at least 1 byte."
    assert large.startswith(f"allocate: cannot allocate {1 << 50} bytes (system")
    assert usage == "Usage: allocate BYTES [DEVICE...]"


def test_the_example_follows_the_policy_and_names_a_wrong_one(board):
    ran = board.sh("""
        mkdir -p /etc/heapsel
        printf '[default]\\nrequire = ["non-ecc"]\\n' >/etc/heapsel/policy.toml
        $tools/example-allocate 4096 | tail -n 1
        printf '[default]\\nrequire = ["non-ec"]\\n' >/etc/heapsel/policy.toml
        ! $tools/example-allocate 4096""")
    assert ran.status == 0, ran
    assert re.fullmatch(r"4096 bytes from \w+@\w+, a dma-buf of 4096\n", ran.out), ran
    assert ran.err.startswith("allocate: cannot read the policy (/etc/heapsel/policy.toml:2:"), ran
