# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the suites on the board share: a board, and a shell script run on it."""

import dataclasses
import os
import tempfile
from pathlib import Path

import pytest

import board as lab


@dataclasses.dataclass
class Ran:
    status: int
    out: str
    err: str


@dataclasses.dataclass(frozen=True)
class BoardUnderTest:
    """Runs scripts, each on a board of its own that has just booted, so nothing of one test reaches another."""

    board: lab.Board
    folder: Path

    def sh(self, script: str, **options) -> Ran:
        """`script` in bash; $out is a folder that the test can read afterwards."""
        environment = {"out": str(self.folder), "tools": f"{self.board.software}/libexec/heapsel-lab",
                       "clip": os.environ.get("HEAPSEL_CLIP", "")}
        outcome = self.board.run(["bash", "-c", script], environment=environment,
                                 **{"timeout": 180, **options})
        return Ran(outcome.status, outcome.text, outcome.error_text)


@pytest.fixture
def results() -> Path:
    """A folder that both sides see, emptied for each test."""
    parent = Path(os.environ["HEAPSEL_TOP"], "build", "test-results", "board")
    parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=parent) as folder:
        yield Path(folder)


@pytest.fixture
def board(results: Path) -> BoardUnderTest:
    return BoardUnderTest(lab.Board.from_environment(), results)
