# SPDX-License-Identifier: LGPL-2.1-or-later
"""The kernel tree that patches are tried in, and what is built from it.

Both stay between runs: what a run does not touch, the next one need not build.
"""

from __future__ import annotations

import concurrent.futures
import dataclasses
import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Callable, Sequence, TypeVar

from patchcheck.keys import key_of
from patchcheck.messages import messages, new_messages
from patchcheck.series import Patch

# The same build, whenever it is made, is the same to the compiler cache.
ENVIRONMENT = {"KBUILD_BUILD_TIMESTAMP": "2026-01-01", "KBUILD_BUILD_USER": "heapsel",
               "KBUILD_BUILD_HOST": "lab",
               "GIT_COMMITTER_NAME": "heapsel", "GIT_COMMITTER_EMAIL": "heapsel@localhost"}


Result = TypeVar("Result")


class DoesNotApply(Exception):
    """A patch does not apply on its predecessors."""


@dataclasses.dataclass
class Ran:
    status: int
    output: str


def run(command: Sequence[object], cwd: Path, log: Path | None = None) -> Ran:
    """Runs it, with what it says added to the log as it says it."""
    words = [str(word) for word in command]
    if log:
        log.parent.mkdir(parents=True, exist_ok=True)
    with log.open("a+b") if log else tempfile.TemporaryFile() as file:
        file.write(f"$ {' '.join(words)}\n".encode())
        file.flush()
        start = file.tell()
        status = subprocess.run(words, cwd=cwd, env={**os.environ, **ENVIRONMENT}, stdin=subprocess.DEVNULL,
                                stdout=file, stderr=subprocess.STDOUT).returncode
        file.seek(start)
        return Ran(status, file.read().decode(errors="replace"))


def base_commit(repository: Path) -> str:
    return _of_base(repository, "%H")


def base_title(repository: Path) -> str:
    return _of_base(repository, "%s")


def _of_base(repository: Path, what: str) -> str:
    return subprocess.run(["git", "log", "-1", f"--format={what}", "refs/heads/base"], cwd=repository, check=True,
                          capture_output=True, text=True).stdout.strip()


class Tree:
    """A checkout of the base, or of the base and the first patches of a series."""

    def __init__(self, path: Path, base_repository: Path) -> None:
        self.path = path
        self.base_repository = base_repository
        self.base = base_commit(base_repository)
        # Of another base, nothing here is of use.
        if path.exists() and self._git("rev-parse", "refs/remotes/origin/base") != self.base:
            shutil.rmtree(path)
        if not path.exists():
            self._clone()

    def _clone(self) -> None:
        part = self.path.with_name(self.path.name + ".part")
        shutil.rmtree(part, ignore_errors=True)
        run(["git", "clone", "-q", "--shared", "--no-checkout", "--branch", "base",
             self.base_repository, part], self.path.parent)
        run(["git", "config", "gc.auto", "0"], part)
        run(["git", "checkout", "-q", "--detach", self.base], part)
        part.rename(self.path)

    def _git(self, *words: str) -> str:
        return run(["git", *words], self.path).output.strip()

    def head(self) -> str:
        return self._git("rev-parse", "HEAD")

    def go_to(self, patches: Sequence[Patch]) -> str:
        """Checks out the base with these patches; gives the commit. Raises DoesNotApply."""
        commit = self._commit(patches)
        if self.head() != commit:
            self._git("checkout", "-q", "-f", "--detach", commit)
        return commit

    def _commit(self, patches: Sequence[Patch]) -> str:
        if not patches:
            return self.base
        # The same patches on the same base are the same commit, made once.
        ref = f"refs/prefix/{key_of(patch.content for patch in patches)}"
        known = run(["git", "rev-parse", "-q", "--verify", ref], self.path)
        if known.status == 0:
            return known.output.strip()
        self.go_to(patches[:-1])
        self._apply(patches[-1])
        self._git("update-ref", ref, "HEAD")
        return self._git("rev-parse", "HEAD")

    def _apply(self, patch: Patch) -> None:
        applied = run(["git", "am", "-q", "--committer-date-is-author-date", self.patch_file(patch)],
                      self.path)
        if applied.status != 0:
            self._git("am", "--abort")
            raise DoesNotApply(applied.output.strip())

    def patch_file(self, patch: Patch) -> Path:
        """The patch as a file, for the tools that want one."""
        file = self.path / ".git" / patch.name
        file.write_text(patch.text)
        return file

    def changed(self, before: str, after: str) -> list[str]:
        """The files that differ between two commits."""
        return self._git("diff", "--name-only", "--no-renames", before, after).splitlines()

    def file_at(self, commit: str, path: str) -> str | None:
        shown = run(["git", "show", f"{commit}:{path}"], self.path)
        return shown.output if shown.status == 0 else None

    def including(self, headers: Sequence[str]) -> list[str]:
        """The sources that name one of these headers, but for those of architectures, of no kernel and of the core,
        which would be half of it."""
        names = {re.sub(r"^include/(uapi/)?", "", header) for header in headers if header.startswith("include/")}
        patterns = [word for name in sorted(names) for word in ("-e", f"#include <{name}>")]
        found = self._git("grep", "-l", "-F", *patterns, "--", "*/*/*.c", ":!arch", ":!tools", ":!samples") if names else ""
        return found.splitlines()

    def options(self, commit: str = "HEAD") -> set[str]:
        """All that can be configured there."""
        found = self._git("grep", "-h", "-E", r"^\s*(menu)?config [A-Za-z0-9_]+\s*$", commit, "--", "*Kconfig*")
        return {f"CONFIG_{line.split()[1]}" for line in found.splitlines()}


