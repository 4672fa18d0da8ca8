# SPDX-License-Identifier: LGPL-2.1-or-later
"""What of the kernel's log fails a run."""

import pytest

from board import judge_kernel
from boot import BoardFailure

WARNING = """[    1.5] ------------[ cut here ]------------
[    1.6] DMA-API: misc udmabuf: mapping sg segment longer than device claims to support [len=131072] [max=65536]
[    1.7] WARNING: kernel/dma/debug.c:1231 at debug_dma_map_sg
[    1.8]  frobnicate+0x1/0x2
[    1.9] ---[ end trace 0000000000000000 ]---
"""
EXPECTED = "sg segment longer"


@pytest.fixture
def judge(tmp_path):
    def judged(log: str, *expected: str, always: str = "# nothing\n") -> None:
        (tmp_path / "console").write_text(log)
        (tmp_path / "always").write_text(always)
        judge_kernel(tmp_path / "console", tmp_path / "always", expected)
    return judged


def test_a_line_that_nobody_expects_fails(judge):
    judge("\n")
    with pytest.raises(BoardFailure, match="frobnicated"):
        judge("[    1.0] frobnicated\n")
    judge("[    1.0] frobnicated\n", "frob")
    judge("[    1.0] frobnicated\n", always="frob\n")


def test_a_warning_is_expected_with_its_trace(judge):
    with pytest.raises(BoardFailure, match="frobnicate"):
        judge(WARNING)
    judge(WARNING, EXPECTED)


def test_what_comes_behind_the_trace_is_not(judge):
    with pytest.raises(BoardFailure, match=r"expected:\s+\[    2.0\] frobnicated$"):
        judge(WARNING + "[    2.0] frobnicated\n", EXPECTED)


def test_no_line_within_a_trace_makes_it_expected(judge):
    with pytest.raises(BoardFailure):
        judge(WARNING, r"frobnicate\+")


def test_a_warning_within_another_s_trace_is_judged_by_itself(judge):
    cut = WARNING.partition("[    1.7]")[0]
    with pytest.raises(BoardFailure, match="another matter"):
        judge(cut + WARNING.replace("sg segment longer", "another matter"), EXPECTED)


REPLAY = "** replaying previous printk message **\n"


def test_a_message_that_is_printed_again_is_judged_once_and_whole(judge):
    judge(f"[    1.\n{REPLAY}[    1.0] frobnicated\n", "frob")
    judge(f"{REPLAY}[    1.0] frobnicated\n", "frob")
    with pytest.raises(BoardFailure, match=r"expected:\s+\[    1.0\] frobnicated$"):
        judge(f"[    1.\n{REPLAY}[    1.0] frobnicated\n")


def test_what_was_not_cut_short_is_judged_before_a_replay_too(judge):
    with pytest.raises(BoardFailure, match="melted"):
        judge(f"[    1.0] melted\n{REPLAY}[    1.1] frobnicated\n", "frob")
    with pytest.raises(BoardFailure, match="melted"):
        judge(f"[    1.0] melted\n{REPLAY}", "frob")
