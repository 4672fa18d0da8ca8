# SPDX-License-Identifier: LGPL-2.1-or-later
"""The bytes that the board's CPUs read and write while a command runs, by region of its memory.

Counted are the loads and stores of programs and kernel, the test drivers' included, as the CPUs issue
them: there is no cache in between, and what the machine's own devices (disk, shared folders) move is
not in. The command's start and whatever else runs on the board meanwhile count too: a figure for one
frame wants many frames, or the difference of two runs.

The command's output goes to standard error, the report to standard output, build/traffic/report.json
and build/traffic/traffic.png. Exit status: the command's; 2 for wrong usage, 125 if the board failed.
"""

from __future__ import annotations

import argparse
import dataclasses
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Sequence

import counter
import symbols
from board import Board, BoardFailure, Outcome

TOP = Path(os.environ["HEAPSEL_TOP"])
RESULTS = TOP / "build" / "traffic"
PARTS = TOP / "build" / "board-objects" / "lab" / "traffic"

# How many times as long as otherwise a command may take when it is counted.
PATIENCE = 10
MIB = 1 << 20


@dataclasses.dataclass
class Region:
    """A node of the device tree that is memory, and what was counted in it."""

    name: str
    ecc: bool | None  # None where the tree does not say
    start: int
    size: int
    read: int = 0
    written: int = 0

    def holds(self, address: int) -> bool:
        return self.start <= address < self.start + self.size


@dataclasses.dataclass
class Bytes:
    read: float
    written: float


@dataclasses.dataclass
class Traffic:
    regions: list[Region]
    instructions: int
    # Of the functions that were counted apart, if any: by region, and of their "stack" and the kernel's "image".
    functions: dict[str, Bytes] = dataclasses.field(default_factory=dict)


def fdtget(*arguments: str | Path) -> list[str]:
    ran = subprocess.run(["fdtget", *arguments], check=True, capture_output=True, text=True)
    return ran.stdout.split()


def region_of(tree: Path, node: str) -> Region:
    def cells(name: str) -> list[int]:
        return [int(cell, 16) for cell in fdtget("-t", "x", "-d", "", tree, node, name)]
    a, b, c, d = cells("reg")
    correction = cells("ecc-correction-bits")
    return Region(node.rpartition("/")[2], correction[0] > 0 if correction else None,
                  a << 32 | b, c << 32 | d)


def regions_of(tree: Path) -> list[Region]:
    """The reserved regions, and last the memory they are part of, which has what is left."""
    def below(node: str) -> list[str]:
        return [f"{node}/{name}" for name in fdtget("-l", tree, node or "/")]
    memory = region_of(tree, next(node for node in below("") if node.startswith("/memory@")))
    reserved = [region_of(tree, node) for node in below("/reserved-memory")]
    for region in reserved:
        if region.ecc is None:
            region.ecc = memory.ecc
    return [*sorted(reserved, key=lambda region: region.start), memory]


def read_counts(counts: Path, regions: list[Region]) -> Traffic:
    """What the plugin wrote: instructions, the traffic of some functions, and that of each page."""
    first, *lines = counts.read_text().splitlines()
    apart = [line.split()[1:] for line in lines if line.startswith("functions ")]
    functions = {name: Bytes(int(read), int(written)) for name, (read, written) in
                 zip([*(region.name for region in regions), "stack", "image"], apart, strict=True)} if apart else {}
    for page in lines[len(apart):]:
        address, read, written = (int(word, 0) for word in page.split())
        region = next(region for region in regions if region.holds(address))
        region.read += read
        region.written += written
    return Traffic(regions, int(first.removeprefix("instructions ")), functions)


def measure(board: Board, command: Sequence[str], *, has_marks: bool = False, more_qemu: Sequence[str] = (),
            functions: str | None = None, pmu: Sequence[str] | None = None,
            device_tree: Sequence[Sequence[str]] = (), expected: Sequence[str] = (), dc_zva: bool = False,
            **options) -> tuple[Outcome, Traffic]:
    """Runs `command` as `Board.run` does, with its options, and counts: all of it, or what is between the marks
    (marks.h) that the command sets itself; and apart what the kernel's functions do whose names match `functions`
    (symbols.py). With `pmu`, parameters for the module lab_ddr, which may be none, that
    is loaded first, and the command can ask for the counts itself. With `dc_zva` the board zeroes memory as real
    ones do: instructions are theirs, but what is zeroed is missing from the traffic. Raises BoardFailure."""
    regions = regions_of(board.images / "board.dtb")
    memory = regions[-1]
    # In memory here, like the board's own when it is a file.
    with tempfile.TemporaryDirectory() as scratch:
        counts = Path(scratch, "counts")
        plugin = {"file": PARTS / "traffic-plugin.so", "memory": memory.start, "size": memory.size,
                  "regions": ":".join(f"{region.start:#x}+{region.size:#x}" for region in regions), "out": counts}
        counted = [] if has_marks else [f"{board.software}/libexec/heapsel-lab/counted"]
        if functions is not None:
            plugin |= symbols.plugin(board.kernel / "System.map", functions)
        if pmu is not None:
            file = Path(scratch, "memory")
            plugin |= counter.plugin(file, regions)
            counted += counter.loaded(board.kernel, pmu)
            expected = [*expected, counter.EXPECTED]
            device_tree = [*device_tree, *counter.device_tree(regions)]
            more_qemu = [*more_qemu, *counter.qemu(file, memory.size)]
        if not dc_zva:
            # Of two loaders that say where CPU 0 starts, the last is heard.
            more_qemu = [*more_qemu, "-machine", "virtualization=on",
                         "-device", f"loader,file={quoted(PARTS / 'hypervisor.elf')},cpu-num=0"]
        outcome = dataclasses.replace(board, patience=board.patience * PATIENCE).run(
            [*counted, *command], **options, device_tree=device_tree, expected=expected, more_qemu=[
                *more_qemu, "-plugin", ",".join(f"{name}={quoted(value)}" for name, value in plugin.items())])
        if not counts.exists():
            raise BoardFailure("the command ended, and nothing was counted")
        return outcome, read_counts(counts, regions)


