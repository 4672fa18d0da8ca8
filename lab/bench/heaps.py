# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a buffer costs, heap by heap and size by size: `lab/run bench`.

Two boots. The first takes times, whose ratios within that boot mean something and whose absolute
values, on an emulator, do not. In the second the guest's clock advances by one tick an instruction,
so the same program counts instructions, the same number each time.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from pathlib import Path

from board import CMA_IS_FULL, Board, BoardFailure
from counted import NANOSECONDS_AN_INSTRUCTION

TOP = Path(os.environ["HEAPSEL_TOP"])
RESULTS = TOP / "build" / "bench"

WORK = ["allocate+free", "allocate+touch+free"]
# What the others are compared with, where the machine has them.
REFERENCES = ["default_cma_region", "system"]

# work -> heap -> bytes -> figure
Figures = dict[str, dict[str, dict[int, float]]]
# What is measured with several threads, in buffers a second.
TOGETHER = "together"
# heap -> threads -> figure
Rates = dict[str, dict[int, float]]


def run(board: Board, minimum: float, heaps: str, **options) -> list[dict]:
    """Benchmarks that came to their end."""
    outcome = board.run([f"{board.software}/libexec/heapsel-lab/heap-bench", "--benchmark_format=json",
                         f"--benchmark_filter={heaps}", f"--benchmark_min_time={minimum}s"],
                        timeout=1800, expected=CMA_IS_FULL, **options)
    if outcome.status != 0:
        raise BoardFailure(f"heap-bench ended with {outcome.status}: {outcome.error_text}")
    return [entry for entry in json.loads(outcome.stdout)["benchmarks"] if not entry.get("error_occurred")]


def figures_of(benchmarks: list[dict]) -> Figures:
    figures: Figures = {}
    for entry in benchmarks:
        work, heap, size, *_ = entry["name"].split("/")
        if work != TOGETHER:
            figures.setdefault(work, {}).setdefault(heap, {})[int(size)] = entry["real_time"]
    return figures


def rates_of(benchmarks: list[dict]) -> Rates:
    rates: Rates = {}
    for entry in benchmarks:
        work, heap, _, *threads = entry["name"].split("/")
        if work == TOGETHER:
            rates.setdefault(heap, {})[int(threads[0])] = entry["items_per_second"]
    return rates


def age(board: Board) -> list[dict]:
    """Instructions for a buffer of 64 KiB, before and after an hour's worth of others."""
    # Of the regions that the system never has.
    outcome = board.run(["sh", "-c", f"""exec {board.software}/libexec/heapsel-lab/heap-age $(
        cd /sys/class/dma_heap && for heap in *; do
            [ ! -e $heap/of_node ] || [ -e $heap/of_node/reusable ] || echo $heap; done)"""],
                        timeout=1800, count_instructions=True)
    if outcome.status != 0:
        raise BoardFailure(f"heap-age ended with {outcome.status}: {outcome.error_text}")
    return [json.loads(line) for line in outcome.text.splitlines()]


def age_table(ages: list[dict]) -> str:
    lines = ["", "after an hour's worth of buffers, in instructions for one of 64 KiB",
             f"  {'heap':20}{'rounds':>9}{'before':>9}{'after':>9}{'ratio':>7}{'refused':>9}"]
    for heap in ages:
        before, after = (heap[when] / NANOSECONDS_AN_INSTRUCTION for when in ("young", "old"))
        lines.append(f"  {heap['heap']:20}{heap['rounds']:9}{before:9.0f}{after:9.0f}{after / before:7.2f}"
                     f"{heap['refused']:9}")
    return "\n".join(lines)


def size_text(size: int) -> str:
    return f"{size >> 20} MiB" if size >= 1 << 20 else f"{size >> 10} KiB"


def ratio(numerator: float | None, denominator: float | None) -> str:
    return f"{numerator / denominator:.2f}" if numerator and denominator else "-"


