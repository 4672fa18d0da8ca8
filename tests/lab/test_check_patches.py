# SPDX-License-Identifier: LGPL-2.1-or-later
"""What `lab/run check-patches` checks, and what it knows already: with checks that say only that they were asked."""

import importlib.machinery
import importlib.util
import os
import sys
from pathlib import Path

import pytest

from patchcheck.report import Check, Subject

FILE = Path(os.environ["HEAPSEL_TOP"], "lab", "kernel", "check-patches")
ORDER = "01-a:\n02-b:\n03-c: 01-a\n"
PATCH = """\
From: Ada <ada@example.org>
Subject: [PATCH {place}/{all}] {name}

Signed-off-by: Ada <ada@example.org>
---
diff --git a/mm/{name}.c b/mm/{name}.c
--- a/mm/{name}.c
+++ b/mm/{name}.c
@@ -1 +1 @@
-one
+{text}
"""


@pytest.fixture
def stack(tmp_path: Path) -> Path:
    folder = tmp_path / "stack"
    for name in ("01-a", "02-b", "03-c"):
        write(folder, name, [f"{name}-one", f"{name}-two"])
    (folder / "series").write_text(ORDER)
    return folder


def write(folder: Path, name: str, patches: list[str], text: str = "two") -> None:
    """That sub-series, of these patches; what the last one does is `text`."""
    (folder / name).mkdir(parents=True, exist_ok=True)
    for file in (folder / name).glob("*"):
        file.unlink()
    for place, patch in enumerate(patches, start=1):
        (folder / name / f"{place:04}-{patch}.patch").write_text(
            PATCH.format(place=place, all=len(patches), name=patch, text=text if place == len(patches) else "two"))
    (folder / name / "series").write_text("".join(f"{place:04}-{patch}.patch\n"
                                                  for place, patch in enumerate(patches, start=1)))


@pytest.fixture
def check(tmp_path: Path, stack: Path, monkeypatch):
    """Checks the stack; returns the report, and what was asked: a subject and the patches below it."""
    loader = importlib.machinery.SourceFileLoader("check_patches", str(FILE))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("check_patches", loader))
    monkeypatch.setitem(sys.modules, "check_patches", module)
    loader.exec_module(module)
    asked: list[str] = []

    def check_patch(bench, before, patch, log):
        asked.append(" ".join([*(other.subject for other in before), patch.subject]))
        return Subject(patch.name, {"checkpatch": Check(["bad"] if "bad" in patch.text else [])})

    def check_end(bench, needed, patches, log):
        asked.append(f"end of {' '.join(patch.subject for patch in [*needed, *patches])}")
        return {"arm": Check()}
    monkeypatch.setattr(module, "check_patch", check_patch)
    monkeypatch.setattr(module, "check_end", check_end)
    monkeypatch.setattr(module, "base_commit", lambda base: "base")
    monkeypatch.setattr(module, "base_title", lambda base: "Linux 7")
    monkeypatch.setattr(module, "make_bench", lambda *_: type("Bench", (), {"logs": tmp_path / "logs"}))
    monkeypatch.setattr(module, "asked_for_nothing", lambda *_: asked.append("options") or [])

    def run(chosen: str | None = None):
        asked.clear()
        return module.check(tmp_path / "base", stack, tmp_path / "work", tmp_path / "known", "tools", chosen), [*asked]
    return run


ALL = ["01-a-one", "01-a-one 01-a-two", "end of 01-a-one 01-a-two",
       "02-b-one", "02-b-one 02-b-two", "end of 02-b-one 02-b-two",
       "01-a-one 01-a-two 03-c-one", "01-a-one 01-a-two 03-c-one 03-c-two",
       "end of 01-a-one 01-a-two 03-c-one 03-c-two", "options"]


def test_each_patch_is_checked_on_its_predecessors_and_on_what_its_sub_series_needs(check):
    report, asked = check()
    assert asked == ALL
    assert [(group.name, group.needs, len(group.patches)) for group in report.groups] == [
        ("01-a", [], 2), ("02-b", [], 2), ("03-c", ["01-a"], 2)]


def test_what_passed_is_not_checked_again(check):
    check()
    report, asked = check()
    assert asked == [] and all(patch.known for group in report.groups for patch in group.patches)


def test_a_change_is_checked_with_what_stands_on_it_and_nothing_else(check, stack):
    check()
    write(stack, "02-b", ["02-b-one", "02-b-two"], text="three")
    assert check()[1] == ["02-b-one 02-b-two", "end of 02-b-one 02-b-two", "options"]
    write(stack, "01-a", ["01-a-one", "01-a-two"], text="three")
    assert check()[1] == [what for what in ALL if "01-a-two" in what] + ["options"]


def test_a_patch_more_has_those_before_it_stay_known_though_all_numbers_change(check, stack):
    check()
    write(stack, "02-b", ["02-b-zero", "02-b-one", "02-b-two"])
    assert check()[1][0] == "02-b-zero"
    write(stack, "02-b", ["02-b-one", "02-b-two", "02-b-three"])
    assert check()[1] == ["02-b-one 02-b-two 02-b-three", "end of 02-b-one 02-b-two 02-b-three", "options"]


def test_a_need_more_has_the_sub_series_checked_on_it(check, stack):
    check()
    (stack / "series").write_text("01-a:\n02-b: 01-a\n03-c: 01-a\n")
    assert check()[1] == ["01-a-one 01-a-two 02-b-one", "01-a-one 01-a-two 02-b-one 02-b-two",
                          "end of 01-a-one 01-a-two 02-b-one 02-b-two"]


def test_what_failed_is_checked_again(check, stack):
    write(stack, "02-b", ["02-b-one", "02-b-two"], text="bad")
    check()
    report, asked = check()
    # Its end is asked what it is asked of all that apply, and known if it passed.
    assert asked == ["02-b-one 02-b-two"] and report.groups[1].patches[1].checks["checkpatch"].problems == ["bad"]


def test_of_one_sub_series_nothing_but_that_is_checked(check):
    report, asked = check("03-c")
    assert asked == [what for what in ALL if "03-c" in what]
    assert [group.name for group in report.groups] == ["03-c"] and not report.whole.checks
