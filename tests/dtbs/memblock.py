# SPDX-License-Identifier: LGPL-2.1-or-later
"""The kernel's early allocator, after mm/memblock.c: which memory there is, what of it is taken, and where a
request goes. Functions have the names that they have there; an end is the first address behind.
"""

from __future__ import annotations

import dataclasses
import itertools

PAGE = 4096
SMP_CACHE_BYTES = 64
ANYWHERE = 2**64 - 1


@dataclasses.dataclass(frozen=True)
class Piece:
    """Of one type all over; pieces stand in order, and do not overlap."""
    base: int
    end: int
    nomap: bool = False
    node: int | None = None


Pieces = list[Piece]


def isolate(pieces: Pieces, base: int, end: int) -> Pieces:
    """The same, cut where the range begins and ends."""
    def cut(piece: Piece) -> Pieces:
        edges = [piece.base, *(at for at in (base, end) if piece.base < at < piece.end), piece.end]
        return [dataclasses.replace(piece, base=a, end=b) for a, b in itertools.pairwise(edges)]
    return [part for piece in pieces for part in cut(piece)]


def merge(pieces: Pieces) -> Pieces:
    merged: Pieces = []
    for piece in sorted(pieces, key=lambda piece: piece.base):
        if merged and piece == dataclasses.replace(merged[-1], base=merged[-1].end, end=piece.end):
            merged[-1] = dataclasses.replace(merged[-1], end=piece.end)
        else:
            merged.append(piece)
    return merged


def within(piece: Piece, base: int, end: int) -> bool:
    return base <= piece.base and piece.end <= end


def removed(pieces: Pieces, base: int, end: int) -> Pieces:
    return [piece for piece in isolate(pieces, base, end) if not within(piece, base, end)]


def added(pieces: Pieces, base: int, end: int) -> Pieces:
    """What is there already stays what it is."""
    new = [Piece(base, end)] if base < end else []
    for piece in pieces:
        new = removed(new, piece.base, piece.end)
    return merge(pieces + new)


def overlaps(pieces: Pieces, base: int, end: int) -> bool:
    return any(piece.base < end and base < piece.end for piece in pieces)


def length(pieces: Pieces, base: int, end: int) -> int:
    """How many bytes of the range are in them."""
    return sum(piece.end - piece.base for piece in isolate(pieces, base, end) if within(piece, base, end))


class Memblock:
    def __init__(self) -> None:
        self.memory: Pieces = []
        self.reserved: Pieces = []

    def add(self, base: int, size: int) -> None:
        self.memory = added(self.memory, base, min(base + size, ANYWHERE))

    def reserve(self, base: int, size: int) -> None:
        self.reserved = added(self.reserved, base, min(base + size, ANYWHERE))

    def phys_free(self, base: int, size: int) -> None:
        self.reserved = merge(removed(self.reserved, base, base + size))

    def _mark(self, base: int, size: int, **what: bool | int) -> None:
        self.memory = merge([dataclasses.replace(piece, **what) if within(piece, base, base + size) else piece
                             for piece in isolate(self.memory, base, base + size)])

    def mark_nomap(self, base: int, size: int) -> None:
        self._mark(base, size, nomap=True)

    def clear_nomap(self, base: int, size: int) -> None:
        self._mark(base, size, nomap=False)

    def set_node(self, base: int, size: int, node: int) -> None:
        self._mark(base, size, node=node)

    def cap_memory_range(self, base: int, size: int) -> None:
        """Nothing is unmapped yet when it is called."""
        end = min(base + size, ANYWHERE)
        if size:
            self.memory = [piece for piece in isolate(self.memory, base, end) if within(piece, base, end)]

    def mem_limit_remove_map(self, limit: int) -> None:
        left = limit
        for piece in self.memory:
            if left <= piece.end - piece.base:
                self.cap_memory_range(0, piece.base + left if limit else 0)
                return
            left -= piece.end - piece.base

    def is_region_reserved(self, base: int, size: int) -> bool:
        """Any byte of it, as there."""
        return overlaps(self.reserved, base, base + size)

    def start_of_DRAM(self) -> int:
        return self.memory[0].base

    def end_of_DRAM(self) -> int:
        return self.memory[-1].end

    def free(self) -> Pieces:
        """for_each_free_mem_range(): a piece of memory at a time, so none is across two nodes."""
        pieces = [piece for piece in self.memory if not piece.nomap]
        for taken in self.reserved:
            pieces = removed(pieces, taken.base, taken.end)
        return pieces

    def alloc_range(self, size: int, align: int, start: int, end: int, bottom_up: bool = False) -> int:
        """0 where there is no room, as there."""
        start = max(start, PAGE)
        end = max(start, ANYWHERE if end in (0, 1) else end)
        align = align or SMP_CACHE_BYTES
        found = self._find_bottom_up(size, align, start, end) if bottom_up else \
            self._find_top_down(size, align, start, end)
        if found:
            self.reserve(found, size)
        return found

    def _find_bottom_up(self, size: int, align: int, start: int, end: int) -> int:
        for piece in self.free():
            low, high = (min(max(at, start), end) for at in (piece.base, piece.end))
            # round_up() and round_down(), which are for powers of two and take whatever comes.
            candidate = ((low - 1) | (align - 1)) + 1
            if candidate < high and high - candidate >= size:
                return candidate
        return 0

    def _find_top_down(self, size: int, align: int, start: int, end: int) -> int:
        for piece in reversed(self.free()):
            low, high = (min(max(at, start), end) for at in (piece.base, piece.end))
            if high < size:
                continue
            candidate = (high - size) & ~(align - 1)
            if candidate >= low:
                return candidate
        return 0
