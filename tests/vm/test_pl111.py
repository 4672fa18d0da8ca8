# SPDX-License-Identifier: LGPL-2.1-or-later
"""A display that fetches what it shows from physical memory, on the second board: what it takes from
which heap, and that every pixel arrives."""

import contextlib
import os
import subprocess
from pathlib import Path

import pytest

from vexpress import PAGE, Vexpress

PICTURES = Path(os.environ["HEAPSEL_TOP"], "build", "test-results", "pl111")
WIDTH, HEIGHT = 1024, 768
# Where the buffers of those heaps must be; only the kernel knows where the default region is.
PLACES = {"video@68000000": range(0x6800_0000, 0x6900_0000), "nonecc@6c000000": range(0x6c00_0000, 0x6d00_0000),
          "default_cma_region": range(0x6000_0000, 0x7000_0000)}
ECC_FREE = "nonecc@6c000000"
POOL = range(0x6b00_0000, 0x6c00_0000)  # of the device trees "pool" and "shared-pool"
BINDING = "/sys/class/drm/card0/device/heaps/frame"
BOUND, DEFAULT, IMPORT_ONLY = 1, 4, 16  # flags of what is listed


def rows(moved: int) -> list[list[int]]:
    """What lab/vexpress/scanout.cpp draws: 0xrrggbb."""
    columns = [(column + moved) % WIDTH for column in range(WIDTH)]
    red_and_blue = [(x & 0xff) << 16 | (x >> 8) << 6 for x in columns]
    return [[pixel | (y & 0xff) << 8 | (y >> 8) << 4 for pixel in red_and_blue] for y in range(HEIGHT)]


def as_shown(moved: int) -> bytes:
    return b"".join(pixel.to_bytes(3, "big") for row in rows(moved) for pixel in row)


def pixels_that_differ(shown: bytes, expected: bytes) -> int:
    assert len(shown) == len(expected)
    return sum(shown[at:at + 3] != expected[at:at + 3] for at in range(0, len(shown), 3))


def place_of(run, moved: int) -> list[int]:
    """The physical address of each row, which is as long as a page."""
    row_of = {b"".join(pixel.to_bytes(4, "little") for pixel in row): y for y, row in enumerate(rows(moved))}
    found = {row_of[content]: address for address, content in run.pages() if content in row_of}
    assert len(found) == HEIGHT
    return [found[y] for y in range(HEIGHT)]


def pieces(place: list[int]) -> int:
    return 1 + sum(after != before + PAGE for before, after in zip(place, place[1:]))


def save(name: str, screen) -> None:
    PICTURES.mkdir(parents=True, exist_ok=True)
    subprocess.run(["ffmpeg", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "rgb24",
                    "-s", f"{screen.width}x{screen.height}", "-i", "-", PICTURES / f"{name}.png"],
                   input=screen.rgb, check=True)


def do(run, order: str) -> None:
    run.say(order)
    answer = run.line()
    assert answer == "done", f"{order}: {answer}"


@contextlib.contextmanager
def scanout(memory: str, bound: str | None = "driver", tree: str = "board"):
    bind = f"echo {bound} >{BINDING} && " if bound else ""
    with Vexpress.from_environment().boot(f"{bind}scanout {memory}", tree=tree) as run:
        do(run, "draw 0")
        yield run


def listed(before: str = "true", tree: str = "board") -> dict[str, int]:
    """The flags of what the display lists, by name; what it takes by itself under none."""
    with Vexpress.from_environment().boot(f"{before} && scanout --list", tree=tree) as run:
        said = run.rest()
        assert run.wait() == 0, said
    entries = [(int(flags, 16), name) for flags, _, name in (line.partition(" ") for line in said.splitlines())]
    return {"" if flags & DEFAULT else name: flags for flags, name in entries}


def end(run) -> None:
    run.say("end")
    assert run.wait() == 0


@pytest.mark.parametrize("heap", PLACES)
def test_every_pixel_of_a_contiguous_buffer_is_shown(heap):
    with scanout(heap) as run:
        place = place_of(run, moved=0)
        assert pieces(place) == 1 and place[0] in PLACES[heap] and place[-1] in PLACES[heap]
        do(run, "show")
        screen = run.screen()
        save(heap, screen)
        assert (screen.width, screen.height) == (WIDTH, HEIGHT)
        assert pixels_that_differ(screen.rgb, as_shown(moved=0)) == 0
        end(run)


def test_every_pixel_of_a_dumb_buffer_is_shown():
    with scanout("--dumb") as run:
        do(run, "show")
        screen = run.screen()
        save("dumb", screen)
        assert pixels_that_differ(screen.rgb, as_shown(moved=0)) == 0
        end(run)