def table(figures: Figures, instructions: Figures) -> str:
    """One line a heap and size: times as ratios, to clearing alone and to the other heaps."""
    lines = []
    for work in filter(figures.__contains__, WORK):
        lines += ["", work, f"  {'heap':20} {'size':>8}" + f"{'/ clear':>10}" +
                  "".join(f"{'/ ' + name:>22}" for name in REFERENCES) +
                  f"{'instructions':>14}{'/ clear':>10}"]
        for heap, by_size in sorted(figures[work].items()):
            for size, time in sorted(by_size.items()):
                counted = instructions.get(work, {}).get(heap, {}).get(size)
                cleared = instructions.get("clear", {}).get(heap, {}).get(size)
                lines.append(
                    f"  {heap:20} {size_text(size):>8}" +
                    f"{ratio(time, figures['clear'][heap].get(size)):>10}" +
                    "".join(f"{ratio(time, figures[work].get(name, {}).get(size)):>22}"
                            for name in REFERENCES) +
                    (f"{counted:14.0f}{ratio(counted, cleared):>10}" if counted else f"{'-':>14}{'-':>10}"))
    return "\n".join(lines)


def rates_table(rates: Rates) -> str:
    """By how much more the board, which has two CPUs, allocates with several threads."""
    lines = ["", "pages that threads get from one heap in the same time, against one thread",
             f"  {'heap':20}{'threads':>9}{'ratio':>7}"]
    lines += [f"  {heap:20}{threads:9}{rate / by_threads[1]:7.2f}"
              for heap, by_threads in sorted(rates.items()) for threads, rate in by_threads.items() if threads != 1]
    return "\n".join(lines)


def picture(figures: Figures, file: Path) -> None:
    """The times of each heap over the size, as multiples of those of `system`."""
    data, plots = [], []
    for heap, by_size in sorted(figures[WORK[0]].items()):
        reference = figures[WORK[0]].get("system", {})
        data.append("\n".join(f"{size} {time / reference[size]}"
                              for size, time in sorted(by_size.items()) if size in reference))
        plots.append(f"'-' using 1:2 with linespoints title '{heap.replace('_', ' ')}'")
    script = f"""
        set terminal pngcairo size 900,540
        set output '{file}'
        set title 'allocate and free a buffer, against the heap system'
        set logscale x 2
        set format x '%.0b %BB'
        set xlabel 'size'
        set ylabel 'times as long'
        set key outside right
        set yrange [0:*]
        set grid
        plot {', '.join(plots)}
        """ + "\ne\n".join(data) + "\ne\n"
    subprocess.run(["gnuplot"], input=script, text=True, check=True)


def main() -> int:
    parser = argparse.ArgumentParser(prog="lab/run bench", description=__doc__.splitlines()[0])
    parser.add_argument("--heaps", default=".", metavar="REGEX", help="only benchmarks that match")
    parser.add_argument("--minimum", type=float, default=0.3, metavar="SECONDS", help="for each benchmark")
    parser.add_argument("--json", action="store_true", help="the figures, not the ratios")
    arguments = parser.parse_args()
    board = Board.from_environment()
    try:
        timed = run(board, arguments.minimum, arguments.heaps)
        nanoseconds = figures_of(run(board, 0.01, arguments.heaps, count_instructions=True))
        ages = age(board)
    except BoardFailure as failure:
        print(f"lab/run bench: {failure}", file=sys.stderr)
        return 1
    times, rates = figures_of(timed), rates_of(timed)
    instructions = {work: {heap: {size: time / NANOSECONDS_AN_INSTRUCTION for size, time in by_size.items()}
                           for heap, by_size in heaps.items()} for work, heaps in nanoseconds.items()}
    RESULTS.mkdir(parents=True, exist_ok=True)
    figures = {"nanoseconds": times, "instructions": instructions, "pages a second": rates, "ages": ages}
    (RESULTS / "heaps.json").write_text(json.dumps(figures, indent=1))
    if arguments.json:
        print(json.dumps(figures))
        return 0
    print(table(times, instructions))
    print(rates_table(rates))
    print(age_table(ages))
    if WORK[0] in times:
        picture(times, RESULTS / "heaps.png")
        print(f"\n{RESULTS / 'heaps.png'}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
