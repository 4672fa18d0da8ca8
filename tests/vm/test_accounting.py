# SPDX-License-Identifier: LGPL-2.1-or-later
"""Who pays for a heap's buffers: cgroup controllers refuse, charge and forget as documented."""

import pytest

# What the kernel logs when a memory cgroup runs out of memory.
OOM_KILL = [r"heap-hold invoked oom-killer", r"^\[[ 0-9.]+\] ", r"Memory cgroup out of memory"]

FRAME = 640 * 480 * 3 // 2  # not a whole number of MiB, but of pages
CARVEOUT = "nonecc@58000000"

# A cgroup `$g` with the controllers on. `charged REGION` prints what dmem charges it with, `peaked
# REGION` the most that it ever did.
CGROUP = """
mount -t cgroup2 none /sys/fs/cgroup
echo "+dmem +memory" >/sys/fs/cgroup/cgroup.subtree_control
g=/sys/fs/cgroup/payer
mkdir $g
charged() { sed -n "s/^$1 //p" $g/dmem.current; }
peaked() { sed -n "s/^$1 //p" $g/dmem.peak; }
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


def test_a_limit_below_two_frames_refuses_the_second_and_leaves_no_trace(board):
    ran = board.sh(f"""{CGROUP}
        echo "{CARVEOUT} {FRAME * 3 // 2}" >$g/dmem.max
        hold a {CARVEOUT} --size {FRAME} --count 2 --cgroup $g
        charged {CARVEOUT}
        cat /sys/class/dma_heap/{CARVEOUT}/{{buffers,allocated_bytes}}
        release
        charged {CARVEOUT}
        peaked {CARVEOUT}
        cat /sys/class/dma_heap/{CARVEOUT}/{{buffers,allocated_bytes,free_bytes}}""")
    frame = (FRAME + 4095) // 4096 * 4096
    assert lines(ran) == ["ok ENOMEM held ", str(frame), "1", str(frame), "0", str(frame), "0", "0",
                          str(64 << 20)]


def test_a_limit_below_one_frame_refuses_even_the_first(board):
    ran = board.sh(f"""{CGROUP}
        echo "{CARVEOUT} {FRAME - 4096}" >$g/dmem.max
        hold a {CARVEOUT} --size {FRAME} --count 2 --cgroup $g
        peaked {CARVEOUT}
        cat /sys/class/dma_heap/{CARVEOUT}/{{buffers,peak_bytes}}""")
    assert lines(ran) == ["ENOMEM ENOMEM held ", "0", "0", "0"]


def test_the_region_has_its_capacity_and_a_task_outside_is_not_limited(board):
    ran = board.sh(f"""{CGROUP}
        grep -e {CARVEOUT} -e coherent -e frames /sys/fs/cgroup/dmem.capacity | sort
        echo "{CARVEOUT} 0" >$g/dmem.max
        hold a {CARVEOUT} --size {FRAME}
        charged {CARVEOUT}""")
    assert lines(ran) == [f"coherent@64000000 {64 << 20}", f"frames@60000000 {64 << 20}",
                          f"{CARVEOUT} {64 << 20}", "ok held ", "0"]


def test_a_charge_outlives_the_task_and_its_cgroup(board):
    ran = board.sh(f"""{CGROUP}
        mkdir $g/inner 2>/dev/null
        hold a {CARVEOUT} --size 1048576 --cgroup $g
        cat $g/cgroup.procs | wc -l
        charged {CARVEOUT}
        echo "{CARVEOUT} 1048576" >$g/dmem.max
        hold b {CARVEOUT} --size 4096 --cgroup $g
        rmdir $g/inner $g && echo removed
        cat /sys/class/dma_heap/{CARVEOUT}/buffers
        exec {{writer}}>&-; pkill heap-hold; sleep 0.3
        cat /sys/class/dma_heap/{CARVEOUT}/buffers""")
    assert lines(ran) == ["ok held ", "0", "1048576", "ENOMEM held ", "removed", "1", "0"]


@pytest.mark.parametrize("heap, argument", [
    ("system", "dma_heap.mem_accounting=1"),
    ("video@50000000", "dma_heap.cma_accounting=memcg"),
    ("default_cma_region", "dma_heap.cma_accounting=memcg"),
])
def test_memory_current_rises_and_falls_by_what_the_heap_gave(board, heap, argument):
    size = 8 << 20
    ran = board.sh(f"""{CGROUP}
        cat /sys/class/dma_heap/{heap}/accounting
        used
        hold a {heap} --size {size} --cgroup $g
        used
        release
        used""", kernel_arguments=[argument])
    accounting, before, held, during, after = lines(ran)
    assert (accounting, held) == ("memcg", "ok held ")
    # The buffer's own bookkeeping is a few pages, and each CPU keeps up to 64 pages charged ahead.
    slack = 2 * 64 * 4096 + 128 * 1024
    assert size <= int(during) - int(before) <= size + slack
    assert int(after) - int(before) <= slack


@pytest.mark.parametrize("heap, argument", [
    ("system", "dma_heap.mem_accounting=1"),
    ("video@50000000", "dma_heap.cma_accounting=memcg"),
])
def test_memory_max_refuses_or_kills_and_leaves_nothing(board, heap, argument):
    ran = board.sh(f"""{CGROUP}
        echo 4M >$g/memory.max
        echo 0 >$g/memory.swap.max 2>/dev/null
        hold a {heap} --size {16 << 20} --cgroup $g
        cat /sys/class/dma_heap/{heap}/{{buffers,allocated_bytes}}""",
                   kernel_arguments=[argument], expected=OOM_KILL if heap == "system" else [])
    said, *left = lines(ran)
    # Pages of the page allocator are charged one by one, there the task is killed instead.
    assert said == ("" if heap == "system" else "ENOMEM held ")
    assert left == ["0", "0"]


def test_both_heaps_of_the_default_region_charge_one_dmem_region(board):
    ran = board.sh(f"""{CGROUP}
        cat /sys/class/dma_heap/{{reserved,default_cma_region,video@50000000}}/cgroup_region
        hold a reserved --size 1048576 --cgroup $g
        charged default_cma_region
        charged reserved
        release
        charged default_cma_region""", kernel_arguments=["dma_heap.cma_accounting=dmem"])
    assert lines(ran) == ["default_cma_region", "default_cma_region", "video@50000000",
                          "ok held ", "1048576", "0"]


def test_without_a_word_from_the_administrator_only_carveouts_are_charged(board):
    ran = board.sh("cd /sys/class/dma_heap; for heap in *; do echo $heap $(cat $heap/accounting); done")
    assert dict(line.split() for line in lines(ran)) == {
        "system": "none", "default_cma_region": "none", "reserved": "none",
        "video@50000000": "none", CARVEOUT: "dmem", "frames@60000000": "dmem",
        "coherent@64000000": "dmem"}


def test_an_accounting_that_does_not_exist_is_refused(board):
    ran = board.sh("cat /sys/module/dma_heap/parameters/cma_accounting",
                   kernel_arguments=["dma_heap.cma_accounting=swap"],
                   expected=[r"invalid for parameter .dma_heap\.cma_accounting"])
    assert lines(ran) == ["none"]
