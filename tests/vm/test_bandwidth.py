# SPDX-License-Identifier: LGPL-2.1-or-later
"""`heapsel bandwidth` on the board, whose counter's truth is known: what the emulator counted itself."""

import json
import os
import shlex
from pathlib import Path

import pytest

import traffic as counting
from board import Board
from boot import Outcome
from pipelines import BINDING, ECC_FREE, decode

HEAP_TOUCH = Path(os.environ["HEAPSEL_SOFTWARE"], "libexec", "heapsel-lab", "heap-touch")
SIZE = 4 << 20
# The C library's memset writes up to 32 bytes of a buffer's end twice.
TWICE = 32
USES = ["frame", "bitstream", "reference", "metadata"]
# Two of them wait for each other, and not twice for as long.
ONE_CPU = {"kernel_arguments": ["maxcpus=1"]}
WARM = 20
FRAMES = 60


def on_board(script: str, timeout: float = 300, pmu: tuple[str, ...] = (), **options) -> tuple[Outcome, counting.Traffic]:
    """A script of bash on a board with the counter, to whose module `pmu` is said."""
    return counting.measure(Board.from_environment(), ["bash", "-c", script], pmu=pmu, timeout=timeout,
                            environment={"clip": os.environ["HEAPSEL_CLIP"]}, **options)


def measured(outcome: Outcome) -> dict:
    assert outcome.status == 0, outcome.error_text
    return json.loads(outcome.text)


def counts(report: dict, run: dict) -> dict[tuple[str, str], int]:
    """What one run counted, by region ("" for all of the memory) and direction."""
    events = report["counter"]["passes"][run["pass"]]
    return {(event["of"] or "", event["direction"]): count
            for event, count in zip(events, run["counts"], strict=True)}


def touch(heap: str, reads: int, writes: int) -> str:
    return (f"heapsel bandwidth --json --no-idle --runs 1 --frames-from count:1 -- "
            f"{HEAP_TOUCH} {heap} --size {SIZE} --reads {reads} --writes {writes}")


def test_a_buffer_of_a_known_size_is_counted_exactly_and_as_the_emulator_does():
    outcome, truth = on_board(touch(ECC_FREE, 3, 2))
    report = measured(outcome)
    counted = counts(report, report["ways"][0]["runs"][0])
    region = next(region for region in truth.regions if region.name == ECC_FREE)
    assert counted[ECC_FREE, "read"] == region.read == 3 * SIZE
    # The kernel clears a buffer before it hands it out.
    assert counted[ECC_FREE, "write"] == region.written
    assert 0 <= counted[ECC_FREE, "write"] - 3 * SIZE <= 2 * TWICE
    assert report["counter"]["kind"] == "emulator" and report["counter"]["by_region"]


def test_main_memory_is_counted_as_the_emulator_does():
    # Of the command itself, only the emulator sees all: so it is a difference that counts.
    times = 1000
    (little, truth_of_little), (much, truth_of_much) = (
        on_board(touch("system", n, n), **ONE_CPU) for n in (0, times))
    some, more = (counts(report, report["ways"][0]["runs"][0]) for report in map(measured, (little, much)))
    for direction, member in (("read", "read"), ("write", "written")):
        truth = sum(getattr(r, member) for r in truth_of_much.regions) - sum(
            getattr(r, member) for r in truth_of_little.regions)
        assert truth > 0.98 * times * SIZE
        assert more["", direction] - some["", direction] == pytest.approx(truth, rel=0.01)
        assert more["", direction] == sum(count for (region, way), count in more.items()
                                          if region and way == direction)


def test_the_counter_is_listed_with_what_one_count_is():
    outcome, _ = on_board("heapsel bandwidth --list && heapsel bandwidth --list --json")
    assert outcome.status == 0, outcome.error_text
    table, _, listed = outcome.text.partition("\n{")
    assert "lab_ddr" in table and ECC_FREE in table
    counter, = json.loads("{" + listed)["counters"]
    assert counter["name"] == "lab_ddr"


@pytest.mark.parametrize(("profile", "name", "sides"), [
    ("imx8mp", "imx8_ddr0", {"bus", "dram"}), ("rockchip", "rockchip_ddr", {"dram"}), ("amlogic", "meson_ddr_bw", {"bus"})])
def test_the_counter_of_a_soc_is_read_in_its_own_units(profile, name, sides):
    # As above, by two runs. 32 bits of bytes have to hold the larger one.
    times = 500
    (little, truth_of_little), (much, truth_of_much) = (
        on_board(touch("system", n, n), pmu=(f"profile={profile}",), **ONE_CPU) for n in (0, times))

    def bytes_of(outcome) -> dict[tuple[str, str], float]:
        report = measured(outcome)
        assert report["counter"]["name"] == name
        return {(traffic["side"], way): traffic[way]["mean"] for traffic in report["ways"][0]["bytes_per_frame"]["traffic"]
                for way in ("read", "written", "both") if traffic["share"] == "all" and traffic[way]}

    some, more = bytes_of(little), bytes_of(much)
    # What cannot be counted together takes a run each.
    runs = len(measured(much)["ways"][0]["runs"])
    truth = {way: (sum(getattr(region, way) for region in truth_of_much.regions) -
                   sum(getattr(region, way) for region in truth_of_little.regions)) / runs for way in ("read", "written")}
    truth["both"] = truth["read"] + truth["written"]
    assert {side for side, _ in more} == sides
    for side, way in more:
        assert more[side, way] - some[side, way] == pytest.approx(truth[way], rel=0.01), (side, way)


