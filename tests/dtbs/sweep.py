#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Has heapsel plan for every device-tree blob below a folder, and compares what it says with
kernel_rules.py, which reads the same blobs by itself.
"""

from __future__ import annotations

import argparse
import collections
import concurrent.futures
import json
import os
import subprocess
import sys
from pathlib import Path

import kernel_rules

GENERATIONS = ("series", "stock", "before-6.17")
SECONDS = 120  # A blob takes a tenth of one; a machine may be busy.
EVERY = 100
KEYS = ("path", "use", "region", "size", "no_map", "users")


class Wrong(Exception):
    pass


def heapsel(program: Path, *words: str, may_fail: bool = False) -> dict:
    """Its JSON. Where it succeeds, nothing but warnings may stand on standard error: a sanitizer writes there."""
    try:
        done = subprocess.run([program, *words, "--json"], capture_output=True, text=True, timeout=SECONDS)
    except subprocess.TimeoutExpired:
        raise Wrong(f"{' '.join(words)}: no end after {SECONDS} s")
    strange = [line for line in done.stderr.splitlines() if not line.startswith("heapsel: warning: ")]
    if done.returncode not in ((0, 1) if may_fail else (0,)) or done.returncode == 0 and strange:
        raise Wrong(f"{' '.join(words)}: status {done.returncode}\n" + "\n".join(strange[:20]))
    return json.loads(done.stdout)


def exists(said: dict) -> bool:
    """What heapsel's JSON says of a region, whichever way it says it."""
    return said["use"] not in ("refused", "disabled")


def as_the_rules_say(said: list[dict], expected: list[dict]) -> list[dict]:
    """Regions of heapsel's JSON in the words of the rules: what does not exist is refused or disabled. What only
    the boot loader decides, heapsel may see either way."""
    undecided = {region["path"] for region in expected if region["exists"] is None}

    def row(region: dict) -> dict:
        words = {key: region[key] for key in KEYS} | {"exists": exists(region)}
        if not words["exists"] and words["use"] != "disabled":
            words["use"] = "refused"
        return words | ({"exists": None} if region["path"] in undecided else {})
    return [row(region) for region in said]


def differences(said: list, expected: list, what: str) -> list[str]:
    return [f"{what}: heapsel says {a}, the rules {b}" for a, b in zip(said, expected) if a != b] + (
        [f"{what}: heapsel says {len(said)}, the rules {len(expected)}"] if len(said) != len(expected) else [])


def compare(program: Path, blob: Path, generation: str) -> list[dict]:
    """The regions, if both agree on them and on the heaps."""
    kernel = kernel_rules.Kernel(blob.read_bytes(), generation)
    said = heapsel(program, "list", "--dtb", str(blob), "--kernel", generation)
    expected = [{key: row[key] for key in (*KEYS, "exists")} for row in kernel.report()]
    wrong = differences(as_the_rules_say(said["regions"], expected), expected, "region")
    wrong += differences(sorted(sorted([heap["name"], *heap["aliases"]]) for heap in said["heaps"]),
                         sorted(sorted(names) for names in kernel.heaps()), "heap")
    if wrong:
        raise Wrong(f"--kernel {generation}:\n" + "\n".join(wrong))
    return said["regions"]


def check(program: Path, blob: Path) -> list[dict]:
    regions = compare(program, blob, "series")
    # Without a region of a pool or a carve-out the generations differ in nothing but the names.
    if any(region["use"] not in ("device", "firmware", "driver", "disabled") for region in regions):
        for generation in GENERATIONS[1:]:
            compare(program, blob, generation)
    serves = kernel_rules.Kernel(blob.read_bytes(), "series").serves_contiguous()
    words = ("explain", "--dtb", str(blob), "--require", "contiguous")
    chosen = heapsel(program, *words, may_fail=not serves)["chosen"]
    if chosen == "system" or serves is not None and serves != (chosen is not None):
        raise Wrong(f"explain chose {chosen}")
    return regions


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--heapsel", type=Path, required=True)
    parser.add_argument("--report", type=Path, required=True, help="JSON: passed, failed, uses")
    parser.add_argument("--jobs", type=int, default=len(os.sched_getaffinity(0)), metavar="N")
    parser.add_argument("blobs", type=Path)
    arguments = parser.parse_args()
    blobs = sorted(arguments.blobs.rglob("*.dtb"))
    uses: collections.Counter[str] = collections.Counter()
    failed = boards = 0
    with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
        for number, (blob, outcome) in enumerate(
                [(blob, pool.submit(check, arguments.heapsel, blob)) for blob in blobs], 1):
            try:
                regions = outcome.result()
                boards += bool(regions)
                uses.update(region["use"] for region in regions)
            except Wrong as wrong:
                failed += 1
                print(f"{blob.relative_to(arguments.blobs)}: {wrong}", flush=True)
            if number % EVERY == 0 or number == len(blobs):
                print(f"{number} of {len(blobs)} blobs, {failed} wrong", flush=True)
    print(f"{boards} have reserved memory, {sum(uses.values())} regions: " +
          ", ".join(f"{count} {use}" for use, count in uses.most_common()))
    arguments.report.write_text(json.dumps({"passed": len(blobs) - failed, "failed": failed, "uses": uses}))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
