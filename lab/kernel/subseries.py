# SPDX-License-Identifier: LGPL-2.1-or-later
"""The kernel series as sub-series: a folder of patches each, with a cover letter. A file `series` beside the
folders says in which order they stand, and which earlier ones each of them needs:

    # a comment, which stays with the next line
    01-fixes:
    02-heaps: 01-fixes

In git each begins with an empty commit, whose message is the cover letter; what follows, up to the next such
commit, are its patches. kernel-patches/README.md describes both.
"""

from __future__ import annotations

import dataclasses
import email
import email.header
import email.utils
import re
from typing import Iterable, Sequence

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]*")


class Wrong(Exception):
    """Something is not as it has to be; the text says what, for a person."""


@dataclasses.dataclass(frozen=True)
class Entry:
    """One sub-series."""

    name: str
    needs: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()  # comments and empty lines in front of it

    def __str__(self) -> str:
        return "".join(f"{note}\n" for note in self.notes) + f"{self.name}:{''.join(f' {n}' for n in self.needs)}\n"


@dataclasses.dataclass(frozen=True)
class Stack:
    """All of them, in order. Raises Wrong where names do not fit together."""

    entries: tuple[Entry, ...]
    end: tuple[str, ...] = ()  # notes behind the last

    def __post_init__(self) -> None:
        earlier: set[str] = set()
        for entry in self.entries:
            if not NAME.fullmatch(entry.name):
                raise Wrong(f"'{entry.name}' is no name for a sub-series: letters, digits, '.', '_' and '-' are")
            if entry.name in earlier:
                raise Wrong(f"{entry.name} stands in the order twice")
            for need in entry.needs:
                if need not in earlier:
                    raise Wrong(f"{entry.name} needs {need}, which is not before it")
            earlier.add(entry.name)

    @staticmethod
    def parse(text: str) -> Stack:
        entries, notes = [], []
        for number, line in enumerate(text.splitlines(), start=1):
            if not line.strip() or line.startswith("#"):
                notes.append(line)
                continue
            name, colon, needs = line.partition(":")
            if not colon:
                raise Wrong(f"line {number}: '{line}' is not NAME: NEEDS...")
            entries.append(Entry(name.strip(), tuple(needs.split()), tuple(notes)))
            notes = []
        return Stack(tuple(entries), tuple(notes))

    def __str__(self) -> str:
        return "".join(map(str, self.entries)) + "".join(f"{note}\n" for note in self.end)

    @property
    def names(self) -> list[str]:
        return [entry.name for entry in self.entries]

    def __getitem__(self, name: str) -> Entry:
        for entry in self.entries:
            if entry.name == name:
                return entry
        raise Wrong(f"there is no sub-series '{name}'; there are: {', '.join(self.names) or 'none'}")

    def needed_by(self, name: str) -> list[str]:
        """What it needs, and what that needs, in order."""
        wanted = set(self[name].needs)
        for entry in reversed(self.entries):
            if entry.name in wanted:
                wanted |= set(entry.needs)
        return [other for other in self.names if other in wanted]

    def replaced_by(self, order: Sequence[tuple[str, Sequence[str]]]) -> Stack:
        """These names and needs, each with the notes that it has here. What stands above the first name stays
        there: it is about all of them."""
        notes = {entry.name: entry.notes for entry in self.entries}
        above, end = (notes.pop(self.entries[0].name), self.end) if self.entries else (self.end, ())
        entries = [Entry(name, tuple(needs), notes.get(name, ())) for name, needs in order]
        if entries:
            entries[0] = dataclasses.replace(entries[0], notes=above + entries[0].notes)
        return Stack(tuple(entries), end)


# --- cover letters

# What git writes where nobody has written a letter yet.
BLANK = "*** SUBJECT HERE ***\n\n*** BLURB HERE ***"
PREFIX = "PATCH"
# The list of commits that git adds below the text: an author, how many, the subjects.
SHORTLOG = re.compile(r"^.+ \(\d+\):\n  \S", re.MULTILINE)


