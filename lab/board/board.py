# SPDX-License-Identifier: LGPL-2.1-or-later
"""One run of the virtual board: a command in, its output and its status out.

    outcome = Board.from_environment().run(["heapsel", "list"])

A run that ends in anything but the command's own exit status, or whose kernel says something that
was not expected, is a failure, and says so.
"""

from __future__ import annotations

import dataclasses
import functools
import itertools
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import BinaryIO, Callable, Mapping, Sequence

import booted
import machine
from boot import BoardFailure, Boot, Outcome

HERE = Path(__file__).resolve().parent

# What the kernel logs, besides ENOMEM, when a CMA region is full.
CMA_IS_FULL = [r"cma: __cma_alloc_frozen: .*: alloc failed, req-size:", r"=> \d+ free of \d+ total pages",
               r"__cma_alloc_frozen: \d+ callbacks suppressed"]


@dataclasses.dataclass(frozen=True)
class Board:
    """What a run needs, by path. A value: every run has a board of its own, just booted."""

    top: Path
    cache: Path
    kernel: Path
    images: Path
    root: Path
    software: Path
    logs: Path
    booted: Path | None = None  # where boards that have booted are kept, if they are: see booted.py
    patience: float = 1  # how many times as long as with the plain kernel a run may take

    @staticmethod
    def from_environment(environment: Mapping[str, str] = os.environ) -> Board:
        """As `lab/run` describes it to what it starts."""
        def path(name: str) -> Path:
            return Path(environment[f"HEAPSEL_{name}"])
        top = path("TOP")
        return Board(top=top, cache=path("CACHE"), kernel=path("KERNEL"), images=path("IMAGES"),
                     root=path("ROOT"), software=path("SOFTWARE"), logs=top / "build" / "board",
                     booted=path("BOOTED") if "HEAPSEL_BOOTED" in environment else None,
                     patience=float(environment.get("HEAPSEL_PATIENCE", "1")))

    @property
    def registry(self) -> Path:
        """Scanning all of GStreamer's plugins takes the board long, so what it found is kept."""
        return self.logs / f"gstreamer-{self.root.parent.name}.registry"

    def run(self, command: Sequence[str], *, directory: Path | None = None,
            environment: Mapping[str, str] | None = None, timeout: float | None = 600,
            expected: Sequence[str] = (), kernel_arguments: Sequence[str] = (),
            device_tree: Sequence[Sequence[str]] = (), reserved: Sequence[tuple[int, int]] = (),
            count_instructions: bool = False, more_qemu: Sequence[str] = (),
            interactive: bool = False, stdin: BinaryIO | None = None,
            on_stdout: Callable[[bytes], None] | None = None,
            on_stderr: Callable[[bytes], None] | None = None) -> Outcome:
        """Boots, runs `command`, powers off. `timeout` is in seconds of the plain kernel.

        `expected` are patterns for lines of the kernel's log that are no failure. `device_tree`
        are properties besides those of board.dtsi, each as fdtput takes one: its type, the node,
        the name, the values, and `reserved` what its header reserves, as base and size.
        With `count_instructions`, one CPU runs, and its clock advances by
        one tick, 16 ns, for each instruction. `more_qemu` are arguments for QEMU, behind all
        others. Raises BoardFailure.
        """
        self.logs.mkdir(parents=True, exist_ok=True)
        forget_refused(self.registry, "libgstheapsel.so")
        run_folder = Path(tempfile.mkdtemp(prefix="run-", dir=self.logs))
        try:
            self._write_orders(run_folder, command, directory or self.top, environment or {},
                               interactive)
            if count_instructions:
                kernel_arguments = [*kernel_arguments, "maxcpus=1"]
            boot = functools.partial(Boot, root=self.root, interactive=interactive, more_qemu=more_qemu,
                                     shares={"lab": run_folder, "top": self.top, "cache": self.cache},
                                     clock=machine.INSTRUCTION_CLOCK if count_instructions else machine.FREE_CLOCK)
            patient = None if timeout is None else timeout * self.patience
            # Another clock or other devices make it another machine.
            contents = (kernel_arguments, device_tree, reserved)
            kept = self._kept(boot, contents) \
                if self.booted and not (count_instructions or interactive or more_qemu) else None
            console = run_folder / "console"
            if kept:
                shutil.copyfile(kept / "console", console)
                start = booted.start(kept)
            else:
                start = self._from_the_start(run_folder, *contents)
            with boot(start, console=console) as running:
                if kept:
                    booted.load(kept, running)
                outcome = running.run(patient, stdin, on_stdout, on_stderr)
            judge_kernel(console, HERE / "expected-warnings", expected)
            return outcome
        finally:
            self._keep_last(run_folder)

    def _write_orders(self, folder: Path, command: Sequence[str], directory: Path,
                      environment: Mapping[str, str], interactive: bool) -> None:
        software = self.software
        exports = {
            "HOME": "/tmp",
            "LC_ALL": "C.UTF-8",
            "PATH": f"{software}/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "LD_LIBRARY_PATH": f"{software}/lib",
            "GST_PLUGIN_PATH": f"{software}/lib/gstreamer-1.0",
            "GST_REGISTRY": str(self.registry),
            # With the code that ORC generates for arm64, a conversion crashed.
            "ORC_CODE": "backup",
            "TERM": os.environ.get("TERM", "dumb"),
            "DIRECTORY": str(directory),
            **environment,
        }
        settings = {"TOP": self.top, "CACHE": self.cache, "NOW": int(time.time()),
                    "INTERACTIVE": "1" if interactive else ""}
        def assignments(values: Mapping[str, object], prefix: str) -> str:
            return "".join(f"{prefix}{k}={shlex.quote(str(v))}\n" for k, v in values.items())
        (folder / "setup").write_text(assignments(settings, ""))
        (folder / "environment").write_text(assignments(exports, "export "))
        (folder / "command").write_text(f"exec {shlex.join(command)}\n" if command else "")

    def _kept(self, boot: Callable[..., Boot], contents: tuple) -> Path:
        """The board that booted with these."""
        with booted.kept(self.booted, (self.root, *contents)) as (folder, there):
            if not there:
                with tempfile.TemporaryDirectory(dir=self.logs) as scratch:
                    start = self._from_the_start(Path(scratch), *contents)
                    booted.keep(folder, lambda memory, console: boot([*start, *memory], console=console),
                                60 * self.patience)
            return folder

    def _from_the_start(self, folder: Path, kernel_arguments: Sequence[str],
                        device_tree: Sequence[Sequence[str]], reserved: Sequence[tuple[int, int]]) -> list[str]:
        """Arguments for QEMU: what is in memory when the board starts. `folder` must stay until then."""
        dtb = self._device_tree(folder, kernel_arguments, device_tree)
        reserve_in_header(dtb, reserved)
        start = []
        for file, address, more in ((self.images / "boot.bin", machine.BOOT, "cpu-num=0"),
                                    (self.kernel / "Image", machine.KERNEL, "force-raw=on"),
                                    (self.images / "initrd", machine.INITRD, "force-raw=on"),
                                    (dtb, machine.DTB, "force-raw=on")):
            start += ["-device", f"loader,file={file},addr={address:#x},{more}"]
        return start

    def _device_tree(self, folder: Path, more_arguments: Sequence[str],
                     more_properties: Sequence[Sequence[str]]) -> Path:
        dtb = folder / "board.dtb"
        shutil.copyfile(self.images / "board.dtb", dtb)
        # loglevel=5: what reaches the console is a warning or worse, so nothing should.
        # video=: a mode of the clip's own size, which the display does not offer by itself.
        arguments = "console=ttyAMA0 loglevel=5 panic=-1 cma=64M video=Virtual-1:768x576 rdinit=/init"
        arguments = " ".join([arguments, *more_arguments])
        end = machine.INITRD + (self.images / "initrd").stat().st_size
        for kind, *property in (("s", "/chosen", "bootargs", arguments),
                                ("x", "/chosen", "linux,initrd-start", f"{machine.INITRD:x}"),
                                ("x", "/chosen", "linux,initrd-end", f"{end:x}"),
                                *more_properties):
            subprocess.run(["fdtput", "-p", "-t", kind, dtb, *property], check=True)
        return dtb

    def _keep_last(self, folder: Path) -> None:
        """The last run's logs stay under a fixed name, for whoever looks afterwards."""
        for name in ("console", "dmesg"):
            if (folder / name).exists():
                (folder / name).replace(self.logs / f"last-{name}")
        shutil.rmtree(folder)


