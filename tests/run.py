#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Runs the test suites and adds them up. `lab/run test` calls it with everything built.

Suites run side by side, as many as there are CPUs for and one more that mostly waits, each in a process of
its own; what one says has its name before each line. At the end they stand with the time that each took,
the slowest last. The last line reads "N passed, M failed, K skipped" over all suites that were run.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import contextlib
import dataclasses
import fcntl
import functools
import json
import os
import re
import shutil
import subprocess
import sys
import time
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from typing import Callable, Collection, Iterator

import fuzzing
from board import CMA_IS_FULL, Board, BoardFailure

TOP = Path(os.environ["HEAPSEL_TOP"])
RESULTS = TOP / "build" / "test-results"
# They run the clip again and again, or count what this kernel does more of.
NOT_FOR_DEBUG = {"decoder_traffic", "demo", "lab_ddr", "pipeline", "traffic"}


@dataclasses.dataclass
class Count:
    passed: int = 0
    failed: int = 0
    skipped: int = 0

    def __add__(self, other: Count) -> Count:
        return Count(self.passed + other.passed, self.failed + other.failed,
                     self.skipped + other.skipped)

    def __str__(self) -> str:
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def junit_count(file: Path) -> Count:
    """JUnit's XML, as GoogleTest and pytest write it; a file that is missing is a failure."""
    if not file.exists():
        return Count(failed=1)
    count = Count()
    for case in ElementTree.parse(file).getroot().iter("testcase"):
        if case.find("failure") is not None or case.find("error") is not None:
            count.failed += 1
        elif case.find("skipped") is not None or case.get("status") == "notrun":
            count.skipped += 1
        else:
            count.passed += 1
    return count


def run_meson(build: Path, options: list[str], results: Path) -> Count:
    log = build / "meson-logs" / "testlog.junit.xml"  # Meson's, with every case of GoogleTest's
    log.unlink(missing_ok=True)
    status = subprocess.run(["meson", "test", "-C", build, "--no-rebuild", "--print-errorlogs",
                             *options]).returncode
    count = junit_count(log)
    if log.exists():
        shutil.copy(log, results)
    # What fails outside a case (a sanitizer at exit, a crash) leaves no failed case behind.
    if status != 0 and count.failed == 0 or count.passed == 0:
        count.failed += 1
    return count


def run_unit(results: Path) -> Count:
    """The host's tests, under AddressSanitizer and UndefinedBehaviorSanitizer."""
    return run_meson(TOP / "build" / "host", [], results)


def run_threads(results: Path) -> Count:
    """Those in which many threads use one thing, under ThreadSanitizer."""
    return run_meson(TOP / "build" / "tsan", ["--suite", "threads"], results)


def run_fuzz(results: Path) -> Count:
    """Each fuzzer for a while, always the same one. `lab/run fuzz` runs them for longer."""
    count = Count()
    for target in fuzzing.targets():
        outcome = fuzzing.short_run(target)
        (results / target).write_text(outcome.output)
        print(outcome, flush=True)
        count += Count(passed=1) if outcome.status == 0 and outcome.executions else Count(failed=1)
    return count


def run_plugin_checks(results: Path, command: list[str | Path], environment: dict[str, str], timeout: float) -> Count:
    try:
        # Two of the checks fill the contiguous regions.
        outcome = Board.from_environment().run(list(map(str, command)), expected=CMA_IS_FULL, timeout=timeout,
                                               environment={"clip": os.environ["HEAPSEL_CLIP"],
                                                            "h264": os.environ["HEAPSEL_H264"], **environment})
    except BoardFailure as failure:
        print(failure)
        return Count(failed=1)
    (results / "output").write_bytes(outcome.stdout + outcome.stderr)
    print(outcome.text + outcome.error_text)
    totals = re.findall(r"^(\d+) passed, (\d+) failed, (\d+) skipped$", outcome.text, re.MULTILINE)
    count = Count(*map(int, totals[-1])) if totals else Count(failed=1)
    if outcome.status != 0 and count.failed == 0:
        count.failed += 1
    return count


