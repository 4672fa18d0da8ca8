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
    """What was checked: a patch, or all of a sub-series. A check that has no say is not there."""

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
class Group:
    """A sub-series: its patches, in order, and what was asked of it as a whole."""

    name: str
    needs: list[str]
    patches: list[Subject]
    whole: Subject

    @property
    def subjects(self) -> list[Subject]:
        return [*self.patches, self.whole]

    @staticmethod
    def from_json(fields: dict) -> Group:
        return Group(fields["name"], fields["needs"], list(map(Subject.from_json, fields["patches"])),
                     Subject.from_json(fields["whole"]))


@dataclasses.dataclass
class Report:
    base: str
    groups: list[Group]
    whole: Subject  # what was asked of all together

    @property
    def counts(self) -> tuple[int, int]:
        """Checks that passed, checks that failed."""
        subjects = [*(subject for group in self.groups for subject in group.subjects), self.whole]
        outcomes = [check.passed for subject in subjects for check in subject.checks.values()]
        return outcomes.count(True), outcomes.count(False)

    def write(self, file: Path) -> None:
        passed, failed = self.counts
        fields = {"base": self.base, "passed": passed, "failed": failed,
                  "groups": [dataclasses.asdict(group) for group in self.groups],
                  "whole": dataclasses.asdict(self.whole)}
        file.write_text(json.dumps(fields, indent=2) + "\n")

    @staticmethod
    def read(file: Path) -> Report:
        fields = json.loads(file.read_text())
        return Report(fields["base"], list(map(Group.from_json, fields["groups"])), Subject.from_json(fields["whole"]))

    def __str__(self) -> str:
        return "\n".join([*_table(self.groups), *_row_of_checks("all together", self.whole),
                          *_failures(self), self._total()])

    def _total(self) -> str:
        passed, failed = self.counts
        patches = sum(len(group.patches) for group in self.groups)
        return f"{patches} patches in {len(self.groups)} sub-series: {passed} checks passed, {failed} failed"


def _table(groups: list[Group]) -> list[str]:
    rows = [("PATCH", "SECONDS", "LINES", *(name.upper() for name in COLUMNS))]
    rows += [_row(patch) for group in groups for patch in group.patches]
    widths = [max(map(len, column)) for column in zip(*rows)]
    lines = iter(["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows])
    shown = [next(lines)]
    for group in groups:
        shown += ["", group.name + (f", on {' '.join(group.needs)}" if group.needs else ""),
                  *(next(lines) for _ in group.patches), *_row_of_checks("its end", group.whole)]
    return [*shown, ""]


def _row(patch: Subject) -> tuple[str, ...]:
    return (patch.name.removesuffix(".patch")[:48], _seconds(patch), f"+{patch.added} -{patch.removed}",
            *(_figure(patch.checks.get(name)) for name in COLUMNS))


def _row_of_checks(title: str, subject: Subject) -> list[str]:
    checks = ", ".join(f"{name} {_figure(check)}" for name, check in subject.checks.items())
    return [f"{title} ({_seconds(subject)}): {checks}"] if checks else []


def _seconds(subject: Subject) -> str:
    return "known" if subject.known else f"{subject.seconds:.0f}"


def _figure(check: Check | None) -> str:
    if check is None:
        return "-"
    figure = check.figure or str(len(check.problems))
    return figure if check.passed else f"{figure} FAILED"


def _failures(report: Report, most: int = 8) -> list[str]:
    """What failed, why, and where all of it can be read."""
    named = [(f"{group.name}/{patch.name}", patch) for group in report.groups for patch in group.patches]
    named += [(group.name, group.whole) for group in report.groups] + [("all together", report.whole)]
    lines = []
    for subject_name, subject in named:
        for name, check in subject.checks.items():
            if check.passed:
                continue
            lines += ["", f"{subject_name}: {name} failed" + (f" ({check.log})" if check.log else "")]
            lines += [f"    {problem}" for problem in check.problems[:most]]
            if len(check.problems) > most:
                lines.append(f"    and {len(check.problems) - most} more")
    return [*lines, ""] if lines else []
