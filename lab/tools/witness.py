# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reads the ioctl witness's log (README.md beside this file) and follows each decoded frame."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

SHOWING = ("setplane", "page_flip", "atomic")


@dataclasses.dataclass(frozen=True)
class Show:
    """One time that a plane got a framebuffer."""

    frame: int | None  # which decoded frame its memory held; None for memory no decoder filled
    inode: int | None  # of the dma-buf; None for memory that never was one
    fb: int
    t0: int  # nanoseconds, CLOCK_MONOTONIC
    crc_frame: int | None  # the display's frame counter once it was on


@dataclasses.dataclass
class Journey:
    """What became of the decoder's frames, in one process."""

    decoded: list[int | None]  # per frame the inode of the dma-buf that the decoder filled
    shows: list[Show]
    heaps: dict[int, str]  # inode -> the heap's node it was allocated from
    touched: set[int]  # inodes that the CPU mapped or synchronised
    complete: bool  # the log says nothing of events it lost

    @property
    def pictures(self) -> list[Show]:
        """The shows, without those that set again what is on already."""
        return [show for show, before in zip(self.shows, [None, *self.shows])
                if before is None or show.fb != before.fb]

    @property
    def shown(self) -> list[int | None]:
        """The frames in the order they were shown; one that is set again at once counts once."""
        return [picture.frame for picture in self.pictures]

    @property
    def copied(self) -> int:
        """Pictures on the display whose memory no decoder had filled: they got there by a copy."""
        return sum(frame is None for frame in self.shown)

    def milliseconds_per_frame(self, frames: int) -> float:
        """Over the first `frames` pictures."""
        pictures = self.pictures[:frames]
        if len(pictures) < 2:
            return 0.0
        return (pictures[-1].t0 - pictures[0].t0) / 1e6 / (len(pictures) - 1)

    def faults(self) -> list[str]:
        """What keeps this from being proof that every frame went from decoder to display, in order
        and without a copy; empty if it is."""
        faults = []
        if not self.complete:
            faults.append("the log is incomplete")
        if not self.decoded:
            faults.append("the decoder gave no frame")
        strangers = sum(inode is None for inode in self.decoded)
        if strangers:
            faults.append(f"{strangers} frames were decoded into memory that is no dma-buf")
        if self.copied:
            faults.append(f"{self.copied} pictures were shown from memory that the decoder did not fill")
        if self.shown != list(range(len(self.decoded))):
            faults.append(f"{len(self.decoded)} frames were decoded and {len(self.shown)} shown, "
                          "not all of them once and in order")
        by_cpu = self.touched.intersection(inode for inode in self.decoded if inode)
        if by_cpu:
            faults.append(f"the CPU mapped {len(by_cpu)} of the decoder's dma-bufs")
        return faults


def read_log(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text().splitlines()]


def follow(events: list[dict]) -> Journey:
    """Follows the frames of the decoder: the one device that dequeued capture buffers."""
    journey = Journey(decoded=[], shows=[], heaps={}, touched=set(), complete=True)
    holds: dict[int, int] = {}  # inode -> the decoded frame in it, until it is queued again
    for event in sorted(events, key=_when):
        kind = event["ev"]
        if kind in ("limit", "truncated"):
            journey.complete = False
        elif "err" in event:
            continue
        elif kind == "heap_alloc":
            journey.heaps[event["inode"]] = event["dev"]
        elif kind in ("mmap", "dma_buf_sync") and event.get("inode"):
            journey.touched.add(event["inode"])
        elif kind == "dqbuf" and event["type"].startswith("capture"):
            _take_decoded(event, journey, holds)
        elif kind == "qbuf" and event["type"].startswith("capture"):
            holds.pop(event["planes"][0]["inode"], None)
        elif kind in SHOWING:
            _take_shown(event, journey, holds)
    return journey


def _when(event: dict) -> int:
    # A buffer is the kernel's from before it is handed in until after it is handed back.
    return event["t1"] if event["ev"] in ("dqbuf", "start") else event["t0"]


def _take_decoded(event: dict, journey: Journey, holds: dict[int, int]) -> None:
    if sum(plane["bytesused"] for plane in event["planes"]) == 0:
        return  # the empty buffer that ends a stream
    inode = event["planes"][0]["inode"]
    if inode is not None:
        holds[inode] = len(journey.decoded)
    journey.decoded.append(inode)


def _take_shown(event: dict, journey: Journey, holds: dict[int, int]) -> None:
    updates = event["planes"] if event["ev"] == "atomic" else [event]
    for update in updates:
        if not update.get("fb"):
            continue
        memory = update.get("mem") or [{}]
        inode = memory[0].get("inode") if memory[0] else None
        frame = holds.get(inode) if inode is not None else None
        journey.shows.append(Show(frame=frame, inode=inode, fb=update["fb"], t0=event["t0"],
                                  crc_frame=update.get("seq1")))
