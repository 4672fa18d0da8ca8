# SPDX-License-Identifier: LGPL-2.1-or-later
"""Steps of the lab beside each other: what is begun ahead, what is done together, and what an end ends."""

import os
import subprocess
import time
from pathlib import Path

STEPS = Path(os.environ["HEAPSEL_TOP"], "lab", "steps")


def run(script: str) -> subprocess.CompletedProcess:
    return subprocess.run(["bash", "-c", f"set -euo pipefail; quiet=1; . {STEPS}/progress.sh; . {STEPS}/cache.sh\n{script}"],
                          capture_output=True, text=True, timeout=60)


def test_what_is_begun_ahead_is_waited_for_and_made_once(tmp_path: Path):
    ran = run(f"""
        maker() {{ echo made; sleep 1; mkdir "$1"; }}
        need() {{ made_once {tmp_path}/place maker; }}
        ahead need
        until [ -e {tmp_path}/place.lock ]; do sleep 0.1; done
        need
        [ -d {tmp_path}/place ]""")
    assert (ran.returncode, ran.stdout) == (0, "made\n"), ran


def test_what_failed_ahead_is_tried_again_where_it_is_asked_for(tmp_path: Path):
    ran = run(f"""
        maker() {{ echo tried; false; }}
        need() {{ made_once {tmp_path}/place maker; }}
        ahead need
        wait
        need
        echo not reached""")
    assert (ran.returncode, ran.stdout) == (1, "tried\ntried\n"), ran


def test_steps_that_are_done_together_run_beside_each_other(tmp_path: Path):
    ran = run(f"cd {tmp_path}" + """
        one() { mkfifo pipe; echo from one >pipe; }
        two() { until [ -p pipe ]; do sleep 0.1; done; cat pipe; }
        together one two
        echo both""")
    assert (ran.returncode, ran.stdout) == (0, "from one\nboth\n"), ran


def test_one_of_them_that_fails_is_the_end_with_its_status():
    ran = run("""
        one() { true; }
        two() { exit 7; }
        together one two
        echo not reached""")
    assert (ran.returncode, ran.stdout) == (7, ""), ran


def test_the_end_of_a_run_ends_what_it_had_begun(tmp_path: Path):
    ran = run(f"""
        long() {{ with_progress step {tmp_path}/log sh -c 'echo $$ >{tmp_path}/pid; exec sleep 50'; }}
        ahead long
        until [ -s {tmp_path}/pid ]; do sleep 0.1; done
        exit 3""")
    assert ran.returncode == 3, ran
    step = Path("/proc", (tmp_path / "pid").read_text().strip())
    deadline = time.monotonic() + 10
    while step.exists() and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not step.exists()
