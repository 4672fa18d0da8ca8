# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the checks found: kept as JSON, shown as a table."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

# Of a patch, in the order of the table.
COLUMNS = ("form", "checkpatch", "arm64", "modules", "sparse", "kernel-doc", "bindings", "docs",
           "selftests")


@dataclasses.dataclass
class Check:
    """One check's outcome."""

    problems: list[str] = dataclasses.field(default_factory=list)
    log: str = ""
    figure: str = ""  # what the table shows, if not how many problems there are

    @property
    def passed(self) -> bool:
        return not self.problems


@dataclasses.dataclass
class Subject:
    """What was checked: a patch, or the series as a whole. A check that has no say is not there."""

    name: str
    checks: dict[str, Check] = dataclasses.field(default_factory=dict)
    added: int = 0
    removed: int = 0
    seconds: float = 0
    known: bool = False  # from an earlier run

    @property
    def passed(self) -> bool:
        return all(check.passed for check in self.checks.values())

    @staticmethod
    def from_json(fields: dict) -> Subject:
        checks = {name: Check(**check) for name, check in fields.pop("checks").items()}
        return Subject(checks=checks, **fields)


@dataclasses.dataclass
class Report:
    base: str
    subjects: list[Subject]  # the patches, in order, and then the series

    @property
    def counts(self) -> tuple[int, int]:
        """Checks that passed, checks that failed."""
        outcomes = [check.passed for subject in self.subjects for check in subject.checks.values()]
        return outcomes.count(True), outcomes.count(False)

    def write(self, file: Path) -> None:
        passed, failed = self.counts
        fields = {"base": self.base, "passed": passed, "failed": failed,
                  "subjects": [dataclasses.asdict(subject) for subject in self.subjects]}
        file.write_text(json.dumps(fields, indent=2) + "\n")

    @staticmethod
    def read(file: Path) -> Report:
        fields = json.loads(file.read_text())
        return Report(fields["base"], [Subject.from_json(subject) for subject in fields["subjects"]])

    def __str__(self) -> str:
        return "\n".join([*_table(self.subjects), *_failures(self.subjects), self._total()])

    def _total(self) -> str:
        passed, failed = self.counts
        return f"{len(self.subjects) - 1} patches: {passed} checks passed, {failed} failed"


def _table(subjects: list[Subject]) -> list[str]:
    *patches, series = subjects
    rows = [("PATCH", "SECONDS", "LINES", *(name.upper() for name in COLUMNS))]
    rows += [(patch.name.removesuffix(".patch")[:48], "known" if patch.known else f"{patch.seconds:.0f}",
              f"+{patch.added} -{patch.removed}",
              *(_figure(patch.checks.get(name)) for name in COLUMNS)) for patch in patches]
    widths = [max(map(len, column)) for column in zip(*rows)]
    lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
    whole = ", ".join(f"{name} {_figure(check)}" for name, check in series.checks.items())
    return [*(lines if patches else []), f"whole series: {whole}"]


def _figure(check: Check | None) -> str:
    if check is None:
        return "-"
    figure = check.figure or str(len(check.problems))
    return figure if check.passed else f"{figure} FAILED"


def _failures(subjects: list[Subject], most: int = 8) -> list[str]:
    """What failed, why, and where all of it can be read."""
    lines = []
    for subject in subjects:
        for name, check in subject.checks.items():
            if check.passed:
                continue
            lines += ["", f"{subject.name}: {name} failed" + (f" ({check.log})" if check.log else "")]
            lines += [f"    {problem}" for problem in check.problems[:most]]
            if len(check.problems) > most:
                lines.append(f"    and {len(check.problems) - most} more")
    return [*lines, ""] if lines else []