def test_a_dumb_buffer_comes_from_the_heap_that_the_display_is_bound_to():
    with scanout("--dumb", bound=ECC_FREE) as run:
        place = place_of(run, moved=0)
        assert pieces(place) == 1 and place[0] in PLACES[ECC_FREE] and place[-1] in PLACES[ECC_FREE]
        do(run, "show")
        screen = run.screen()
        save("dumb-bound", screen)
        assert pixels_that_differ(screen.rgb, as_shown(moved=0)) == 0
        end(run)


def test_dumb_buffers_need_memory_that_display_and_cpu_see_alike():
    """The display does not look into the caches, and who draws does not write them back."""
    with Vexpress.from_environment().boot(f"""
            cat {BINDING}
            for heap in video@68000000 default_cma_region system; do echo $heap >{BINDING}; done
            cat {BINDING}""") as run:
        said = run.rest().splitlines()
        assert run.wait() == 0
    listed = f"[driver] {ECC_FREE}"
    assert said[0] == said[-1] == listed
    assert len(said) == 5 and all("Invalid argument" in line for line in said[1:4])


def test_what_is_drawn_later_is_shown_with_no_call_to_the_display():
    with scanout(ECC_FREE) as run:
        do(run, "show")
        before = run.screen()
        do(run, "draw 100")
        after = run.screen()
        save("moved", after)
        assert pixels_that_differ(before.rgb, after.rgb) == WIDTH * HEIGHT
        assert pixels_that_differ(after.rgb, as_shown(moved=100)) == 0
        end(run)


def test_a_scattered_buffer_is_refused():
    with scanout("system") as run:
        # One can be contiguous by luck.
        for moved in range(1, 9):
            if pieces(place_of(run, moved - 1)) > 1:
                break
            do(run, "another")
            do(run, f"draw {moved}")
        else:
            pytest.fail("no buffer was scattered")
        run.say("show")
        assert run.rest() == "importing the buffer: Invalid argument\n"
        assert run.wait() == 1


def test_the_display_lists_the_heaps_that_it_takes_a_buffer_from():
    heaps = listed()
    # "reserved" is the default region too.
    assert heaps.keys() - {"reserved", ""} == PLACES.keys()
    assert heaps[""] == DEFAULT | BOUND
    # Who draws into a dumb buffer does not write the caches back.
    assert heaps[ECC_FREE] == 0
    assert {heaps[name] for name in heaps if name not in (ECC_FREE, "")} == {IMPORT_ONLY}


def test_what_is_bound_is_listed_as_bound():
    heaps = listed(before=f"echo {ECC_FREE} >{BINDING}")
    assert next(iter(heaps.items())) == (ECC_FREE, BOUND) and heaps[""] == DEFAULT


def test_the_device_tree_binds_the_display():
    assert next(iter(listed(tree="bound").items())) == (ECC_FREE, BOUND)
    with scanout("--dumb", bound=None, tree="bound") as run:
        place = place_of(run, moved=0)
        assert pieces(place) == 1 and place[0] in PLACES[ECC_FREE] and place[-1] in PLACES[ECC_FREE]
        end(run)


def test_a_pool_of_the_displays_own_is_all_that_it_shows_from():
    with Vexpress.from_environment().boot(f"""
            [ ! -e {BINDING} ] || exit 2
            scanout --list
            exec scanout {ECC_FREE}""", tree="pool") as run:
        assert run.line() == "listing heaps: Operation not supported"
        do(run, "draw 0")
        run.say("show")
        assert run.rest() == "importing the buffer: Invalid argument\n"
        assert run.wait() == 1
    with scanout("--dumb", bound=None, tree="pool") as run:
        place = place_of(run, moved=0)
        assert pieces(place) == 1 and place[0] in POOL and place[-1] in POOL
        do(run, "show")
        assert pixels_that_differ(run.screen().rgb, as_shown(moved=0)) == 0
        end(run)


def test_a_pool_that_has_the_name_of_a_use_is_the_memory_of_a_heap():
    assert next(iter(listed(tree="shared-pool").items())) == ("pool@6b000000", BOUND)
    with scanout("--dumb", bound=None, tree="shared-pool") as run:
        place = place_of(run, moved=0)
        assert pieces(place) == 1 and place[0] in POOL and place[-1] in POOL
        end(run)
    with scanout(ECC_FREE, bound=None, tree="shared-pool") as run:
        do(run, "show")
        assert pixels_that_differ(run.screen().rgb, as_shown(moved=0)) == 0
        end(run)