def run_plugin(results: Path) -> Count:
    """The plugin's own checks, on the board."""
    return run_plugin_checks(results, ["gst-heapsel-check"], {}, timeout=900)


def run_sanitized_plugin(build: Path, runtime: str, which: list[str], results: Path) -> Count:
    """The same, or those of them, as built with sanitizers. What these find ends the program."""
    return run_plugin_checks(results, [build / "tests" / "gst" / "gst-heapsel-check", *which], {
        "GST_PLUGIN_PATH": str(build / "gst-plugin"), "GST_REGISTRY": "/tmp/registry",
        # GStreamer's scanner of plugins, which was not built so, loads it with the plugin.
        "LD_PRELOAD": runtime, "LD_LIBRARY_PATH": f"{build / 'libheapsel'}:{build / 'runtime'}",
        # What GStreamer keeps for good, and what it guards in ways of its own, is not known to them.
        "ASAN_OPTIONS": "detect_leaks=0", "UBSAN_OPTIONS": "halt_on_error=1:print_stacktrace=1",
        "TSAN_OPTIONS": "halt_on_error=1:ignore_noninstrumented_modules=1"}, timeout=2400)


def run_old_compiler(results: Path) -> Count:
    """Library, command and plugin, as GCC 13 built them; a warning would have ended the build."""
    build = TOP / "build" / "gcc-13"
    count = Count()
    for name in ("libheapsel/libheapsel.so", "libheapsel/tools/heapsel", "gst-plugin/libgstheapsel.so"):
        comment = subprocess.run(["readelf", "-p", ".comment", build / name], text=True, capture_output=True).stdout
        by_gcc_13 = re.search(r"GCC: .*\b13\.\d+\.\d+", comment) is not None
        print(f"{name}: {'built by GCC 13' if by_gcc_13 else 'not built by GCC 13: ' + comment.strip()}")
        count += Count(passed=1) if by_gcc_13 else Count(failed=1)
    return count


def run_patches(results: Path) -> Count:
    """What `lab/run check-patches` found: each check of each patch is a case."""
    report = TOP / "build" / "check" / "report.json"
    shutil.copy(report, results)
    subprocess.run([TOP / "lab" / "kernel" / "check-patches", "--report", report.parent])
    found = json.loads(report.read_text())
    return Count(found["passed"], found["failed"])


def run_dtbs(results: Path) -> Count:
    """Every blob that the kernel builds, through the command of the unit tests' build: a case each."""
    report = results / "report.json"
    subprocess.run([sys.executable, TOP / "tests" / "dtbs" / "sweep.py", "--report", report, "--heapsel",
                    TOP / "build" / "host" / "libheapsel" / "tools" / "heapsel", os.environ["HEAPSEL_DTBS"]])
    if not report.exists():
        return Count(failed=1)
    found = json.loads(report.read_text())
    return Count(found["passed"], found["failed"])


def run_package(results: Path) -> Count:
    """Debian's packages, built for the board from what git knows of, and what lintian says to them."""
    source = results / "heapsel"
    source.mkdir()
    files = subprocess.run(["git", "ls-files", "-z"], cwd=TOP, check=True, capture_output=True).stdout
    subprocess.run(["rsync", "-a", "--from0", "--files-from=-", f"{TOP}/", source], input=files, check=True)
    built = subprocess.run(["dpkg-buildpackage", "-aarm64", "-b", "-uc", "-us", "-Pcross,nocheck"],
                           cwd=source).returncode == 0
    packages = {file.name.partition("_")[0] for file in results.glob("*.deb")}
    missing = {"heapsel", "libheapsel0", "libheapsel-dev", "gstreamer1.0-heapsel"} - packages
    if missing:
        print(f"not built: {', '.join(sorted(missing))}")
    checked = built and subprocess.run(["lintian", "--allow-root", "--fail-on=error,warning",
                                        *results.glob("*.changes")]).returncode == 0
    verdicts = (built, not missing, checked)
    shutil.rmtree(source)
    return Count(passed=sum(verdicts), failed=verdicts.count(False))