def pipeline() -> str:
    return f"gst-launch-1.0 -q {decode('auto', WARM + FRAMES)} ! fakesink sync=false"


@pytest.fixture(scope="module")
def decoder() -> dict:
    """Unbound, with each use of the decoder bound, and with all of them."""
    outcome, _ = on_board(f"""{BINDING}
        heapsel bandwidth $(node stateful-decoder) --json --idle 1 --runs 1 --warm {WARM} \
            --heaps {ECC_FREE} -- {pipeline()}""", timeout=1500, **ONE_CPU)
    return measured(outcome)


def in_region(way: dict, region: str) -> float:
    """Bytes a frame, read and written."""
    return next(t["both"]["mean"] for t in way["bytes_per_frame"]["traffic"] if t["of"] == region)


def test_frames_are_counted_from_the_first_that_is_warm_to_the_last(decoder):
    for way in decoder["ways"]:
        run, = way["runs"]
        # A look comes a frame late where two came at once.
        assert FRAMES - 2 <= run["frames"] <= FRAMES, way["name"]
        assert run["enabled_ns"] == run["running_ns"]


def test_each_use_alone_and_all_of_them_are_the_ways(decoder):
    assert [way["name"] for way in decoder["ways"]] == [
        "unbound", *(f"{use} {ECC_FREE}" for use in USES), f"all {ECC_FREE}"]
    assert decoder["ways"][-1]["bindings"] == {use: [ECC_FREE] for use in USES}


def test_what_is_bound_is_read_and_written_in_its_heap_and_not_in_main_memory(decoder):
    unbound, *_, everything = decoder["ways"]
    reference = next(way for way in decoder["ways"] if way["name"].startswith("reference"))
    picture = 768 * 576 * 3 // 2
    assert in_region(unbound, ECC_FREE) < 0.01 * picture
    assert in_region(reference, ECC_FREE) > picture
    assert in_region(everything, ECC_FREE) > in_region(reference, ECC_FREE)
    ecc, less = (way["bytes_per_frame"]["with_ecc"]["mean"] for way in (unbound, everything))
    print(f"in memory with ECC: {ecc / 1e6:.2f} MB a frame, {less / 1e6:.2f} with all bound")
    assert less < ecc - picture


def test_bindings_are_as_they_were_after_the_last_run_and_no_trace_is_left():
    outcome, _ = on_board(f"""{BINDING}
        bind stateful-decoder reference system
        before=$(grep -H . $(role stateful-decoder '*'))
        heapsel bandwidth $(node stateful-decoder) --no-idle --runs 1 --warm 2 \
            --way mine=reference:{ECC_FREE} -- gst-launch-1.0 -q {decode('auto', 10)} ! fakesink || exit 7
        [ "$before" = "$(grep -H . $(role stateful-decoder '*'))" ] || exit 8
        [ -z "$(ls /sys/kernel/tracing/instances)" ] || exit 9""")
    assert outcome.status == 0, (outcome.text, outcome.error_text)


@pytest.mark.parametrize("signal", ["INT", "TERM", "HUP"])
def test_a_signal_ends_the_command_first_and_leaves_the_bindings_as_they_were(signal):
    # Of a shell's job, as at a terminal: what is not one ignores SIGINT.
    outcome, _ = on_board(f"""{BINDING}
        set -m
        bind stateful-decoder reference system
        before=$(grep -H . $(role stateful-decoder '*'))
        heapsel bandwidth $(node stateful-decoder) --no-idle --frames-from count:1 \
            --way mine=reference:{ECC_FREE} --order abab -- sh -c 'echo $$ >/tmp/pid; exec sleep 1000' &
        until [ -s /tmp/pid ]; do sleep 0.1; done
        [ "$before" != "$(grep -H . $(role stateful-decoder '*'))" ] || exit 6
        kill -{signal} $!
        wait $!; echo "status $?"
        [ "$before" = "$(grep -H . $(role stateful-decoder '*'))" ] || exit 8
        ! kill -0 $(cat /tmp/pid)""")
    assert outcome.status == 0, outcome.error_text
    assert "status 1" in outcome.text
    assert "A signal ended it; there is no report." in outcome.error_text


def test_the_command_gets_its_words_as_they_are():
    words = ["[a,b]", "", "-q", "--", "--json", "!", "a b"]
    outcome, _ = on_board("heapsel bandwidth --json --no-idle --runs 1 --frames-from count:1 -- "
                          f"sh -c 'printf \"<%s>\" \"$@\"' {shlex.join(['sh', *words])}")
    assert measured(outcome)["command"][3:] == ["sh", *words]
    assert "".join(f"<{word}>" for word in words) in outcome.error_text


