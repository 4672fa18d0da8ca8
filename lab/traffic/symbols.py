# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where functions of the kernel are, for the plugin to count them apart (functions.h)."""

from __future__ import annotations

import re
from pathlib import Path

# What a driver calls to move its data.
CALLEES = r"(__pi_|__)?mem(cpy|move|set)(_generic)?"
# Functions of one driver that its name does not tell lie between those that it does.
GAP = 8 << 10

Symbol = tuple[int, str, str]  # address, type, name


def read(system_map: Path) -> list[Symbol]:
    symbols = []
    for line in system_map.read_text().splitlines():
        address, kind, name = line.split()
        symbols.append((int(address, 16), kind, name))
    return sorted(symbols)


def ranges(symbols: list[Symbol], pattern: str, gap: int = 0) -> list[tuple[int, int]]:
    """Start and end of the functions whose whole name matches, and of what is between two of them that are no
    further apart than `gap`."""
    text = [(address, name) for address, kind, name in symbols if kind in "tT"]
    starts = sorted({address for address, _ in text})
    following = dict(zip(starts, starts[1:]))
    found: list[tuple[int, int]] = []
    for start in sorted({address for address, name in text if re.fullmatch(pattern, name)}):
        end = following[start]
        if found and start - found[-1][1] <= gap:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def plugin(system_map: Path, pattern: str) -> dict[str, str]:
    """Arguments for the plugin: to count the driver apart whose functions' names match, among others."""
    symbols = read(system_map)
    at = {name: address for address, _, name in symbols}

    def text(some: list[tuple[int, int]]) -> str:
        return ":".join(f"{start:#x}+{end - start:#x}" for start, end in some)
    functions = ranges(symbols, pattern, GAP)
    if not functions:
        raise ValueError(f"no function in {system_map} matches {pattern}")
    return {"functions": text(functions), "callees": text(ranges(symbols, CALLEES)),
            "image": text([(at["_text"], at["_end"])])}
