# SPDX-License-Identifier: LGPL-2.1-or-later
"""Clips in GDP: what the encoder's frames are put into is what GStreamer would have written."""

import io

import pytest

import gdp

# Headers that gdppay of GStreamer 1.26.2 wrote for frames of these lengths, ten a second.
GSTREAMER = [
    (0, 184326, "0100010000010002d00600000000000000000000000005f5e100000000000000000000000000000000012040"
                "000000000000000000000000000016e50000"),
    (1, 22846, "0100010000010000593e0000000005f5e1000000000005f5e1000000000000000001000000000000000220000000"
               "000005f5e100000000000000a5b50000"),
    (2, 22922, "0100010000010000598a000000000bebc2000000000005f5e100000000000000000200000000000000032000000000"
               "000bebc200000000000000ea510000"),
]


@pytest.mark.parametrize(("number", "length", "header"), GSTREAMER)
def test_a_frame_has_the_header_that_gdppay_gives_it(number, length, header):
    frame = bytes(length)
    assert gdp.frame_packet(number, frame) == bytes.fromhex(header) + frame


def test_the_head_is_the_start_of_the_stream_then_caps_then_the_segment():
    # The first is without what differs, its length and so its checksum.
    start, caps, segment = ("284e", "01000100000200" "0000c3" + "00" * 48 + "92fa0000",
                            "01000100464e00000147" + "ff" * 8 + "00" * 40 + "50a50000")
    head = gdp.head()
    assert head[4:6].hex() == start
    at = head.index(bytes.fromhex(caps))
    assert head.index(bytes.fromhex(segment)) == at + 62 + 195
    assert len(head) == at + 62 + 195 + 62 + 327


def test_frames_are_found_by_the_lengths_before_them():
    stream = b"rdhV\0\0\0\3abc" b"rdhV\0\0\0\0" b"rdhV\0\0\0\1d"
    assert list(gdp.frames_of(io.BytesIO(stream))) == [b"abc", b"", b"d"]


def test_what_a_clip_was_made_of_comes_out_of_it_again():
    frames = [b"abc", b"d"]
    clip = gdp.head() + b"".join(gdp.frame_packet(*numbered) for numbered in enumerate(frames))
    assert list(gdp.frames_in(io.BytesIO(clip))) == frames
    assert list(gdp.frames_of(io.BytesIO(gdp.as_v4l2_ctl(frames)))) == frames
    with pytest.raises(ValueError, match="of 1 bytes has only 0"):
        list(gdp.frames_in(io.BytesIO(clip[:-1])))


@pytest.mark.parametrize(("stream", "said"), [
    (b"rdhV\0\0\0\3ab", "of 3 bytes has only 2"), (b"rdhV\0\0\0\1abcdefghi", "where a frame should begin")])
def test_a_stream_that_is_cut_or_none_is_refused(stream, said):
    with pytest.raises(ValueError, match=said):
        list(gdp.frames_of(io.BytesIO(stream)))