def test_a_command_that_fails_in_one_way_is_reported_and_the_rest_measured():
    outcome, _ = on_board(f"""{BINDING}
        file=$(role stateful-decoder reference)
        heapsel bandwidth $(node stateful-decoder) --json --no-idle --runs 2 --frames-from count:1 \
            --way mine=reference:{ECC_FREE} -- sh -c "grep -q '^.{ECC_FREE}' $file && exit 3; true" """)
    assert outcome.status == 1, outcome.error_text
    unbound, mine = json.loads(outcome.text)["ways"]
    assert unbound["failed"] is None and len(unbound["runs"]) == 2
    assert mine["failed"] == "the command ended with status 3, in run 1" and mine["runs"] == []


def test_what_runs_already_is_measured_for_a_time_between_its_frames():
    outcome, _ = on_board(f"""{BINDING}
        device=$(node stateful-decoder)
        gst-launch-1.0 -q {decode('auto', 400)} ! fakesink sync=false & playing=$!
        until [ -e /proc/$playing/fd ] && ls -l /proc/$playing/fd | grep -q "$device"; do sleep 0.1; done
        heapsel bandwidth $device --seconds 20 --runs 1 --json
        status=$?; kill $playing; wait $playing; exit $status""", timeout=600, **ONE_CPU)
    report = measured(outcome)
    way, = report["ways"]
    run, = way["runs"]
    assert report["seconds"] == 20 and report["command"] == [] and report["frames"] == "v4l2" and report["warm"] == 1
    assert way["name"] == "as it is" and way["bindings"] is None and report["idle"] is None
    # From its first frame to its last.
    assert run["frames"] >= 1 and 0 < run["seconds"] <= 20.5
    picture = 768 * 576 * 3 // 2
    assert next(t for t in way["bytes_per_frame"]["traffic"] if t["share"] == "all")["both"]["mean"] > picture


def test_where_no_frame_comes_in_the_time_the_report_says_so():
    outcome, _ = on_board(f"{BINDING} heapsel bandwidth $(node stateful-decoder) --seconds 0.5 --runs 1")
    assert outcome.status == 1, outcome.error_text
    assert "the device gave out 0 frames in 0.5 seconds." in " ".join(outcome.text.split())


def test_frames_that_the_user_gives_are_said_to_be_believed():
    outcome, _ = on_board("heapsel bandwidth --no-idle --runs 1 --frames 3 -- true")
    assert outcome.status == 0, outcome.error_text
    text = " ".join(outcome.text.split())
    assert "3 frames, given by the user, not counted" in text
    assert "How many frames there were is believed: the user said so." in text


def test_a_report_is_shown_elsewhere_as_where_it_was_measured(board):
    # Elsewhere is the board without its counter: nothing there can be measured.
    outcome, _ = on_board(f"""set -e
        heapsel bandwidth --no-idle --runs 2 --frames 1 --json -- {HEAP_TOUCH} {ECC_FREE} --size {SIZE} >/tmp/report
        [ "$(heapsel bandwidth --from /tmp/report --json)" = "$(cat /tmp/report)" ] || exit 7
        cat /tmp/report""")
    report = measured(outcome)
    ran = board.sh(f"""echo {shlex.quote(outcome.text)} >/tmp/report
        heapsel bandwidth --from /tmp/report && heapsel bandwidth --from /tmp/report --csv""")
    assert ran.status == 0, ran
    assert "counter lab_ddr" in ran.out and report["machine"]["kernel"] in ran.out
    assert ran.out.count("as it is,") == len(report["ways"][0]["runs"]) * len(report["counter"]["passes"][0])


def test_without_permission_it_says_what_to_set_and_ends_with_3():
    outcome, _ = on_board("""sysctl -q kernel.perf_event_paranoid=2 || echo 2 >/proc/sys/kernel/perf_event_paranoid
        setpriv --reuid 1000 --clear-groups heapsel bandwidth --frames-from count:1 -- true""")
    assert outcome.status == 3, outcome.error_text
    assert "kernel.perf_event_paranoid is 2, and this process does not have CAP_PERFMON" in outcome.error_text
    assert "sudo sysctl kernel.perf_event_paranoid=0" in outcome.error_text


def test_without_a_counter_it_ends_with_3(board):
    ran = board.sh("heapsel bandwidth --frames-from count:1 -- true")
    assert ran.status == 3, ran.err
    assert "No PMU here counts bytes of memory" in ran.err


def test_doctor_says_who_may_count():
    outcome, _ = on_board("""echo 2 >/proc/sys/kernel/perf_event_paranoid
        heapsel doctor; setpriv --reuid 1000 --clear-groups heapsel doctor; true""")
    assert "ok       counter" in outcome.text
    assert "note     counter" in outcome.text
