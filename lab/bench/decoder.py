# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a decoder reads and writes, and in which memory: `lab/run bench decoder`.

First `heapsel bandwidth` on the board, as on any other, whose counter is the emulator: an unmodified pipeline with
nothing of the decoder bound to a heap, with its reference pictures, and with all that it has in the memory without
ECC. Beneath, of what remains in main memory, whose it is: the same ways, and the kernel without our series, with
what the driver's functions read and write counted apart (lab/traffic/decoding.py). That is what a real decoder would
read and write; the rest is an application's, and that of a CPU that plays a decoder.

Bytes and instructions are counted, not timed, as the CPUs issue them.
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
from decoding import FEW, HEAP, ONE_CPU, USES, PerFrame, per_frame, playing
from expectation import record
from traffic import measure, positive

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


def measured(board: Board, frames: int, runs: int) -> tuple[dict, str]:
    """The report of `heapsel bandwidth`, and how it shows that."""
    everything = ",".join(f"{use}:{HEAP}" for use in USES)
    outcome, _ = measure(board, ["bash", "-c", f"""set -e
        device=/dev/$(basename "$(dirname "$(grep -lx stateful-decoder /sys/class/video4linux/*/name)")")
        heapsel bandwidth $device --json --idle 1 --runs {runs} --warm {FEW} --label 'memory traffic of a decoded frame' \
            --way 'reference bound=reference:{HEAP}' --way 'all bound={everything}' -- {playing(FEW + frames)} >/tmp/report
        cat /tmp/report
        printf '\\0'
        heapsel bandwidth --from /tmp/report"""], pmu=[], timeout=3600,
                         environment={"clip": os.environ["HEAPSEL_CLIP"]}, kernel_arguments=ONE_CPU)
    if outcome.status != 0:
        raise BoardFailure(f"heapsel bandwidth ended with {outcome.status}: {outcome.error_text}")
    report, _, shown = outcome.text.partition("\0")
    return json.loads(report), shown


def in_ecc(bandwidth: dict) -> dict[str, float]:
    """What each way of `heapsel bandwidth` had in memory with ECC, by the names that they have here."""
    return {way["name"].replace("unbound", "nothing bound"): way["bytes_per_frame"]["with_ecc"]["mean"]
            for way in bandwidth["ways"]}


def table(figures: dict[str, PerFrame], measured: dict[str, float]) -> str:
    """Whose what `measured` has is. The driver's is the same in each run, so it may be from another."""
    lines = ["of that a frame, MiB: the driver's functions, in ECC, in non-ECC, on their stack and in the kernel's "
             "image; all others in ECC",
             f"  {'':20}{'DRIVER, ECC':>13}{'NON-ECC':>9}{'STACK':>8}{'IMAGE':>8}{'OTHERS':>8}{'INSTRUCTIONS':>14}"]
    for name, f in figures.items():
        on_cpu = [f.driver[place].read + f.driver[place].written for place in ("stack", "image")]
        others = f"{(measured[name] - f.driver_ecc - sum(on_cpu)) / MIB:8.2f}" if name in measured else f"{'-':>8}"
        lines.append(f"  {name:20}{f.driver_ecc / MIB:13.2f}{f.driver_non_ecc / MIB:9.2f}" +
                     "".join(f"{bytes / MIB:8.2f}" for bytes in on_cpu) + f"{others}{f.instructions:14.0f}")
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
    parser.add_argument("--runs", type=positive, default=3, metavar="N", help="of heapsel bandwidth in each way (3)")
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
        print("bench: heapsel bandwidth", file=sys.stderr)
        bandwidth, shown = measured(board, arguments.frames, arguments.runs)
        for way in ways:
            print(f"bench: {way.name}", file=sys.stderr)
            figures[way.name] = per_frame(dataclasses.replace(board, kernel=way.kernel), way.uses, arguments.frames)
    except BoardFailure as failure:
        print(f"lab/run bench: {failure}", file=sys.stderr)
        return 1
    if arguments.record:
        record(EXPECTED, arguments.frames, {name: figures[name] for name in ("nothing bound", "all bound")})
    RESULTS.mkdir(parents=True, exist_ok=True)
    report = json.dumps({"frames": arguments.frames, "bandwidth": bandwidth,
                         "ways": [{"name": name, **dataclasses.asdict(f)} for name, f in figures.items()]}, indent=1)
    (RESULTS / "decoder.json").write_text(report + "\n")
    picture(figures, RESULTS / "decoder.png")
    print(report if arguments.json else f"{shown}\n{table(figures, in_ecc(bandwidth))}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
