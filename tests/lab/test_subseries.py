# SPDX-License-Identifier: LGPL-2.1-or-later
"""Sub-series: their order, their cover letters, and the way from folders to git and back, over a repository of
two files."""

import os
import subprocess
from pathlib import Path

import pytest

from subseries import Commit, Entry, Letter, Stack, Wrong, message, ranges

KERNEL = Path(os.environ["HEAPSEL_TOP"], "lab", "kernel")
WHO = {"GIT_AUTHOR_NAME": "Ada", "GIT_AUTHOR_EMAIL": "ada@example.org", "GIT_AUTHOR_DATE": "2026-01-01T00:00:00Z",
       "GIT_COMMITTER_NAME": "Ada", "GIT_COMMITTER_EMAIL": "ada@example.org",
       "GIT_COMMITTER_DATE": "2026-01-01T00:00:00Z"}
ORDER = """\
# what this is

01-fixes:
# why
02-heaps: 01-fixes
03-docs:
04-users: 02-heaps 03-docs
"""


# --- the order

def test_an_order_says_what_each_needs_and_what_that_needs():
    stack = Stack.parse(ORDER)
    assert stack.names == ["01-fixes", "02-heaps", "03-docs", "04-users"]
    assert stack.needed_by("04-users") == ["01-fixes", "02-heaps", "03-docs"]
    assert stack.needed_by("03-docs") == []


def test_an_order_is_written_as_it_was_read():
    assert str(Stack.parse(ORDER)) == ORDER


@pytest.mark.parametrize("order, said", [
    ("01-a: 02-b\n02-b:\n", "01-a needs 02-b, which is not before it"),
    ("01-a: 01-a\n", "01-a needs 01-a, which is not before it"),
    ("01-a:\n01-a:\n", "01-a stands in the order twice"),
    ("01-a:\nb b:\n", "'b b' is no name for a sub-series"),
    ("0001-a.patch\n", "line 1: '0001-a.patch' is not NAME: NEEDS...")])
def test_an_order_that_does_not_hold_is_told(order, said):
    with pytest.raises(Wrong, match=said.replace("...", "[.]{3}")):
        Stack.parse(order)


def test_a_name_that_is_not_there_is_told_with_those_that_are():
    with pytest.raises(Wrong, match="no sub-series '05-x'; there are: 01-fixes, 02-heaps, 03-docs, 04-users"):
        Stack.parse(ORDER).needed_by("05-x")


def test_comments_follow_their_sub_series_and_what_is_above_all_stays_there():
    stack = Stack.parse(ORDER).replaced_by([("03-docs", []), ("02-heaps", ["03-docs"]), ("05-new", [])])
    assert str(stack) == "# what this is\n\n03-docs:\n# why\n02-heaps: 03-docs\n05-new:\n"


# --- cover letters

MAIL = """\
From 0 Mon Sep 17 00:00:00 2001
From: =?UTF-8?q?Ada=20L=C3=B6w?= <ada@example.org>
Date: Thu, 1 Jan 2026 00:00:00 +0000
Subject: [RFC PATCH v2 00/12] heaps: a subject that goes on over
 two lines

Why.

What was said
-------------

Much.

Ada Löw (2):
  one
  two

 mm/cma.c | 2 +-

Applies to Linux 7, behind
  "mm: another"
"""


def test_of_a_cover_letter_what_git_added_is_left_out():
    letter = Letter.from_mail(MAIL)
    assert letter.text == ("heaps: a subject that goes on over two lines\n\n"
                           "Why.\n\nWhat was said\n-------------\n\nMuch.")
    assert (letter.author, letter.address, letter.prefix) == ("Ada Löw", "ada@example.org", "RFC PATCH v2")


def begin(name: str, text: str = "title\n\nwhy", needs: tuple[str, ...] = (), prefix: str = "PATCH") -> Commit:
    return Commit(f"{name}-id", message(Entry(name, needs), Letter(text, prefix=prefix)), empty=True)


def patch(name: str) -> Commit:
    return Commit(f"{name}-id", f"{name}: does it\n", empty=False)


# --- which commit is whose

def test_commits_belong_to_the_last_beginning_before_them():
    found = ranges([begin("01-a"), patch("one"), patch("two"), begin("02-b", needs=("01-a",), prefix="RFC PATCH"),
                    patch("three")])
    assert [(each.entry.name, each.entry.needs, each.first, each.last) for each in found] == [
        ("01-a", (), "01-a-id", "two-id"), ("02-b", ("01-a",), "02-b-id", "three-id")]
    assert (found[1].letter.text, found[1].letter.prefix) == ("title\n\nwhy", "RFC PATCH")


