# SPDX-License-Identifier: LGPL-2.1-or-later
"""The kernel tree that patches are tried in, and what is built from it.

Both stay between runs: what a run does not touch, the next one need not build.
"""

from __future__ import annotations

import dataclasses
import json
import os
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Sequence

from patchcheck.keys import key_of
from patchcheck.messages import messages, new_messages
from patchcheck.series import Patch

# The same build, whenever it is made, is the same to the compiler cache.
ENVIRONMENT = {"KBUILD_BUILD_TIMESTAMP": "2026-01-01", "KBUILD_BUILD_USER": "heapsel",
               "KBUILD_BUILD_HOST": "lab",
               "GIT_COMMITTER_NAME": "heapsel", "GIT_COMMITTER_EMAIL": "heapsel@localhost"}


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
    return subprocess.run(["git", "rev-parse", "refs/heads/base"], cwd=repository, check=True,
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

    def go_to(self, patches: Sequence[Patch]) -> str:
        """Checks out the base with these patches; gives the commit. Raises DoesNotApply."""
        commit = self._commit(patches)
        if self._git("rev-parse", "HEAD") != commit:
            self._git("checkout", "-q", "-f", "--detach", commit)
        return commit

    def _commit(self, patches: Sequence[Patch]) -> str:
        if not patches:
            return self.base
        # The same patches on the same base are the same commit, made once.
        ref = f"refs/prefix/{key_of(patch.text for patch in patches)}"
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

    def options(self) -> set[str]:
        """All that can be configured in the tree as it is."""
        found = self._git("grep", "-h", "-E", r"^\s*(menu)?config [A-Za-z0-9_]+\s*$", "--", "*Kconfig*")
        return {f"CONFIG_{line.split()[1]}" for line in found.splitlines()}


class Objects:
    """One configuration, built in a folder of its own, patch after patch."""

    def __init__(self, tree: Tree, folder: Path, make: Sequence[str], fragments: Sequence[Path],
                 toolchain: str) -> None:
        self.tree = tree
        self.folder = folder
        self.make = ["make", *make, f"O={folder}", "W=1", f"-j{os.cpu_count()}"]
        self.fragments = fragments
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

    def at(self, patches: Sequence[Patch], log: Path) -> None:
        """Has it built with these patches; whether they build was asked when they came in."""
        if not self._base_messages.exists():
            # What an interrupted build compiled would not speak again.
            self._start_over()
            self._bring_to([], log)
        self.tree.go_to(patches)
        if self._state() != key_of(patch.text for patch in patches):
            self._bring_to(patches, log)

    def build(self, before: Sequence[Patch], after: Sequence[Patch], log: Path) -> list[str]:
        """Builds `after`, from what was built of `before`: so every file that the step between them
        reaches is compiled now, and what it says is seen. Gives what the base does not say."""
        self.at(before, log)
        ran = self._bring_to(after, log)
        known = json.loads(self._base_messages.read_text()) if self._base_messages.exists() else []
        new = new_messages(ran.output, known, self.tree.path)
        new += [f"{option} did not get into the configuration"
                for option in self._not_configured() if option in self.tree.options()]
        if ran.status != 0 and not new:
            new.append(f"make ended with status {ran.status}")
        return new

    @property
    def _base_messages(self) -> Path:
        return self.folder / "base-messages.json"

    def _state(self) -> str:
        file = self.folder / "state"
        return file.read_text() if file.exists() else ""

    def _bring_to(self, patches: Sequence[Patch], log: Path) -> Ran:
        self.tree.go_to(patches)
        (self.folder / "state").unlink(missing_ok=True)
        ran = self._configure(log)
        if ran.status == 0:
            made = run([*self.make, *self._targets()], self.tree.path, log)
            ran = Ran(made.status, ran.output + made.output)
        if ran.status == 0:
            (self.folder / "state").write_text(key_of(patch.text for patch in patches))
            if not patches and not self._base_messages.exists():
                self._base_messages.write_text(json.dumps(messages(ran.output, self.tree.path)))
        return ran

    def _configure(self, log: Path) -> Ran:
        wanted = self.folder / "wanted"
        wanted.write_text("".join(f"{option}={value}\n" for option, value in self.asked().items()))
        return run([*self.make, "-s", f"KCONFIG_ALLCONFIG={wanted}", "allnoconfig"], self.tree.path, log)

    def asked(self) -> dict[str, str]:
        """What the fragments ask for; a later one has the last word."""
        asked: dict[str, str] = {}
        for fragment in self.fragments:
            asked |= dict(re.findall(r"^(CONFIG_\w+)=(\w+)$", fragment.read_text(), re.MULTILINE))
        return asked

    def _targets(self) -> list[str]:
        image = "Image" if "ARCH=arm64" in self.make else "bzImage"
        return [image, "modules"]

    def _not_configured(self) -> list[str]:
        got = set((self.folder / ".config").read_text().splitlines())
        return [option for option, value in self.asked().items() if f"{option}={value}" not in got]

    def has(self, source: str) -> bool:
        """Whether this configuration compiles that file."""
        return (self.folder / source).with_suffix(".o").exists()

    def tool(self, words: Sequence[object], log: Path) -> Ran:
        """A target of the kernel's own make, over what was built."""
        return run([*self.make, *words], self.tree.path, log)
