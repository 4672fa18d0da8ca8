# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the lab keeps between runs: made once, and forgotten when nobody uses it."""

import os
import subprocess
import time
from pathlib import Path

import pytest

STEPS = Path(os.environ["HEAPSEL_TOP"], "lab", "steps")
KEY = "0123456789abcdef"
DAY = 24 * 60 * 60


def make(place: Path, maker: str = 'echo "$1" >>"$log"; mkdir "$1"') -> int:
    """`made_once`, with that for a maker; what it was called for is in `log` beside the place."""
    script = f"""set -eu; say() {{ echo "$1"; }}; . {STEPS}/cache.sh; log={place.parent}/log
                 maker() {{ {maker}; }}; made_once {place} maker"""
    return subprocess.run(["bash", "-c", script]).returncode


def used_days_ago(place: Path, days: int) -> None:
    place.mkdir(exist_ok=True)
    (place / "content").touch()
    os.utime(place, (time.time() - days * DAY,) * 2)


def test_what_is_there_is_not_made_again(tmp_path: Path):
    place = tmp_path / f"tree-{KEY}"
    assert make(place) == 0 and make(place) == 0
    assert place.is_dir()
    assert (tmp_path / "log").read_text() == f"{place}.part\n"


def test_what_a_failed_maker_left_is_thrown_away(tmp_path: Path):
    place = tmp_path / f"tree-{KEY}"
    assert make(place, 'mkdir "$1" "$1/half"; false') != 0
    assert not place.exists()
    assert make(place) == 0
    assert list(place.iterdir()) == []


@pytest.mark.parametrize("days, kept", [(29, True), (32, False)])
def test_what_nobody_used_for_a_month_is_forgotten_when_something_is_made(tmp_path: Path, days: int, kept: bool):
    other = tmp_path / "tree-fedcba9876543210"
    used_days_ago(other, days)
    assert make(tmp_path / f"tree-{KEY}") == 0
    assert other.exists() == kept


def test_to_ask_for_it_is_to_use_it(tmp_path: Path):
    other = tmp_path / "tree-fedcba9876543210"
    used_days_ago(other, 32)
    assert make(other) == 0 and make(tmp_path / f"tree-{KEY}") == 0
    assert (other / "content").exists()


def test_what_has_no_key_is_not_the_caches_to_forget(tmp_path: Path):
    for name in "checked", f"tree-{KEY[1:]}", f"tree-{KEY[1:]}Z":
        used_days_ago(tmp_path / name, 400)
    assert make(tmp_path / f"tree-{KEY}") == 0
    assert {"checked", f"tree-{KEY[1:]}", f"tree-{KEY[1:]}Z"} <= {path.name for path in tmp_path.iterdir()}


def test_what_was_made_from_something_old_is_new(tmp_path: Path):
    place = tmp_path / f"clip-{KEY}"
    assert make(place, 'touch -d "400 days ago" "$1"') == 0
    assert make(tmp_path / "clip-fedcba9876543210") == 0
    assert place.exists()