@dataclasses.dataclass(frozen=True)
class Letter:
    """A cover letter: what somebody wrote, without what git adds."""

    text: str  # the subject, an empty line, the letter
    author: str = ""
    address: str = ""
    date: str = ""
    prefix: str = PREFIX  # with RFC or v2, as the subject has it

    @property
    def title(self) -> str:
        return self.text.partition("\n")[0]

    @staticmethod
    def from_mail(text: str) -> Letter:
        mail = email.message_from_string(text)
        subject = re.sub(r"\s*\n\s*", " ", _decoded(mail.get("Subject", "")))
        head = re.match(r"\[(.*?)(?: 0+/\d+)?\]\s*(.*)", subject)
        prefix, title = head.groups() if head else (PREFIX, subject)
        author, address = email.utils.parseaddr(_decoded(mail.get("From", "")))
        return Letter(f"{title}\n\n{_written(mail.get_payload())}".strip(), author, address, mail.get("Date", ""), prefix)


def _decoded(header: str) -> str:
    return "".join(part.decode(coding or "utf-8", "replace") if isinstance(part, bytes) else part
                   for part, coding in email.header.decode_header(header))


def _written(body: str) -> str:
    added = SHORTLOG.search(body)
    return (body[:added.start()] if added else body).strip()


# --- the commit that begins a sub-series

def message(entry: Entry, letter: Letter) -> str:
    fields = [f"Sub-series: {entry.name}"]
    if entry.needs:
        fields.append(f"Needs: {' '.join(entry.needs)}")
    if letter.prefix != PREFIX:
        fields.append(f"Prefix: {letter.prefix}")
    return f"{letter.text}\n\n" + "\n".join(fields) + "\n"


FIELDS = re.compile(r"^Sub-series: (?P<name>\S+)(?P<rest>(?:\n(?:Needs|Prefix):.*)*)\s*\Z", re.MULTILINE)


@dataclasses.dataclass(frozen=True)
class Commit:
    id: str
    message: str
    empty: bool
    author: str = ""
    address: str = ""
    date: str = ""

    def __str__(self) -> str:
        return f"{self.id[:12]} (\"{self.message.splitlines()[0] if self.message else ''}\")"

    @property
    def begins(self) -> re.Match[str] | None:
        return FIELDS.search(self.message)


@dataclasses.dataclass(frozen=True)
class Range:
    """A sub-series in git: its first commit, which is empty, and those of its patches."""

    entry: Entry
    letter: Letter
    first: str
    last: str


def ranges(commits: Iterable[Commit]) -> list[Range]:
    """Which commit is whose. Raises Wrong where that cannot be told."""
    found: list[tuple[Commit, list[Commit]]] = []
    for commit in commits:
        if commit.begins and not commit.empty:
            raise Wrong(f"{commit} begins a sub-series and changes files; such a commit has to be empty")
        if commit.begins:
            found.append((commit, []))
        elif commit.empty:
            raise Wrong(f"{commit} changes no file, and its message does not end in 'Sub-series: NAME'")
        elif not found:
            raise Wrong(f"{commit} belongs to no sub-series: before it there is no empty commit whose message ends "
                        "in 'Sub-series: NAME'. Move it behind one, or put one before it with "
                        "git commit --allow-empty")
        else:
            found[-1][1].append(commit)
    all_of_them = [_range(first, patches) for first, patches in found]
    Stack(tuple(each.entry for each in all_of_them))  # whether the names fit together
    return all_of_them


def _range(first: Commit, patches: list[Commit]) -> Range:
    name, fields = first.begins["name"], dict(re.findall(r"^(Needs|Prefix):\s*(.*?)\s*$", first.begins["rest"], re.MULTILINE))
    if not patches:
        raise Wrong(f"{first} begins {name}, which has no patch")
    letter = Letter(first.message[:first.begins.start()].strip(), first.author, first.address, first.date,
                    fields.get("Prefix", PREFIX))
    return Range(Entry(name, tuple(fields.get("Needs", "").split())), letter, first.id, patches[-1].id)
