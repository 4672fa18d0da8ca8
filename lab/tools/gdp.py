#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""gdp.py FRAMES CLIP: what `v4l2-ctl --stream-to-hdr` left, as GStreamer's `gdpdepay` takes it.

GDP keeps the caps and where each frame starts, which a bare FWHT stream in a file would lose.
"""

from __future__ import annotations

import binascii
import struct
import sys
from pathlib import Path
from typing import BinaryIO, Iterable, Iterator

WIDTH, HEIGHT, RATE = 768, 576, 10
CAPS = (f"video/x-fwht, width=(int){WIDTH}, height=(int){HEIGHT}, pixel-aspect-ratio=(fraction)1/1, "
        f"framerate=(fraction){RATE}/1, interlace-mode=(string)progressive, colorimetry=(string)bt601, "
        "chroma-site=(string)jpeg")
STREAM_START = ("GstEventStreamStart, stream-id=(string)clip, flags=(GstStreamFlags)GST_STREAM_FLAG_NONE, "
                "group-id=(uint)1;")
SEGMENT = ('GstEventSegment, segment=(GstSegment)"segment, flags=(GstSegmentFlags)GST_SEGMENT_FLAG_NONE, '
           "rate=(double)1, applied-rate=(double)1, format=(GstFormat)time, base=(guint64)0, "
           "offset=(guint64)0, start=(guint64)0, stop=(guint64)18446744073709551615, time=(guint64)0, "
           'position=(guint64)0, duration=(guint64)18446744073709551615;";')

# The header of a packet up to its checksums: version 1.0, flags, padding; type and length of the
# payload; of a buffer its time, duration, first and last offset, flags and decoding time; zeroes.
HEADER = struct.Struct(">4BHI4QHQ6x")
HEADER_HAS_CHECKSUM = 1
BUFFER, CAPS_PACKET, EVENT = 1, 2, 64
# Numbers of events, as GDP has them.
EVENT_STREAM_START, EVENT_SEGMENT = 10254, 17934
NO_TIME = 2**64 - 1
SECOND = 10**9
# Of a buffer: the first of all, and one that needs those before it; GStreamer's encoder says the
# latter of each.
DISCONT, DELTA_UNIT = 0x40, 0x2000

# v4l2-ctl's own: the magic in front of each frame, and its length.
FRAME = struct.Struct(">4sI")


def packet(kind: int, payload: bytes, time: int = 0, duration: int = 0, first: int = 0, last: int = 0,
           flags: int = 0, decoding_time: int = 0) -> bytes:
    header = HEADER.pack(1, 0, HEADER_HAS_CHECKSUM, 0, kind, len(payload), time, duration, first, last,
                         flags, decoding_time)
    checksum = binascii.crc_hqx(header, 0xffff) ^ 0xffff
    return header + struct.pack(">HH", checksum, 0) + payload


def text(value: str) -> bytes:
    return value.encode() + b"\0"


def head() -> bytes:
    """What is before the first frame."""
    return (packet(EVENT + EVENT_STREAM_START, text(STREAM_START), time=NO_TIME)
            + packet(CAPS_PACKET, text(CAPS))
            + packet(EVENT + EVENT_SEGMENT, text(SEGMENT), time=NO_TIME))


def frame_packet(number: int, frame: bytes) -> bytes:
    duration = SECOND // RATE
    return packet(BUFFER, frame, number * duration, duration, number, number + 1,
                  DELTA_UNIT | (0 if number else DISCONT), number * duration)


def frames_of(file: BinaryIO) -> Iterator[bytes]:
    while header := file.read(FRAME.size):
        magic, length = FRAME.unpack(header)
        if magic != b"rdhV":
            raise ValueError(f"{magic!r} is where a frame should begin")
        frame = file.read(length)
        if len(frame) != length:
            raise ValueError(f"a frame of {length} bytes has only {len(frame)}")
        yield frame


def frames_in(clip: BinaryIO) -> Iterator[bytes]:
    """The other way: the frames of a clip."""
    while header := clip.read(HEADER.size + 4):
        *_, kind, length = HEADER.unpack(header[:HEADER.size])[:6]
        payload = clip.read(length)
        if len(payload) != length:
            raise ValueError(f"a packet of {length} bytes has only {len(payload)}")
        if kind == BUFFER:
            yield payload


def as_v4l2_ctl(frames: Iterable[bytes]) -> bytes:
    """As `v4l2-ctl --stream-to-hdr` would have left them."""
    return b"".join(FRAME.pack(b"rdhV", len(frame)) + frame for frame in frames)


def main() -> int:
    source, clip = map(Path, sys.argv[1:])
    with source.open("rb") as frames, clip.open("wb") as out:
        out.write(head())
        for number, frame in enumerate(frames_of(frames)):
            out.write(frame_packet(number, frame))
    return 0


if __name__ == "__main__":
    sys.exit(main())
