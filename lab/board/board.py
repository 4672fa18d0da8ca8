# SPDX-License-Identifier: LGPL-2.1-or-later
"""One boot of the virtual board: a command in, its output and its status out.

    outcome = Board.from_environment().run(["heapsel", "list"])

A boot that ends in anything but the command's own exit status, or whose kernel says something that
was not expected, is a failure, and says so.
"""

from __future__ import annotations

import dataclasses
import os
import re
import selectors
import shlex
import shutil
import socket
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import BinaryIO, Callable, Mapping, Sequence

import machine

HERE = Path(__file__).resolve().parent

# What the kernel logs, besides ENOMEM, when a CMA region is full.
CMA_IS_FULL = [r"cma: __cma_alloc_frozen: .*: alloc failed, req-size:", r"=> \d+ free of \d+ total pages",
               r"__cma_alloc_frozen: \d+ callbacks suppressed"]


class BoardFailure(Exception):
    """The board did not do its part: it hung, it crashed, or its kernel complained."""


@dataclasses.dataclass
class Outcome:
    status: int  # of the command, as a shell gives it
    stdout: bytes
    stderr: bytes

    @property
    def text(self) -> str:
        return self.stdout.decode(errors="replace")

    @property
    def error_text(self) -> str:
        return self.stderr.decode(errors="replace")


@dataclasses.dataclass(frozen=True)
class Board:
    """What a boot needs, by path. A value: every run is a boot of its own."""

    top: Path
    cache: Path
    kernel: Path
    images: Path
    root: Path
    software: Path
    logs: Path
    patience: float = 1  # how many times as long as with the plain kernel a run may take

    @staticmethod
    def from_environment(environment: Mapping[str, str] = os.environ) -> Board:
        """As `lab/run` describes it to what it starts."""
        def path(name: str) -> Path:
            return Path(environment[f"HEAPSEL_{name}"])
        top = path("TOP")
        return Board(top=top, cache=path("CACHE"), kernel=path("KERNEL"), images=path("IMAGES"),
                     root=path("ROOT"), software=path("SOFTWARE"), logs=top / "build" / "board",
                     patience=float(environment.get("HEAPSEL_PATIENCE", "1")))

    def run(self, command: Sequence[str], *, directory: Path | None = None,
            environment: Mapping[str, str] | None = None, timeout: float | None = 600,
            expected: Sequence[str] = (), kernel_arguments: Sequence[str] = (),
            device_tree: Sequence[Sequence[str]] = (),
            count_instructions: bool = False, more_qemu: Sequence[str] = (),
            interactive: bool = False, stdin: BinaryIO | None = None,
            on_stdout: Callable[[bytes], None] | None = None,
            on_stderr: Callable[[bytes], None] | None = None) -> Outcome:
        """Boots, runs `command`, powers off. `timeout` is in seconds of the plain kernel.

        `expected` are patterns for lines of the kernel's log that are no failure. `device_tree`
        are properties besides those of board.dtsi, each as fdtput takes one: its type, the node,
        the name, the values. With `count_instructions`, one CPU runs, and its clock advances by
        one tick, 16 ns, for each instruction. `more_qemu` are arguments for QEMU, behind all
        others. Raises BoardFailure.
        """
        self.logs.mkdir(parents=True, exist_ok=True)
        run_folder = Path(tempfile.mkdtemp(prefix="run-", dir=self.logs))
        try:
            self._write_orders(run_folder, command, directory or self.top, environment or {},
                               interactive)
            if count_instructions:
                kernel_arguments = [*kernel_arguments, "maxcpus=1"]
            dtb = self._device_tree(run_folder, kernel_arguments, device_tree)
            boot = _Boot(self, run_folder, dtb, interactive, count_instructions, more_qemu)
            patient = None if timeout is None else timeout * self.patience
            outcome = boot.run(patient, stdin, on_stdout, on_stderr)
            judge_kernel(run_folder / "console", HERE / "expected-warnings", expected)
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
            # Scanning all plugins takes the board long, so what it found is kept.
            "GST_REGISTRY": f"{self.top}/build/board/gstreamer-{self.root.parent.name}.registry",
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


def judge_kernel(console: Path, always: Path, expected: Sequence[str] = ()) -> None:
    """Raises BoardFailure for a line that matches no pattern of that file, nor of `expected`."""
    known = _patterns(always) + [re.compile(p) for p in expected]
    complaints = [line.rstrip() for line in console.read_text(errors="replace").splitlines()
                  if line.strip() and not any(pattern.search(line) for pattern in known)]
    if complaints:
        raise BoardFailure("the kernel said what was not expected:\n  " + "\n  ".join(complaints[-40:]))


