#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The demonstration: a real clip, decoded into a heap that libheapsel picked, shown without a copy.

Leaves pictures and a report in build/demo/. Exit status 0 only if every frame of the clip went from
the decoder to the display in the very dma-buf that it was decoded into.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
import shutil
import subprocess
import sys
import textwrap
import time
from collections import Counter
from pathlib import Path

import witness
from board import Board, BoardFailure

HERE = Path(__file__).resolve().parent

# The time per frame is taken over so many from the start, before pictures are taken, with and without.
TIMED_FRAMES = 300


@dataclasses.dataclass
class Run:
    """What one run of the pipeline came to."""

    journey: witness.Journey

    @property
    def memory(self) -> str:
        """Where the buffers that the display showed came from."""
        kinds = Counter(Path(self.journey.heaps[show.inode]).name if show.inode in self.journey.heaps
                        else "the display's own" for show in self.journey.shows)
        return ", ".join(kind for kind, _ in kinds.most_common()) or "none"

    def report(self) -> dict:
        journey = self.journey
        return {"memory": self.memory, "decoded": len(journey.decoded), "shown": len(journey.shown),
                "copied": journey.copied, "faults": journey.faults(),
                "milliseconds_per_frame": round(journey.milliseconds_per_frame(TIMED_FRAMES), 2),
                "buffers": len(set(journey.decoded))}


def play(board: Board, clip: Path, out: Path, name: str, frames: int) -> Run:
    """One boot: a display that was used before is updated in another way than a fresh one."""
    started = time.monotonic()

    def progress(data: bytes) -> None:
        for percent in re.findall(r"\(\s*(\d+)[.\d]* %\)", data.decode(errors="replace")):
            print(f"demo: {name}: {time.monotonic() - started:2.0f} s, {percent} % of the clip",
                  file=sys.stderr)
    outcome = board.run([str(HERE / "play"), str(clip), str(out), name, str(frames)], on_stdout=progress)
    (out / f"{name}.log").write_bytes(outcome.stdout + outcome.stderr)
    if outcome.status:
        sys.stderr.write(outcome.text + outcome.error_text)
        raise BoardFailure(f"the pipeline {name} ended with status {outcome.status}")
    return Run(witness.follow(witness.read_log(out / f"{name}.jsonl")))


def make_pictures(out: Path) -> list[Path]:
    pictures = []
    for source in sorted(out.glob("display-*.ppm")):
        picture = source.with_suffix(".png")
        subprocess.run(["ffmpeg", "-v", "error", "-y", "-i", source, picture], check=True)
        source.unlink()
        pictures.append(picture)
    return pictures


def wrapped(label: str, text: str) -> str:
    return textwrap.fill(text, width=96, initial_indent=f"{label:8}", subsequent_indent=" " * 8,
                         break_on_hyphens=False, break_long_words=False)


def print_table(choice: dict, runs: dict[str, Run]) -> None:
    chosen = choice["chosen"]
    print(f"\nheap    {chosen['heap']}\n{wrapped('why', chosen['reason'])}")
    for other in choice["passed_over"]:
        print(wrapped("", f"{other['heap']} is {other['verdict']}: {other['reason']}"))
    print(f"\n{'':24}{'with heapsel':>20}{'without':>20}")
    reports = [run.report() for run in runs.values()]
    for label, key in (("memory", "memory"), ("frames decoded", "decoded"), ("frames shown", "shown"),
                       ("frames copied", "copied"), ("milliseconds per frame", "milliseconds_per_frame")):
        print(f"{label:24}" + "".join(f"{report[key]!s:>20}" for report in reports))


def read_choice(explained: Path) -> dict:
    """The part of `heapsel explain --json` that the report keeps."""
    heaps = [{"heap": heap["name"], "verdict": heap["verdict"], "reason": heap["reason"]}
             for heap in json.loads(explained.read_text())["heaps"]]
    return {"chosen": next(heap for heap in heaps if heap["verdict"] == "chosen"),
            "passed_over": [heap for heap in heaps if heap["verdict"] != "chosen"]}


def main() -> int:
    board = Board.from_environment()
    clip = Path(os.environ["HEAPSEL_CLIP"])
    out = board.top / "build" / "demo"
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True)
    try:
        runs = {"with-heapsel": play(board, clip, out, "with-heapsel", TIMED_FRAMES),
                "without": play(board, clip, out, "without", TIMED_FRAMES)}
    except BoardFailure as failure:
        print(f"demo: {failure}", file=sys.stderr)
        return 1
    choice = read_choice(out / "explain.json")
    pictures = make_pictures(out)
    report = {"clip": clip.name, "choice": choice, "pictures": [picture.name for picture in pictures],
              "runs": {name: run.report() for name, run in runs.items()}}
    (out / "report.json").write_text(json.dumps(report, indent=2) + "\n")
    print_table(choice, runs)
    print(f"\npictures  {', '.join(str(p.relative_to(board.top)) for p in pictures)}"
          f"\nreport    {(out / 'report.json').relative_to(board.top)}")

    faults = [f"{name}: {fault}" for name, run in runs.items() for fault in run.journey.faults()]
    if runs["with-heapsel"].memory != choice["chosen"]["heap"]:
        faults.append(f"the buffers came from {runs['with-heapsel'].memory}, not from the chosen heap")
    if not pictures:
        faults.append("no picture was taken")
    for fault in faults:
        print(f"demo: {fault}", file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
