# SPDX-License-Identifier: LGPL-2.1-or-later
"""Second names of heaps: the rules for udev that give them, and what the command makes of such links."""

import json
import os
import re
from pathlib import Path

import pytest

DATA = Path(os.environ["HEAPSEL_TOP"], "data")
RULES = sorted((DATA / "udev").glob("*.rules"))
# The daemon goes into the background before it has read its rules. It reads them again only if the time of their folder
# has changed, so a rule that is copied while it reads may be missed: it has to answer first.
UDEV = """
/usr/lib/systemd/systemd-udevd --daemon 2>/dev/null && udevadm control --ping || exit
apply() { udevadm control --reload && udevadm trigger --subsystem-match=dma_heap --settle; }
"""
# Shown by `heapsel list --json`: the heaps, each with its other names.
NAMES = "heapsel list --json"


def aliases(listing: str) -> dict[str, list[str]]:
    return {heap["name"]: heap["aliases"] for heap in json.loads(listing)["heaps"]}


def link_of(rules: Path) -> str:
    return re.search(r'SYMLINK\+="dma_heap/([^"]+)"', rules.read_text())[1]


def test_no_rule_is_on_by_default(board):
    ran = board.sh(f"{UDEV} apply; find /dev/dma_heap -type l")
    assert ran.status == 0 and ran.out == "", ran


@pytest.mark.parametrize("rules", RULES, ids=lambda file: file.stem)
def test_a_rule_that_is_copied_gives_the_name_that_the_program_looks_for(board, rules):
    name = link_of(rules)
    ran = board.sh(f"""{UDEV}
        {NAMES} >$out/before
        mkdir -p /etc/udev/rules.d; cp {rules} /etc/udev/rules.d/; apply || exit
        {NAMES} >$out/after; heapsel list -o NAME,ALIASES -n >$out/table
        heapsel alloc 4096 --heap '{name}' --json >$out/alloc; echo $?""")
    assert ran.out == "0\n" and ran.err == "", ran
    before, after = (aliases((board.folder / file).read_text()) for file in ("before", "after"))
    # A heap that has the name already keeps it.
    assert after == before | {"default_cma_region": sorted({*before["default_cma_region"], name})}
    table = dict(line.split() for line in (board.folder / "table").read_text().splitlines())
    assert table["default_cma_region"] == "/".join(after["default_cma_region"])
    assert json.loads((board.folder / "alloc").read_text())["buffers"][0]["heap"] == "default_cma_region"


def test_the_doctor_names_programs_until_the_rule_that_it_prints_is_on(board):
    """The board has a heap `reserved`, so a list without that name stands for the others."""
    ran = board.sh(f"""{UDEV}
        mkdir -p /usr/share/heapsel /etc/heapsel /etc/udev/rules.d
        cp -r {DATA}/udev /usr/share/heapsel/
        cat >/etc/heapsel/programs.toml <<END
[[program]]
name = "player"
heaps = ["linux,cma", "system"]
contiguous = true
rules = "61-heapsel-libcamera.rules"
source = "a test"
END
        heapsel doctor --json >$out/before
        sed -n 's/.*"\\(sudo .*\\)".*/\\1/p' $out/before | sed 's/sudo //' >/tmp/paste
        . /tmp/paste || exit
        heapsel doctor --json >$out/after; true""")
    assert ran.status == 0, ran
    before, after = ([check for check in json.loads((board.folder / file).read_text())["checks"]
                      if check["subject"] == "program"] for file in ("before", "after"))
    assert [check["condition"] for check in before] == ["note"], before
    assert before[0]["finding"] == ("player looks for heaps by name (linux,cma, system), and finds system, whose "
                                    "buffers are scattered.")
    assert after == []


def test_the_doctor_says_nothing_of_programs_that_find_what_they_look_for(board):
    """libcamera and Kodi find `reserved`, and the others are of other machines, or content with `system`."""
    ran = board.sh(f"""mkdir -p /usr/share/heapsel; cp {DATA}/programs.toml /usr/share/heapsel/
        heapsel doctor --json""")
    assert [check for check in json.loads(ran.out)["checks"] if check["subject"] == "program"] == [], ran