def quoted(value: object) -> str:
    """As QEMU wants it among options that commas separate."""
    return str(value).replace(",", ",,")


def table(traffic: Traffic, frames: int | None) -> str:
    def row(name: str, ecc: str, regions: list[Region]) -> str:
        sums = [sum(region.read for region in regions), sum(region.written for region in regions)]
        figures = sums + ([figure / frames for figure in sums] if frames else [])
        return f"{name:20}{ecc:8}" + "".join(f"{figure / MIB:14.2f}" for figure in figures)
    ecc_text = {True: "yes", False: "no", None: "unknown"}
    heads = ["READ", "WRITTEN"] + (["READ/FRAME", "WRITTEN/FRAME"] if frames else [])
    lines = [f"{'MiB':20}{'ECC':8}" + "".join(f"{head:>14}" for head in heads)]
    lines += [row(region.name, ecc_text[region.ecc], [region]) for region in traffic.regions]
    for ecc, text in ecc_text.items():
        if some := [region for region in traffic.regions if region.ecc is ecc]:
            lines.append(row("together", text, some))
    lines.append(f"\n{traffic.instructions} instructions" +
                 (f", {traffic.instructions / frames:.0f} a frame" if frames else ""))
    return "\n".join(lines)


def picture(traffic: Traffic, frames: int | None, file: Path) -> None:
    data = "\n".join(f'"{region.name}{"" if region.ecc else " (no ECC)"}" '
                     f"{region.read / MIB / (frames or 1)} {region.written / MIB / (frames or 1)}"
                     for region in traffic.regions)
    script = f"""
        set terminal pngcairo noenhanced size 900,540
        set output '{str(file).replace("'", "''")}'
        set title 'read and written by the CPUs{" for a frame" if frames else ""}'
        set style data histogram
        set style histogram clustered gap 1
        set style fill solid 0.8
        set ylabel 'MiB'
        set yrange [0:*]
        set xtics rotate by -20
        set rmargin 12
        set key outside top horizontal
        set grid ytics
        $data << END\n{data}\nEND
        plot $data using 2:xtic(1) title 'read', $data using 3 title 'written'
        """
    subprocess.run(["gnuplot"], input=script, text=True, check=True)


def forward(data: bytes) -> None:
    sys.stderr.buffer.write(data)
    sys.stderr.buffer.flush()


def positive(text: str) -> int:
    if (number := int(text)) <= 0:
        raise ValueError
    return number


def main() -> int:
    parser = argparse.ArgumentParser(prog="lab/run traffic", description=__doc__,
                                     usage="%(prog)s [--frames N] [--json] [--pmu [--parameter NAME=VALUE]...] "
                                           "-- CMD...",
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--frames", type=positive, metavar="N",
                        help="also give the figures for one frame of N")
    parser.add_argument("--json", action="store_true", help="the report as JSON, in bytes")
    parser.add_argument("--pmu", action="store_true",
                        help="CMD can ask, too: /sys/bus/event_source/devices/lab_ddr is on the board")
    parser.add_argument("--parameter", action="append", default=[], metavar="NAME=VALUE",
                        help="with --pmu, one for the module lab_ddr: profile=imx8mp")
    parser.add_argument("command", nargs="+", metavar="CMD", help="runs on the board")
    arguments = parser.parse_args()
    frames = arguments.frames
    if arguments.parameter and not arguments.pmu:
        parser.error("--parameter is for --pmu")
    try:
        outcome, traffic = measure(Board.from_environment(), arguments.command, directory=Path.cwd(),
                                   timeout=float(os.environ.get("HEAPSEL_BOARD_TIMEOUT", "600")),
                                   stdin=sys.stdin and sys.stdin.buffer,
                                   on_stdout=forward, on_stderr=forward,
                                   pmu=arguments.parameter if arguments.pmu else None)
    except BoardFailure as failure:
        print(f"lab/run traffic: {failure}", file=sys.stderr)
        return 125
    report = json.dumps({"command": arguments.command, "status": outcome.status, "frames": frames,
                         **dataclasses.asdict(traffic)}, indent=1)
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "report.json").write_text(report + "\n")
    picture(traffic, frames, RESULTS / "traffic.png")
    print(report if arguments.json else table(traffic, frames))
    return outcome.status


if __name__ == "__main__":
    sys.exit(main())