def reserve_in_header(dtb: Path, ranges: Sequence[tuple[int, int]]) -> None:
    """What fdtput cannot write."""
    if not ranges:
        return
    source = subprocess.run(["dtc", "-q", "-I", "dtb", "-O", "dts", dtb], check=True, stdout=subprocess.PIPE).stdout
    version, rest = source.split(b"\n", 1)
    lines = "".join(f"/memreserve/ {base:#x} {size:#x};\n" for base, size in ranges)
    subprocess.run(["dtc", "-q", "-I", "dts", "-O", "dtb", "-o", dtb], check=True,
                   input=version + b"\n" + lines.encode() + rest)


def forget_refused(registry: Path, plugin: str) -> None:
    """Removes a registry of GStreamer's in which that plugin could not be loaded. It would not be tried again until
    its own file changes, and mostly it is a library of its that was not there, or another one. Such an entry has the
    file's name for the plugin's."""
    try:
        refused = b"\0" + plugin.encode() + b"\0" in registry.read_bytes()
    except FileNotFoundError:
        return
    if refused:
        registry.unlink(missing_ok=True)


def judge_kernel(console: Path, always: Path, expected: Sequence[str] = ()) -> None:
    """Raises BoardFailure for a line that matches no pattern of that file, nor of `expected`. A warning is
    expected with all of its trace."""
    known = _patterns(always) + [re.compile(p) for p in expected]
    complaints = [said for said in _sayings(_without_replays(console.read_text(errors="replace").splitlines()))
                  if not any(pattern.search(line) for pattern in known for line in said[:2])]
    if complaints:
        lines = [line for said in complaints for line in said]
        raise BoardFailure("the kernel said what was not expected:\n  " + "\n  ".join(lines[-40:]))


