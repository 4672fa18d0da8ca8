# SPDX-License-Identifier: LGPL-2.1-or-later
"""Where the kernel's source comes from, over sources of three files: which release is taken, what a board's
tree leaves out, and what is said when there is none."""

import os
import subprocess
from pathlib import Path

import pytest

TOP = Path(os.environ["HEAPSEL_TOP"])
KERNEL = TOP / "lab" / "kernel"
OLD, NEW = "one\ntwo\nthree\n", "one\n2\n3\n"

HEAD = """\
From 0 Mon Sep 17 00:00:00 2001
From: Ada <ada@example.org>
Date: Thu, 1 Jan 2026 00:00:00 +0000
Subject: [PATCH] {} is a number

---
"""

PATCH = HEAD.format("two") + """\
diff --git a/Documentation/mm/page.rst b/Documentation/mm/page.rst
--- a/Documentation/mm/page.rst
+++ b/Documentation/mm/page.rst
@@ -1 +1 @@
-words
+more words
diff --git a/mm/file.c b/mm/file.c
--- a/mm/file.c
+++ b/mm/file.c
@@ -1,3 +1,3 @@
 one
-two
+2
 three
"""

THREE = HEAD.format("three") + """\
diff --git a/mm/file.c b/mm/file.c
--- a/mm/file.c
+++ b/mm/file.c
@@ -1,3 +1,3 @@
 one
 2
-three
+3
"""


def archive(folder: Path, release: str, content: str = OLD) -> Path:
    """A tarball as Debian and kernel.org have them: everything in one folder."""
    tree = folder / f"linux-{release}"
    version, patchlevel, sublevel = release.split(".")
    for name, text in {
            "Makefile": f"VERSION = {version}\nPATCHLEVEL = {patchlevel}\nSUBLEVEL = {sublevel}\nEXTRAVERSION =\n",
            "Documentation/Kconfig": "read\n", "Documentation/mm/page.rst": "words\n", "mm/file.c": content,
            "sound/Kconfig": "read\n", "sound/core.c": "loud\n", "include/sound/core.h": "read\n"}.items():
        (tree / name).parent.mkdir(parents=True, exist_ok=True)
        (tree / name).write_text(text)
    tarball = folder / f"linux-{release}.tar"
    subprocess.run(["tar", "-C", folder, "-cf", tarball, tree.name], check=True)
    return tarball


def unpack(*arguments: str | Path) -> subprocess.CompletedProcess:
    return subprocess.run([KERNEL / "unpack", *arguments], capture_output=True, text=True)


@pytest.fixture
def series(tmp_path: Path) -> Path:
    """Two sub-series, of which the second is written for the first one's result."""
    top = tmp_path / "series"
    for name in ("01-numbers", "02-more"):
        (top / name).mkdir(parents=True)
    (top / "base").write_text("7.3.4\n")
    (top / "series").write_text("# a comment\n\n01-numbers:\n# another: comment\n02-more: 01-numbers\n")
    (top / "01-numbers/series").write_text("# a comment\n0001-two.patch\n\n0002-words.patch\n")
    (top / "01-numbers/0001-two.patch").write_text(PATCH)
    (top / "01-numbers/0002-words.patch").write_text(PATCH[:PATCH.index("diff --git a/mm")])
    (top / "02-more/series").write_text("0001-three.patch\n")
    (top / "02-more/0001-three.patch").write_text(THREE)
    return top


@pytest.mark.parametrize("release", ["7.3.4", "7.3.10"])
def test_the_release_and_later_ones_of_its_series_are_taken(tmp_path: Path, release: str):
    ran = unpack(archive(tmp_path, release), "7.3.4", tmp_path / "tree")
    assert (ran.returncode, ran.stdout) == (0, f"{release}\n"), ran
    assert (tmp_path / "tree/sound/core.c").exists() and (tmp_path / "tree/Documentation/mm/page.rst").exists()


@pytest.mark.parametrize("release", ["7.3.3", "7.4.5", "6.3.4"])
def test_another_release_is_refused_and_named(tmp_path: Path, release: str):
    ran = unpack(archive(tmp_path, release), "7.3.4", tmp_path / "tree")
    assert ran.returncode == 1
    assert ran.stdout == (f"The kernel source given is Linux {release}; the series is for 7.3.4 and later "
                          "releases of 7.3.\n")


