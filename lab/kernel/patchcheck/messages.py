# SPDX-License-Identifier: LGPL-2.1-or-later
"""What compilers and checkers say: their warnings and errors, comparable between two runs."""

from __future__ import annotations

import re
from pathlib import Path

# Progress lines of the kernel's make: "  CC      drivers/base/error.o".
PROGRESS = re.compile(r"^  [A-Z][A-Z0-9_ \[\]]* ")
MESSAGE = re.compile(r"\b(warning|error)\b\s*:|\bundefined reference\b|: \*\*\* |^\S+\.(yaml|dts|rst):",
                     re.IGNORECASE)
# What git, make or the shell add when something else has failed already.
NOTE = re.compile(r"^\s|: note: |^In file included from ")
PLACE = re.compile(r"(?<=[\w)]):\d+(:\d+)?(?=[:\s])")


def normal(line: str, tree: Path) -> str:
    """Without line numbers, and with paths as they are in the tree: what stays if lines move."""
    line = line.strip().replace(f"{tree}/", "").replace(f"../{tree.name}/", "")
    return PLACE.sub("", line)


def messages(output: str, tree: Path) -> list[str]:
    """Each different message of an output, in order."""
    found = [normal(line, tree) for line in output.splitlines()
             if MESSAGE.search(line) and not PROGRESS.match(line) and not NOTE.search(line)]
    return list(dict.fromkeys(found))


def new_messages(output: str, known: list[str], tree: Path) -> list[str]:
    return [message for message in messages(output, tree) if message not in set(known)]


def naming(found: list[str], paths: list[str]) -> list[str]:
    """Those that name one of the files."""
    return [message for message in found if any(path in message for path in paths)]
