# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a driver is expected to read and write for a frame, and whether it does."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

from decoding import PerFrame

# The driver does the same for the same frames, byte by byte. What differs between runs is at the edge of what is
# counted as its own: an interrupt during a memcpy() that it called takes the rest of that from it, and the
# bookkeeping of a queue depends on who waits for whom. Six runs on a busy machine differed by 0.03 % where the
# driver's buffers are; with half a percent, reading one percent of a frame once more fails.
RELATIVE = 0.005
# Where little or nothing is expected: runs differed by 150 bytes, and a row of pixels of each of a frame's 72 rows
# of blocks is more than ten times this.
BYTES = 4096


@dataclasses.dataclass(frozen=True)
class Check:
    name: str
    expected: float
    measured: float

    @property
    def holds(self) -> bool:
        return abs(self.measured - self.expected) <= max(RELATIVE * self.expected, BYTES)

    def __str__(self) -> str:
        return f"{self.name}: {self.measured:.0f} bytes a frame, expected {self.expected:.0f}"


@dataclasses.dataclass(frozen=True)
class Expectation:
    frames: int
    ways: dict[str, dict[str, dict[str, float]]]  # by way and place, "read" and "written"

    @staticmethod
    def of(file: Path) -> Expectation:
        return Expectation(**json.loads(file.read_text()))

    def checks(self, way: str, figures: PerFrame) -> list[Check]:
        """Too little is wrong as well: then it is not what was meant that is counted."""
        measured = places(figures)
        return [Check(f"{way}: {place}: {kind}", bytes, measured.get(place, {}).get(kind, 0))
                for place, kinds in self.ways[way].items() for kind, bytes in kinds.items()]


def places(figures: PerFrame) -> dict[str, dict[str, float]]:
    return {place: {kind: round(bytes) for kind, bytes in dataclasses.asdict(some).items()}
            for place, some in figures.driver.items()}


def record(file: Path, frames: int, ways: dict[str, PerFrame]) -> None:
    """Takes what was measured as what is expected from now on."""
    about = Expectation(frames, {way: places(figures) for way, figures in ways.items()})
    file.write_text(json.dumps(dataclasses.asdict(about), indent=1) + "\n")


def ktap(checks: list[Check]) -> str:
    """As Documentation/dev-tools/ktap.rst has it."""
    lines = ["KTAP version 1", f"1..{len(checks)}"]
    for number, check in enumerate(checks, 1):
        lines += [f"# {check}", f"{'ok' if check.holds else 'not ok'} {number} {check.name}"]
    return "\n".join(lines) + "\n"