def test_a_folder_is_a_source_too(tmp_path: Path):
    archive(tmp_path, "7.3.4")
    ran = unpack("--for-board", tmp_path / "linux-7.3.4", "7.3.4", tmp_path / "tree")
    assert ran.returncode == 0, ran
    assert (tmp_path / "tree/mm/file.c").exists() and not (tmp_path / "tree/sound/core.c").exists()


def test_a_board_s_tree_leaves_out_what_it_does_not_compile_but_not_what_is_read_everywhere(tmp_path: Path):
    unpack("--for-board", archive(tmp_path, "7.3.4"), "7.3.4", tmp_path / "tree")
    found = {str(file.relative_to(tmp_path / "tree")) for file in (tmp_path / "tree").rglob("*") if file.is_file()}
    assert found == {"Makefile", "Documentation/Kconfig", "mm/file.c", "sound/Kconfig", "include/sound/core.h"}


def test_the_series_is_applied_without_its_documentation(tmp_path: Path, series: Path):
    unpack("--for-board", archive(tmp_path, "7.3.4"), "7.3.4", tmp_path / "tree")
    subprocess.run([KERNEL / "apply-series", tmp_path / "tree", series / "01-numbers", series / "02-more"], check=True)
    assert (tmp_path / "tree/mm/file.c").read_text() == NEW
    assert sorted(file.name for file in (tmp_path / "tree/mm").iterdir()) == ["file.c"]


def test_a_patch_whose_context_is_another_is_named(tmp_path: Path, series: Path):
    unpack("--for-board", archive(tmp_path, "7.3.4", OLD.replace("three", "3")), "7.3.4", tmp_path / "tree")
    ran = subprocess.run([KERNEL / "apply-series", tmp_path / "tree", series / "01-numbers"], capture_output=True,
                         text=True)
    assert ran.returncode == 1
    assert ran.stdout.splitlines()[-1] == "The series does not apply here: 01-numbers/0001-two.patch"


def kernel_steps(series: Path, script: str) -> list[str]:
    """Lines that the steps say over that series."""
    ran = subprocess.run(["bash", "-c", f"""set -euo pipefail; top={TOP} build=build cache=cache quiet=
        for step in progress cache trees kernel vexpress; do . {TOP}/lab/steps/$step.sh; done
        series_dir={series}
        {script}"""], capture_output=True, text=True)
    assert ran.returncode == 0, ran
    return ran.stdout.replace(f"{series}/", "").splitlines()


def test_a_kernel_is_built_of_all_sub_series_in_order(series: Path):
    assert kernel_steps(series, "sub_series") == ["01-numbers", "02-more"]
    assert kernel_steps(series, "patches_of $(built_series)") == [
        "01-numbers/0001-two.patch", "01-numbers/0002-words.patch", "02-more/0001-three.patch"]
    assert kernel_steps(series, "choose_kernel stock; patches_of $(built_series)") == []
    assert kernel_steps(series, "is_sub_series 02-more && echo yes; is_sub_series 2-more || echo no") == ["yes", "no"]


@pytest.mark.parametrize("change", ["01-numbers/0001-two.patch", "02-more/0001-three.patch", "order", "kunit"])
def test_a_kernel_of_other_patches_has_another_key(series: Path, tmp_path: Path, change: str):
    suites = tmp_path / "kunit"
    suites.mkdir()
    for name in ("Kbuild", "a-test.c"):
        (suites / name).touch()
    def keys() -> list[str]:
        return kernel_steps(series, f"kunit_suites={suites}; kernel_key; choose_kernel stock; kernel_key")
    before, stock = keys()
    if change == "order":
        (series / "series").write_text("02-more:\n01-numbers:\n")
    elif change == "kunit":
        (suites / "a-test.c").write_text("int x;\n")
    else:
        (series / change).write_text((series / change).read_text() + "\n")
    after, same = keys()
    assert before != after and stock == same


