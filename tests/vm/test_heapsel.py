# SPDX-License-Identifier: LGPL-2.1-or-later
"""The command heapsel on real heaps: what it lists, what it chooses, what it says when it cannot."""

import json

import pytest

from board import CMA_IS_FULL

# Nobody holds a dma-buf any more: debugfs counts them, in all processes and in the kernel.
NOTHING_LEFT = """
test "$(tail -n 1 /sys/kernel/debug/dma_buf/bufinfo)" = "Total 0 objects, 0 bytes" ||
    { cat /sys/kernel/debug/dma_buf/bufinfo; echo LEFT BEHIND; }
"""


def refused(board, setup: str, command: str, **options) -> str:
    """Runs a command that must fail, and gives what it said; nothing may be left behind."""
    ran = board.sh(f"{setup}\n{command}\necho status $?\n{NOTHING_LEFT}", **options)
    assert "status 1\n" in ran.out, ran
    assert "LEFT BEHIND" not in ran.out, ran
    assert ran.err.startswith("heapsel: "), ran
    return ran.err


@pytest.fixture
def listed(board) -> dict:
    ran = board.sh("heapsel list --json")
    assert ran.status == 0, ran
    return {heap["name"]: heap for heap in json.loads(ran.out)["heaps"]}


def test_each_heap_is_listed_once_under_its_stable_name(listed):
    assert {name: heap["aliases"] for name, heap in listed.items()} == {
        "default_cma_region": ["reserved"], "system": [], "video@50000000": []}


def test_each_property_says_where_it_was_learned(listed):
    def answers(name):
        return {trait: (p["answer"], p["source"]) for trait, p in listed[name]["properties"].items()}
    assert answers("video@50000000")["ecc"] == ("no", "device tree")
    assert answers("system")["ecc"] == ("yes", "device tree")
    assert answers("video@50000000")["contiguous"][0] == "yes"
    assert answers("system")["contiguous"] == ("no", "kernel")
    assert all(p["evidence"] for heap in listed.values() for p in heap["properties"].values()
               if p["answer"] != "unknown")


def test_the_region_is_the_one_of_the_device_tree(listed):
    assert listed["video@50000000"]["region"] == {"base": 0x50000000, "size": 64 << 20}


def test_explain_judges_every_heap_and_says_why(board):
    ran = board.sh("heapsel explain --require contiguous --prefer non-ecc --json")
    heaps = json.loads(ran.out)["heaps"]
    assert [(heap["name"], heap["verdict"]) for heap in heaps] == [
        ("video@50000000", "chosen"), ("default_cma_region", "candidate"), ("system", "unsuitable")]
    assert all(heap["reason"] for heap in heaps)


@pytest.mark.parametrize("heap", ["system", "default_cma_region", "reserved", "video@50000000"])
def test_alloc_maps_and_gives_back_a_buffer(board, heap):
    ran = board.sh(f"heapsel alloc 3M --heap {heap} --count 3 --json\nstatus=$?\n{NOTHING_LEFT}\nexit $status")
    assert ran.status == 0 and "LEFT BEHIND" not in ran.out, ran


def test_a_wrong_heap_name_is_answered_with_the_nearest(board):
    said = refused(board, "", "heapsel alloc 4K --heap video@5000000")
    assert "video@5000000" in said and "video@50000000" in said


def test_no_permission_names_the_remedy(board):
    said = refused(board, "", "setpriv --reuid=1000 --regid=1000 --clear-groups heapsel alloc 4K")
    assert "/dev/dma_heap/" in said and "udev" in said


def test_no_heap_folder_names_the_kernel_option(board):
    said = refused(board, "rm -r /dev/dma_heap", "heapsel alloc 4K")
    assert "CONFIG_DMABUF_HEAPS" in said


def test_an_empty_heap_folder_is_no_heap_at_all(board):
    said = refused(board, "rm /dev/dma_heap/*", "heapsel alloc 4K")
    assert "heap" in said


def test_no_memory_left_names_the_heaps_that_were_tried(board):
    said = refused(board, "", "heapsel alloc 80M --require contiguous", expected=CMA_IS_FULL)
    assert "video@50000000" in said and "default_cma_region" in said


def test_exhaustion_falls_back_within_what_satisfies(board):
    ran = board.sh("heapsel alloc 20M --count 5 --require contiguous --prefer non-ecc --json",
                   expected=CMA_IS_FULL)
    assert ran.status == 0, ran
    heaps = [buffer["heap"] for buffer in json.loads(ran.out)["buffers"]]
    assert heaps[0] == "video@50000000" and heaps[-1] == "default_cma_region"
    assert "system" not in heaps


def test_a_requirement_that_nothing_meets_says_so_for_each_heap(board):
    said = refused(board, "", "heapsel alloc 4K --require protected")
    assert all(heap in said for heap in ("system", "default_cma_region", "video@50000000"))


def test_wrong_usage_is_status_2(board):
    for command in ("heapsel alloc many", "heapsel alloc 0", "heapsel explain --require fast", "heapsel"):
        assert board.sh(command).status == 2, command
