# SPDX-License-Identifier: LGPL-2.1-or-later
"""v4l2-compliance on every video node, against what it says on the kernel without our series."""

import json
import re
from pathlib import Path

import pytest

from board import Board

# One of the tests asks for as many buffers as a queue takes, which is more than the region has.
HEAP = "nonecc@58000000 driver"
# Node -> the tests that fail without our series: what this file prints when it is run by itself in
# the development tree, on the kernel of --kernel=stock.
STOCK = json.loads((Path(__file__).parent / "compliance-stock.json").read_text())

# With streaming, four buffers of everything that can. Some programs of the tests end by a time limit.
SCRIPT = """
    for device in /sys/class/video4linux/*; do
        if [ -n "$heap" ] && [ -d $device/device/heaps ]; then
            for role in $device/device/heaps/*; do echo "$heap" >$role || exit 1; done
            echo "BOUND $(cat $device/name)" >>/tmp/bound
        fi
        case ${device##*/} in
        vbi*) how="-s4 -V" ;;
        swradio*) how="-s4 -S" ;;
        radio*) how=-r ;;
        v4l-touch*) how="-s4 -t" ;;
        v4l-subdev*) how=-u ;;
        *) how="-s4 -d" ;;
        esac
        echo "NODE $(cat $device/name)"
        v4l2-compliance $how /dev/${device##*/} 2>&1
    done
    [ -z "$heap" ] || cat /tmp/bound
"""

# Applications that are out to break rules make the kernel say much (that memory is short, for one: they ask
# for as many buffers as the queue takes), but never this.
NO_WARNING = [r"^(?!.*(WARNING:|BUG:|Oops))"]


def failures(output: str) -> dict[str, list[str]]:
    """Node -> the names of the tests that failed there."""
    found = {}
    for part in output.split("NODE ")[1:]:
        name, _, log = part.partition("\n")
        tests = found.setdefault(name, [])
        tests.extend(re.findall(r"^\s*test (.*): FAIL$", log, re.MULTILINE))
        # It crashes on some nodes, and what it had still to say is lost.
        if not re.search(r"^(Grand )?Total for ", log, re.MULTILINE):
            tests.append("(the program did not come to its end)")
    return {name: sorted(set(tests)) for name, tests in found.items()}


@pytest.mark.parametrize("heap", ["", HEAP], ids=["unbound", "bound"])
def test_nothing_fails_that_passes_on_the_stock_kernel(board, heap):
    ran = board.sh(f"heap='{heap}'{SCRIPT}", timeout=900, expected=NO_WARNING)
    assert ran.status == 0, ran
    bound = re.findall(r"^BOUND (.*)$", ran.out, re.MULTILINE)
    assert len(bound) >= 12 if heap else bound == []
    found = failures(ran.out)
    assert found.keys() == STOCK.keys()
    worse = {name: set(tests) - set(STOCK[name]) for name, tests in found.items()}
    assert not any(worse.values()), worse


if __name__ == "__main__":
    outcome = Board.from_environment().run(["bash", "-c", f"heap={SCRIPT}"], timeout=900,
                                              expected=NO_WARNING)
    print(json.dumps(failures(outcome.text), indent=1, sort_keys=True))
