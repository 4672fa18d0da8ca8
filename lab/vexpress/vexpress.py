# SPDX-License-Identifier: LGPL-2.1-or-later
"""The second board: a display that fetches its picture from physical memory, without an IOMMU.

    with Vexpress.from_environment().boot("scanout --dumb") as run:
        run.say("draw 0")      # a line for the command to read
        run.line()             # what it says, a line at a time
        run.screen()           # what the display shows
        run.pages()            # what is in which page of memory
        run.say("end")
        status = run.wait()

As on the first board, a boot that ends in anything but the command's own exit status, or whose kernel
says something that was not expected, is a failure, and says so.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from board import judge_kernel
from boot import BoardFailure, log_end
from images import make_initial_file_system

HERE = Path(__file__).resolve().parent

QEMU = ["qemu-system-arm", "-M", "vexpress-a9", "-m", "256M", "-nodefaults", "-display", "none",
        "-audio", "none", "-no-reboot"]
MEMORY = range(0x6000_0000, 0x7000_0000)
PAGE = 4096
# loglevel=5: what reaches the console is a warning or worse, so nothing should.
KERNEL_ARGUMENTS = "console=ttyAMA0 loglevel=5 panic=-1 cma=16M rdinit=/init"


@dataclasses.dataclass
class Screen:
    width: int
    height: int
    rgb: bytes  # three a pixel, row after row


@dataclasses.dataclass(frozen=True)
class Vexpress:
    """What a boot needs, by path. A value: every run is a boot of its own."""

    kernel: Path
    images: Path
    logs: Path

    @staticmethod
    def from_environment(environment: Mapping[str, str] = os.environ) -> Vexpress:
        """As `lab/run` describes it to what it starts."""
        return Vexpress(kernel=Path(environment["HEAPSEL_VEXPRESS_KERNEL"]),
                        images=Path(environment["HEAPSEL_VEXPRESS_IMAGES"]),
                        logs=Path(environment["HEAPSEL_TOP"], "build", "vexpress"))

    @contextlib.contextmanager
    def boot(self, script: str, timeout: float = 60, tree: str = "board") -> Iterator[Run]:
        """Boots into `script`, a busybox shell's, with that device tree. Nothing that is waited for
        may take longer than `timeout` seconds. Raises BoardFailure."""
        with tempfile.TemporaryDirectory(prefix="run-", dir=self.logs) as folder:
            run = Run(self, Path(folder), script, timeout, tree)
            try:
                run.begin()
                yield run
            finally:
                run.stop()
                if run.console.exists():
                    shutil.copy(run.console, self.logs / "last-console")
            judge_kernel(run.console, HERE / "expected-warnings")


class Run:
    """QEMU, the command's serial port, and QEMU's monitor."""

    def __init__(self, board: Vexpress, folder: Path, script: str, timeout: float, tree: str) -> None:
        self.folder = folder
        self.console = folder / "console"
        self.timeout = timeout
        make_initial_file_system(folder / "initrd", {
            "init": (HERE / "init").read_bytes(), "command": script.encode(),
            "bin/busybox": (board.images / "busybox").read_bytes(),
            "bin/scanout": (board.images / "scanout").read_bytes()})
        command, its_command = socket.socketpair()
        monitor, its_monitor = socket.socketpair()
        self.qemu = subprocess.Popen(
            [*QEMU, "-kernel", board.kernel / "zImage", "-dtb", board.images / f"{tree}.dtb",
             "-initrd", folder / "initrd", "-append", KERNEL_ARGUMENTS,
             "-chardev", f"socket,id=command,fd={its_command.fileno()}",
             "-chardev", f"socket,id=monitor,fd={its_monitor.fileno()}",
             "-mon", "chardev=monitor,mode=control",
             "-serial", f"file:{self.console}", "-serial", "chardev:command",
             "-serial", f"file:{folder / 'status'}"],
            pass_fds=[its_command.fileno(), its_monitor.fileno()], stdin=subprocess.DEVNULL)
        self.ports = []
        for ours, theirs in ((command, its_command), (monitor, its_monitor)):
            theirs.close()
            ours.settimeout(timeout)
            self.ports.append(ours)
        self.command, self.monitor = (port.makefile("rwb") for port in self.ports)

    def begin(self) -> None:
        self._ask("qmp_capabilities")
        if (line := self.line()) != "ready":
            raise BoardFailure(f"the board's first line was '{line}'." + log_end(self.console))

    def line(self) -> str:
        """The next line of the command's output or error output."""
        with self._patience("a line of the command"):
            line = self.command.readline()
        if not line:
            raise BoardFailure("the board went down instead of saying a line." + log_end(self.console))
        return line.decode(errors="replace").rstrip("\n")

    def say(self, line: str) -> None:
        # That the board is gone shows when an answer is asked for.
        with contextlib.suppress(BrokenPipeError):
            self.command.write(f"{line}\n".encode())
            self.command.flush()

    def rest(self) -> str:
        """What the command says until the board is off."""
        with self._patience("the command's end"):
            return self.command.read().decode(errors="replace")

    def wait(self) -> int:
        """The command's exit status. The board is off then."""
        with self._patience("the board's end"):
            self.qemu.wait(self.timeout)
        status = self.folder / "status"
        text = status.read_text().strip() if status.exists() else ""
        if not text.isdigit():
            raise BoardFailure("the board went down without the command's exit status." + log_end(self.console))
        return int(text)

    def screen(self) -> Screen:
        """What the display shows now, which QEMU fetches from the board's memory for us."""
        file = self.folder / "screen.ppm"
        self._ask("screendump", filename=str(file))
        kind, size, depth, rgb = file.read_bytes().split(b"\n", 3)
        width, height = map(int, size.split())
        if (kind, depth, len(rgb)) != (b"P6", b"255", width * height * 3):
            raise BoardFailure(f"QEMU's picture is no PPM of {width}x{height}")
        return Screen(width, height, rgb)

    def pages(self) -> Iterator[tuple[int, bytes]]:
        """Main memory as it is now: the physical address of each page, and what is in it."""
        file = self.folder / "memory"
        self._ask("pmemsave", filename=str(file), val=MEMORY.start, size=len(MEMORY))
        with file.open("rb") as memory:
            for address in MEMORY[::PAGE]:
                yield address, memory.read(PAGE)

    def stop(self) -> None:
        self.qemu.kill()
        self.qemu.wait()
        for port in (self.command, self.monitor, *self.ports):
            with contextlib.suppress(OSError):
                port.close()

    def _ask(self, command: str, **arguments: str | int) -> None:
        self.monitor.write(json.dumps({"execute": command, "arguments": arguments}).encode())
        self.monitor.flush()
        with self._patience(f"QEMU's answer to {command}"):
            for line in self.monitor:
                answer = json.loads(line)
                if "error" in answer:
                    raise BoardFailure(f"{command}: {answer['error']['desc']}")
                if "return" in answer:
                    return
        raise BoardFailure(f"QEMU ended before it answered {command}." + log_end(self.console))

    @contextlib.contextmanager
    def _patience(self, what: str) -> Iterator[None]:
        try:
            yield
        except (TimeoutError, subprocess.TimeoutExpired):
            raise BoardFailure(f"waited {self.timeout:.0f} s for {what}; the board was stopped."
                               + log_end(self.console)) from None
