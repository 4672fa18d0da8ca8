# SPDX-License-Identifier: LGPL-2.1-or-later
"""The lab itself: what a command on the board says comes back, and what goes wrong is not missed."""

import dataclasses

import pytest

from board import BoardFailure


def test_exit_status_and_both_outputs_come_back(board):
    ran = board.sh("echo to stdout; echo to stderr >&2; exit 7")
    assert (ran.status, ran.out, ran.err) == (7, "to stdout\n", "to stderr\n")


def test_a_signal_is_an_exit_status_as_in_a_shell(board):
    assert board.sh("kill -9 $$").status == 128 + 9


def test_standard_input_reaches_the_command_with_its_end(board, results):
    data = bytes(range(256)) * 8192
    (results / "in").write_bytes(data)
    with open(results / "in", "rb") as stdin:
        ran = board.sh("wc -c", stdin=stdin)
    assert ran.out.strip() == str(len(data))


def test_output_may_be_opened_again_by_name(board):
    assert board.sh("echo again >/dev/stdout; echo too >/dev/stderr").out == "again\n"


def test_a_warning_in_the_kernel_log_fails_the_run(board):
    with pytest.raises(BoardFailure, match="frobnicated"):
        board.sh("echo '<4>frobnicated' >/dev/kmsg")


def test_an_expected_warning_does_not(board):
    assert board.sh("echo '<4>frobnicated' >/dev/kmsg", expected=["frobnicated"]).status == 0


def test_a_kernel_oops_fails_the_run_and_shows_the_log(board):
    with pytest.raises(BoardFailure, match="(?s)without the command's exit status.*sysrq"):
        board.sh("echo c >/proc/sysrq-trigger; sleep 60")


def test_a_board_that_powers_off_by_itself_fails_the_run(board):
    with pytest.raises(BoardFailure, match="without the command's exit status"):
        board.sh("/run/busybox poweroff -f; sleep 60")


def test_a_hang_ends_at_the_limit(board):
    with pytest.raises(BoardFailure, match=r"nothing after \d+ s"):
        board.sh("sleep 1000", timeout=15)


def test_the_root_is_as_it_was_after_a_run_that_wrote_to_it(board):
    assert board.sh("rm -rf /usr/share && touch /marker").status == 0
    assert board.sh("test -d /usr/share && ! test -e /marker").status == 0


def test_runs_go_on_from_one_boot_and_see_nothing_of_each_other(board):
    # No two boots have the same times in their log.
    runs = [board.sh("ls /dev/shm; echo >/dev/shm/marker; dmesg | head -n 40") for _ in range(2)]
    assert runs[0] == runs[1] and "marker" not in runs[0].out, runs


def test_other_kernel_arguments_are_another_boot(board):
    assert "vivid.allocators=1" in board.sh("cat /proc/cmdline", kernel_arguments=["vivid.allocators=1"]).out
    assert "vivid.allocators=1" not in board.sh("cat /proc/cmdline").out


def test_a_warning_while_the_board_boots_fails_each_run(board):
    for _ in range(2):
        with pytest.raises(BoardFailure, match="invalid for parameter .dma_heap"):
            board.sh("true", kernel_arguments=["dma_heap.mem_accounting=swap"])


def test_a_board_that_does_not_boot_fails_and_is_not_kept(board):
    for _ in range(2):
        with pytest.raises(BoardFailure, match="(?s)went down while it booted.*Kernel panic"):
            board.sh("true", kernel_arguments=["rdinit=/nothing"])


def test_a_run_that_boots_by_itself_has_the_same_board(board):
    script = """cat /proc/cmdline /proc/mounts; ls /sys/class/* /sys/bus/*/drivers
        find /proc/device-tree/ -type f -exec md5sum {} +"""
    by_itself = dataclasses.replace(board, board=dataclasses.replace(board.board, booted=None))
    assert by_itself.sh(script) == board.sh(script)


def test_the_board_has_the_memory_that_its_device_tree_says(board):
    ran = board.sh("""
        od -An -tx1 /proc/device-tree/memory@40000000/ecc-correction-bits
        od -An -tx1 /proc/device-tree/reserved-memory/video@50000000/ecc-correction-bits
        od -An -tx1 /proc/device-tree/reserved-memory/nonecc@58000000/ecc-correction-bits
        grep -E "^[4-9a-f][0-9a-f]{7}-" /proc/iomem""")
    ecc, memory = ran.out.splitlines()[:3], ran.out.splitlines()[3:]
    assert ecc == [" 00 00 00 01", " 00 00 00 00", " 00 00 00 00"]
    # What is not mapped is no memory of the system's.
    assert memory == ["40000000-57ffffff : System RAM", "58000000-5bffffff : reserved",
                      "5c000000-63ffffff : System RAM", "64000000-67ffffff : reserved",
                      "68000000-9fffffff : System RAM"]


def test_perf_and_tracepoints_are_there_and_no_tracer(board):
    assert {"software", "tracepoint"} <= set(board.sh("ls /sys/bus/event_source/devices").out.split())
    assert board.sh("cat /sys/kernel/tracing/available_tracers").out.strip() == "nop"


def test_frames_that_a_device_hands_out_can_be_counted(board):
    frames = 10
    ran = board.sh(f"""device=/dev/$(basename "$(dirname "$(grep -lx vivid-000-vid-cap /sys/class/video4linux/*/name)")")
        id=$(cat /sys/kernel/tracing/events/v4l2/v4l2_dqbuf/id)
        "$tools/pmu-count" --pmu tracepoint --event "$(printf %x "$id")" -- \
            taskset -c 0 v4l2-ctl --silent -d "$device" --stream-mmap --stream-count={frames} --stream-to=/dev/null""")
    assert ran.status == 0, ran.err
    assert int(ran.out.split()[0]) == frames


def test_a_plugin_that_could_not_be_loaded_is_tried_again_by_the_next_run(board, results):
    own = dataclasses.replace(board.board, logs=results)
    board = dataclasses.replace(board, board=own)
    assert board.sh("LD_LIBRARY_PATH= gst-inspect-1.0 --exists heapsel").status == 1
    assert board.sh("gst-inspect-1.0 --exists heapsel").status == 0
    # What has it is kept.
    found = own.registry.stat()
    assert board.sh("gst-inspect-1.0 --exists heapsel").status == 0
    assert (own.registry.stat().st_ino, own.registry.stat().st_mtime) == (found.st_ino, found.st_mtime)
