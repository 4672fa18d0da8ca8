# SPDX-License-Identifier: LGPL-2.1-or-later
"""The series as files: which patches there are, in what order, and what each says of itself.

Nothing here needs a kernel tree.
"""

from __future__ import annotations

import dataclasses
import email
import email.header
import email.utils
import re
from pathlib import Path
from typing import Iterable

from subseries import Stack

COVER = "0000-cover-letter.patch"
# What merging and editing leave in a tree.
LEFT_BEHIND = (".orig", ".rej", ".swp", "~")


@dataclasses.dataclass
class Change:
    """What a patch does to one file."""

    path: str
    new: bool = False
    deleted: bool = False
    added: int = 0
    removed: int = 0
    # Of a new file, as SPDX lines stand in the first two.
    head: list[str] = dataclasses.field(default_factory=list)


@dataclasses.dataclass(frozen=True)
class Patch:
    name: str
    text: str

    @property
    def _mail(self) -> email.message.Message:
        return email.message_from_string(self.text)

    def _header(self, name: str) -> str:
        parts = email.header.decode_header(self._mail.get(name, ""))
        joined = "".join(part.decode(coding or "utf-8", "replace") if isinstance(part, bytes) else part
                         for part, coding in parts)
        return re.sub(r"\s*\n\s*", " ", joined).strip()

    @property
    def subject(self) -> str:
        return re.sub(r"^(\[[^]]*\]\s*)+", "", self._header("Subject"))

    @property
    def content(self) -> str:
        """What is the same patch wherever it stands: without its number, and how many there are."""
        head, empty_line, rest = self.text.partition("\n\n")
        head = re.sub(r"^From \S+ .*\n", "", head)
        head = re.sub(r"^Subject:.*(\n[ \t].*)*", lambda _: f"Subject: {self.subject}", head, flags=re.MULTILINE)
        return head + empty_line + rest

    @property
    def author(self) -> str:
        return email.utils.parseaddr(self._header("From"))[1]

    @property
    def signers(self) -> list[str]:
        message = self.text.split("\n---\n", 1)[0]
        return [email.utils.parseaddr(line)[1]
                for line in re.findall(r"^Signed-off-by: (.*)$", message, re.MULTILINE)]

    @property
    def changes(self) -> list[Change]:
        return parse_diff(self.text)

    @property
    def paths(self) -> list[str]:
        """Of the files that are there after the patch."""
        return [change.path for change in self.changes if not change.deleted]


def parse_diff(text: str) -> list[Change]:
    """The files of a git diff. Lines count within hunks only: a signature looks like a removed line."""
    changes: list[Change] = []
    old_left = new_left = 0
    for line in text.splitlines():
        if old_left > 0 or new_left > 0:
            change = changes[-1]
            if line.startswith("+"):
                change.added += 1
                new_left -= 1
                if change.new and len(change.head) < 2:
                    change.head.append(line[1:])
            elif line.startswith("-"):
                change.removed += 1
                old_left -= 1
            elif not line.startswith("\\"):
                old_left -= 1
                new_left -= 1
        elif found := re.match(r"diff --git a/(\S+) b/(\S+)$", line):
            changes.append(Change(found[2]))
        elif changes and line.startswith("new file mode"):
            changes[-1].new = True
        elif changes and line.startswith("deleted file mode"):
            changes[-1].deleted = True
        elif found := re.match(r"@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@", line):
            old_left, new_left = (int(count) if count is not None else 1 for count in found.groups())
    return changes


@dataclasses.dataclass(frozen=True)
class Member:
    """A sub-series, with the patches that it stands on."""

    name: str
    folder: Path
    needs: list[str]
    needed: list[Patch]
    patches: list[Patch]

    def up_to(self, place: int) -> list[Patch]:
        return [*self.needed, *self.patches[:place]]


def is_stack(folder: Path) -> bool:
    """Whether that is a folder of sub-series, and not one itself."""
    names = listed(folder)
    return bool(names) and not all(name.endswith(".patch") for name in names)


