# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a decoder reads and writes, and in which memory: `lab/run bench decoder`.

The same clip through an unmodified pipeline, with nothing of the decoder bound to a heap, with its
reference pictures, and with all that it has in the memory without ECC; and on the kernel without our
series. Each is run for a few and for many frames, and the difference counts, so that what starting a
pipeline costs is not in it. Bytes and instructions are counted, not timed, as the CPUs issue them.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import subprocess
import sys
from pathlib import Path

from board import Board, BoardFailure
from traffic import Traffic, measure, positive

TOP = Path(os.environ["HEAPSEL_TOP"])
RESULTS = TOP / "build" / "bench"
MIB = 1 << 20

HEAP = "nonecc@58000000"
FEW = 30
ALL = ["frame", "bitstream", "reference", "metadata"]


@dataclasses.dataclass
class Way:
    """A kernel, and the uses of the decoder that are bound to HEAP."""

    name: str
    kernel: Path
    uses: list[str]


@dataclasses.dataclass
class PerFrame:
    name: str
    ecc: float  # bytes read and written
    non_ecc: float
    instructions: float


def script(uses: list[str], frames: int) -> str:
    binds = "".join(f'echo {HEAP} >"$device/heaps/{use}"\n' for use in uses)
    # The cut comes before the decoder, so that it drains.
    return f"""set -e
        device=$(dirname "$(grep -lx stateful-decoder /sys/class/video4linux/*/name)")/device
        {binds}
        gst-launch-1.0 -q filesrc location="$clip" ! gdpdepay ! identity eos-after={frames + 1} ! \
            v4l2fwhtdec ! fakesink sync=false"""


def count(board: Board, uses: list[str], frames: int) -> Traffic:
    outcome, traffic = measure(board, ["bash", "-c", script(uses, frames)], timeout=600,
                               environment={"clip": os.environ["HEAPSEL_CLIP"]},
                               # One CPU: two of them wait for each other, and not twice for as long.
                               kernel_arguments=["maxcpus=1"])
    if outcome.status != 0:
        raise BoardFailure(f"the pipeline ended with {outcome.status}: {outcome.error_text}")
    return traffic


def per_frame(board: Board, way: Way, frames: int) -> PerFrame:
    board = dataclasses.replace(board, kernel=way.kernel)
    few, many = (count(board, way.uses, FEW + more) for more in (0, frames))

    def bytes_of(ecc: bool) -> float:
        def total(traffic: Traffic) -> int:
            return sum(r.read + r.written for r in traffic.regions if bool(r.ecc) == ecc)
        return (total(many) - total(few)) / frames
    return PerFrame(way.name, bytes_of(True), bytes_of(False),
                    (many.instructions - few.instructions) / frames)


def table(figures: list[PerFrame]) -> str:
    base = figures[0].instructions
    lines = ["read and written a frame",
             f"  {'':24}{'ECC, MiB':>10}{'no ECC, MiB':>13}{'instructions':>14}{'ratio':>8}"]
    lines += [f"  {f.name:24}{f.ecc / MIB:10.2f}{f.non_ecc / MIB:13.2f}{f.instructions:14.0f}"
              f"{f.instructions / base:8.4f}" for f in figures]
    return "\n".join(lines)


def picture(figures: list[PerFrame], file: Path) -> None:
    data = "\n".join(f'"{f.name}" {f.ecc / MIB} {f.non_ecc / MIB}' for f in figures)
    script = f"""
        set terminal pngcairo noenhanced size 900,540
        set output '{str(file).replace("'", "''")}'
        set title 'read and written for a decoded frame'
        set style data histogram
        set style histogram rowstacked
        set style fill solid 0.8
        set boxwidth 0.6
        set ylabel 'MiB'
        set yrange [0:*]
        set key outside top horizontal
        set grid ytics
        $data << END\n{data}\nEND
        plot $data using 2:xtic(1) title 'memory with ECC', $data using 3 title 'without'
        """
    subprocess.run(["gnuplot"], input=script, text=True, check=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="lab/run bench decoder", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", type=positive, default=300, metavar="N", help="frames that count (300)")
    parser.add_argument("--json", action="store_true", help="the figures as JSON, in bytes")
    arguments = parser.parse_args()
    board = Board.from_environment()
    ways = [Way("stock kernel", Path(os.environ["HEAPSEL_STOCK_KERNEL"]), []),
            Way("nothing bound", board.kernel, []),
            Way("reference bound", board.kernel, ["reference"]),
            Way("all bound", board.kernel, ALL)]
    figures = []
    try:
        for way in ways:
            print(f"bench: {way.name}", file=sys.stderr)
            figures.append(per_frame(board, way, arguments.frames))
    except BoardFailure as failure:
        print(f"lab/run bench: {failure}", file=sys.stderr)
        return 1
    RESULTS.mkdir(parents=True, exist_ok=True)
    report = json.dumps({"frames": arguments.frames, "ways": [dataclasses.asdict(f) for f in figures]},
                        indent=1)
    (RESULTS / "decoder.json").write_text(report + "\n")
    picture(figures, RESULTS / "decoder.png")
    print(report if arguments.json else table(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