def run_pytest(suite: Path, results: Path) -> Count:
    file = results / "pytest.xml"
    status = subprocess.run(
        [sys.executable, "-m", "pytest", "-v", "--tb=short", "-p", "no:cacheprovider",
         f"--junitxml={file}", suite]).returncode
    count = junit_count(file)
    if status != 0 and count.failed == 0:
        count.failed += 1
    return count


# These start first, so that none of them is left alone at the end.
LONGEST = ["video", "heapsel", "camera", "bandwidth", "pipeline", "kms"]

# Waits much longer than it works, so it needs no CPU of its own.
BESIDE_OTHERS = {"compliance"}

# Not part of a run that names no suite: they build kernels, two thousand device trees, or all packages; or stand on
# a Debian that changes every day.
ON_REQUEST = {"dtbs", "gstreamers", "package", "patches", "unbound"}

# What differs from the other suites of their folders.
OTHER_NEEDS = {"pl111": "vexpress", "no_heaps": "no-heaps", "gstreamers": "board other-gstreamers",
               "libcamera": "libcameras", "unbound": "board stock"}

# Among the names of suites: they play the whole clip and repeat what is a matter of luck as often as before a
# release, where otherwise a part does.
FULL = "full"


@dataclasses.dataclass(frozen=True)
class Suite:
    run: Callable[[Path], Count]
    # What `lab/run test` builds for it: words of host, threads, fuzz, gcc-13, board, plugin-asan, plugin-tsan,
    # vexpress, no-heaps, stock, other-gstreamers, libcameras, patches, dtbs and nothing.
    needs: str


def suites() -> dict[str, Suite]:
    """In the order they run: what is quick and broad first. With the debug kernel, those that it has
    a say in."""
    table = {"unit": Suite(run_unit, "host"), "threads": Suite(run_threads, "threads"),
             "fuzz": Suite(run_fuzz, "fuzz"), "gcc_13": Suite(run_old_compiler, "gcc-13"),
             "plugin": Suite(run_plugin, "board"),
             "plugin_memory": Suite(functools.partial(run_sanitized_plugin, TOP / "build" / "board-asan",
                                                      "libasan.so.8", []), "board plugin-asan"),
             "plugin_threads": Suite(functools.partial(run_sanitized_plugin, TOP / "build" / "board-tsan",
                                                       "libtsan.so.2", ["threads"]), "board plugin-tsan")}
    for folder, needs in (("lab", "nothing"), ("vm", "board")):
        for file in sorted((TOP / "tests" / folder).glob("test_*.py")):
            name = file.stem.removeprefix("test_")
            table[name] = Suite(functools.partial(run_pytest, file), OTHER_NEEDS.get(name, needs))
    table["package"] = Suite(run_package, "nothing")
    table["patches"] = Suite(run_patches, "patches")
    table["dtbs"] = Suite(run_dtbs, "host dtbs")
    if os.environ.get("HEAPSEL_KERNEL_VARIANT") != "debug":
        del table["debug"]
        return table
    return {name: suite for name, suite in table.items()
            if suite.needs == "board" and name not in NOT_FOR_DEBUG}


def run_one(name: str) -> int:
    """In this process: the count goes where `run_beside` finds it."""
    results = RESULTS / name
    shutil.rmtree(results, ignore_errors=True)
    results.mkdir(parents=True)
    count = suites()[name].run(results)
    (results / "count.json").write_text(json.dumps(dataclasses.asdict(count)))
    return 0