def _patterns(file: Path) -> list[re.Pattern[str]]:
    lines = file.read_text().splitlines()
    return [re.compile(line) for line in lines if line and not line.startswith("#")]


def log_end(console: Path) -> str:
    lines = console.read_text(errors="replace").splitlines() if console.exists() else []
    return " The kernel's log ends with:\n  " + "\n  ".join(lines[-40:] or ["(nothing)"])


class _Boot:
    """QEMU and the four ports that a command talks through."""

    def __init__(self, board: Board, folder: Path, dtb: Path, interactive: bool,
                 count_instructions: bool, more_qemu: Sequence[str]) -> None:
        self.folder = folder
        self.ports: dict[str, socket.socket] = {}
        clock = machine.INSTRUCTION_CLOCK if count_instructions else machine.FREE_CLOCK
        arguments = list(machine.QEMU) + clock + [
            "-no-reboot",
            "-serial", f"file:{folder / 'console'}",
            "-device", f"loader,file={board.images / 'boot.bin'},addr={machine.BOOT:#x},cpu-num=0",
            "-device", f"loader,file={board.kernel / 'Image'},addr={machine.KERNEL:#x},force-raw=on",
            "-device", f"loader,file={board.images / 'initrd'},addr={machine.INITRD:#x},force-raw=on",
            "-device", f"loader,file={dtb},addr={machine.DTB:#x},force-raw=on",
            "-global", "virtio-mmio.force-legacy=false",
            "-drive", f"file={board.root},if=none,id=root,format=raw,readonly=on,file.locking=off",
            "-device", "virtio-blk-device,drive=root",
            "-device", "virtio-serial-device",
        ]
        for tag, path in (("lab", folder), ("top", board.top), ("cache", board.cache)):
            arguments += ["-fsdev", f"local,id={tag},path={path},security_model=none,multidevs=remap",
                          "-device", f"virtio-9p-device,fsdev={tag},mount_tag={tag}"]
        passed = []
        for name in ("in", "out", "err", "status"):
            ours, theirs = socket.socketpair()
            self.ports[name] = ours
            passed.append(theirs)
            arguments += ["-chardev", f"socket,id={name},fd={theirs.fileno()}",
                          "-device", f"virtserialport,chardev={name},name=lab.{name}"]
        if interactive:
            arguments += ["-chardev", "stdio,id=terminal,signal=off",
                          "-device", "virtconsole,chardev=terminal"]
        arguments += more_qemu
        self.started = time.monotonic()
        self.qemu = subprocess.Popen(arguments, pass_fds=[p.fileno() for p in passed],
                                     stdin=None if interactive else subprocess.DEVNULL)
        for port in passed:
            port.close()

    def run(self, timeout: float | None, stdin: BinaryIO | None, on_stdout, on_stderr) -> Outcome:
        received = {"out": bytearray(), "err": bytearray(), "status": bytearray()}
        told = {"out": on_stdout, "err": on_stderr}
        try:
            with selectors.DefaultSelector() as selector:
                for name in received:
                    selector.register(self.ports[name], selectors.EVENT_READ, name)
                self._feed(stdin)
                while selector.get_map():
                    left = None if timeout is None else self.started + timeout - time.monotonic()
                    if left is not None and left <= 0:
                        raise BoardFailure(f"nothing after {timeout:.0f} s; the board was stopped."
                                           + log_end(self.folder / "console"))
                    for key, _ in selector.select(left):
                        data = self.ports[key.data].recv(1 << 18)
                        if not data:
                            selector.unregister(key.fileobj)
                        received[key.data] += data
                        if data and told.get(key.data):
                            told[key.data](data)
            self.qemu.wait(timeout=30)
        finally:
            self.qemu.kill()
            self.qemu.wait()
            for port in self.ports.values():
                port.close()
        status = received["status"].decode(errors="replace").strip()
        if not status.isdigit():
            raise BoardFailure("the board went down without the command's exit status."
                               + log_end(self.folder / "console"))
        return Outcome(int(status), bytes(received["out"]), bytes(received["err"]))

    def _feed(self, stdin: BinaryIO | None) -> None:
        """Passes our standard input on. Without one the command reads an end of file."""
        port = self.ports["in"]

        def pump() -> None:
            try:
                while stdin and (data := os.read(stdin.fileno(), 1 << 16)):
                    port.sendall(data)
                port.shutdown(socket.SHUT_WR)
            except OSError:
                pass  # the board is gone, and whoever waits for it knows
        # A thread that nobody joins: a command that never reads must not hold the board up.
        threading.Thread(target=pump, daemon=True).start()


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