@pytest.mark.parametrize("commits, said", [
    ([patch("one"), begin("01-a"), patch("two")], 'one-id \\("one: does it"\\) belongs to no sub-series'),
    ([begin("01-a"), begin("02-b"), patch("one")], "begins 01-a, which has no patch"),
    ([begin("01-a"), patch("one"), begin("01-a"), patch("two")], "01-a stands in the order twice"),
    ([begin("01-a", needs=("02-b",)), patch("one"), begin("02-b"), patch("two")],
     "01-a needs 02-b, which is not before it"),
    ([begin("01-a"), Commit("e", "nothing\n", empty=True)], "changes no file, and its message does not end in"),
    ([Commit("f", message(Entry("01-a"), Letter("title")), empty=False)], "such a commit has to be empty")])
def test_a_commit_that_cannot_be_given_to_a_sub_series_is_told(commits, said):
    with pytest.raises(Wrong, match=said):
        ranges(commits)


# --- from folders to git and back

def git(tree: Path, *words: str, **environment: str) -> str:
    ran = subprocess.run(["git", *words], cwd=tree, capture_output=True, text=True,
                         env={**os.environ, **WHO, **environment})
    assert ran.returncode == 0, ran
    return ran.stdout


def commit(tree: Path, file: str, text: str, subject: str) -> None:
    (tree / file).write_text(text)
    git(tree, "add", file)
    git(tree, "commit", "-q", "-m", subject)


@pytest.fixture
def base(tmp_path: Path) -> Path:
    repository = tmp_path / "base.git"
    subprocess.run(["git", "init", "-q", "-b", "base", repository], check=True)
    for name in ("a", "b"):
        (repository / name).write_text("one\ntwo\nthree\n")
    git(repository, "add", ".")
    git(repository, "commit", "-q", "-m", "base")
    git(repository, "tag", "base")
    return repository


def make_tree(base: Path, folder: Path, tree: Path, *names: str) -> subprocess.CompletedProcess:
    return subprocess.run([KERNEL / "make-tree", base, folder, tree, *names], capture_output=True, text=True)


def export(tree: Path, folder: Path) -> subprocess.CompletedProcess:
    return subprocess.run([KERNEL / "export-series", tree, folder], capture_output=True, text=True)


def content(folder: Path) -> dict[str, str]:
    return {str(file.relative_to(folder)): file.read_text() for file in folder.rglob("*") if file.is_file()}


@pytest.fixture
def tree(base: Path, tmp_path: Path) -> Path:
    """Two sub-series in git, of which nothing is in the folder yet."""
    folder = tmp_path / "series"
    folder.mkdir()
    (folder / "series").write_text("# about all\n\n")
    tree = tmp_path / "tree"
    assert make_tree(base, folder, tree).returncode == 0
    for entry, letter, patches in ((Entry("01-a"), Letter("a: begins\n\nWhy a.\n\n# not a comment"), ("1", "2")),
                                   (Entry("02-b", ("01-a",)), Letter("b: begins\n\nWhy b.", prefix="RFC PATCH"), ("3",))):
        git(tree, "commit", "-q", "--allow-empty", "--cleanup=verbatim", "-m", message(entry, letter))
        for number in patches:
            commit(tree, entry.name[-1], f"{number}\ntwo\nthree\n", f"{entry.name[-1]}: one is {number}")
    return tree


def test_git_is_exported_to_folders_with_numbers_of_their_own(tree: Path, tmp_path: Path):
    ran = export(tree, tmp_path / "series")
    assert ran.returncode == 0, ran
    files = content(tmp_path / "series")
    assert sorted(files) == ["01-a/0000-cover-letter.patch", "01-a/0001-a-one-is-1.patch", "01-a/0002-a-one-is-2.patch",
                             "01-a/series", "02-b/0000-cover-letter.patch", "02-b/0001-b-one-is-3.patch",
                             "02-b/series", "series"]
    assert files["series"] == "# about all\n\n01-a:\n02-b: 01-a\n"
    assert "Subject: [PATCH 2/2] a: one is 2\n" in files["01-a/0002-a-one-is-2.patch"]
    assert "Subject: [RFC PATCH 1/1] b: one is 3\n" in files["02-b/0001-b-one-is-3.patch"]
    letter = files["01-a/0000-cover-letter.patch"]
    assert "Subject: [PATCH 0/2] a: begins\n\nWhy a.\n\n# not a comment\n\nAda (2):\n" in letter
    assert letter.endswith("\n\nApplies to base\n") and "base-commit" not in letter
    assert files["02-b/0000-cover-letter.patch"].endswith('\n\nApplies to base, behind\n  "a: begins"\n')


