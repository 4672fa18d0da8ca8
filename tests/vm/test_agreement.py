# SPDX-License-Identifier: LGPL-2.1-or-later
"""What libheapsel selects is what the kernel accepts: all heaps, all devices, case by case."""

import json

import pytest

# What memory is behind each heap, by the board's device tree (lab/board/board.dtsi), not by what
# libheapsel says of it.
MEMORY = {
    "coherent@64000000": {"contiguous", "uncached", "ecc"},
    "default_cma_region": {"contiguous", "cached", "ecc"},
    "frames@60000000": {"contiguous", "cached", "ecc"},
    "nonecc@58000000": {"contiguous", "uncached", "non-ecc"},
    "system": {"cached", "ecc"},
    "video@50000000": {"contiguous", "cached", "non-ecc"},
}
ALIASES = {"reserved": "default_cma_region"}
WISHES = ["", "contiguous", "non-ecc", "cached", "uncached", "contiguous,cached", "uncached,non-ecc",
          "cached,non-ecc"]
ALL_CONTIGUOUS = ["vivid.allocators=1", "vimc.allocator=1"]
# What the kernel says of a buffer that a device or a display refuses.
REFUSED = [r"contiguous chunk is too small"]

# For every video queue and every display: the heaps whose buffers the kernel takes. Then what is
# selected for each, and for each queue with each display, under every wish.
SCRIPT = r"""
for heap in /dev/dma_heap/*; do
    heap=${heap##*/}
    ! heapsel alloc 4096 --heap $heap >/dev/null || echo $heap
done >$out/allocates
{
    for card in $cards; do echo $card $($tools/kms-accepts /dev/dri/$card); done
    for queue in $queues; do
        side=; [ ${queue#*:} = capture ] || side=--output
        echo $queue $($tools/video-accepts $side /dev/${queue%:*})
    done
} >$out/takes 2>$out/refusals
$tools/selections $wishes $groups >$out/selected
"""


def canonical(names) -> set[str]:
    return {ALIASES.get(name, name) for name in names}


def suits(heap: str, wish: str) -> bool:
    return all(word in MEMORY[heap] for word in wish.split(",") if word)


@pytest.mark.parametrize("arguments", [[], ALL_CONTIGUOUS], ids=["vmalloc", "contiguous"])
def test_what_is_selected_is_what_the_kernel_takes(board, arguments):
    listed = board.sh("heapsel devices --json", kernel_arguments=arguments)
    devices = json.loads(listed.out)
    queues = [f"{d['name']}:{m['queue']}" for d in devices["devices"] for m in d["memories"] if m["queue"]]
    cards = [d["name"] for d in devices["displays"]]
    pairs = [f"{queue}+{card}" for queue in queues for card in cards]
    assert len(queues) >= 10 and cards, devices

    ran = board.sh(f"queues='{' '.join(queues)}' cards='{' '.join(cards)}' "
                   f"groups='{' '.join(cards + queues + pairs)}' "
                   f"wishes='{' '.join('=' + wish for wish in WISHES)}'\n" + SCRIPT,
                   kernel_arguments=arguments, expected=REFUSED, timeout=400)
    assert ran.status == 0, ran

    def lines(name: str) -> list[list[str]]:
        return [line.split() for line in (board.folder / name).read_text().splitlines()]

    takes = {name: canonical(heaps) for name, *heaps in lines("takes")}
    takes |= {pair: takes[pair.split("+")[0]] & takes[pair.split("+")[1]] for pair in pairs}
    selected = {(name, wish): set(heaps) for name, wish, *heaps in lines("selected")}
    expected = {(name, "=" + wish): {heap for heap in heaps if suits(heap, wish)}
                for name, heaps in takes.items() for wish in WISHES}

    assert canonical(heap for heap, in lines("allocates")) == set(MEMORY)
    assert len(expected) == len(cards + queues + pairs) * len(WISHES)
    assert selected.keys() == expected.keys()
    wrong = {case: (sorted(selected[case]), sorted(heaps))
             for case, heaps in expected.items() if selected[case] != heaps}
    assert not wrong, f"{len(wrong)} of {len(expected)}: selected, and what the kernel takes"
    # Both answers occur, so that neither side can be empty throughout.
    assert set(MEMORY) in takes.values()
    assert ("system" in set.intersection(*takes.values())) == (arguments != ALL_CONTIGUOUS)
