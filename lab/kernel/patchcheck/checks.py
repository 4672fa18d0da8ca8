# SPDX-License-Identifier: LGPL-2.1-or-later
"""The checks of one patch on its predecessors, and of the series as a whole."""

from __future__ import annotations

import dataclasses
import re
import tempfile
from pathlib import Path
from typing import Callable, Sequence

from patchcheck.docs import is_in_index, sphinx
from patchcheck.messages import messages, naming, new_messages
from patchcheck.report import Check, Subject
from patchcheck.series import Patch, form_problems
from patchcheck.workshop import DoesNotApply, Objects, Tree, run

BINDINGS = "Documentation/devicetree/bindings/"
# What no kernel configuration compiles.
NOT_KERNEL = ("Documentation/", "tools/", "samples/", "scripts/")


@dataclasses.dataclass
class Bench:
    """What patches are checked with."""

    tree: Tree
    arm64: Objects
    modules: Objects
    x86: Objects
    scripts: Path  # lab/kernel
    logs: Path
    say: Callable[[str], None]


def check_patch(bench: Bench, before: Sequence[Patch], patch: Patch) -> Subject:
    after = [*before, patch]
    checks: dict[str, Check] = {"form": Check(form_problems(patch))}
    subject = Subject(patch.name, checks, added=sum(change.added for change in patch.changes),
                      removed=sum(change.removed for change in patch.changes))
    log = bench.logs / patch.name.removesuffix(".patch")
    try:
        bench.tree.go_to(after)
    except DoesNotApply as failure:
        checks["form"].problems += ["it does not apply on its predecessors", *str(failure).splitlines()]
        return subject
    checks["form"].problems += _without_maintainer(bench.tree, patch)
    checks["checkpatch"] = _checkpatch(bench.tree, patch, log / "checkpatch")
    checks |= _compiled(bench, before, patch, log)
    for name, check in (("bindings", _bindings), ("docs", _docs), ("selftests", _selftests)):
        if find := check(bench, patch, log / name):
            bench.say(f"{name}: {patch.name}")
            checks[name] = Check(_new(bench, before, after, find), str(log / name))
    return subject


def check_series(bench: Bench, patches: Sequence[Patch]) -> dict[str, Check]:
    """What is asked once, of all patches together."""
    bench.say("x86-64")
    log = bench.logs / "x86-64"
    checks = {"x86-64": Check(bench.x86.build([], patches, log), str(log))}
    bench.tree.go_to(patches)
    unknown = (bench.arm64.asked() | bench.modules.asked()).keys() - bench.tree.options()
    checks["options"] = Check([f"lab/kernel/check asks for {option}, which no patch brings"
                               for option in sorted(unknown)])
    return checks


# --- what a patch says of itself

def _without_maintainer(tree: Tree, patch: Patch) -> list[str]:
    """New files that no section of MAINTAINERS covers. checkpatch can only warn of each new file."""
    problems = []
    for path in (change.path for change in patch.changes if change.new):
        said = run(["scripts/get_maintainer.pl", "--no-git", "--no-git-fallback", "--subsystem",
                    "--norolestats", "-f", path], tree.path).output
        sections = [line for line in said.splitlines() if "@" not in line and line != "THE REST"]
        if not sections:
            problems.append(f"{path}: no section of MAINTAINERS covers it")
    return problems


# Names of the kernel's that codespell takes for misspelt words.
KERNEL_NAME = re.compile(r"TYPO_SPELLING: '(filp|renderD)' may be misspelled")


def _checkpatch(tree: Tree, patch: Patch, log: Path) -> Check:
    ran = run(["scripts/checkpatch.pl", "--strict", "--codespell", "--show-types", "--color=never",
               # What V4L2 logs of an ioctl goes on behind its name, so all of it is a continuation.
               "--ignore", "FILE_PATH_CHANGES,LOGGING_CONTINUATION", tree.patch_file(patch)], tree.path, log)
    totals = re.search(r"^total: (\d+) errors, (\d+) warnings, (\d+) checks", ran.output, re.MULTILINE)
    if not totals:
        return Check(["checkpatch gave no total", *ran.output.splitlines()[-3:]], str(log), "?")
    said = re.findall(r"^((?:ERROR|WARNING|CHECK):.*)\n(?:#\d+: FILE: (.*):)?", ran.output, re.MULTILINE)
    return Check([f"{place}: {text}" if place else text
                  for text, place in said if not KERNEL_NAME.search(text)], str(log), "/".join(totals.groups()))


# --- what compilers and checkers say of it

# Debian's sparse does not know the operator, without which the kernel's make goes without sparse, nor
# that the length of a string literal is constant, which each MODULE_ macro asserts.
SPARSE = "sparse -D__typeof_unqual__=__typeof__ '-D__builtin_strlen(x)=(sizeof(x)-1)'"
NO_SPARSE = "is not available or not up to date"


