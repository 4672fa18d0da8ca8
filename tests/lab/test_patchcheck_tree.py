# SPDX-License-Identifier: LGPL-2.1-or-later
"""The tree that patches are tried in, over a repository of one file."""

import subprocess
from pathlib import Path

import pytest

from patchcheck.series import Patch
from patchcheck.workshop import DoesNotApply, Tree

ADD = """\
From 0 Mon Sep 17 00:00:00 2001
From: Ada <ada@example.org>
Date: Thu, 1 Jan 2026 00:00:00 +0000
Subject: [PATCH] add {after}

---
diff --git a/Kconfig b/Kconfig
--- a/Kconfig
+++ b/Kconfig
@@ -1 +1,2 @@
 config {before}
+config {after}
"""


def patch(before: str, after: str) -> Patch:
    return Patch(f"0001-{after}.patch", ADD.format(before=before, after=after))


@pytest.fixture
def base(tmp_path: Path) -> Path:
    """What a kernel's base is to the checks: a branch `base` in a repository."""
    repository = tmp_path / "base.git"
    subprocess.run(["git", "init", "-q", "-b", "base", repository], check=True)
    (repository / "Kconfig").write_text("config BASE\n")
    for words in (["add", "."], ["-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "base"]):
        subprocess.run(["git", *words], cwd=repository, check=True)
    return repository


@pytest.fixture
def tree(base: Path, tmp_path: Path) -> Tree:
    return Tree(tmp_path / "linux", base)


def test_it_goes_to_any_beginning_of_a_series_and_back(tree):
    first = patch("BASE", "FIRST")
    assert tree.options() == {"CONFIG_BASE"}
    commit = tree.go_to([first])
    assert tree.options() == {"CONFIG_BASE", "CONFIG_FIRST"}
    tree.go_to([])
    assert tree.options() == {"CONFIG_BASE"}
    assert tree.go_to([first]) == commit


def test_another_run_finds_the_tree_as_it_was_left(tree, base, tmp_path):
    commit = tree.go_to([patch("BASE", "FIRST")])
    again = Tree(tmp_path / "linux", base)
    assert again.go_to([patch("BASE", "FIRST")]) == commit


def test_a_patch_that_does_not_apply_says_so_and_leaves_the_tree_usable(tree):
    with pytest.raises(DoesNotApply, match="patch failed: Kconfig"):
        tree.go_to([patch("ELSEWHERE", "FIRST")])
    tree.go_to([patch("BASE", "FIRST")])
    assert "CONFIG_FIRST" in tree.options()


def test_a_tree_of_another_base_is_made_anew(tree, base, tmp_path):
    (base / "Kconfig").write_text("config OTHER\n")
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-a", "-m", "other"],
                   cwd=base, check=True)
    assert Tree(tmp_path / "linux", base).options() == {"CONFIG_OTHER"}
