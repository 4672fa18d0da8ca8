# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a dumb buffer of a display costs in guest instructions, whose driver wants it in one piece: with
the stock kernel, with the series and nothing bound, and with the display bound to heaps.

Each figure is the difference of a run over N + 10 buffers and one over 10, divided by N, so that what
is done once is not in it. Three are told: making and freeing a buffer; the same with writing it all; and
clearing one through the mapping that userspace has of it, which whoever makes a buffer has to do as well.

The table goes to standard output, and with the exact figures to build/bench/display.json. Exit
status: 0, 1 if the board failed, 2 for wrong usage.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import sys
from pathlib import Path

from board import Board, BoardFailure
from traffic import measure, positive

RESULTS = Path(os.environ["HEAPSEL_TOP"]) / "build" / "bench"
FEW = 10
WIDTH, HEIGHT = 1920, 1080


@dataclasses.dataclass
class Way:
    """A kernel, and the heap that the display is bound to."""

    name: str
    kernel: Path
    heap: str | None = None


@dataclasses.dataclass
class PerBuffer:
    name: str
    made: float  # instructions
    written: float
    cleared: float


def count(board: Board, way: Way, buffers: int, options: str) -> int:
    bind = f"echo {way.heap} >/sys/class/drm/$card/device/heaps/frame || exit 1" if way.heap else ""
    script = f"""
        modprobe -d {way.kernel} st7586 || exit 1
        card=$(basename /sys/bus/spi/devices/spi0.0/drm/card*)
        {bind}
        {board.software}/libexec/heapsel-lab/kms-churn {options} /dev/dri/$card {buffers} {WIDTH} {HEIGHT}"""
    # One CPU: two of them wait for each other, and not twice for as long.
    outcome, traffic = measure(dataclasses.replace(board, kernel=way.kernel), ["bash", "-c", script],
                               timeout=600, kernel_arguments=["maxcpus=1"], dc_zva=True)
    if outcome.status != 0:
        raise BoardFailure(f"{way.name}: kms-churn ended with {outcome.status}: {outcome.error_text}")
    return traffic.instructions


def per_buffer(board: Board, way: Way, buffers: int) -> PerBuffer:
    def cost(options: str) -> float:
        few, many = (count(board, way, FEW + more, options) for more in (0, buffers))
        return (many - few) / buffers
    return PerBuffer(way.name, cost(""), cost("--write"), cost("--clear"))


def table(figures: list[PerBuffer]) -> str:
    base = figures[0]
    lines = [f"instructions for a dumb buffer of {WIDTH}x{HEIGHT}",
             f"  {'':28}{'made':>12}{'ratio':>8}{'and written':>14}{'ratio':>8}{'cleared':>12}{'made/cleared':>14}"]
    lines += [f"  {f.name:28}{f.made:12.0f}{f.made / base.made:8.3f}{f.written:14.0f}{f.written / base.written:8.3f}"
              f"{f.cleared:12.0f}{f.made / f.cleared:14.3f}" for f in figures]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="lab/run bench display", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--buffers", type=positive, default=100, metavar="N", help="buffers that count (100)")
    parser.add_argument("--json", action="store_true", help="the figures as JSON")
    arguments = parser.parse_args()
    board = Board.from_environment()
    ways = [Way("stock kernel", Path(os.environ["HEAPSEL_STOCK_KERNEL"])), Way("nothing bound", board.kernel),
            *(Way(heap, board.kernel, heap) for heap in ("nonecc@58000000", "coherent@64000000"))]
    figures = []
    try:
        for way in ways:
            print(f"bench: {way.name}", file=sys.stderr)
            figures.append(per_buffer(board, way, arguments.buffers))
    except BoardFailure as failure:
        print(f"lab/run bench: {failure}", file=sys.stderr)
        return 1
    RESULTS.mkdir(parents=True, exist_ok=True)
    report = json.dumps({"width": WIDTH, "height": HEIGHT, "buffers": arguments.buffers,
                         "ways": [dataclasses.asdict(f) for f in figures]}, indent=1)
    (RESULTS / "display.json").write_text(report + "\n")
    print(report if arguments.json else table(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
