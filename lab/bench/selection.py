# SPDX-License-Identifier: LGPL-2.1-or-later
"""What choosing costs: `lab/run bench selection`.

On this machine: a selection, warm, in nanoseconds of CPU time, and how it grows with heaps and
consumers. On the board, whose clock advances by one tick an instruction: a small program from its start to
its first buffer beside one that is told its heap, one allocation beside the bare ioctl, and what a process
holds that only selects.

The tables go to standard output, the figures also to build/bench/selection.json. Exit status: 0, 1 if
something failed, 2 for wrong usage.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys
from pathlib import Path

import counted
from board import Board, BoardFailure
from counted import NANOSECONDS_AN_INSTRUCTION

TOP = Path(os.environ["HEAPSEL_TOP"])
RESULTS = TOP / "build" / "bench"
HOST_PROGRAM = TOP / "build" / "benchmarks" / "tests" / "bench" / "selection-bench"
HEAP = "default_cma_region"
# What a decoder's smallest frame takes, and one of 1920x1080 in NV12.
FIRST_BUFFERS = [4 << 10, 1920 * 1080 * 3 // 2]
ROUNDS = 20
PROGRAMS = ["allocate-bench", "count-calls", "first-buffer", "first-buffer-bare", "resident", "resident-bare", "start-bench"]


def fastest(output: bytes, time: str) -> dict[str, float]:
    """name -> the least of its repetitions: what disturbs a run only ever makes it slower."""
    least: dict[str, float] = {}
    for entry in json.loads(output)["benchmarks"]:
        if entry.get("error_occurred"):
            raise BoardFailure(f"{entry['name']}: {entry['error_message']}")
        if entry["run_type"] == "iteration":
            name = entry["name"]
            least[name] = min(least.get(name, entry[time]), entry[time])
    return least


def warm(minimum: float) -> dict[str, dict[tuple[int, int], float]]:
    """what -> (heaps, consumers) -> nanoseconds"""
    output = subprocess.run(
        [HOST_PROGRAM, "--benchmark_format=json", "--benchmark_repetitions=5",
         f"--benchmark_min_time={minimum}s"], check=True, stdout=subprocess.PIPE).stdout
    figures: dict[str, dict[tuple[int, int], float]] = {}
    for name, time in fastest(output, "cpu_time").items():
        what, heaps, consumers = name.split("/")
        figures.setdefault(what, {})[int(heaps), int(consumers)] = time
    return figures


def linear_fit(points: dict[tuple[int, int], float]) -> tuple[float, float, float]:
    """Intercept, slope and R squared of the time over heaps x consumers."""
    products = [heaps * consumers for heaps, consumers in points]
    times = list(points.values())
    slope, intercept = statistics.linear_regression(products, times)
    return intercept, slope, statistics.correlation(products, times) ** 2


def stage(board: Board) -> Path:
    """What runs there, without its debugging information, as it would be installed."""
    folder = RESULTS / "stage"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    tools = board.software / "libexec" / "heapsel-lab"
    for file in [*(tools / program for program in PROGRAMS), board.software / "lib" / "libheapsel.so.0"]:
        subprocess.run(["aarch64-linux-gnu-strip", "-o", folder / file.name, file], check=True)
    return folder


def on_board(board: Board, folder: Path, command: str) -> bytes:
    """In instructions: the guest's nanoseconds are ticks. From a file system in memory, since the clock goes
    on while the board waits for a file of this machine's."""
    return counted.on_board(board, command,
                            f"cp -r {folder} /tmp/bench && cd /tmp/bench && LD_LIBRARY_PATH=/tmp/bench exec ./{command}")


def first_buffers(board: Board, folder: Path) -> list[dict]:
    rows = []
    for size in FIRST_BUFFERS:
        bare, library = (
            json.loads(on_board(board, folder, f"start-bench {ROUNDS} ./{program} {size} {HEAP}"))
            for program in ("first-buffer-bare", "first-buffer"))
        rows.append({"bytes": size, **{
            part: {"bare": bare[part] / NANOSECONDS_AN_INSTRUCTION,
                   "library": library[part] / NANOSECONDS_AN_INSTRUCTION} for part in ("whole", "inside")}})
    return rows


