# SPDX-License-Identifier: LGPL-2.1-or-later
"""The checks of one patch on its predecessors, and of a sub-series at its end."""

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
from patchcheck.workshop import DoesNotApply, Objects, Ran, Tree, beside, bring_all, is_built, run

BINDINGS = "Documentation/devicetree/bindings/"
# What no kernel configuration compiles.
NOT_KERNEL = ("Documentation/", "tools/", "samples/", "scripts/")


@dataclasses.dataclass
class Bench:
    """What patches are checked with."""

    tree: Tree
    # By name: those that every patch is built with, and those that a sub-series is built with at its end.
    each: dict[str, Objects]
    last: dict[str, Objects]
    scripts: Path  # lab/kernel
    logs: Path
    say: Callable[[str], None]

    @property
    def arm64(self) -> Objects:
        return self.each["arm64"]


def check_patch(bench: Bench, before: Sequence[Patch], patch: Patch, log: Path) -> Subject:
    after = [*before, patch]
    checks: dict[str, Check] = {"form": Check(form_problems(patch))}
    subject = Subject(patch.name, checks, added=sum(change.added for change in patch.changes),
                      removed=sum(change.removed for change in patch.changes))
    bench.say("checkpatch")
    try:
        bench.tree.go_to(after)
    except DoesNotApply as failure:
        checks["form"].problems += ["it does not apply on its predecessors", *str(failure).splitlines()]
        return subject
    checks["form"].problems += _without_maintainer(bench.tree, patch)
    checks["checkpatch"] = _checkpatch(bench.tree, patch, log / "checkpatch")
    if any(is_built(change.path) for change in patch.changes):
        checks |= _compiled(bench, before, patch, log)
    for name, check in (("bindings", _bindings), ("docs", _docs), ("selftests", _selftests)):
        if find := check(bench, patch, log / name):
            bench.say(name)
            checks[name] = Check(_new(bench, before, after, find), str(log / name))
    return subject


def check_end(bench: Bench, needed: Sequence[Patch], patches: Sequence[Patch], log: Path) -> dict[str, Check]:
    """What is asked once, of a sub-series as a whole: whether what it changes compiles with what else somebody
    may have configured, and finds what it needs there; and whether all of it was compiled at all."""
    changed = list(dict.fromkeys(change.path for patch in patches for change in patch.changes))
    if not any(map(is_built, changed)):
        return {}
    bench.say("configured otherwise")
    bench.tree.go_to([*needed, *patches])
    ours = [path for path in changed if path.endswith(".c") and not path.startswith(NOT_KERNEL)
            and (bench.tree.path / path).exists()]
    sources = list(dict.fromkeys([*ours, *bench.tree.including(changed)]))
    log_of = _log(bench, log)
    # Built already, unless an earlier run has checked the patches.
    beside(lambda objects: objects.is_at_head() or objects.compile(ours, log_of(objects)), [*bench.each.values()])
    ran = beside(lambda objects: objects.compile(sources, log_of(objects)), [*bench.last.values()])
    brought = {symbol for objects in bench.each.values() for symbol in objects.symbols(ours, "defined")}
    checks = {name: Check(compiled_otherwise(bench.last[name], sources, outcome, brought), str(log / name))
              for name, outcome in zip(bench.last, ran)}
    checks["compiled"] = Check([f"{path}: no configuration of lab/kernel/check compiles it" for path in ours
                                if not any(each.has(path) for each in (bench.each | bench.last).values())])
    _forgive(bench, checks, sources, log_of)
    return checks


# What make says of a file that is not configured, and where it had to stop.
OF_MAKE = re.compile(r"^make(\[\d+\])?: ")


def compiled_otherwise(objects: Objects, sources: Sequence[str], ran: Ran, brought: set[str]) -> list[str]:
    """What the compiler says, and what the linker would say of what a sub-series brings; the rest of the kernel
    is not built."""
    said = [message for message in messages(ran.output, objects.tree.path) if not OF_MAKE.match(message)]
    if ran.status != 0:
        return said or [f"make ended with status {ran.status}"]
    there = objects.symbols(sources, "defined")
    wanted = objects.symbols(sources, "undefined")
    return said + objects.not_configured() + [
        f"{source}: nothing defines {symbol} in this configuration" for symbol, source in wanted.items()
        if symbol in brought and symbol not in there]


def _forgive(bench: Bench, checks: dict[str, Check], sources: Sequence[str],
             log_of: Callable[[Objects], Path]) -> None:
    """What the base says of the same files is not the sub-series' fault. Looked up only if anything is said."""
    noisy = [objects for name, objects in bench.last.items() if checks[name].problems]
    if not noisy:
        return
    bench.say("what the base says")
    bench.tree.go_to([])
    ran = beside(lambda objects: objects.compile(sources, log_of(objects)), noisy)
    for objects, outcome in zip(noisy, ran):
        check = next(checks[name] for name, each in bench.last.items() if each is objects)
        check.problems = [problem for problem in check.problems
                          if problem not in messages(outcome.output, bench.tree.path)]


def _log(bench: Bench, folder: Path, suffix: str = "") -> Callable[[Objects], Path]:
    """Where what a configuration says goes, by its name."""
    names = {id(objects): name for name, objects in (bench.each | bench.last).items()}
    return lambda objects: folder / f"{names[id(objects)]}{suffix}"


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
# Where a mapping has a copy of its exporter's operations, to replace two of them.
OWN_OPERATIONS = ("drivers/media/common/videobuf2/videobuf2-heap.c", "CONST_STRUCT: struct vm_operations_struct")


