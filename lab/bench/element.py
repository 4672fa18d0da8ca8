# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the GStreamer element costs: `lab/run bench element`.

On the board, whose clock advances by one tick an instruction: a frame through a pipeline with the element
beside the same pipeline with `identity`, and a buffer of its pool, taken and given back, beside one of
GStreamer's own pools, by one thread and by four; and the system calls of that.

The tables go to standard output, the figures also to build/bench/element.json. Exit status: 0, 1 if
something failed, 2 for wrong usage.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

import counted
from board import Board, BoardFailure
from counted import NANOSECONDS_AN_INSTRUCTION

RESULTS = Path(os.environ["HEAPSEL_TOP"]) / "build" / "bench"
PROGRAM = "gst-heapsel-bench"
# The frames of two runs of one pipeline; the difference is free of starts and ends.
FRAMES = (20, 100)
PIPELINES = {
    "a source that fills frames":
        "videotestsrc num-buffers={frames} ! video/x-raw,format=NV12,width=1280,height=720 ! {element} ! fakesink",
    "a decoder, frames placed by its driver":
        "filesrc location={clip} ! gdpdepay ! identity eos-after={one_more} ! v4l2fwhtdec ! {element} ! fakesink",
}
ELEMENTS = {"identity": "identity", "heapsel": "heapsel heap=system"}
POOLS = {"video": "GstVideoBufferPool", "plain": "GstBufferPool", "heapsel": "the element's",
         "fenced": "the same, fences asked"}
RUNS = 5
THREADS = (1, 4)
ROUNDS = 500


def on_board(board: Board, command: str) -> str:
    return counted.on_board(board, command, f"cp $(command -v {PROGRAM}) {os.environ['HEAPSEL_CLIP']} /tmp && "
                                            f"cd /tmp && {command}").decode().strip()


def frame(board: Board, pipeline: str, element: str) -> float:
    """Instructions of one, in everything that runs."""
    def whole(frames: int) -> float:
        described = pipeline.format(frames=frames, one_more=frames + 1, element=element,
                                    clip=Path(os.environ["HEAPSEL_CLIP"]).name)
        # The first run has the clip read and the plugins loaded; what disturbs a run only ever adds to it.
        command = f"./{PROGRAM} play '{described}'"
        return min(map(float, on_board(board, f"for run in {{1..{RUNS}}}; do {command} || exit; done").split()))
    few, many = FRAMES
    return (whole(many) - whole(few)) / (many - few) / NANOSECONDS_AN_INSTRUCTION


def taken(board: Board, pool: str, threads: int) -> float:
    return float(on_board(board, f"./{PROGRAM} pool {pool} {threads} {ROUNDS}")) / NANOSECONDS_AN_INSTRUCTION


def calls(board: Board, pool: str) -> float:
    """System calls of one buffer, taken and given back."""
    tool = f"{board.software}/libexec/heapsel-lab/count-calls"

    def whole(rounds: int) -> int:
        return int(on_board(board, f"{tool} ./{PROGRAM} pool {pool} 1 {rounds}").split()[-1])
    return (whole(2 * ROUNDS) - whole(ROUNDS)) / (4 * ROUNDS)


def measure(board: Board) -> dict:
    return {
        "frame": {name: {element: frame(board, pipeline, text) for element, text in ELEMENTS.items()}
                  for name, pipeline in PIPELINES.items()},
        "pool": {pool: {str(threads): taken(board, pool, threads) for threads in THREADS} for pool in POOLS},
        "calls": {pool: calls(board, pool) for pool in POOLS},
    }


def tables(figures: dict) -> str:
    lines = ["a frame, in instructions of all that runs", f"  {'':40}{'identity':>12}{'heapsel':>12}{'ratio':>9}"]
    lines += [f"  {name:40}{costs['identity']:12.0f}{costs['heapsel']:12.0f}"
              f"{costs['heapsel'] / costs['identity']:9.4f}" for name, costs in figures["frame"].items()]
    lines += ["", "a buffer of a pool of 64, taken and given back, in instructions, and in system calls",
              f"  {'':22}{'one thread':>12}{'four':>9}{'calls':>9}"]
    lines += [f"  {POOLS[pool]:22}{costs['1']:12.0f}{costs['4']:9.0f}{figures['calls'][pool]:9.2f}"
              for pool, costs in figures["pool"].items()]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="lab/run bench element", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--json", action="store_true", help="the figures as JSON")
    arguments = parser.parse_args()
    try:
        figures = measure(Board.from_environment())
    except BoardFailure as failure:
        print(f"lab/run bench: {failure}", file=sys.stderr)
        return 1
    report = json.dumps(figures, indent=1)
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "element.json").write_text(report + "\n")
    print(report if arguments.json else tables(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
