# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a decoder reads and writes, and in which memory: `lab/run bench decoder`.

The same clip through an unmodified pipeline, with nothing of the decoder bound to a heap, with its
reference pictures, and with all that it has in the memory without ECC; and on the kernel without our
series: lab/traffic/decoding.py. Bytes and instructions are counted, not timed, as the CPUs issue them;
those of the driver's functions apart, which is what a real decoder would read and write.
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
from decoding import USES, PerFrame, per_frame
from expectation import record
from traffic import positive

TOP = Path(os.environ["HEAPSEL_TOP"])
RESULTS = TOP / "build" / "bench"
EXPECTED = TOP / "tests" / "vm" / "decoder-traffic.json"
MIB = 1 << 20


@dataclasses.dataclass
class Way:
    """A kernel, and the uses of the decoder that are bound to the heap without ECC."""

    name: str
    kernel: Path
    uses: list[str]


def table(figures: dict[str, PerFrame]) -> str:
    base = next(iter(figures.values())).instructions
    lines = ["read and written a frame, MiB, by all and by the driver alone",
             f"  {'':20}{'ECC':>8}{'no ECC':>8}{'driver, ECC':>13}{'no ECC':>8}{'stack':>8}{'image':>8}"
             f"{'instructions':>14}{'ratio':>8}"]
    for name, f in figures.items():
        on_cpu = [f.driver[place].read + f.driver[place].written for place in ("stack", "image")]
        lines.append(f"  {name:20}{f.ecc / MIB:8.2f}{f.non_ecc / MIB:8.2f}{f.driver_ecc / MIB:13.2f}"
                     f"{f.driver_non_ecc / MIB:8.2f}" + "".join(f"{bytes / MIB:8.2f}" for bytes in on_cpu) +
                     f"{f.instructions:14.0f}{f.instructions / base:8.4f}")
    return "\n".join(lines)


def picture(figures: dict[str, PerFrame], file: Path) -> None:
    data = "\n".join(f'"{name}" {f.driver_ecc / MIB} {f.driver_non_ecc / MIB}' for name, f in figures.items())
    script = f"""
        set terminal pngcairo noenhanced size 900,540
        set output '{str(file).replace("'", "''")}'
        set title 'read and written by the driver for a decoded frame'
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
    parser.add_argument("--record", action="store_true",
                        help="the suite decoder_traffic expects from now on what is measured, of that many frames")
    arguments = parser.parse_args()
    board = Board.from_environment()
    ways = [Way("stock kernel", Path(os.environ["HEAPSEL_STOCK_KERNEL"]), []),
            Way("nothing bound", board.kernel, []),
            Way("reference bound", board.kernel, ["reference"]),
            Way("all bound", board.kernel, USES)]
    figures = {}
    try:
        for way in ways:
            print(f"bench: {way.name}", file=sys.stderr)
            figures[way.name] = per_frame(dataclasses.replace(board, kernel=way.kernel), way.uses, arguments.frames)
    except BoardFailure as failure:
        print(f"lab/run bench: {failure}", file=sys.stderr)
        return 1
    if arguments.record:
        record(EXPECTED, arguments.frames, {name: figures[name] for name in ("nothing bound", "all bound")})
    RESULTS.mkdir(parents=True, exist_ok=True)
    report = json.dumps({"frames": arguments.frames,
                         "ways": [{"name": name, **dataclasses.asdict(f)} for name, f in figures.items()]}, indent=1)
    (RESULTS / "decoder.json").write_text(report + "\n")
    picture(figures, RESULTS / "decoder.png")
    print(report if arguments.json else table(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
