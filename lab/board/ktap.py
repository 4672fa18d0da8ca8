# SPDX-License-Identifier: LGPL-2.1-or-later
"""Results in KTAP (Documentation/dev-tools/ktap.rst), as KUnit and the kernel's selftests write them."""

from __future__ import annotations

import dataclasses
import re

LINE = re.compile(r"^(?P<indent>\s*)(?P<not>not )?ok (?P<number>\d+)\s*(?:- )?(?P<name>[^#\n]*)"
                  r"(?:#\s*(?P<directive>\S*).*)?$")
PLAN = re.compile(r"^(?P<indent>\s*)1\.\.(?P<count>\d+)\s*(?:#.*)?$")


@dataclasses.dataclass(frozen=True)
class Result:
    name: str
    passed: bool
    skipped: bool


@dataclasses.dataclass
class Results:
    """The results that have none below them, and what is wrong with the report itself."""

    cases: list[Result] = dataclasses.field(default_factory=list)
    faults: list[str] = dataclasses.field(default_factory=list)

    @property
    def passed(self) -> int:
        return sum(case.passed and not case.skipped for case in self.cases)

    @property
    def skipped(self) -> int:
        return sum(case.skipped for case in self.cases)

    @property
    def failed(self) -> list[str]:
        return [case.name for case in self.cases if not case.passed]

    def __str__(self) -> str:
        return f"{self.passed} passed, {len(self.failed)} failed, {self.skipped} skipped"


def parse(text: str) -> Results:
    """Counts leaves only: the result of a whole repeats those of its parts. A plan that was not kept
    is a fault, and so is a whole that failed though none of its parts did."""
    results = Results()
    planned: dict[int, int] = {}  # by indentation, where a plan is open
    seen: dict[int, list[bool]] = {}  # by indentation, the results since that plan
    for line in text.splitlines():
        if plan := PLAN.match(line):
            indent = len(plan["indent"])
            planned[indent] = int(plan["count"])
            seen[indent] = []
        elif found := LINE.match(line):
            _take(found, planned, seen, results)
    for indent in sorted(planned):
        _close(indent, "the report", planned, seen, results)
    if not results.cases:
        results.faults.append("no result at all")
    return results


def _take(found: re.Match, planned: dict[int, int], seen: dict[int, list[bool]], results: Results) -> None:
    indent, name, passed = len(found["indent"]), found["name"].strip(), not found["not"]
    parts: list[bool] = []
    for deeper in sorted(level for level in seen if level > indent):
        parts += seen[deeper]
        _close(deeper, name, planned, seen, results)
    if not parts:
        results.cases.append(Result(name, passed, (found["directive"] or "").upper() == "SKIP"))
    elif not passed and all(parts):
        results.cases.append(Result(name, False, False))
    seen.setdefault(indent, []).append(passed)


def _close(indent: int, name: str, planned: dict[int, int], seen: dict[int, list[bool]],
           results: Results) -> None:
    count, done = planned.pop(indent, None), len(seen.pop(indent, []))
    if count is not None and count != done:
        results.faults.append(f"{name}: {done} results of {count} that were planned")
