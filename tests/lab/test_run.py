# SPDX-License-Identifier: LGPL-2.1-or-later
"""What runs the suites, tried on a checkout that has one of its own."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

import pytest

RUN = Path(os.environ["HEAPSEL_TOP"], "tests", "run.py")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    for name in ("lab/test_small.py", "vm/test_debug.py"):
        suite = tmp_path / "tests" / name
        suite.parent.mkdir(parents=True)
        suite.write_text("def test_nothing():\n    pass\n")
    (tmp_path / "build" / "test-results").mkdir(parents=True)
    return tmp_path


def run(checkout: Path) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, RUN, "small"], env={**os.environ, "HEAPSEL_TOP": str(checkout)},
                          capture_output=True, text=True, timeout=60)


def test_a_suite_is_counted(checkout: Path):
    ran = run(checkout)
    assert (ran.returncode, ran.stdout.splitlines()[-1]) == (0, "1 passed, 0 failed, 0 skipped"), ran


def test_two_runs_in_one_checkout_would_take_each_others_boards_so_the_second_ends(checkout: Path):
    with (checkout / "build" / "test-results" / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        ran = run(checkout)
    assert ran.returncode == 1
    assert "another one runs in this checkout" in ran.stderr
