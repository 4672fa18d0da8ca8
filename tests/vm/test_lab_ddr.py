# SPDX-License-Identifier: LGPL-2.1-or-later
"""The PMU of a board whose emulator counts: what programs there are told is what the emulator says itself."""

import dataclasses
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import traffic as counting
from board import Board
from counter import EXPECTED

SOFTWARE = Path(os.environ["HEAPSEL_SOFTWARE"], "libexec", "heapsel-lab")
PMU_COUNT, HEAP_TOUCH = SOFTWARE / "pmu-count", SOFTWARE / "heap-touch"
SIZE = 4 << 20
# The kernel clears a buffer before it hands it out; the C library's memset writes up to 32 bytes twice.
TWICE = 64
REGIONS = ["video@50000000", "nonecc@58000000", "frames@60000000", "coherent@64000000", "memory@40000000"]
READ, WRITTEN = 1, 2
# On an i.MX 8M Plus the first VPU's AXI ID; on a G12A the decoder's port.
VPU, VDEC = 0x7C, 21


@dataclasses.dataclass
class Ran:
    status: int
    out: str
    err: str

    @property
    def counts(self) -> list[int]:
        return [int(line.split()[0]) for line in self.out.splitlines()]

    @property
    def times(self) -> list[tuple[int, int]]:
        return [tuple(map(int, line.split()[1:])) for line in self.out.splitlines()]


def count(*words: object) -> str:
    """A command line: pmu-count with these."""
    return shlex.join(map(str, [PMU_COUNT, *words]))


def touch(heap: str, reads: int = 3, writes: int = 2) -> list[object]:
    return [HEAP_TOUCH, heap, "--size", SIZE, "--reads", reads, "--writes", writes]


def events(*configs: str) -> list[str]:
    return [word for config in configs for word in ("--event", config)]


def each_region(kind: int) -> list[str]:
    return [f"{kind:x}:{region:x}" for region in range(len(REGIONS) + 1)]


def on_board(commands: dict[str, str], *parameters: str, **options) -> tuple[dict[str, Ran], counting.Traffic]:
    """What each of these says, all on one board, and what the emulator itself counted meanwhile."""
    mark = "-- end of"
    script = "".join(f"({command}); status=$?; echo; echo {mark} {name} $status; echo >&2; echo {mark} {name} >&2\n"
                     for name, command in commands.items())
    outcome, counted = counting.measure(Board.from_environment(), ["bash", "-c", script], pmu=parameters, **options)
    assert outcome.status == 0, outcome.error_text
    outs = re.findall(rf"(.*?)\n?^{mark} (\S+) (\d+)\n", outcome.text, re.DOTALL | re.MULTILINE)
    errs = re.findall(rf"(.*?)\n?^{mark} (\S+)\n", outcome.error_text, re.DOTALL | re.MULTILINE)
    return {name: Ran(int(status), out.strip(), err.strip())
            for (out, name, status), (err, _) in zip(outs, errs, strict=True)}, counted


def sysfs(pmu: str) -> str:
    return f"cd /sys/bus/event_source/devices/{pmu} && grep -r . cpumask identifier caps events format regions"


def described(ran: Ran) -> dict[str, str]:
    return dict(line.split(":", 1) for line in ran.out.splitlines())


@pytest.fixture(scope="module")
def plain() -> dict[str, Ran]:
    both = [*each_region(READ), *each_region(WRITTEN)]
    commands = {"sysfs": sysfs("lab_ddr")}
    commands |= {heap: count(*events(*both), "--", *touch(heap)) for heap in REGIONS[1:4]}
    commands |= {
        "off": count("--off", *events("1", "2"), "--", *touch("nonecc@58000000")),
        "twice": count("--twice", *events("1:2"), "--", *touch("nonecc@58000000")),
        "nested": count(*events("1:2"), "--", PMU_COUNT, *events("1:2", "1:3"), "--", *touch("nonecc@58000000")),
        "beside": f"{count('--apart', *events('1:2', '1:3'), '--', *touch('nonecc@58000000', 20))} & "
                  f"{count('--apart', *events('1:2', '1:3'), '--', *touch('nonecc@58000000', 20))} & wait",
        "other-cpu": count("--cpu", 1, *events("1:2"), "--", "taskset", "-c", 1, *touch("nonecc@58000000")),
    }
    refused = {"sampling": ["--sample-period", 1000, *events("1")], "task": ["--task", 0, *events("1")],
               "task-anywhere": ["--task", 0, "--cpu", -1, *events("1")], "no-event": events("0"),
               "event-3": events("3"), "event-101": events("101"), "region-6": events("1:6"),
               "region-100": events("1:100"), "config2": events("1:0:1")}
    commands |= {name: count(*words, "--", "true") for name, words in refused.items()}
    ran, _ = on_board(commands)
    return ran