def calls(board: Board, folder: Path) -> dict[str, int]:
    """System calls of the whole program: those of its loader and of its end are among them."""
    return {program: int(on_board(board, folder, f"count-calls ./{program} {FIRST_BUFFERS[0]} {HEAP}").split()[-1])
            for program in ("first-buffer-bare", "first-buffer")}


def allocations(board: Board, folder: Path) -> list[dict]:
    output = on_board(board, folder,
                      f"allocate-bench {HEAP} --benchmark_format=json --benchmark_min_time=0.01s")
    figures = fastest(output, "real_time")
    rows = []
    for name, time in figures.items():
        who, naming, size = name.split("/")
        if who == "bare":
            rows.append({"naming": naming, "bytes": int(size), "bare": time / NANOSECONDS_AN_INSTRUCTION,
                         "library": figures[f"library/{naming}/{size}"] / NANOSECONDS_AN_INSTRUCTION})
    return rows


def resident(board: Board, folder: Path) -> dict[str, dict[str, int]]:
    return {program: json.loads(on_board(board, folder, program)) for program in ("resident-bare", "resident")}


def size_text(size: int) -> str:
    return f"{size >> 20} MiB" if size >= 1 << 20 else f"{size >> 10} KiB"


def warm_table(figures: dict[str, dict[tuple[int, int], float]]) -> str:
    lines = ["a warm selection on this machine, in ns of CPU time",
             f"  {'heaps':>7}{'consumers':>11}{'selection':>12}"]
    lines += [f"  {heaps:7}{consumers:11}{time:12.0f}" for (heaps, consumers), time in figures["selection"].items()]
    for what, points in figures.items():
        intercept, slope, fit = linear_fit(points)
        lines.append(f"  {what}: {intercept:.0f} ns + {slope:.1f} ns for each heap of each consumer,"
                     f" R^2 {fit:.4f}")
    return "\n".join(lines)


def board_tables(figures: dict) -> str:
    lines = ["", "a small program on the board, to its first buffer, in instructions",
             f"  {'size':>8}{'':>22}{'told its heap':>15}{'heapsel':>12}{'ratio':>8}"]
    for row in figures["first_buffer"]:
        for part, label in (("whole", "from its start"), ("inside", "from main()")):
            bare, library = row[part]["bare"], row[part]["library"]
            lines.append(f"  {size_text(row['bytes']):>8}{label:>22}{bare:15.0f}{library:12.0f}"
                         f"{library / bare:8.2f}")
    lines += ["", "its system calls, from its start to its end"]
    lines += [f"  {program:18}{count:6}" for program, count in figures["calls"].items()]
    lines += ["", f"a buffer of {HEAP}, allocated and freed, in instructions",
              f"  {'size':>8}{'':>10}{'bare':>12}{'heapsel':>12}{'ratio':>9}"]
    lines += [f"  {size_text(row['bytes']):>8}{row['naming']:>10}{row['bare']:12.0f}{row['library']:12.0f}"
              f"{row['library'] / row['bare']:9.4f}" for row in figures["allocation"]]
    lines += ["", "what a process holds that only selects, in KiB", f"  {'':16}{'its own':>9}{'no file':>9}{'peak':>8}"]
    lines += [f"  {program:16}{held['uss']:9}{held['anonymous']:9}{held['peak']:8}" for program, held in figures["resident"].items()]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(prog="lab/run bench selection", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minimum", type=float, default=0.1, metavar="SECONDS", help="for each figure here (0.1)")
    parser.add_argument("--json", action="store_true", help="the figures as JSON")
    arguments = parser.parse_args()
    board = Board.from_environment()
    try:
        selections = warm(arguments.minimum)
        folder = stage(board)
        figures = {"first_buffer": first_buffers(board, folder), "calls": calls(board, folder),
                   "allocation": allocations(board, folder), "resident": resident(board, folder)}
    except (BoardFailure, subprocess.CalledProcessError) as failure:
        print(f"lab/run bench: {failure}", file=sys.stderr)
        return 1
    report = json.dumps({"warm": {what: {f"{heaps}x{consumers}": time
                                         for (heaps, consumers), time in points.items()}
                                  for what, points in selections.items()}, **figures}, indent=1)
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "selection.json").write_text(report + "\n")
    print(report if arguments.json else warm_table(selections) + "\n" + board_tables(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