def _compiled(bench: Bench, before: Sequence[Patch], patch: Patch, log: Path) -> dict[str, Check]:
    checks = {}
    bench.say(f"before: {patch.name}")
    bench.arm64.at(before, log / "arm64-before")
    bench.modules.at(before, log / "modules-before")
    known = {name: messages(output, bench.tree.path)
             for name, output in _sources_say(bench, patch, log).items()}
    for name, objects in (("arm64", bench.arm64), ("modules", bench.modules)):
        bench.say(f"{name}: {patch.name}")
        checks[name] = Check(objects.build(before, [*before, patch], log / name), str(log / name))
    checks["arm64"].problems += _not_compiled(bench, patch)
    bench.say(f"sparse, kernel-doc: {patch.name}")
    for name, output in _sources_say(bench, patch, log).items():
        # make says of a file what the compiler said of it just now, too.
        old = [*known.get(name, []), *checks["arm64"].problems, *checks["modules"].problems]
        new = new_messages(output, old, bench.tree.path)
        checks[name] = Check(naming(new, patch.paths), str(log / name))
        if NO_SPARSE in output:
            checks[name].problems.append("sparse did not run")
    return checks


def _kernel_sources(patch: Patch, *kinds: str) -> list[str]:
    return [path for path in patch.paths if path.endswith(kinds) and not path.startswith(NOT_KERNEL)]


def _not_compiled(bench: Bench, patch: Patch) -> list[str]:
    return [f"{path}: no configuration of lab/kernel/check compiles it"
            for path in _kernel_sources(patch, ".c")
            if not bench.arm64.has(path) and not bench.modules.has(path)]


def _sources_say(bench: Bench, patch: Patch, log: Path) -> dict[str, str]:
    """What sparse and kernel-doc say of the patch's files as they are in the tree now."""
    said = {}
    here = [path for path in _kernel_sources(patch, ".c", ".h") if (bench.tree.path / path).exists()]
    if here:
        said["kernel-doc"] = run(["scripts/kernel-doc", "-none", "-Wall", *here], bench.tree.path,
                                 log / "kernel-doc").output
    for objects in (bench.arm64, bench.modules):
        compiled = [str(Path(path).with_suffix(".o")) for path in here
                    if path.endswith(".c") and objects.has(path)]
        if compiled:
            said["sparse"] = said.get("sparse", "") + objects.tool(
                ["C=2", f"CHECK={SPARSE}", *compiled], log / "sparse").output
    return said


# --- what is not compiled into a kernel

def _new(bench: Bench, before: Sequence[Patch], after: Sequence[Patch],
         find: Callable[[], list[str]]) -> list[str]:
    """What `find` finds after the patch and not before it."""
    bench.tree.go_to(after)
    found = find()
    if not found:
        return []
    bench.tree.go_to(before)
    old = find()
    bench.tree.go_to(after)
    return [message for message in found if message not in old]


def _here(bench: Bench, paths: Sequence[str]) -> list[str]:
    return [path for path in paths if (bench.tree.path / path).exists()]


def _bindings(bench: Bench, patch: Patch, log: Path) -> Callable[[], list[str]] | None:
    schemas = [path for path in patch.paths if path.startswith(BINDINGS) and path.endswith(".yaml")]

    def find() -> list[str]:
        here = _here(bench, schemas)
        if not here:
            return []
        ran = bench.arm64.tool(["dt_binding_check", f"DT_MK_SCHEMA={bench.scripts / 'dt-mk-schema'}",
                                f"DT_SCHEMA_FILES={':'.join(here)}"], log)
        # The examples are named after their schemas.
        problems = naming(messages(ran.output, bench.tree.path),
                          [path.removesuffix(".yaml") for path in here])
        return problems + ([f"make ended with status {ran.status}"] if ran.status else [])
    return find if schemas else None


def _docs(bench: Bench, patch: Patch, log: Path) -> Callable[[], list[str]] | None:
    pages = [path for path in patch.paths if path.startswith("Documentation/") and path.endswith(".rst")]

    def find() -> list[str]:
        here = _here(bench, pages)
        if not here:
            return []
        with tempfile.TemporaryDirectory() as out:
            said = sphinx(bench.tree.path, here, Path(out), log)
        return said + [f"{page}: no index.rst beside it names it" for page in here
                       if not is_in_index(bench.tree.path / page)]
    return find if pages else None


def _selftests(bench: Bench, patch: Patch, log: Path) -> Callable[[], list[str]] | None:
    folders = sorted({path.split("/")[3] for path in patch.paths
                      if path.startswith("tools/testing/selftests/") and path.count("/") > 3})

    def find() -> list[str]:
        with tempfile.TemporaryDirectory() as out:
            ran = run([bench.scripts / "build-selftests", bench.tree.path, bench.arm64.folder, out, *folders],
                      bench.tree.path, log)
        return (naming(messages(ran.output, bench.tree.path), patch.paths)
                + ([f"they do not build (status {ran.status})"] if ran.status else []))
    return find if folders else None
