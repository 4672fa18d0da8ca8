# SPDX-License-Identifier: LGPL-2.1-or-later
"""What measuring costs: `lab/run bench bandwidth`.

A decoder's pipeline by itself and under `heapsel bandwidth`, in turns on one board, whose clock advances by one tick
an instruction, and with the least of the turns of each: two boots differ by more than what is looked for. What the
board waits is not counted. Run nothing beside it: what else the board does meanwhile is counted, and that depends on
how long the emulator waits for a CPU.

The figures go to standard output, and to build/bench/bandwidth.json. Exit status: 0, 1 if something failed, 2 for wrong
usage.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
from pathlib import Path

from board import Board, BoardFailure
from counted import NANOSECONDS_AN_INSTRUCTION
from decoding import playing
from traffic import measure, positive

RESULTS = Path(os.environ["HEAPSEL_TOP"]) / "build" / "bench"
TURNS = 3
# Of /proc/uptime.
TICKS_A_SECOND = 100


def script(frames: int) -> str:
    pipeline = playing(frames)
    return f"""set -e
        cp "$clip" /tmp/clip; clip=/tmp/clip
        device=/dev/$(basename "$(dirname "$(grep -lx stateful-decoder /sys/class/video4linux/*/name)")")
        alone() {{ {pipeline}; }}
        under() {{ heapsel bandwidth $device --as-it-is --json --no-idle --runs 1 --warm 10 -- {pipeline}; }}
        busy() {{ local up idle; read -r up idle </proc/uptime; echo $((10#${{up/./}} - 10#${{idle/./}})); }}
        heapsel bandwidth --list >/dev/null
        for turn in {{1..{TURNS}}}; do for way in alone under; do
            start=$(busy); $way >/tmp/$way; echo $way $(($(busy) - start))
        done; done"""


def compare(board: Board, frames: int) -> dict:
    outcome, _ = measure(board, ["bash", "-c", script(frames)], pmu=[], timeout=3600, count_instructions=True,
                         environment={"clip": os.environ["HEAPSEL_CLIP"]},
                         # The clock goes on while the board waits for a file of this machine's.
                         kernel_arguments=["sysctl.kernel.hung_task_timeout_secs=0"])
    if outcome.status != 0:
        raise BoardFailure(f"the script ended with {outcome.status}: {outcome.error_text}")
    took = [line.split() for line in outcome.text.splitlines()]
    least = {name: min(int(ticks) for way, ticks in took if way == name) for name in ("alone", "under")}
    instructions = {name: ticks * 1_000_000_000 // TICKS_A_SECOND // NANOSECONDS_AN_INSTRUCTION
                    for name, ticks in least.items()}
    return {"frames": frames, "instructions": instructions, "ratio": least["under"] / least["alone"]}


def main() -> int:
    parser = argparse.ArgumentParser(prog="lab/run bench bandwidth", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", type=positive, default=200, metavar="N", help="so many in each turn (default: 200)")
    parser.add_argument("--json", action="store_true", help="the figures as JSON")
    arguments = parser.parse_args()
    try:
        figures = compare(Board.from_environment(), arguments.frames)
    except BoardFailure as failure:
        print(f"lab/run bench: {failure}", file=sys.stderr)
        return 1
    report = json.dumps(figures, indent=1)
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "bandwidth.json").write_text(report + "\n")
    print(report if arguments.json else
          f"{figures['frames']} frames decoded, in instructions\n"
          f"  by itself                 {figures['instructions']['alone']:14}\n"
          f"  under heapsel bandwidth   {figures['instructions']['under']:14}\n"
          f"  ratio                     {figures['ratio']:14.4f}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
