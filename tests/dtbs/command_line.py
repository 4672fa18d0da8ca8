# SPDX-License-Identifier: LGPL-2.1-or-later
"""The kernel's command line, after kernel/params.c and lib/cmdline.c: the parameters that decide what memory
there is and how large the default CMA area becomes. Functions have the names that they have there.
"""

from __future__ import annotations

import dataclasses
import re
from typing import Iterator

from flat_tree import Node
from memblock import PAGE

COMMAND_LINE_SIZE = 2048
U64_MAX = 2**64 - 1
SUFFIXES = "kmgtpe"


def boot_command_line(root: Node) -> str:
    chosen = root.child("chosen")
    raw = chosen.properties.get("bootargs", b"") if chosen else b""
    return raw[:COMMAND_LINE_SIZE - 1].split(b"\0")[0].decode("latin-1")


def parse_args(line: str) -> Iterator[tuple[str, str | None]]:
    """Up to a bare --; quotes may hold blanks, and hyphens and underscores are the same in names."""
    for word in re.findall(r'(?:"[^"]*"?|[^\s"])+', line):
        name, equals, value = word.removeprefix('"').partition("=")
        if name == "--" and not equals:
            return
        if word.startswith('"') or value.startswith('"'):
            value = value.removeprefix('"').removesuffix('"')
        yield name.replace("-", "_"), value if equals else None


def memparse(text: str) -> tuple[int, str]:
    """The number, and what stands behind it."""
    # simple_strtoull() with base 0.
    digits = re.match(r"0[xX][0-9a-fA-F]+|0[0-7]*|[0-9]*", text)[0]
    value = 0
    if digits:
        base = 16 if digits[:2].lower() == "0x" else 8 if digits.startswith("0") else 10
        value = int(digits, base) % 2**64
    rest = text[len(digits):]
    power = SUFFIXES.find(rest[:1].lower()) + 1 if rest else 0
    if not digits or not power:
        return value, rest
    return min(value << 10 * power, U64_MAX), rest[1:]


@dataclasses.dataclass
class Parameters:
    """As the variables are that early_cma(), early_mem() and numa_parse_early_param() set."""
    size_cmdline: int | None = None
    base_cmdline: int = 0
    limit_cmdline: int = 0
    memory_limit: int | None = None
    numa_off: bool = False

    def early_cma(self, text: str) -> None:
        self.size_cmdline, rest = memparse(text)
        if not rest.startswith("@"):
            return
        self.base_cmdline, rest = memparse(rest[1:])
        self.limit_cmdline = memparse(rest[1:])[0] if rest.startswith("-") else \
            (self.base_cmdline + self.size_cmdline) % 2**64


def parse_early_param(root: Node) -> Parameters:
    found = Parameters()
    for name, value in parse_args(boot_command_line(root)):
        if value is None:
            continue
        if name == "cma":
            found.early_cma(value)
        elif name == "mem":
            found.memory_limit = memparse(value)[0] // PAGE * PAGE
        elif name == "numa" and value.startswith("off"):
            found.numa_off = True
    return found
