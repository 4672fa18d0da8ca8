# SPDX-License-Identifier: LGPL-2.1-or-later
"""gst-launch pipelines on the board, and what can be learnt of their frames."""

import json
import os
import re

import witness
from heap_shell import PAYER

SHOW = "kmssink driver-name=vkms sync=false"
CLIP = 795  # frames
# A plain run plays the clip's beginning: more than fit into a region, so none may be kept. For the rest there is
# `lab/run test full`.
WHOLE = bool(os.environ.get("HEAPSEL_WHOLE_CLIP"))
FRAMES = CLIP if WHOLE else 120
# The display composes a whole picture in seconds.
PICTURES = 16 if WHOLE else 6
ECC_FREE = "nonecc@58000000"

# A display of its own, which configfs takes away again: $second is its cardN.
SECOND_DISPLAY = """
mount -t configfs none /sys/kernel/config 2>/dev/null
mkdir /sys/kernel/config/vkms/second && cd /sys/kernel/config/vkms/second || exit
mkdir planes/one crtcs/one encoders/one connectors/one
echo 1 >planes/one/type
ln -s $PWD/crtcs/one planes/one/possible_crtcs/
ln -s $PWD/crtcs/one encoders/one/possible_crtcs/
ln -s $PWD/encoders/one connectors/one/possible_encoders/
before=$(ls /dev/dri)
echo 1 >enabled
second=$(ls /dev/dri | grep -vxF "$before" | grep card)
cd /tmp
"""

# node NAME: the /dev/videoN of that name; role NAME USE: the file that binds it; bind NAME USE
# HEAP...: ends the script if that is refused, so that nothing is taken for bound that is not.
BINDING = r"""
node() { local d name; for d in /sys/class/video4linux/*; do read -r name <$d/name; [ "$name" != "$1" ] || echo /dev/${d##*/}; done; }
role() { local dev; dev=$(node "$1"); echo /sys/class/video4linux/${dev##*/}/device/heaps/$2; }
bind() { local file; file=$(role "$1" "$2"); shift 2; echo "$*" >"$file" || exit 1; }
"""


def bound(heaps: dict[str, str], name: str = "stateful-decoder") -> str:
    """Binds uses of a video node to heaps."""
    return BINDING + "".join(f"bind '{name}' {use} {heap}\n" for use, heap in heaps.items())


# debugfs knows every dma-buf, whoever holds it.
BUFFERS_LEFT = "tail -n 1 /sys/kernel/debug/dma_buf/bufinfo"
NO_BUFFERS = "Total 0 objects, 0 bytes"


def decode(capture_io_mode: str, frames: int = FRAMES) -> str:
    """So many frames of the clip out of the decoder. The cut comes before the decoder, so that it
    drains: one that is told downstream that it is over keeps frames that nobody sees."""
    cut = f"identity eos-after={frames + 1} ! " if frames < CLIP else ""
    return (f'filesrc location="$clip" ! gdpdepay ! {cut}'
            f"v4l2fwhtdec capture-io-mode={capture_io_mode}")


def checksums(board, pipeline: str, setup: str = "") -> list[str]:
    """The SHA-1 of every frame that reaches the end of the pipeline."""
    ran = board.sh(f"""{setup}
        gst-launch-1.0 -q {pipeline} ! checksumsink hash=sha1 sync=false""")
    assert ran.status == 0, ran
    return re.findall(r"^[0-9:.]+ ([0-9a-f]{40})$", ran.out, re.MULTILINE)


def checksums_from_heaps(board, pipeline: str, heaps: dict[str, str], name: str = "stateful-decoder") -> list[str]:
    """The same with uses of a video node bound; each of the heaps must have been allocated from, as is seen while
    the pipeline runs."""
    used = sorted(set(heaps.values()))
    # Not so fast that the look comes too late.
    sums = checksums(board, f"{pipeline} ! identity sleep-time=5000", setup=bound(heaps, name) + f"""
        (cd /sys/class/dma_heap
            while :; do for file in {" ".join(f"{heap}/buffers" for heap in used)}; do
                read -r buffers <$file; [ "$buffers" = 0 ] || echo $file
            done; done) >/tmp/used &
        watcher=$!
        trap 'kill $watcher; sort -u /tmp/used >$out/used' EXIT""")
    seen = (board.folder / "used").read_text().splitlines()
    assert seen == [f"{heap}/buffers" for heap in used]
    return sums


def witnessed(board, results, pipeline: str, name: str = "witness", setup: str = "") -> witness.Journey:
    ran = board.sh(f"""{setup}
        IOCTL_WITNESS_LOG=/tmp/{name} LD_PRELOAD=$tools/libioctl-witness.so \
        gst-launch-1.0 -q {pipeline} && cp /tmp/{name} $out/""")
    assert ran.status == 0, ran
    return witness.follow(witness.read_log(results / name))


def crcs(board, results, pipeline: str, mode: str, name: str, setup: str = "") -> list[str]:
    """The display's own CRC of every frame that a pipeline shows, with the display in `mode`."""
    return crcs_of(board, results, f"gst-launch-1.0 -q {pipeline}", mode, name, setup)


def crcs_of(board, results, command: str, mode: str, name: str, setup: str = "") -> list[str]:
    """The same of a program that shows something."""
    ran = board.sh(f"""{setup}
        $tools/display-crc --output /tmp/{name}.crc --activate {mode} >/tmp/ready &
        recorder=$!
        until grep -qs ready /tmp/ready; do sleep 0.1; done
        IOCTL_WITNESS_LOG=/tmp/{name} LD_PRELOAD=$tools/libioctl-witness.so {command}
        status=$?
        sleep 1
        kill $recorder; wait $recorder
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