def test_it_says_what_it_counts_and_where(plain):
    assert described(plain["sysfs"]) == {
        "cpumask": "0",
        "events/read-bytes": "event=0x01", "events/read-bytes.unit": "MB",
        "events/read-bytes.scale": "9.536743164e-07",
        "events/write-bytes": "event=0x02", "events/write-bytes.unit": "MB",
        "events/write-bytes.scale": "9.536743164e-07",
        "format/event": "config:0-7", "format/region": "config1:0-7",
        **{f"regions/{i}": name for i, name in enumerate(REGIONS, 1)}}


@pytest.mark.parametrize("heap", REGIONS[1:4])
def test_a_buffer_counts_in_its_heap_s_region_to_the_byte(plain, heap):
    number, read, written = REGIONS.index(heap) + 1, *halves(plain[heap].counts)
    assert read[number] == 3 * SIZE
    assert 0 <= written[number] - 3 * SIZE <= TWICE
    others = [i for i in (2, 3, 4) if i != number]
    assert [(read[i], written[i]) for i in others] == [(0, 0), (0, 0)]


def halves(counts: list[int]) -> tuple[list[int], list[int]]:
    return counts[:len(counts) // 2], counts[len(counts) // 2:]


@pytest.mark.parametrize("heap", REGIONS[1:4])
def test_region_0_is_the_sum_of_all_in_one_group(plain, heap):
    for counts in halves(plain[heap].counts):
        assert counts[0] == sum(counts[1:])


@pytest.mark.parametrize("heap", REGIONS[1:4])
def test_what_is_enabled_runs_all_the_time(plain, heap):
    assert all(enabled == running > 0 for enabled, running in plain[heap].times)


def test_what_is_not_enabled_counts_nothing(plain):
    assert plain["off"].counts == [0, 0]


def test_what_is_disabled_again_counts_no_more(plain):
    assert plain["twice"].counts == [3 * SIZE, 3 * SIZE]


def test_one_who_counts_within_another_takes_nothing_from_it(plain):
    assert plain["nested"].counts == [3 * SIZE, 0, 3 * SIZE]


def test_two_who_count_at_once_both_count_all(plain):
    mine, none, theirs, nothing = plain["beside"].counts
    assert (none, nothing) == (0, 0)
    for reads in (mine, theirs):
        # Which part of the other's reads each sees is a matter of time.
        assert 20 * SIZE <= reads <= 40 * SIZE


def test_it_counts_all_cpus_whichever_it_is_opened_for(plain):
    assert plain["other-cpu"].counts == [3 * SIZE]


@pytest.mark.parametrize("what", ["sampling", "task", "task-anywhere", "no-event", "event-3", "event-101",
                                  "region-6", "region-100", "config2"])
def test_what_it_cannot_count_is_refused(plain, what):
    assert plain[what].status == 3
    assert plain[what].err.endswith(": EINVAL")


def both_say(*command: object) -> tuple[list[tuple[int, int]], list[tuple[int, int]]]:
    """What is read and written by region, in the board's words and in the emulator's."""
    ran, counted = on_board({"all": count(*events(*each_region(READ)[1:], *each_region(WRITTEN)[1:]), "--", *command)})
    return list(zip(*halves(ran["all"].counts))), [(region.read, region.written) for region in counted.regions]


def test_the_board_is_told_what_the_emulator_says():
    little, little_emulated = both_say("true")
    work = "; ".join(shlex.join(map(str, touch(heap, 3 + i, 2 * i)))
                     for i, heap in enumerate(REGIONS[1:4]))
    much, much_emulated = both_say("sh", "-c", f"{work}; {shlex.join(map(str, touch('system', 100, 80)))}")
    assert much[1:4] == much_emulated[1:4]
    assert all(read >= 3 * SIZE and written >= SIZE for read, written in much[1:4])
    for kind in (0, 1):
        # The emulator also counts what comes before the first question, to load the module, and that differs from
        # run to run by a few per cent of the whole.
        told, emulated = much[-1][kind], much_emulated[-1][kind]
        before = little_emulated[-1][kind] - little[-1][kind]
        assert told > 80 * SIZE and 0 < emulated - told < 2 * before


def test_a_board_whose_emulator_does_not_count_has_no_such_pmu(board):
    ran = board.sh(f"""modprobe -d {os.environ["HEAPSEL_KERNEL"]} lab_ddr && ls /sys/bus/event_source/devices""",
                   expected=[EXPECTED])
    assert ran.status == 0, ran.err
    assert "software" in ran.out.split() and "lab_ddr" not in ran.out.split()


@pytest.fixture(scope="module")
def imx8mp() -> dict[str, Ran]:
    def ids(mask: int, master: int) -> str:
        return f"{mask << 16 | master:x}"
    everybody, cpu, vpu = ids(0xFFFF, 0), ids(0, 0), ids(0, VPU)
    work = touch("nonecc@58000000")
    commands = {
        "sysfs": sysfs("imx8_ddr0"),
        "vpu": count("--pmu", "imx8_ddr0", *events(f"41:{vpu}", f"42:{vpu}", "2a"), "--", *work),
        "vpus": count("--pmu", "imx8_ddr0", *events(f"41:{ids(0x3, VPU)}"), "--", *work),
        "all": count("--pmu", "imx8_ddr0", *events(f"41:{everybody}", f"42:{everybody}", "2a", "0"), "--", *work),
        "sides": count("--pmu", "imx8_ddr0", *events("2a", "2b", f"41:{everybody}"), "--", *work),
        "two-filters": count("--pmu", "imx8_ddr0", *events(f"41:{vpu}", f"41:{cpu}"), "--", *work),
        "two-filters-apart": count("--pmu", "imx8_ddr0", "--apart", *events(f"41:{vpu}", f"41:{cpu}"), "--",
                                   *touch("nonecc@58000000", 200)),
        "five": count("--pmu", "imx8_ddr0", "--apart", *events("2a", "2b", f"41:{vpu}", f"42:{vpu}"), "--",
                      *touch("nonecc@58000000", 200)),
        "sampling": count("--pmu", "imx8_ddr0", "--sample-period", 1000, *events("41"), "--", "true"),
    }
    return on_board(commands, "profile=imx8mp", f"masters=0,{VPU}")[0]


def test_as_an_imx8mp_it_has_that_one_s_events_and_filter(imx8mp):
    assert described(imx8mp["sysfs"]) == {
        "cpumask": "0", "identifier": "i.MX8MP",
        "caps/filter": "1", "caps/enhanced_filter": "1", "caps/super_filter": "0",
        "events/cycles": "event=0x00", "events/read-cycles": "event=0x2a", "events/write-cycles": "event=0x2b",
        "events/axid-read": "event=0x41", "events/axid-write": "event=0x42",
        "format/event": "config:0-7", "format/axi_id": "config1:0-15", "format/axi_mask": "config1:16-31",
        "format/axi_port": "config2:0-2", "format/axi_channel": "config2:3-3"}


def test_as_an_imx8mp_it_counts_a_master_s_bytes(imx8mp):
    read, written, _ = imx8mp["vpu"].counts
    assert read == 3 * SIZE and 0 <= written - 3 * SIZE <= TWICE
    # The two low bits do not matter.
    assert imx8mp["vpus"].counts == [3 * SIZE]


def test_as_an_imx8mp_a_burst_of_the_memory_is_16_bytes(imx8mp):
    read, _, bursts, _ = imx8mp["all"].counts
    assert read > 3 * SIZE and abs(read - 16 * bursts) < 16
    bursts, _, read = imx8mp["sides"].counts
    assert abs(read - 16 * bursts) < 16


def test_as_an_imx8mp_all_counters_share_one_filter(imx8mp):
    assert imx8mp["two-filters"].status == 3
    assert imx8mp["two-filters"].err.endswith(": EINVAL")
    times = imx8mp["two-filters-apart"].times
    assert all(running < enabled for enabled, running in times), times


def test_as_an_imx8mp_it_has_three_counters(imx8mp):
    times = imx8mp["five"].times
    assert any(running < enabled for enabled, running in times), times


def test_as_an_imx8mp_it_refuses_with_that_one_s_error(imx8mp):
    assert imx8mp["sampling"].err.endswith(": EOPNOTSUPP")


def test_as_an_imx8mp_a_counter_that_is_full_stands_still():
    lost = "events lost due to counter overflow"
    ran, _ = on_board({"full": count("--pmu", "imx8_ddr0", *events(f"41:{0xffff0000:x}"), "--",
                                     *touch("nonecc@58000000")), "log": f"dmesg | grep -c '{lost}'"},
                      "profile=imx8mp", "counter_bits=20", expected=[lost])
    assert ran["full"].counts == [(1 << 20) - 1]
    assert int(ran["log"].out) >= 1


def test_as_a_rockchip_it_counts_bytes_by_channel():
    channels = [f"{3 + i:x}" for i in range(8)]
    ran, _ = on_board({"sysfs": sysfs("rockchip_ddr"),
                       "all": count("--pmu", "rockchip_ddr", *events("1", "2", "b", *channels), "--",
                                    *touch("nonecc@58000000")),
                       "task": count("--pmu", "rockchip_ddr", "--task", 0, *events("1"), "--", "true")},
                      "profile=rockchip")
    names = [f"{kind}-bytes{channel}" for channel in ["", *range(4)] for kind in ("read", "write")] + ["bytes"]
    assert described(ran["sysfs"]) == {
        "cpumask": "0", "format/event": "config:0-7", "events/cycles": "event=0x0",
        **{f"events/{name}": f"event={i:#x}" for i, name in enumerate(names, 1)},
        **{f"events/{name}.unit": "MB" for name in names},
        **{f"events/{name}.scale": "9.536743164e-07" for name in names}}
    read, written, both, *by_channel = ran["all"].counts
    assert read > 3 * SIZE and written > 3 * SIZE and both == read + written
    # Each rounds by itself.
    assert sum(by_channel[0::2]) == pytest.approx(read, abs=4)
    assert sum(by_channel[1::2]) == pytest.approx(written, abs=4)
    assert ran["task"].err.endswith(": EINVAL")


def test_as_an_amlogic_it_counts_16_bytes_of_either_direction():
    decoder = f"1:{1 << VDEC:x}"
    ran, _ = on_board({"sysfs": sysfs("meson_ddr_bw"),
                       "decoder": count("--pmu", "meson_ddr_bw", *events(decoder), "--", *touch("nonecc@58000000")),
                       "total": count("--pmu", "meson_ddr_bw", *events("0", decoder), "--",
                                      *touch("nonecc@58000000")),
                       "five-ports": count("--pmu", "meson_ddr_bw", *events("1:1f"), "--", "true"),
                       "task": count("--pmu", "meson_ddr_bw", "--task", 0, *events("0"), "--", "true")},
                      "profile=amlogic", f"masters=0,{VDEC}")
    described_as = described(ran["sysfs"])
    events_there = {name: value for name, value in described_as.items() if "." not in name and "events/" in name}
    assert events_there == {"events/total_rw_bytes": "event=0x00",
                            **{f"events/chan_{i}_rw_bytes": f"event=0x{i:02x}" for i in range(1, 5)}}
    assert described_as["events/total_rw_bytes.scale"] == "1.52587890625e-05"
    assert described_as["events/total_rw_bytes.unit"] == "MB"
    assert described_as["identifier"] == "meson_ddr_bw"
    assert described_as["format/vdec"] == f"config1:{VDEC}" and described_as["format/arm"] == "config1:0"
    assert 0 <= 16 * ran["decoder"].counts[0] - 6 * SIZE <= 2 * TWICE
    total, decoder_part = ran["total"].counts
    assert 0 <= 16 * decoder_part - 6 * SIZE <= 2 * TWICE and total > decoder_part
    assert (ran["five-ports"].err[-11:], ran["task"].err[-11:]) == (" EOPNOTSUPP", " EOPNOTSUPP")


def traffic(*arguments: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, Path(counting.__file__), *arguments], capture_output=True, text=True)


def test_the_lab_s_command_counts_with_the_pmu_of_ones_choice():
    ran = traffic("--pmu", "--parameter", "profile=rockchip", "--", "ls", "/sys/bus/event_source/devices")
    assert ran.returncode == 0, ran.stderr
    assert "rockchip_ddr\n" in ran.stderr and "lab_ddr\n" not in ran.stderr
    assert "memory@40000000" in ran.stdout


def test_a_profile_that_is_none_fails_and_is_named():
    ran = traffic("--pmu", "--parameter", "profile=imx9", "--", "true")
    assert (ran.returncode, ran.stdout) == (125, "")
    assert "there is no profile imx9" in ran.stderr
