# SPDX-License-Identifier: LGPL-2.1-or-later
"""Following frames through the witness's log: over recordings from the board, and over small logs
that each have one thing wrong."""

import os
from pathlib import Path

import pytest

import witness

SAMPLES = Path(os.environ["HEAPSEL_TOP"], "lab", "tools", "samples")


class Log:
    """Writes the events of a decoder and a display, a nanosecond apart."""

    def __init__(self) -> None:
        self.events = []

    def add(self, ev: str, **fields) -> "Log":
        now = len(self.events)
        self.events.append({"ev": ev, "t0": now, "t1": now, **fields})
        return self

    def queue(self, inode) -> "Log":
        return self.add("qbuf", type="capture", planes=[{"bytesused": 0, "inode": inode}])

    def decode(self, inode, size=100) -> "Log":
        return self.add("dqbuf", type="capture", planes=[{"bytesused": size, "inode": inode}])

    def show(self, inode, fb=None, ev="setplane") -> "Log":
        return self.add(ev, fb=fb or inode, mem=[{"inode": inode}], seq1=7)


def journey(log: Log) -> witness.Journey:
    return witness.follow(log.events)


def test_a_recorded_run_without_a_copy_has_none():
    recorded = witness.follow(witness.read_log(SAMPLES / "zero-copy.jsonl"))
    assert recorded.copied == 0
    # The recording ends in mid-stream: one frame was decoded and not shown yet.
    assert recorded.shown == list(range(len(recorded.decoded) - 1))


def test_a_recorded_run_that_copies_is_nothing_but_copies():
    recorded = witness.follow(witness.read_log(SAMPLES / "copying.jsonl"))
    assert recorded.copied == len(recorded.shown) == 5
    assert recorded.decoded == [None] * 12


@pytest.mark.parametrize("event", ["setplane", "page_flip"])
def test_a_frame_shown_from_its_own_memory_is_no_fault(event):
    assert journey(Log().decode(1).show(1, ev=event).queue(1).decode(1).show(1, fb=2, ev=event)).faults() == []


def test_an_atomic_update_shows_each_of_its_planes():
    log = Log().decode(1).add("atomic", planes=[{"fb": 5, "mem": [{"inode": 1}], "seq1": 3}])
    assert journey(log).faults() == []


def test_a_frame_that_is_set_again_at_once_was_shown_once():
    assert journey(Log().decode(1).show(1).show(1)).shown == [0]


def test_the_empty_buffer_at_the_end_is_no_frame():
    assert journey(Log().decode(1).show(1).decode(2, size=0)).faults() == []


def test_memory_that_the_decoder_did_not_fill_is_a_copy():
    result = journey(Log().decode(1).show(9))
    assert result.copied == 1 and "did not fill" in result.faults()[0]


def test_memory_that_went_back_to_the_decoder_before_it_was_shown_does_not_count():
    assert journey(Log().decode(1).queue(1).show(1)).copied == 1


def test_memory_that_is_no_dma_buf_equals_nothing():
    assert journey(Log().decode(None).show(None, fb=3)).copied == 1


@pytest.mark.parametrize("log", [Log().decode(1).decode(2).show(1), Log().decode(1).decode(2).show(2).show(1)],
                         ids=["dropped", "out of order"])
def test_frames_that_are_not_shown_once_and_in_order_are_a_fault(log):
    assert any("once and in order" in fault for fault in journey(log).faults())


def test_a_cpu_mapping_of_a_decoded_buffer_is_a_fault():
    log = Log().add("mmap", inode=1).decode(1).show(1)
    assert any("CPU mapped" in fault for fault in journey(log).faults())


def test_a_call_that_failed_did_nothing():
    log = Log().decode(1).add("setplane", err=34, fb=9, mem=[{"inode": 9}], seq1=1).show(1)
    assert journey(log).faults() == []


@pytest.mark.parametrize("event", ["limit", "truncated"])
def test_a_log_that_lost_something_proves_nothing(event):
    assert "the log is incomplete" in journey(Log().add(event).decode(1).show(1)).faults()


def test_no_frame_at_all_is_a_fault():
    assert "the decoder gave no frame" in journey(Log()).faults()


def test_a_heap_is_known_by_the_buffers_that_came_from_it():
    log = Log().add("heap_alloc", dev="/dev/dma_heap/x", inode=1).decode(1).show(1)
    assert journey(log).heaps == {1: "/dev/dma_heap/x"}
