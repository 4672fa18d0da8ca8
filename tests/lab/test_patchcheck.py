# SPDX-License-Identifier: LGPL-2.1-or-later
"""The checks of the kernel series that need no kernel: the folder, what a patch says of itself, which
messages count as new, what is known from earlier runs."""

import os
from pathlib import Path

import pytest

from patchcheck import series
from patchcheck.messages import messages, new_messages
from patchcheck.report import Check, Group, Report, Subject
from subseries import Wrong

BASE = "Linux 7.3.4"
PATCH = """\
From 0000000000000000000000000000000000000000 Mon Sep 17 00:00:00 2001
From: =?UTF-8?q?Ada=20L=C3=B6w?= <ada@example.org>
Date: Thu, 1 Jan 2026 00:00:00 +0000
Subject: [PATCH 1/2] dma-buf: heaps: a subject that goes on over
 two lines

Why.

Signed-off-by: {signer}
---
 {path} | 2 ++

diff --git a/{path} b/{path}
new file mode 100644
index 000000000000..1
--- /dev/null
+++ b/{path}
@@ -0,0 +1,2 @@
+{first}
+int x;
diff --git a/mm/cma.c b/mm/cma.c
index 1..2 100644
--- a/mm/cma.c
+++ b/mm/cma.c
@@ -10,2 +10 @@ int cma(void)
 same
--- looks like a file name
--\x20
2.47.3
"""


def patch(name="0001-a.patch", *, path="mm/new.c", first="// SPDX-License-Identifier: GPL-2.0",
          signer="Ada Löw <ada@example.org>") -> series.Patch:
    return series.Patch(name, PATCH.format(path=path, first=first, signer=signer))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A series of two patches that is in order."""
    names = ["0001-a.patch", "0002-b.patch"]
    for name in names:
        (tmp_path / name).write_text(patch().text)
    (tmp_path / "series").write_text("# in order\n" + "".join(f"{name}\n" for name in names))
    (tmp_path / series.COVER).write_text(f"Subject: [PATCH 0/2] heaps\n\nWhy.\n\nApplies to {BASE}\n")
    return tmp_path


def test_a_series_in_order_has_no_problem(folder):
    assert series.order_problems(folder) == series.cover_problems(folder, BASE) == []
    assert [patch.name for patch in series.load(folder)] == ["0001-a.patch", "0002-b.patch"]


def test_an_empty_series_needs_no_cover_letter(tmp_path):
    (tmp_path / "series").write_text("# nothing yet\n")
    assert series.order_problems(tmp_path) == series.cover_problems(tmp_path, BASE) == []


@pytest.mark.parametrize(("listed", "said"), [
    (["0001-a.patch"], "0002-b.patch is not in series"),
    (["0001-a.patch", "0002-b.patch", "0003-c.patch"], "series names 0003-c.patch, which is not there"),
    (["0001-a.patch", "0002-b.patch", "0002-b.patch"], "series names 0002-b.patch more than once"),
    (["0002-b.patch", "0001-a.patch"], "0002-b.patch is number 1 of series")])
def test_a_series_out_of_step_with_its_files_is_told(folder, listed, said):
    (folder / "series").write_text("".join(f"{name}\n" for name in listed))
    assert said in series.order_problems(folder)


@pytest.mark.parametrize(("text", "said"), [
    ("Applies to Linux 7, behind\n  \"heaps\"", f"applies to Linux 7; the base is {BASE}"),
    ("Why.", f"does not say what it applies to; the base is {BASE}"),
    (f"*** BLURB HERE ***\nApplies to {BASE}", "still says *** BLURB HERE ***")])
def test_a_cover_letter_that_is_not_of_this_base_or_not_written_is_told(folder, text, said):
    (folder / series.COVER).write_text(f"{text}\n")
    assert said in series.cover_problems(folder, BASE)[0]


def test_a_missing_cover_letter_is_told(folder):
    (folder / series.COVER).unlink()
    assert series.cover_problems(folder, BASE) == ["there is no 0000-cover-letter.patch"]


def test_a_patch_says_who_wrote_it_and_what_it_changes():
    read = patch()
    assert (read.subject, read.author) == ("dma-buf: heaps: a subject that goes on over two lines",
                                           "ada@example.org")
    assert [(c.path, c.new, c.added, c.removed) for c in read.changes] == [
        ("mm/new.c", True, 2, 0), ("mm/cma.c", False, 0, 1)]
    assert series.form_problems(read) == []


def test_a_sign_off_of_somebody_else_is_not_the_authors():
    said = series.form_problems(patch(signer="Bob <bob@example.org>"))
    assert said == ["not signed off by its author, ada@example.org"]


def test_a_new_file_without_a_licence_is_told():
    assert series.form_problems(patch(first="int y;")) == [
        "mm/new.c: no SPDX-License-Identifier in its first two lines"]


@pytest.mark.parametrize("path", ["mm/new.c.orig", "mm/cma.rej", "mm/cma.c~"])
def test_a_file_that_a_tool_left_behind_is_told(path):
    assert series.form_problems(patch(path=path)) == [f"{path}: left behind by a tool"]


OUTPUT = """\
  CC      drivers/base/error.o
