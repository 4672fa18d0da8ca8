# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reads flattened device trees, by the specification and without libfdt."""

from __future__ import annotations

import dataclasses
import struct
from typing import Iterator

BEGIN_NODE, END_NODE, PROPERTY, NOP, END = 1, 2, 3, 4, 9
MAGIC = 0xD00DFEED


@dataclasses.dataclass
class Node:
    name: str
    properties: dict[str, bytes] = dataclasses.field(default_factory=dict)
    children: list[Node] = dataclasses.field(default_factory=list)

    def strings(self, name: str) -> list[str]:
        """Those that end with a zero."""
        return [part.decode("latin-1") for part in self.properties.get(name, b"").split(b"\0")[:-1]]

    def cells(self, name: str) -> list[int]:
        raw = self.properties.get(name, b"")
        return [] if len(raw) % 4 else list(struct.unpack(f">{len(raw) // 4}I", raw))

    def child(self, name: str) -> Node | None:
        """As a path finds it: a unit address that is not asked for does not matter."""
        return next((node for node in self.children if node.name.split("@")[0] == name), None)

    def walk(self, path: str = "") -> Iterator[tuple[str, list[Node]]]:
        """Each node below, as its path and the nodes from the outermost to it."""
        for node in self.children:
            own = f"{path}/{node.name}"
            yield own, [node]
            for below, chain in node.walk(own):
                yield below, [node, *chain]


def reserve_map(blob: bytes) -> list[tuple[int, int]]:
    """What the header reserves besides, as base and size."""
    (at,) = struct.unpack_from(">I", blob, 16)
    found = []
    while any(entry := struct.unpack_from(">2Q", blob, at)):
        found.append(entry)
        at += 16
    return found


def _text(blob: bytes, at: int) -> str:
    return blob[at:blob.index(b"\0", at)].decode("latin-1")


def read(blob: bytes) -> Node:
    magic, _, at, strings = struct.unpack_from(">4I", blob)
    if magic != MAGIC:
        raise ValueError("no device tree")
    chain: list[Node] = []
    while True:
        (token,) = struct.unpack_from(">I", blob, at)
        at += 4
        if token == BEGIN_NODE:
            node = Node(_text(blob, at))
            at += (len(node.name) + 1 + 3) & ~3
            if chain:
                chain[-1].children.append(node)
            chain.append(node)
        elif token == PROPERTY:
            length, name = struct.unpack_from(">2I", blob, at)
            at += 8
            chain[-1].properties[_text(blob, strings + name)] = blob[at:at + length]
            at += (length + 3) & ~3
        elif token == END_NODE:
            root = chain.pop()
            if not chain:
                return root
        elif token != NOP:
            raise ValueError(f"token {token} at {at - 4}")
