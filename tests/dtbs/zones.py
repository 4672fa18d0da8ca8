# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which zones memory falls into, after arch/arm64/mm/init.c and mm/mm_init.c: CMA areas must not be in two.
Functions have the names that they have there.
"""

from __future__ import annotations

from dma_limit import of_dma_get_max_cpu_address
from flat_tree import Node
from memblock import PAGE, Memblock

U32_MAX = 2**32 - 1

Span = tuple[int, int]  # page numbers, the end excluded


def max_zone_phys(memory: Memblock, limit: int) -> int:
    return min(limit, memory.end_of_DRAM() - 1) + 1


def zone_dma_limit(root: Node, memory: Memblock) -> int:
    """Of dma_limits_init(): the last address, as zone_dma_limit is."""
    limit = of_dma_get_max_cpu_address([root])
    return min(limit, U32_MAX) if memory.start_of_DRAM() < U32_MAX else limit


def arm64_dma_phys_limit(root: Node, memory: Memblock) -> int:
    return max_zone_phys(memory, zone_dma_limit(root, memory))


def arch_zone_limits_init(root: Node, memory: Memblock) -> list[int]:
    """Where DMA, DMA32 and Normal end."""
    return [arm64_dma_phys_limit(root, memory) // PAGE, max_zone_phys(memory, U32_MAX) // PAGE,
            memory.end_of_DRAM() // PAGE]


def node_spans(memory: Memblock) -> list[Span]:
    """From the first page of a node to its last, whatever is between."""
    spans: dict[int | None, Span] = {}
    for piece in memory.memory:
        first, end = -(-piece.base // PAGE), piece.end // PAGE
        low, high = spans.get(piece.node, (first, end))
        spans[piece.node] = min(low, first), max(high, end)
    return list(spans.values())


def zone_spans(root: Node, memory: Memblock) -> list[Span]:
    """Of free_area_init(), each node's; those without a page are left out."""
    spans = []
    low = memory.start_of_DRAM() // PAGE
    for limit in arch_zone_limits_init(root, memory):
        high = max(limit, low)
        for first, end in node_spans(memory):
            start, stop = (min(max(at, low), high) for at in (first, end))
            start, stop = max(start, first), min(stop, end)
            if start < stop:
                spans.append((start, stop))
        low = high
    return spans


def pfn_range_intersects_zones(zones: list[Span], base: int, size: int) -> bool:
    """More than one of them."""
    first, end = base // PAGE, (base + size) // PAGE
    return sum(first < stop and start < end for start, stop in zones) > 1
