# SPDX-License-Identifier: LGPL-2.1-or-later
"""The debug kernel: that it finds what it is there to find. Without it there is no such suite."""

import os

import pytest

from board import BoardFailure

KERNEL = os.environ["HEAPSEL_KERNEL"]


def test_memory_that_nobody_refers_to_fails_the_run(board):
    with pytest.raises(BoardFailure, match="unreferenced object"):
        board.sh(f"modprobe -d {KERNEL} kmemleak-test")


def test_a_run_that_leaks_nothing_passes(board):
    assert board.sh("heapsel alloc 3M --count 3").status == 0


def test_an_allocation_that_is_made_to_fail_fails_without_a_word_in_the_log(board):
    ran = board.sh("""
        echo N >/sys/kernel/debug/failslab/ignore-gfp-wait
        for n in {1..20}; do
            (echo $n >/proc/$BASHPID/fail-nth; read -r line </proc/self/status)
        done
        exit 0""")
    assert "Cannot allocate memory" in ran.err, ran


def test_locks_and_memory_accesses_are_watched(board):
    ran = board.sh("grep -c . /proc/lockdep_stats; grep -E 'kasan_report$' /proc/kallsyms")
    assert ran.status == 0, ran
