# SPDX-License-Identifier: LGPL-2.1-or-later
"""The library's source is laid out in wings, and what one may include is what libheapsel/src/README.md says."""

import re
from pathlib import Path

import pytest

LIBRARY = Path(__file__).resolve().parents[2] / "libheapsel"
SOURCE = LIBRARY / "src"
PUBLIC_HEADERS = LIBRARY / "include" / "heapsel"
WING = re.compile(r"^\| `(\w+)/` \| [^|]* \|(.*)\|$", re.MULTILINE)
INCLUDE = re.compile(r'^#include "([^"]+)"', re.MULTILINE)
PUBLIC = re.compile(r"^#include <heapsel/(?!c/)([^>]+)>", re.MULTILINE)
MOST_FILES = 25

ALLOWED = {wing: set(re.findall(r"`(\w+)/`", may)) for wing, may in WING.findall((SOURCE / "README.md").read_text())}


def files(wing: str) -> list[Path]:
    return sorted(file for file in (SOURCE / wing).rglob("*") if file.suffix in (".cpp", ".hpp", ".h"))


def public_headers(wing: str) -> list[Path]:
    return [file for file in sorted(PUBLIC_HEADERS.glob("*.hpp")) if wing_of_public(file.name) == wing]


def wing_of_public(header: str) -> str | None:
    """A public header belongs to the wing that has the file of its name; one without such a file to nobody."""
    stem = header.removesuffix(".hpp")
    found = {file.relative_to(SOURCE).parts[0] for file in SOURCE.rglob(f"{stem}.cpp")} - {"c"}
    return found.pop() if len(found) == 1 else None


def included_wings(file: Path) -> set[tuple[str, str]]:
    text = file.read_text()
    return ({(include, include.split("/")[0]) for include in INCLUDE.findall(text)}
            | {(f"heapsel/{header}", wing) for header in PUBLIC.findall(text) if (wing := wing_of_public(header))})


def test_every_file_stands_in_a_wing_that_the_table_has():
    assert {path.name for path in SOURCE.iterdir()} == {*ALLOWED, "README.md"}


@pytest.mark.parametrize("wing", ALLOWED)
def test_a_wing_includes_only_what_it_may(wing):
    against = {f"{file.relative_to(LIBRARY)} includes {include}" for file in files(wing) + public_headers(wing)
               for include, other in included_wings(file) if other not in ALLOWED[wing] | {wing}}
    assert not against


@pytest.mark.parametrize("wing", ALLOWED)
def test_a_wing_can_be_taken_in_at_a_glance(wing):
    # A header and its source are one thing to look at.
    assert len({file.with_suffix("") for file in files(wing)}) <= MOST_FILES


def test_no_two_wings_include_each_other():
    order = list(ALLOWED)
    assert all(order.index(other) < order.index(wing) for wing, may in ALLOWED.items() for other in may)


def test_what_counts_memory_knows_nothing_of_runs():
    counters = LIBRARY / "bandwidth" / "pmu"
    against = {f"{file.name} includes {include}" for file in counters.iterdir()
               for include in INCLUDE.findall(file.read_text())
               if include.split("/")[0] not in ALLOWED and not include.startswith("bandwidth/pmu/")}
    assert counters.is_dir() and not against