def run_beside(name: str) -> tuple[Count, float]:
    """In a process of its own, and how many seconds it took; one that dies has failed."""
    started = time.monotonic()
    # What an earlier run left must not count for this one.
    (RESULTS / name / "count.json").unlink(missing_ok=True)
    with subprocess.Popen([sys.executable, __file__, "--one", name], stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, text=True, errors="replace") as suite:
        for line in suite.stdout:
            print(f"{name:>10} | {line.rstrip()}", flush=True)
    try:
        count = Count(**json.loads((RESULTS / name / "count.json").read_text()))
    except FileNotFoundError:
        count = Count(failed=1)
    return count, time.monotonic() - started


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Results and booted boards of a checkout are one run's: the first to end would take them from the other."""
    RESULTS.mkdir(parents=True, exist_ok=True)
    with (RESULTS / "lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            sys.exit("lab/run test: another one runs in this checkout. Wait for its end, or take another checkout.")
        yield


@contextlib.contextmanager
def booted_boards() -> Iterator[None]:
    """Each case has a board to itself, but what boots alike boots once: see lab/board/booted.py."""
    store = TOP / "build" / "board" / "booted"
    shutil.rmtree(store, ignore_errors=True)  # of a run that was killed
    store.mkdir(parents=True)
    os.environ["HEAPSEL_BOOTED"] = str(store)
    try:
        yield
    finally:
        shutil.rmtree(store)


def run_all(chosen: Collection[str], jobs: int) -> dict[str, tuple[Count, float]]:
    waiting = [name for name in chosen if name in BESIDE_OTHERS]
    in_order = [name for name in LONGEST if name in chosen]
    in_order += [name for name in chosen if name not in [*in_order, *waiting]]
    with (concurrent.futures.ThreadPoolExecutor(jobs) as workers,
          concurrent.futures.ThreadPoolExecutor(1) as one_more):
        running = {name: workers.submit(run_beside, name) for name in in_order}
        running |= {name: one_more.submit(run_beside, name) for name in waiting}
        return {name: run.result() for name, run in running.items()}


def print_table(outcomes: dict[str, tuple[Count, float]], on_request: set[str]) -> Count:
    """Returns the sum."""
    print("\n=== all suites")
    for name in sorted(on_request):
        print(f"{name:12}      -    not run; lab/run test {name} does")
    for name, (count, seconds) in sorted(outcomes.items(), key=lambda outcome: outcome[1][1]):
        print(f"{name:12} {seconds:6.0f} s  {count}")
    total = sum((count for count, _ in outcomes.values()), Count())
    print(total, flush=True)
    return total


def main() -> int:
    parser = argparse.ArgumentParser(prog="lab/run test", description=__doc__.splitlines()[0])
    parser.add_argument("suites", nargs="*", metavar="SUITE",
                        help="all by default, but for those that are long and of other matters: "
                             f"{', '.join(sorted(ON_REQUEST))}. `{FULL}` among them, or alone, has suites play "
                             "the whole clip and repeat all, where otherwise a part does: what a release must pass")
    parser.add_argument("--list", action="store_true", help="name the suites and end")
    parser.add_argument("--jobs", type=int, default=max(1, min(2, len(os.sched_getaffinity(0)))), metavar="N",
                        help="how many suites at a time, besides compliance, which mostly waits (default: "
                             "%(default)s)")
    # For lab/run: what to build for these suites, a word each.
    parser.add_argument("--needs", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    table = suites()
    if arguments.list:
        print("\n".join(table))
        return 0
    if FULL in arguments.suites:
        os.environ["HEAPSEL_WHOLE_CLIP"] = "1"
        arguments.suites = [name for name in arguments.suites if name != FULL]
    unknown = [name for name in arguments.suites if name not in table]
    if unknown:
        parser.error(f"no suite '{unknown[0]}'; there are: {', '.join(table)}")
    if arguments.jobs < 1:
        parser.error("--jobs takes 1 or more")
    named = arguments.suites or table.keys() - ON_REQUEST
    chosen = {name: suite for name, suite in table.items() if name in named}
    if arguments.needs:
        print(*{suite.needs for suite in chosen.values()})
        return 0
    if arguments.one:
        return run_one(*chosen)

    with alone(), booted_boards():
        outcomes = run_all(chosen, arguments.jobs)
    total = print_table(outcomes, set() if arguments.suites else table.keys() & ON_REQUEST)
    return 1 if total.failed or not total.passed else 0


if __name__ == "__main__":
    sys.exit(main())
