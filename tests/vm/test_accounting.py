# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who pays for a heap's buffers: cgroup controllers refuse, charge and forget as documented."""

import os

import pytest

from heap_shell import PAYER

# What the kernel logs when a memory cgroup runs out of memory.
OOM_KILL = [r"heap-hold invoked oom-killer", r"^\[[ 0-9.]+\] ", r"Memory cgroup out of memory"]

FRAME = 640 * 480 * 3 // 2  # not a whole number of MiB, but of pages
CARVEOUT = "nonecc@58000000"
COHERENT = "coherent@64000000"
CMA = "video@50000000"
ACCOUNTED = "dma_heap.mem_accounting=1"

CGROUP = PAYER + """
payer
used() { cat $g/memory.current; }
# hold NAME ARGUMENT...: starts heap-hold, waits until it holds, and shows what it says.
hold() {
    mkfifo /tmp/$1.in
    "$tools/heap-hold" "${@:2}" </tmp/$1.in >/tmp/$1.out &
    exec {writer}>/tmp/$1.in
    until grep -q held /tmp/$1.out || ! kill -0 $!; do sleep 0.05; done
    tr '\\n' ' ' </tmp/$1.out
    echo
}
release() { exec {writer}>&-; wait; }
"""


def lines(ran) -> list[str]:
    assert ran.status == 0, ran
    return ran.out.splitlines()


@pytest.mark.parametrize("heap", [CARVEOUT, CMA])
def test_a_limit_below_two_frames_refuses_the_second_and_leaves_no_trace(board, heap):
    ran = board.sh(f"""{CGROUP}
        read -r free <"/sys/class/dma_heap/{heap}/free_bytes"
        limit {heap} {FRAME * 3 // 2}
        hold a {heap} --size {FRAME} --count 2 --cgroup $g
        charged {heap}
        cat /sys/class/dma_heap/{heap}/{{buffers,allocated_bytes}}
        release
        charged {heap}
        peaked {heap}
        cat /sys/class/dma_heap/{heap}/{{buffers,allocated_bytes}}
        echo $(($(cat /sys/class/dma_heap/{heap}/free_bytes) - free))""")
    frame = (FRAME + 4095) // 4096 * 4096
    assert lines(ran) == ["ok ENOMEM held ", str(frame), "1", str(frame), "0", str(frame), "0", "0", "0"]


def test_a_limit_below_one_frame_refuses_even_the_first(board):
    ran = board.sh(f"""{CGROUP}
        limit {CARVEOUT} {FRAME - 4096}
        hold a {CARVEOUT} --size {FRAME} --count 2 --cgroup $g
        peaked {CARVEOUT}
        cat /sys/class/dma_heap/{CARVEOUT}/buffers""")
    assert lines(ran) == ["ENOMEM ENOMEM held ", "0", "0"]


def test_a_coherent_pool_charges_the_power_of_two_that_it_takes(board):
    """A limit that is more than the buffer but less than what the pool sets aside for it refuses."""
    ran = board.sh(f"""{CGROUP}
        limit {COHERENT} $((35 << 20))
        hold a {COHERENT} --size $((33 << 20)) --cgroup $g
        release
        limit {COHERENT} $((64 << 20))
        hold b {COHERENT} --size $((17 << 20)) --cgroup $g
        charged {COHERENT}
        cat /sys/class/dma_heap/{COHERENT}/{{allocated_bytes,free_bytes}}
        release
        charged {COHERENT}""")
    assert lines(ran) == ["ENOMEM held ", "ok held ", str(32 << 20), str(17 << 20), str(32 << 20), "0"]


def test_the_regions_have_their_capacities_and_a_task_outside_is_not_limited(board):
    ran = board.sh(f"""{CGROUP}
        sort /sys/fs/cgroup/dmem.capacity
        limit {CARVEOUT} 0
        hold a {CARVEOUT} --size {FRAME}
        charged {CARVEOUT}""")
    assert lines(ran) == [f"heap/{COHERENT} {64 << 20}", f"heap/default_cma_region {64 << 20}",
                          f"heap/frames@60000000 {64 << 20}", f"heap/{CARVEOUT} {64 << 20}",
                          f"heap/{CMA} {64 << 20}", "ok held ", "0"]


