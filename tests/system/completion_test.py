# SPDX-License-Identifier: LGPL-2.1-or-later
"""Completion in a true shell: types at its prompt, presses Tab, and looks at what stands there.

completion_test.py bash|zsh SHELL HEAPSEL SCRIPT
"""

import os
import pty
import re
import select
import sys
import tempfile
import time
from pathlib import Path

TAB, LINE_START = "\t", "\x01"
PATIENCE = 60  # seconds
HEAPS = ("nonecc@58000000", "reserved", "system")

# What is typed before Tab, and what stands there after it; ROOT is a machine with HEAPS.
CASES = (
    ("heapsel li", "heapsel li"),  # list, lint
    ("heapsel expl", "heapsel explain"),
    ("heapsel doc", "heapsel doctor"),
    ("heapsel explain --root ROOT --heap non", "heapsel explain --root ROOT --heap nonecc@58000000"),
    ("heapsel explain --root ROOT --heap nonecc@5", "heapsel explain --root ROOT --heap nonecc@58000000"),
    ("heapsel explain --root ROOT --heap nonecc@", "heapsel explain --root ROOT --heap nonecc@58000000"),
    ("heapsel explain --root ROOT --heap=non", "heapsel explain --root ROOT --heap=nonecc@58000000"),
    ("heapsel show --root ROOT sy", "heapsel show --root ROOT system"),
    ("heapsel explain --root ROOT --require contiguous,uncac",
     "heapsel explain --root ROOT --require contiguous,uncached"),
    ("heapsel explain --root ROOT --size 1", "heapsel explain --root ROOT --size 1"),
    ("heapsel explain --root ROOT --require contiguous,non-e",
     "heapsel explain --root ROOT --require contiguous,non-ecc"),
    ("heapsel explain --root ROOT /dev/video7:ref", "heapsel explain --root ROOT /dev/video7:reference"),
    ("heapsel alloc --cou", "heapsel alloc --count"),
    ("heapsel list -o NAME,CONT", "heapsel list -o NAME,CONTIG"),
)


class Shell:
    """At a prompt, in a terminal of its own."""

    def __init__(self, command: list[str], environment: dict[str, str]) -> None:
        child, self.terminal = pty.fork()
        if child == 0:
            os.execvpe(command[0], command, environment)
        self.seen = ""

    def type(self, text: str) -> None:
        os.write(self.terminal, text.encode())

    def until(self, pattern: str) -> re.Match:
        """What the shell wrote, up to what matches; that is then forgotten."""
        end = time.monotonic() + PATIENCE
        while not (found := re.search(pattern, self.seen)):
            ready, _, _ = select.select([self.terminal], [], [], max(0, end - time.monotonic()))
            if not ready:
                raise TimeoutError(f"no {pattern!r} in {self.seen!r}")
            self.seen += os.read(self.terminal, 65536).decode(errors="replace")
        self.seen = self.seen[found.end():]
        return found

    def completed(self, typed: str, number: int) -> str:
        """What stands at the prompt after Tab: the shell is made to say it."""
        self.type(typed + TAB)
        self.type(f"{LINE_START}echo 'LINE '{number} \n")
        return self.until(rf"\r\nLINE {number} (.*?)\r*\n")[1].rstrip().rstrip("\r")


def prepare(name: str, script: str) -> str:
    if name == "bash":
        return f"bind 'set enable-bracketed-paste off'; source {script}"
    return (f"fpath=({Path(script).parent} $fpath); autoload -Uz compinit; compinit -u -D; "
            "unsetopt zle_bracketed_paste auto_menu menu_complete; unset zle_bracketed_paste")


def main() -> int:
    name, shell, heapsel, script = sys.argv[1:]
    flags = {"bash": ["--norc", "--noprofile", "-i"], "zsh": ["-f", "-i"]}[name]
    failures = 0
    with tempfile.TemporaryDirectory() as root:
        for node in (*(f"dev/dma_heap/{heap}" for heap in HEAPS), "dev/video7"):
            path = Path(root, node)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.touch()
        environment = {"PATH": f"{Path(heapsel).parent}:{os.environ['PATH']}", "TERM": "dumb",
                       "HOME": root, "COLUMNS": "500", "PS1": "$ "}
        at = Shell([shell, *flags], environment)
        at.type("stty cols 500 2>/dev/null; " + prepare(name, script) + "; echo REA''DY\n")
        at.until("READY")
        for number, (typed, expected) in enumerate(CASES):
            got = at.completed(typed.replace("ROOT", root), number).replace(root, "ROOT")
            if got != expected:
                print(f"{typed!r} became {got!r}, not {expected!r}")
                failures += 1
    print(f"{len(CASES) - failures} of {len(CASES)} as expected in {name}")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