def fetch(tmp_path: Path, series: Path, suites: dict[str, list[str]], fallback: Path | None = None,
          broken: str = "") -> subprocess.CompletedProcess:
    """`fetch_source` where Debian's suites have these versions; the series does not apply to `broken`."""
    stored = tmp_path / "debian"
    stored.mkdir()
    for version in {version for versions in suites.values() for version in versions}:
        release = version.partition("-")[0]
        archive(stored, release, OLD if release != broken else "nothing like it\n").rename(stored / version)
    listed = "".join(f"{suite}) printf '%s\\n' {' '.join(versions)} ;;\n" for suite, versions in suites.items())
    script = f"""set -eu
        top={TOP} build={tmp_path}/build cache={tmp_path}/cache quiet= kernel_version=7.3.4
        for step in progress cache trees kernel; do . {TOP}/lab/steps/$step.sh; done
        series_dir={series} kernel_version=7.3.4
        need_tree() {{ :; }}; in_lab() {{ "$@"; }}
        debian_versions() {{ case $1 in {listed} *) ;; esac; }}
        debian_archive() {{ echo "taking $3 from $2"; cp "{stored}/$3" "$1/archive"; }}
        kernel_org_source() {{ return 1; }}
        fetch_source {tmp_path}/source"""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("HEAPSEL_KERNEL")}
    if fallback:
        environment["HEAPSEL_KERNEL_FALLBACK"] = str(fallback)
    return subprocess.run(["bash", "-c", script], capture_output=True, text=True, env=environment)


def taken(tmp_path: Path) -> str:
    assert (tmp_path / "source/archive").exists()
    return (tmp_path / "source/version").read_text().strip()


def test_the_very_release_is_taken_from_whichever_suite_has_it(tmp_path: Path, series: Path):
    ran = fetch(tmp_path, series, {"trixie-backports": ["7.3.9-1~bpo13+1"], "sid": ["7.3.9-1", "7.3.4-1"]})
    assert ran.returncode == 0, ran
    assert taken(tmp_path) == "7.3.4" and "taking 7.3.4-1 from sid" in ran.stdout


def test_without_it_the_latest_release_that_the_series_applies_to_is_taken(tmp_path: Path, series: Path):
    ran = fetch(tmp_path, series, {"forky": ["7.3.9-1", "7.3.3-1"], "sid": ["7.3.11-1", "7.3.10-1"]}, broken="7.3.11")
    assert ran.returncode == 0, ran
    assert taken(tmp_path) == "7.3.10"
    assert sorted(file.name for file in (tmp_path / "source").iterdir()) == ["archive", "version"]


def test_the_fallback_serves_where_debian_does_not(tmp_path: Path, series: Path):
    given = archive(tmp_path, "7.3.4")
    ran = fetch(tmp_path, series, {"sid": ["7.3.5-1"]}, fallback=given, broken="7.3.5")
    assert ran.returncode == 0, ran
    assert taken(tmp_path) == "7.3.4"
    assert (tmp_path / "source/archive").read_bytes() == given.read_bytes()


def test_with_no_source_at_all_one_line_says_what_to_give(tmp_path: Path, series: Path):
    ran = fetch(tmp_path, series, {})
    assert ran.returncode == 1
    assert ran.stdout == ("Neither Debian nor kernel.org gave Linux 7.3.4. Give its source with "
                          "--kernel-source PATH.\n")


@pytest.mark.parametrize("step", ["kernel", "patches", "dtbs"])
def test_every_function_that_a_step_calls_by_itself_is_there(step: str):
    """What only work on the patches needs is called by no other test."""
    script = f"""set -eu; top={TOP} build=build cache=cache quiet=
        for file in progress cache trees kernel dtbs patches; do . {TOP}/lab/steps/$file.sh; done
        for name in $(grep -oE '[$][(][a-z]+_[a-z_]+' {TOP}/lab/steps/{step}.sh | cut -c3- | sort -u); do
            [ "$(type -t "$name")" = function ] || echo "$name"
        done"""
    ran = subprocess.run(["bash", "-c", script], capture_output=True, text=True)
    assert (ran.returncode, ran.stdout) == (0, ""), ran