def members(folder: Path, chosen: str | None = None) -> list[Member]:
    """The sub-series of that folder, or the chosen one; a folder that is one is its only one. Raises
    subseries.Wrong."""
    if not is_stack(folder):
        return [Member(folder.name, folder, [], [], load(folder))]
    stack = Stack.parse((folder / "series").read_text())
    patches = {name: load(folder / name) for name in stack.names}
    return [Member(name, folder / name, list(stack[name].needs),
                   [patch for need in stack.needed_by(name) for patch in patches[need]], patches[name])
            for name in ([chosen] if chosen else stack.names)]


def stack_problems(folder: Path) -> list[str]:
    """How the order of the sub-series and the folders differ."""
    names = set(Stack.parse((folder / "series").read_text()).names)
    folders = {path.parent.name for path in folder.glob("*/series")}
    return ([f"{name}: there is no such folder with a file 'series'" for name in sorted(names - folders)]
            + [f"{name}: the order does not name this folder" for name in sorted(folders - names)])


def listed(folder: Path) -> list[str]:
    """What `series` has there, without comments; nothing where there is none."""
    lines = (folder / "series").read_text().splitlines() if (folder / "series").exists() else []
    return [line for line in lines if line and not line.startswith("#")]


def load(folder: Path) -> list[Patch]:
    """The patches that the series names, in its order, as far as they are there."""
    return [Patch(name, (folder / name).read_text(errors="replace"))
            for name in listed(folder) if (folder / name).is_file()]


def order_problems(folder: Path) -> list[str]:
    """How `series` and the numbered files differ."""
    names = listed(folder)
    files = sorted(path.name for path in folder.glob("[0-9]*.patch") if path.name != COVER)
    problems = [f"series names {name}, which is not there" for name in names if name not in files]
    problems += [f"{name} is not in series" for name in files if name not in names]
    problems += [f"series names {name} more than once" for name in sorted(set(names))
                 if names.count(name) > 1]
    problems += [f"{name} is number {place} of series" for place, name in enumerate(names, start=1)
                 if not name.startswith(f"{place:04}-")]
    return problems


def options(patches: Iterable[Patch]) -> set[str]:
    """Those that the patches bring, with the CONFIG_ in front."""
    return {f"CONFIG_{name}" for patch in patches
            for name in re.findall(r"^\+\s*(?:menu)?config ([A-Za-z0-9_]+)\s*$", patch.text, re.MULTILINE)}


def cover_problems(folder: Path, base: str) -> list[str]:
    """What the cover letter lacks. A series without a patch needs none."""
    if not listed(folder):
        return []
    if not (folder / COVER).is_file():
        return [f"there is no {COVER}"]
    text = (folder / COVER).read_text(errors="replace")
    problems = [f"{COVER} still says {blank}"
                for blank in ("*** SUBJECT HERE ***", "*** BLURB HERE ***") if blank in text]
    # Written by the export, behind all else.
    named = (re.findall(r"^Applies to (.+?)(?:, behind)?$", text, re.MULTILINE) or [None])[-1]
    if named != base:
        problems.append(f"{COVER} {f'applies to {named}' if named else 'does not say what it applies to'}; "
                        f"the base is {base}")
    return problems


def form_problems(patch: Patch) -> list[str]:
    """What a patch lacks of what is asked of each: a subject, its author's sign-off, licences, and
    only files that somebody wrote."""
    problems = []
    if not patch.subject:
        problems.append("no subject")
    if not patch.changes:
        problems.append("it changes no file")
    if patch.author not in patch.signers:
        problems.append(f"not signed off by its author, {patch.author or 'whom it does not name'}")
    problems += [f"{change.path}: no SPDX-License-Identifier in its first two lines"
                 for change in patch.changes
                 # A page of the ABI begins with its first entry.
                 if change.new and not change.path.startswith("Documentation/ABI/")
                 and not any("SPDX-License-Identifier:" in line for line in change.head)]
    problems += [f"{change.path}: left behind by a tool" for change in patch.changes
                 if change.new and change.path.endswith(LEFT_BEHIND)]
    return problems
