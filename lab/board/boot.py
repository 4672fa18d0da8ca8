# SPDX-License-Identifier: LGPL-2.1-or-later
"""One QEMU that is the board, and the ports that a command talks through."""

from __future__ import annotations

import dataclasses
import json
import os
import selectors
import socket
import subprocess
import threading
import time
from pathlib import Path
from typing import BinaryIO, Callable, Mapping, Sequence

import machine


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


def log_end(console: Path) -> str:
    lines = console.read_text(errors="replace").splitlines() if console.exists() else []
    return " The kernel's log ends with:\n  " + "\n  ".join(lines[-40:] or ["(nothing)"])


class Boot:
    """QEMU with the board's devices. What is in its memory when it starts is `start`'s matter: arguments that
    load it, or that have QEMU wait for a state to come in."""

    def __init__(self, start: Sequence[str], *, console: Path, root: Path, shares: Mapping[str, Path],
                 clock: Sequence[str] = machine.FREE_CLOCK, interactive: bool = False,
                 more_qemu: Sequence[str] = ()) -> None:
        """`shares` are folders of the host's, by the name under which the board mounts each."""
        self.console = console
        self.ports: dict[str, socket.socket] = {}
        passed: list[socket.socket] = []

        def port(name: str) -> str:
            ours, theirs = socket.socketpair()
            self.ports[name] = ours
            passed.append(theirs)
            return f"socket,id={name},fd={theirs.fileno()}"
        arguments = [
            *machine.QEMU, *clock, *start, "-no-reboot",
            # Behind what the log has already, where the board has booted before.
            "-chardev", f"file,id=console,path={console},append=on", "-serial", "chardev:console",
            "-chardev", port("monitor"), "-mon", "chardev=monitor,mode=control",
            "-global", "virtio-mmio.force-legacy=false",
            "-drive", f"file={root},if=none,id=root,format=raw,readonly=on,file.locking=off",
            "-device", "virtio-blk-device,drive=root,serial=root",
            "-device", "virtio-serial-device",
        ]
        for tag, path in shares.items():
            arguments += ["-fsdev", f"local,id={tag},path={path},security_model=none,multidevs=remap",
                          "-device", f"virtio-9p-device,fsdev={tag},mount_tag={tag}"]
        for name in ("go", "in", "out", "err", "status"):
            arguments += ["-chardev", port(name), "-device", f"virtserialport,chardev={name},name=lab.{name}"]
        if interactive:
            arguments += ["-chardev", "stdio,id=terminal,signal=off",
                          "-device", "virtconsole,chardev=terminal"]
        self.started = time.monotonic()
        self.qemu = subprocess.Popen([*arguments, *more_qemu], pass_fds=[p.fileno() for p in passed],
                                     stdin=None if interactive else subprocess.DEVNULL)
        for theirs in passed:
            theirs.close()
        self._answers = self.ports["monitor"].makefile("rb")
        self._answers.readline()  # QEMU's greeting
        self.ask("qmp_capabilities")

    def ask(self, command: str, **arguments: object) -> object:
        """A command to QEMU's monitor, and what it returns. Raises BoardFailure for an error."""
        request = {"execute": command, "arguments": arguments}
        self.ports["monitor"].sendall(json.dumps(request).encode())
        for line in self._answers:
            answer = json.loads(line)
            if "error" in answer:
                raise BoardFailure(f"QEMU to {command}: {answer['error']['desc']}")
            if "return" in answer:
                return answer["return"]
        raise BoardFailure(f"QEMU ended before it answered {command}." + log_end(self.console))

    def wait_until_booted(self, timeout: float) -> None:
        """Until nothing but `run` is waited for."""
        port = self.ports["go"]
        port.settimeout(timeout)
        try:
            if port.recv(16) != b"ready\n":
                raise BoardFailure("the board went down while it booted." + log_end(self.console))
        except TimeoutError:
            raise BoardFailure(f"not booted after {timeout:.0f} s; the board was stopped."
                               + log_end(self.console)) from None

    def run(self, timeout: float | None, stdin: BinaryIO | None = None,
            on_stdout: Callable[[bytes], None] | None = None,
            on_stderr: Callable[[bytes], None] | None = None) -> Outcome:
        """Has the board run its command, until it is off; no longer than `timeout` seconds from QEMU's start."""
        received = {"out": bytearray(), "err": bytearray(), "status": bytearray()}
        told = {"out": on_stdout, "err": on_stderr}
        self.ports["go"].sendall(b"go\n")
        with selectors.DefaultSelector() as selector:
            for name in received:
                selector.register(self.ports[name], selectors.EVENT_READ, name)
            self._feed(stdin)
            while selector.get_map():
                left = None if timeout is None else self.started + timeout - time.monotonic()
                if left is not None and left <= 0:
                    raise BoardFailure(f"nothing after {timeout:.0f} s; the board was stopped."
                                       + log_end(self.console))
                for key, _ in selector.select(left):
                    data = self.ports[key.data].recv(1 << 18)
                    if not data:
                        selector.unregister(key.fileobj)
                    received[key.data] += data
                    if data and told.get(key.data):
                        told[key.data](data)
        self.qemu.wait(timeout=30)
        status = received["status"].decode(errors="replace").strip()
        if not status.isdigit():
            raise BoardFailure("the board went down without the command's exit status." + log_end(self.console))
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

    def __enter__(self) -> Boot:
        return self

    def __exit__(self, *_) -> None:
        self.qemu.kill()
        self.qemu.wait()
        self._answers.close()
        for port in self.ports.values():
            port.close()