In file included from ../linux/mm/cma.c:3:
../linux/mm/cma.c:{line}:7: warning: unused variable ‘x’ [-Wunused-variable]
   12 |         int x; // error: not a message
../linux/mm/cma.c:1:1: note: declared here
Warning: mm/cma.c:{line} No description found for return value of 'cma'
ld: mm/cma.o: in function `cma': undefined reference to `gone'
make[2]: *** [Makefile:1: mm/cma.o] Error 1
Documentation/devicetree/bindings/a.yaml: properties:x: 'y' is not one of ['z']
"""


def test_messages_are_what_complains_and_nothing_else():
    assert [message.split()[0] for message in messages(OUTPUT.format(line=10), Path("/b/linux"))] == [
        "mm/cma.c:", "Warning:", "ld:", "make[2]:", "Documentation/devicetree/bindings/a.yaml:"]


def test_a_message_that_only_moved_is_not_new():
    known = messages(OUTPUT.format(line=10), Path("/b/linux"))
    assert new_messages(OUTPUT.format(line=99), known, Path("/b/linux")) == []
    assert new_messages(OUTPUT.format(line=99), known[1:], Path("/b/linux")) == known[:1]


def test_a_report_counts_checks_and_says_what_failed_and_where(tmp_path):
    failed = Check(["mm/cma.c: warning: unused"], log="build/check/logs/0001-a/arm64")
    patches = [Subject("0001-a.patch", {"form": Check(), "arm64": failed}, added=3)]
    report = Report(BASE, [Group("01-a", [], patches, Subject("01-a", {"order": Check(), "arm": Check(["no"])})),
                           Group("02-b", ["01-a"], [Subject("0001-b.patch", {"form": Check()}, known=True)],
                                 Subject("02-b"))], Subject("all together", {"options": Check()}))
    report.write(tmp_path / "report.json")
    read = Report.read(tmp_path / "report.json")
    assert read == report and read.counts == (4, 2)
    lines = str(read).splitlines()
    assert "01-a/0001-a.patch: arm64 failed (build/check/logs/0001-a/arm64)" in lines
    assert "    mm/cma.c: warning: unused" in lines
    assert "01-a: arm failed" in lines
    assert "02-b, on 01-a" in lines
    assert lines[-1] == "2 patches in 2 sub-series: 4 checks passed, 2 failed"


# --- sub-series

@pytest.fixture
def stack(tmp_path: Path) -> Path:
    """Three sub-series of one patch each; the last needs the first."""
    for name in ("01-a", "02-b", "03-c"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "0001-x.patch").write_text(patch(path=f"mm/{name}.c").text)
        (tmp_path / name / "series").write_text("0001-x.patch\n")
    (tmp_path / "series").write_text("01-a:\n02-b:\n03-c: 01-a\n")
    return tmp_path


def paths(patches) -> list[str]:
    return [patch.paths[0] for patch in patches]


def test_each_sub_series_stands_on_what_it_needs_and_no_more(stack):
    assert [(member.name, paths(member.needed), paths(member.patches)) for member in series.members(stack)] == [
        ("01-a", [], ["mm/01-a.c"]), ("02-b", [], ["mm/02-b.c"]), ("03-c", ["mm/01-a.c"], ["mm/03-c.c"])]


def test_one_of_them_can_be_chosen(stack):
    assert [(member.name, paths(member.needed)) for member in series.members(stack, "03-c")] == [("03-c", ["mm/01-a.c"])]
    with pytest.raises(Wrong, match="there is no sub-series '04-d'"):
        series.members(stack, "04-d")


def test_a_folder_of_patches_is_a_sub_series_of_its_own(stack):
    assert [(member.name, member.needed) for member in series.members(stack / "02-b")] == [("02-b", [])]
    assert series.is_stack(stack) and not series.is_stack(stack / "02-b")


def test_folders_out_of_step_with_their_order_are_told(stack):
    assert series.stack_problems(stack) == []
    (stack / "series").write_text("01-a:\n03-c: 01-a\n04-d:\n")
    assert series.stack_problems(stack) == ["04-d: there is no such folder with a file 'series'",
                                            "02-b: the order does not name this folder"]


def test_a_patch_is_the_same_wherever_it_stands():
    one = patch().text
    for other in (one.replace("[PATCH 1/2]", "[RFC PATCH v2 10/12]"), one.replace("on over\n two", "on\n over two"),
                  one.replace("From 0000", "From 1234")):
        assert other != one and series.Patch("0009-z.patch", other).content == patch().content
    for other in (one.replace("two lines", "three"), one.replace("Why.", "Because."), one.replace("int x", "int y")):
        assert other != one and series.Patch("0001-a.patch", other).content != patch().content


def test_the_options_that_patches_bring_are_known():
    text = patch().text.replace("+int x;", "+config NEW\n+\tmenuconfig MENU\n config OLD")
    assert series.options([series.Patch("a", text)]) == {"CONFIG_NEW", "CONFIG_MENU"}


def test_the_folders_of_this_repository_are_in_order():
    here, = Path(os.environ["HEAPSEL_TOP"], "kernel-patches").glob("*/series")
    assert series.stack_problems(here.parent) == []
    assert [problem for member in series.members(here.parent) for problem in series.order_problems(member.folder)] == []