def test_a_charge_outlives_the_task_and_its_cgroup(board):
    ran = board.sh(f"""{CGROUP}
        mkdir $g/inner 2>/dev/null
        hold a {CARVEOUT} --size 1048576 --cgroup $g
        cat $g/cgroup.procs | wc -l
        charged {CARVEOUT}
        limit {CARVEOUT} 1048576
        hold b {CARVEOUT} --size 4096 --cgroup $g
        rmdir $g/inner $g && echo removed
        cat /sys/class/dma_heap/{CARVEOUT}/buffers
        exec {{writer}}>&-; pkill heap-hold; sleep 0.3
        cat /sys/class/dma_heap/{CARVEOUT}/buffers""")
    assert lines(ran) == ["ok held ", "0", "1048576", "ENOMEM held ", "removed", "1", "0"]


def test_memory_current_rises_and_falls_by_what_the_system_heap_gave(board):
    size = 8 << 20
    ran = board.sh(f"""{CGROUP}
        cat /sys/class/dma_heap/system/accounting
        used
        hold a system --size {size} --cgroup $g
        used
        release
        used""", kernel_arguments=[ACCOUNTED])
    accounting, before, held, during, after = lines(ran)
    assert (accounting, held) == ("memcg", "ok held ")
    # The buffer's own bookkeeping is a few pages, and each CPU keeps up to 64 pages charged ahead.
    slack = 2 * 64 * 4096 + 128 * 1024
    assert size <= int(during) - int(before) <= size + slack
    assert int(after) - int(before) <= slack


def test_memory_max_kills_and_leaves_nothing(board):
    ran = board.sh(f"""{CGROUP}
        echo 4M >$g/memory.max
        echo 0 >$g/memory.swap.max 2>/dev/null
        hold a system --size {16 << 20} --cgroup $g
        cat /sys/class/dma_heap/system/{{buffers,allocated_bytes}}""",
                   kernel_arguments=[ACCOUNTED], expected=OOM_KILL)
    # The pages are charged one by one, and the task is killed.
    assert lines(ran) == ["", "0", "0"]


def test_memcg_is_told_only_where_it_counts_what_the_kernel_allocates(board):
    file = "/sys/class/dma_heap/system/accounting"
    script = f"cat {file}\n{CGROUP}\ncat {file}"
    assert lines(board.sh(script, kernel_arguments=[ACCOUNTED])) == ["none", "memcg"]
    assert lines(board.sh(script, kernel_arguments=[ACCOUNTED, "cgroup.memory=nokmem"])) == ["none", "none"]


def test_dmem_is_told_only_where_it_is_not_disabled(board):
    ran = board.sh("""cd /sys/class/dma_heap
        for heap in *; do echo $(cat $heap/accounting) $(ls $heap/cgroup_region 2>/dev/null); done | sort -u
        "$tools/heap-hold" nonecc@58000000 --size 4096 </dev/null""", kernel_arguments=["cgroup_disable=dmem"])
    assert lines(ran) == ["none", "ok", "held"]


def test_both_heaps_of_the_default_region_charge_one_dmem_region(board):
    ran = board.sh(f"""{CGROUP}
        cat /sys/class/dma_heap/{{reserved,default_cma_region,video@50000000}}/cgroup_region
        hold a reserved --size 1048576 --cgroup $g
        charged default_cma_region
        charged reserved
        release
        charged default_cma_region""")
    assert lines(ran) == ["heap/default_cma_region", "heap/default_cma_region", "heap/video@50000000",
                          "ok held ", "1048576", "0"]


def test_each_heap_has_the_controller_of_its_memory(board):
    ran = board.sh("cd /sys/class/dma_heap; for heap in *; do echo $heap $(cat $heap/accounting); done")
    assert dict(line.split() for line in lines(ran)) == {
        "system": "none", "default_cma_region": "dmem", "reserved": "dmem",
        CMA: "dmem", CARVEOUT: "dmem", "frames@60000000": "dmem", COHERENT: "dmem"}


def test_a_payer_pays_for_what_a_kernel_thread_allocates(board):
    """The unit tests allocate in a kernel thread: 64 KiB for itself, 128 KiB for the task that loaded them."""
    ran = board.sh(f"""{CGROUP}
        (echo $BASHPID >$g/cgroup.procs; modprobe -d "{os.environ["HEAPSEL_KERNEL"]}" dma-heap-payer-test)
        region=$(sed -n 's/.*# .*a_payer_is_charged_for_a_buffer: charged heap.//p' \
            /sys/kernel/debug/kunit/dma_heap_payer/results)
        peaked $region; charged $region""",
                   expected=["loading out-of-tree module taints kernel"])
    assert lines(ran) == [str(128 << 10), "0"]
