# SPDX-License-Identifier: LGPL-2.1-or-later
"""The tree that patches are tried in, over a repository of one file, and what is built from it."""

import subprocess
from pathlib import Path

import pytest

from patchcheck.checks import compiled_otherwise
from patchcheck.series import Patch
from patchcheck.workshop import DoesNotApply, Objects, Ran, Tree, bring_all

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


def test_sources_that_include_a_header_are_found_where_drivers_are(tree, base, tmp_path):
    for place in ("drivers/one/a.c", "drivers/one/two/b.c", "arch/one/c.c", "mm/d.c", "tools/one/f.c", "drivers/one/e.c"):
        file = tree.path / place
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("#include <linux/heap.h>\n" if "e.c" not in place else "#include <linux/heaps.h>\n")
    subprocess.run(["git", "add", "-A"], cwd=tree.path, check=True)
    assert tree.including(["include/linux/heap.h", "mm/internal.h"]) == ["drivers/one/a.c", "drivers/one/two/b.c"]
    assert tree.including(["mm/d.c"]) == []


# --- objects of a kernel whose makefile copies

MAKEFILE = """\
%:
	@:
allnoconfig:
	cp "$(KCONFIG_ALLCONFIG)" $(O)/.config
	@echo allnoconfig >>$(O)/ran
vmlinux:
	@cat Kconfig
	@echo vmlinux >>$(O)/ran
"""


@pytest.fixture
def objects(base: Path, tmp_path: Path) -> Objects:
    (base / "Makefile").write_text(MAKEFILE)
    (base / "file.c").write_text("one\n")
    subprocess.run(["git", "add", "."], cwd=base, check=True)
    subprocess.run(["git", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-m", "more"], cwd=base, check=True)
    (tmp_path / "a.config").write_text("CONFIG_BASE=y\nCONFIG_FIRST=y\n")
    return Objects(Tree(tmp_path / "linux", base), tmp_path / "objects", [], [tmp_path / "a.config"], "")


def ran(objects: Objects) -> list[str]:
    file = objects.folder / "ran"
    words = file.read_text().split() if file.exists() else []
    file.unlink(missing_ok=True)
    return words


def bring(objects: Objects, *patches: Patch) -> list[str]:
    bring_all(objects.tree, [objects], patches, lambda _: objects.folder / "log")
    return ran(objects)


def change(path: str, number: int = 1) -> Patch:
    """A new file."""
    return Patch(f"{number}.patch", f"From 0 Mon Sep 17 00:00:00 2001\nFrom: Ada <ada@example.org>\n"
                 f"Date: Thu, 1 Jan 2026 00:00:00 +0000\nSubject: [PATCH] {path}\n\n---\ndiff --git a/{path} b/{path}\n"
                 f"new file mode 100644\n--- /dev/null\n+++ b/{path}\n@@ -0,0 +1 @@\n+new\n")


def test_what_is_built_already_is_not_built_again(objects):
    assert bring(objects) == ["allnoconfig", "vmlinux"]
    assert bring(objects) == []


def test_a_patch_of_no_configuration_is_built_as_it_was_configured(objects):
    bring(objects)
    assert bring(objects, change("mm/new.c")) == ["vmlinux"]


def test_a_patch_of_a_configuration_has_it_made_anew(objects):
    bring(objects)
    assert bring(objects, patch("BASE", "FIRST")) == ["allnoconfig", "vmlinux"]


@pytest.mark.parametrize("path", ["Documentation/mm/new.rst", "tools/testing/selftests/a/b.c", "MAINTAINERS"])
def test_for_what_no_kernel_is_built_from_none_is_built(objects, path):
    bring(objects)
    assert bring(objects, change(path)) == []


def test_an_option_that_did_not_get_in_is_told_where_the_source_knows_it(objects):
    (objects.folder / ".config").write_text("CONFIG_BASE=m\n")
    assert objects.not_configured() == ["CONFIG_BASE=y did not get into the configuration"]
    (objects.folder / ".config").write_text("CONFIG_BASE=y\n")
    assert objects.not_configured() == []
    objects.tree.go_to([patch("BASE", "FIRST")])
    assert objects.not_configured() == ["CONFIG_FIRST=y did not get into the configuration"]


def test_where_only_the_last_fragment_counts_what_it_switches_off_has_to_be_off(base, tmp_path):
    (tmp_path / "a.config").write_text("CONFIG_BASE=y\n")
    (tmp_path / "b.config").write_text("CONFIG_BASE=n\n")
    objects = Objects(Tree(tmp_path / "linux", base), tmp_path / "objects", [],
                      [tmp_path / "a.config", tmp_path / "b.config"], "", all_asked=False)
    (objects.folder / ".config").write_text("# CONFIG_BASE is not set\n")
    assert objects.not_configured() == []
    (objects.folder / ".config").write_text("CONFIG_BASE=y\n")
    assert objects.not_configured() == ["CONFIG_BASE=n did not get into the configuration"]


@pytest.fixture
def configured(objects: Objects) -> Objects:
    (objects.folder / ".config").write_text("CONFIG_BASE=y\nCONFIG_FIRST=y\n")
    return objects


def compiled(objects: Objects, name: str, source: str) -> None:
    subprocess.run(["gcc", "-x", "c", "-c", "-", "-o", objects.folder / f"{name}.o"], input=source, text=True, check=True)


def test_what_an_object_wants_of_a_sub_series_has_to_be_compiled(configured):
    compiled(configured, "heap", "void heap_get(void) {}")
    compiled(configured, "user", "void heap_get(void); void heap_put(void); void printk(void);"
                              "void use(void) { heap_get(); heap_put(); printk(); }")
    sources = ["heap.c", "user.c", "not-configured.c"]
    assert configured.symbols(sources, "defined") == {"heap_get": "heap.c", "use": "user.c"}
    brought = {"heap_get", "heap_put"}
    assert compiled_otherwise(configured, sources, Ran(0, ""), brought) == [
        "user.c: nothing defines heap_put in this configuration"]
    compiled(configured, "not-configured", "void heap_put(void) {}")
    assert compiled_otherwise(configured, sources, Ran(0, ""), brought) == []


def test_what_the_compiler_says_counts_and_what_make_adds_does_not(configured):
    said = "mm/cma.c:3:1: error: no\nmake[3]: *** [Makefile:9: mm/cma.o] Error 1\nmake: *** No rule to make target 'fs/'.\n"
    assert compiled_otherwise(configured, [], Ran(0, said), set()) == ["mm/cma.c: error: no"]


def test_a_configuration_that_cannot_begin_is_told(objects):
    assert compiled_otherwise(objects, [], Ran(2, "make: *** [Makefile:1: prepare] Error 2\n"), set()) == [
        "make ended with status 2"]


def test_a_folder_is_compiled_anew_where_its_sources_were_before(objects):
    stale = objects.folder / "drivers" / "a.o"
    stale.parent.mkdir()
    stale.touch()
    assert objects.compile(["drivers/a.c"], objects.folder / "log").status == 0
    assert not stale.exists()
    assert "prepare\n" in (objects.folder / "log").read_text() and "-k drivers/\n" in (objects.folder / "log").read_text()


def test_what_no_option_brings_is_compiled_by_its_name(objects):
    objects.by_name = ["drivers/b/b.c"]
    objects.compile(["drivers/a.c", "drivers/b/b.c"], objects.folder / "log")
    assert "-k drivers/ drivers/b/b.o\n" in (objects.folder / "log").read_text()