def _checkpatch(tree: Tree, patch: Patch, log: Path) -> Check:
    ran = run(["scripts/checkpatch.pl", "--strict", "--codespell", "--show-types", "--color=never",
               # What V4L2 logs of an ioctl goes on behind its name, so all of it is a continuation. The base has no
               # history in which a commit that a Fixes: names could be found.
               "--ignore", "FILE_PATH_CHANGES,LOGGING_CONTINUATION,UNKNOWN_COMMIT_ID", tree.patch_file(patch)],
              tree.path, log)
    totals = re.search(r"^total: (\d+) errors, (\d+) warnings, (\d+) checks", ran.output, re.MULTILINE)
    if not totals:
        return Check(["checkpatch gave no total", *ran.output.splitlines()[-3:]], str(log), "?")
    said = re.findall(r"^((?:ERROR|WARNING|CHECK):.*)\n(?:#\d+: FILE: (.*):)?", ran.output, re.MULTILINE)
    return Check([f"{place}: {text}" if place else text for text, place in said if not _is_known(text, place)],
                 str(log), "/".join(totals.groups()))


def _is_known(text: str, place: str) -> bool:
    file, message = OWN_OPERATIONS
    return bool(KERNEL_NAME.search(text)) or (place.startswith(file) and message in text)


# --- what compilers and checkers say of it

# Debian's sparse does not know the operator, without which the kernel's make goes without sparse, nor
# that the length of a string literal is constant, which each MODULE_ macro asserts.
SPARSE = "sparse -D__typeof_unqual__=__typeof__ '-D__builtin_strlen(x)=(sizeof(x)-1)'"
NO_SPARSE = "is not available or not up to date"


def _compiled(bench: Bench, before: Sequence[Patch], patch: Patch, log: Path) -> dict[str, Check]:
    bench.say("what is before it")
    bring_all(bench.tree, [*bench.each.values()], before, _log(bench, log, "-before"))
    earlier = bench.tree.go_to(before)
    bench.tree.go_to([*before, patch])
    bench.say(", ".join(bench.each))
    log_of = _log(bench, log)
    found = beside(lambda objects: objects.build(log_of(objects)), [*bench.each.values()])
    checks = {name: Check(problems, str(log / name)) for name, problems in zip(bench.each, found)}
    # make says of a file what the compiler said of it just now, too.
    said = [problem for problems in found for problem in problems]
    bench.say("sparse, kernel-doc")
    if paths := _sparse_files(bench, patch):
        checks["sparse"] = Check(_sparse(bench, before, patch, paths, said, log / "sparse"), str(log / "sparse"))
    if paths := [path for path in _kernel_sources(patch, ".c", ".h") if (bench.tree.path / path).exists()]:
        checks["kernel-doc"] = Check(_kernel_doc(bench.tree, earlier, paths, log / "kernel-doc"),
                                     str(log / "kernel-doc"))
    return checks


def _kernel_sources(patch: Patch, *kinds: str) -> list[str]:
    return [path for path in patch.paths if path.endswith(kinds) and not path.startswith(NOT_KERNEL)]


def _sparse_files(bench: Bench, patch: Patch) -> dict[str, list[str]]:
    """By the first configuration that compiles it, each file of the patch."""
    left = [path for path in _kernel_sources(patch, ".c") if (bench.tree.path / path).exists()]
    files = {}
    for name, objects in bench.each.items():
        if here := [path for path in left if objects.has(path)]:
            files[name] = here
            left = [path for path in left if path not in here]
    return files


def _sparse(bench: Bench, before: Sequence[Patch], patch: Patch, files: dict[str, list[str]], said: Sequence[str],
            log: Path) -> list[str]:
    """What sparse says of the files after the patch, and did not before: which is looked up if it says anything."""
    output = _run_sparse(bench, files, log)
    if NO_SPARSE in output:
        return ["sparse did not run"]
    found = naming(new_messages(output, [*said], bench.tree.path), patch.paths)
    if not found:
        return []
    earlier = bench.tree.go_to(before)
    old = [path for paths in files.values() for path in paths if bench.tree.file_at(earlier, path) is not None]
    bring_all(bench.tree, [bench.each[name] for name in files], before, _log(bench, log.parent, "-again"))
    known = messages(_run_sparse(bench, {name: [path for path in paths if path in old]
                                         for name, paths in files.items()}, log), bench.tree.path)
    bring_all(bench.tree, [bench.each[name] for name in files], [*before, patch], _log(bench, log.parent, "-again"))
    return [message for message in found if message not in known]


def _run_sparse(bench: Bench, files: dict[str, list[str]], log: Path) -> str:
    return "".join(bench.each[name].tool(
        ["C=2", f"CHECK={SPARSE}", *(str(Path(path).with_suffix(".o")) for path in paths)], log).output
        for name, paths in files.items() if paths)


def _kernel_doc(tree: Tree, before: str, paths: Sequence[str], log: Path) -> list[str]:
    """The same of kernel-doc, which needs nothing but the files themselves."""
    command = [tree.path / "scripts/kernel-doc", "-none", "-Wall"]
    found = messages(run([*command, *paths], tree.path, log).output, tree.path)
    if not found:
        return []
    with tempfile.TemporaryDirectory() as folder:
        old = [path for path in paths if _put(Path(folder, path), tree.file_at(before, path))]
        known = messages(run([*command, *old], Path(folder), log).output, Path(folder)) if old else []
    return [message for message in found if message not in known]


def _put(file: Path, text: str | None) -> bool:
    if text is None:
        return False
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return True


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
        if not (bench.arm64.folder / ".config").exists():
            bench.arm64.configure(log)
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