def _without_replays(log: Sequence[str]) -> list[str]:
    """The log without messages that were cut short because somebody else wanted the console: the kernel says so, and
    prints them again from their beginning."""
    said: list[str] = []
    for line, again in itertools.zip_longest(log, log[1:], fillvalue=""):
        if line != "** replaying previous printk message **":
            said.append(line)
        elif said and again.startswith(said[-1]):
            said.pop()
    return said


def _sayings(log: Sequence[str]) -> list[list[str]]:
    """The lines that belong together: a warning, which begins with a line that says so and what it is about, up
    to the end of its trace; all others alone."""
    sayings: list[list[str]] = []
    in_trace = False
    for line in filter(str.strip, log):
        if in_trace and "[ cut here ]" not in line:
            sayings[-1].append(line.rstrip())
        else:
            sayings.append([line.rstrip()])
        in_trace = "---[ end trace" not in line and (in_trace or "[ cut here ]" in line)
    return sayings


def _patterns(file: Path) -> list[re.Pattern[str]]:
    lines = file.read_text().splitlines()
    return [re.compile(line) for line in lines if line and not line.startswith("#")]


def main() -> int:
    """board.py [--interactive | COMMAND...]: what `lab/run board` and `lab/run shell` do."""
    interactive = sys.argv[1:] == ["--interactive"]
    board = Board.from_environment()

    def forward(stream: BinaryIO) -> Callable[[bytes], None]:
        def write(data: bytes) -> None:
            stream.write(data)
            stream.flush()
        return write
    try:
        outcome = board.run([] if interactive else sys.argv[1:], directory=Path.cwd(),
                            timeout=None if interactive
                            else float(os.environ.get("HEAPSEL_BOARD_TIMEOUT", "600")),
                            interactive=interactive,
                            stdin=None if interactive or sys.stdin is None else sys.stdin.buffer,
                            on_stdout=forward(sys.stdout.buffer), on_stderr=forward(sys.stderr.buffer))
    except BoardFailure as failure:
        print(f"lab/run: {failure}", file=sys.stderr)
        return 125
    return outcome.status


if __name__ == "__main__":
    sys.exit(main())
