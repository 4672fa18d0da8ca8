# SPDX-License-Identifier: LGPL-2.1-or-later
"""Boards that have booted, kept so that many runs go on from there, each from the same state.

A kept board is a folder: its memory, the state of its devices, and what its console said. A run maps the
memory privately, so what it writes is its own, and QEMU loads the devices as after a migration.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import shutil
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import machine
from boot import BoardFailure, Boot


def start(kept: Path) -> list[str]:
    """Arguments for QEMU: to wait for this board."""
    return [*machine.memory_in(kept / "memory", shared=False), "-incoming", "defer"]


def load(kept: Path, boot: Boot) -> None:
    _leave_memory_in_its_file(boot)
    boot.ask("migrate-incoming", uri=f"file:{kept / 'devices'}")


@contextlib.contextmanager
def kept(store: Path, what: object) -> Iterator[tuple[Path, bool]]:
    """Where the board that booted so is kept or is to be, and whether it is there. Nobody else boots it meanwhile."""
    folder = store / hashlib.sha256(repr(what).encode()).hexdigest()[:16]
    with open(store / f"{folder.name}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield folder, folder.exists()


def keep(folder: Path, boot: Callable[[list[str], Path], Boot], timeout: float) -> None:
    """Has `boot` start a board, with further arguments for QEMU and with a console, and keeps it. Raises
    BoardFailure, and keeps nothing then."""
    half_made = folder.with_suffix(".new")
    shutil.rmtree(half_made, ignore_errors=True)
    half_made.mkdir()
    with boot(machine.memory_in(half_made / "memory", shared=True), half_made / "console") as running:
        running.wait_until_booted(timeout)
        _leave_memory_in_its_file(running)
        running.ask("migrate", uri=f"file:{half_made / 'devices'}")
        while (status := running.ask("query-migrate")["status"]) != "completed":
            if status in ("failed", "cancelled"):
                raise BoardFailure(f"the board's state cannot be kept: QEMU says {status}")
            time.sleep(0.01)
    half_made.rename(folder)


def _leave_memory_in_its_file(boot: Boot) -> None:
    boot.ask("migrate-set-capabilities", capabilities=[{"capability": "x-ignore-shared", "state": True}])
