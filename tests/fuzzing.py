#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs fuzzers: `lab/run fuzz [TARGET...] [--seconds N]`, each for that long, one after another.

A long run goes on from the inputs that earlier ones found, in build/fuzz/corpus/TARGET. What ends a
fuzzer (a crash, a sanitizer's report, an input that takes more than a minute or 1 GiB) is a finding: the input is
kept in build/fuzz/findings/TARGET-*, and `lab/run dev -- build/fuzz/tests/fuzz/fuzz-TARGET FILE` shows it
again. Exit status: 0, 1 after a finding, 2 for wrong usage.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

TOP = Path(os.environ["HEAPSEL_TOP"])
SOURCES = TOP / "tests" / "fuzz"
BUILD = TOP / "build" / "fuzz"
# The short run of the tests is the same each time.
SHORT = ["-runs=20000", "-seed=1"]


@dataclasses.dataclass
class Outcome:
    target: str
    status: int
    executions: int
    covered: int  # edges of the code that the inputs have reached
    edges: int  # of those that there are
    output: str

    def __str__(self) -> str:
        state = "no finding" if self.status == 0 else "A FINDING"
        return (f"{self.target:14}{self.executions:12} executions, {self.covered} of {self.edges} edges"
                f" covered, {state}")


def targets() -> list[str]:
    return sorted(file.name.removeprefix("fuzz-") for file in (BUILD / "tests" / "fuzz").glob("fuzz-*")
                  if file.is_file() and os.access(file, os.X_OK))


def seeds(target: str) -> list[Path]:
    """Where inputs to start from lie: those that were written down, and for trees the recorded boards'."""
    written = SOURCES / "corpus" / target
    found = sorted(written.iterdir()) if written.is_dir() else []
    if target == "device_tree":
        found += sorted((BUILD / "tests" / "fixtures").glob("*.dtb"))
    return found


def number(pattern: str, text: str) -> int:
    found = re.findall(pattern, text)
    return int(found[-1]) if found else 0


def run(target: str, limit: list[str], corpus: Path) -> Outcome:
    """`limit` are libFuzzer's own options; new inputs go into `corpus`."""
    for seed in seeds(target):
        shutil.copy(seed, corpus)
    findings = BUILD / "findings"
    findings.mkdir(exist_ok=True)
    dictionary = SOURCES / "dictionaries" / target
    command = [BUILD / "tests" / "fuzz" / f"fuzz-{target}", *limit, "-timeout=60", "-rss_limit_mb=1024",
               "-max_len=65536", "-print_final_stats=1", f"-artifact_prefix={findings}/{target}-",
               *([f"-dict={dictionary}"] if dictionary.exists() else []), corpus]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                          errors="replace",
                          env=os.environ | {"UBSAN_OPTIONS": "print_stacktrace=1:halt_on_error=1"})
    return Outcome(target, done.returncode, number(r"stat::number_of_executed_units: *(\d+)", done.stdout),
                   number(r" cov: (\d+)", done.stdout), number(r"\((\d+) inline 8-bit counters\)", done.stdout),
                   done.stdout)


def short_run(target: str) -> Outcome:
    with tempfile.TemporaryDirectory() as corpus:
        return run(target, SHORT, Path(corpus))


def long_run(target: str, seconds: int) -> Outcome:
    corpus = BUILD / "corpus" / target
    corpus.mkdir(parents=True, exist_ok=True)
    return run(target, [f"-max_total_time={seconds}"], corpus)


def main() -> int:
    parser = argparse.ArgumentParser(prog="lab/run fuzz", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"of: {', '.join(targets())} (default: all)")
    parser.add_argument("--seconds", type=int, default=60, metavar="N", help="for each (60)")
    arguments = parser.parse_args()
    unknown = [name for name in arguments.targets if name not in targets()]
    if unknown:
        parser.error(f"no target '{unknown[0]}'; there are: {', '.join(targets())}")
    failed = False
    for target in arguments.targets or targets():
        outcome = long_run(target, arguments.seconds)
        if outcome.status != 0:
            print(outcome.output[-8000:])
            failed = True
        print(outcome, flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
