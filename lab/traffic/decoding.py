# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a decoder reads and writes for a frame: the lab's clip through an unmodified pipeline, with some uses of
the decoder bound to a heap.

Each is run for a few and for many frames, and the difference counts, so that what starting a pipeline costs
is not in it.
"""

from __future__ import annotations

import dataclasses
import os

from board import Board, BoardFailure
from traffic import Bytes, Traffic, measure

HEAP = "nonecc@58000000"
USES = ["frame", "bitstream", "reference", "metadata"]
FEW = 30
# Two of them wait for each other, and not twice for as long.
ONE_CPU = ["maxcpus=1"]
# The driver's, of vicodec and of what it decodes with.
DRIVER = r"vicodec_\w+|\w*fwht\w*"


@dataclasses.dataclass
class PerFrame:
    """Bytes and instructions of a frame."""

    ecc: float  # read and written by all, in memory with ECC
    non_ecc: float
    instructions: float
    # The driver's share: by region, and of the "stack" and the kernel's "image", where a CPU that plays a decoder
    # has what a real one has in itself.
    driver: dict[str, Bytes]
    driver_ecc: float  # of the regions
    driver_non_ecc: float


def playing(frames: int) -> str:
    """So many frames of $clip, decoded."""
    # The cut comes before the decoder, so that it drains.
    return (f'gst-launch-1.0 -q filesrc location="$clip" ! gdpdepay ! identity eos-after={frames + 1} ! '
            "v4l2fwhtdec ! fakesink sync=false")


def script(uses: list[str], frames: int) -> str:
    binds = "".join(f'echo {HEAP} >"$device/heaps/{use}"\n' for use in uses)
    return f"""set -e
        device=$(dirname "$(grep -lx stateful-decoder /sys/class/video4linux/*/name)")/device
        {binds}
        {playing(frames)}"""


def count(board: Board, uses: list[str], frames: int) -> Traffic:
    outcome, traffic = measure(board, ["bash", "-c", script(uses, frames)], timeout=600, functions=DRIVER,
                               environment={"clip": os.environ["HEAPSEL_CLIP"]},
                               kernel_arguments=ONE_CPU)
    if outcome.status != 0:
        raise BoardFailure(f"the pipeline ended with {outcome.status}: {outcome.error_text}")
    return traffic


def per_frame(board: Board, uses: list[str], frames: int) -> PerFrame:
    """With these uses bound, over so many frames. Raises BoardFailure."""
    few, many = (count(board, uses, FEW + more) for more in (0, frames))

    def bytes_of(ecc: bool, driver: bool) -> float:
        def total(traffic: Traffic) -> int:
            regions = [region for region in traffic.regions if bool(region.ecc) == ecc]
            return sum(some.read + some.written for some in
                       ([traffic.functions[region.name] for region in regions] if driver else regions))
        return (total(many) - total(few)) / frames
    driver = {place: Bytes((many.functions[place].read - few.functions[place].read) / frames,
                           (many.functions[place].written - few.functions[place].written) / frames)
              for place in many.functions}
    return PerFrame(bytes_of(True, False), bytes_of(False, False), (many.instructions - few.instructions) / frames,
                    driver, bytes_of(True, True), bytes_of(False, True))