def test_there_and_back_changes_nothing(tree: Path, base: Path, tmp_path: Path):
    folder = tmp_path / "series"
    export(tree, folder)
    (folder / "01-a/series").write_text("# mine\n" + (folder / "01-a/series").read_text())
    (folder / "01-a/notes").write_text("not the export's\n")
    before = content(folder)
    assert make_tree(base, folder, tmp_path / "again").returncode == 0
    assert export(tmp_path / "again", folder).returncode == 0
    assert content(folder) == before
    assert git(tmp_path / "again", "diff", "heapsel", git(tree, "rev-parse", "heapsel^{tree}").strip()) == ""


def edit_letter(tree: Path, title: str, how: str) -> None:
    """As kernel-patches/README.md has it done: git rewords no empty commit in a rebase."""
    git(tree, "rebase", "-q", "-i", "base", GIT_EDITOR=f"sed -i '{how}'",
        GIT_SEQUENCE_EDITOR=f"sed -i '/{title}/a exec git commit -q --amend --allow-empty'")


def test_a_letter_that_is_edited_in_git_is_exported(tree: Path, tmp_path: Path):
    export(tree, tmp_path / "series")
    edit_letter(tree, "b: begins", "s/Why b/#Because/")
    assert export(tree, tmp_path / "series").returncode == 0
    assert "\n\n#Because.\n\n" in content(tmp_path / "series")["02-b/0000-cover-letter.patch"]


def test_a_sub_series_that_moves_in_a_rebase_takes_its_letter_and_its_comments_along(tree: Path, tmp_path: Path):
    folder = tmp_path / "series"
    export(tree, folder)
    (folder / "series").write_text("# about all\n\n01-a:\n# of b\n02-b:\n")
    edit_letter(tree, "b: begins", "/^Needs:/d")
    # The two of b first.
    git(tree, "rebase", "-q", "-i", "base", GIT_SEQUENCE_EDITOR="sed -i -n '/^pick/{/a: /H;/b: /p};${x;s/^\\n//;p}'")
    assert export(tree, folder).returncode == 0
    assert content(folder)["series"] == "# about all\n\n# of b\n02-b:\n01-a:\n"
    assert "Why b." in content(folder)["02-b/0000-cover-letter.patch"]


def test_a_sub_series_that_is_gone_from_git_goes_from_the_folder(tree: Path, tmp_path: Path):
    folder = tmp_path / "series"
    export(tree, folder)
    git(tree, "reset", "-q", "--hard", "heapsel~2")
    assert export(tree, folder).returncode == 0
    assert not (folder / "02-b").exists() and content(folder)["series"].endswith("01-a:\n")


def test_a_tree_of_one_has_what_that_needs_and_no_more(tree: Path, base: Path, tmp_path: Path):
    export(tree, tmp_path / "series")
    assert make_tree(base, tmp_path / "series", tmp_path / "a", "01-a").returncode == 0
    assert make_tree(base, tmp_path / "series", tmp_path / "b", "02-b").returncode == 0
    assert [(tmp_path / "a" / name).read_text()[0] for name in "ab"] == ["2", "o"]
    assert [(tmp_path / "b" / name).read_text()[0] for name in "ab"] == ["2", "3"]
    ran = make_tree(base, tmp_path / "series", tmp_path / "c", "03-c")
    assert ran.returncode == 1 and "no sub-series '03-c'; there are: 01-a, 02-b" in ran.stdout


def refused(tree: Path, folder: Path) -> str:
    """What is said; and nothing is written."""
    before = content(folder)
    ran = export(tree, folder)
    assert ran.returncode == 1 and content(folder) == before, ran
    return ran.stderr


def test_a_commit_before_the_first_sub_series_is_refused(tree: Path, base: Path, tmp_path: Path):
    git(tree, "reset", "-q", "--hard", "base")
    commit(tree, "a", "x\n", "a: too early")
    assert '("a: too early") belongs to no sub-series' in refused(tree, tmp_path / "series")


def test_what_is_under_way_is_not_exported(tree: Path, tmp_path: Path):
    (tree / "a").write_text("changed\n")
    assert "has changes that are not committed" in refused(tree, tmp_path / "series")
    git(tree, "checkout", "-q", "-f", "--detach")
    assert "is on no branch, not on heapsel" in refused(tree, tmp_path / "series")


def test_a_merge_is_refused(tree: Path, tmp_path: Path):
    git(tree, "checkout", "-q", "-b", "other", "base")
    commit(tree, "c", "c\n", "c: is new")
    git(tree, "checkout", "-q", "heapsel")
    git(tree, "merge", "-q", "-m", "merge", "other")
    assert "is a merge, of which there is no patch" in refused(tree, tmp_path / "series")