# What no kernel is built from, whatever the configuration.
NOT_BUILT = ("Documentation/", "tools/testing/", "MAINTAINERS")
KBUILD = ("Kconfig", "Makefile")


# W=1 has every file that is compiled read by kernel-doc, which takes longer than what the compiler cache knows
# takes. Of the files of a patch it is asked apart, so here Python runs an empty program in its place.
NO_KERNEL_DOC = "KERNELDOC=-Sc0"


# Reads objects of every architecture.
NM = "aarch64-linux-gnu-nm"


def is_built(path: str) -> bool:
    return not path.startswith(NOT_BUILT) or Path(path).name.startswith(KBUILD)


class Objects:
    """One configuration, built in a folder of its own, patch after patch. Which patches the tree has meanwhile is
    the caller's matter, so that two can be built at the same time."""

    def __init__(self, tree: Tree, folder: Path, make: Sequence[str], fragments: Sequence[Path],
                 toolchain: str, all_asked: bool = True, by_name: Sequence[str] = ()) -> None:
        """With `all_asked`, each option that the fragments ask for has to be there; else those of the last one,
        which may have switched off what the others need. `compile` takes files `by_name` that no option brings."""
        self.tree = tree
        self.folder = folder
        self.make = ["make", *make, f"O={folder}", "W=1", NO_KERNEL_DOC, f"-j{os.cpu_count()}"]
        self.fragments = fragments
        self.all_asked = all_asked
        self.by_name = by_name
        self.key = key_of([tree.base, toolchain, *make, *(f.read_text() for f in fragments)])
        # Objects of another base, compiler or configuration go.
        if not self._made_from.exists() or self._made_from.read_text() != self.key:
            self._start_over()

    @property
    def _made_from(self) -> Path:
        return self.folder / "made-from"

    def _start_over(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.folder.mkdir(parents=True)
        self._made_from.write_text(self.key)

    @property
    def knows_base(self) -> bool:
        return self._base_messages.exists()

    def build_base(self, log: Path) -> None:
        """The tree is at the base: what it says there is not the patches' fault."""
        # What an interrupted build compiled would not speak again.
        self._start_over()
        ran = self.bring(log)
        if ran.status == 0:
            self._base_messages.write_text(json.dumps(messages(ran.output, self.tree.path)))

    def bring(self, log: Path) -> Ran:
        """Builds the tree as it is. Compiles what differs from what was built before, and what was touched."""
        commit, state = self.tree.head(), self.folder / "state"
        built = state.read_text() if state.exists() else None
        changed = self.tree.changed(built, commit) if built else None
        state.unlink(missing_ok=True)
        ran = Ran(0, "")
        if changed is None or any(Path(path).name.startswith("Kconfig") for path in changed):
            ran = self.configure(log)
        if ran.status == 0:
            made = run([*self.make, "vmlinux", "modules"], self.tree.path, log)
            ran = Ran(made.status, ran.output + made.output)
        if ran.status == 0:
            state.write_text(commit)
        return ran

    def is_at_head(self) -> bool:
        """Whether what is built is what is in the tree, as far as the build reads it."""
        state = self.folder / "state"
        if not state.exists():
            return False
        return not any(map(is_built, self.tree.changed(state.read_text(), self.tree.head())))

    def build(self, log: Path) -> list[str]:
        """Brings it to what the tree has, and gives what the base does not say. What was compiled earlier does
        not speak again."""
        ran = self.bring(log)
        known = json.loads(self._base_messages.read_text()) if self.knows_base else []
        new = new_messages(ran.output, known, self.tree.path)
        if (self.folder / ".config").exists():
            new += self.not_configured()
        if ran.status != 0 and not new:
            new.append(f"make ended with status {ran.status}")
        return new

    def compile(self, sources: Sequence[str], log: Path) -> Ran:
        """Compiles these files anew: those that this configuration has, and those that it compiles by their names.
        The status says whether it could begin."""
        (self.folder / "state").unlink(missing_ok=True)
        self.configure(log)
        ready = run([*self.make, "prepare"], self.tree.path, log)
        if ready.status != 0:
            return ready
        for source in sources:
            (self.folder / source).with_suffix(".o").unlink(missing_ok=True)
        # By their folders: an object that is asked for by name is compiled, configured or not.
        wanted = sorted({str(Path(source).with_suffix(".o")) if source in self.by_name else f"{Path(source).parent}/"
                         for source in sources})
        return Ran(0, run([*self.make, "-k", *wanted], self.tree.path, log).output if wanted else "")

    def symbols(self, sources: Sequence[str], kind: str) -> dict[str, str]:
        """Those that the objects of these files define, or that they want ("defined", "undefined"), and a file
        that does."""
        found = {}
        for source in filter(self.has, sources):
            names = run([NM, f"--{kind}-only", "--extern-only", "--format=just-symbols",
                         (self.folder / source).with_suffix(".o")], self.folder).output
            found |= dict.fromkeys(names.split(), source)
        return found

    @property
    def _base_messages(self) -> Path:
        return self.folder / "base-messages.json"

    def configure(self, log: Path) -> Ran:
        wanted = self.folder / "wanted"
        wanted.write_text("".join(f"{option}={value}\n" for option, value in self.asked().items()))
        return run([*self.make, "-s", f"KCONFIG_ALLCONFIG={wanted}", "allnoconfig"], self.tree.path, log)

    def asked(self, fragments: Sequence[Path] | None = None) -> dict[str, str]:
        """What the fragments ask for; a later one has the last word."""
        asked: dict[str, str] = {}
        for fragment in fragments or self.fragments:
            asked |= dict(re.findall(r"^(CONFIG_\w+)=(\w+)$", fragment.read_text(), re.MULTILINE))
        return asked

    def not_configured(self) -> list[str]:
        """What is asked for, known here, and did not get in."""
        got = dict(re.findall(r"^(CONFIG_\w+)=(.*)$", (self.folder / ".config").read_text(), re.MULTILINE))
        asked = self.asked(self.fragments if self.all_asked else self.fragments[-1:])
        missing = [option for option, value in asked.items() if got.get(option, "n") != value]
        # An option that the source does not know yet comes with a later patch.
        known = self.tree.options() if missing else set()
        return [f"{option}={asked[option]} did not get into the configuration" for option in missing if option in known]

    def has(self, source: str) -> bool:
        """Whether this configuration compiles that file."""
        return (self.folder / source).with_suffix(".o").exists()

    def tool(self, words: Sequence[object], log: Path) -> Ran:
        """A target of the kernel's own make, over what was built."""
        return run([*self.make, *words], self.tree.path, log)


def beside(work: Callable[[Objects], Result], objects: Sequence[Objects]) -> list[Result]:
    """Two at a time: while one links or reads makefiles, the other compiles."""
    with concurrent.futures.ThreadPoolExecutor(2) as workers:
        return list(workers.map(work, objects))


def have_base(tree: Tree, objects: Sequence[Objects], log: Callable[[Objects], Path]) -> None:
    """Has those built at the base that never were."""
    missing = [each for each in objects if not each.knows_base]
    if missing:
        tree.go_to([])
        beside(lambda each: each.build_base(log(each)), missing)


def bring_all(tree: Tree, objects: Sequence[Objects], patches: Sequence[Patch], log: Callable[[Objects], Path]) -> None:
    """Has them built with these patches; whether they build was asked when they came in."""
    have_base(tree, objects, log)
    tree.go_to(patches)
    beside(lambda each: each.bring(log(each)), [each for each in objects if not each.is_at_head()])
