# SPDX-License-Identifier: LGPL-2.1-or-later
"""The kernel's own unit tests, as it was built with them, and those of tests/kunit: each module is a boot, each
suite in it a case here."""

import functools
import os
from pathlib import Path

import pytest

import board as lab
import ktap
from faults import VIDEOBUF2_FAILED

# A module with tests has them listed in a section of its own.
SECTION = b".kunit_test_suites\0"
EXPECTED = [
    # On an emulator that says nothing about a test.
    r"# \S+: Test should be marked slow \(runtime: ",
    # Those of tests/kunit are.
    r"loading out-of-tree module taints kernel",
    # Heaps are refused for a reason, and the reason is logged.
    r"kunit-heap-user .*: no memory-region for the name",
    *VIDEOBUF2_FAILED,
    r"\[drm\] \*ERROR\* Failed to vmap PRIME buffer",
    *lab.CMA_IS_FULL,
    r"dma_heap: (Heap name .* (is too long|has a character that is not allowed)|Already registered|Cannot add|Unable to)",
    r"dma_heap: Name of heap x+ is too long for a cgroup region$",
]

# A case has a device whose folder of files cannot be made, as there is another; sysfs says so, and from where.
DUPLICATE = [
    r"sysfs: cannot create duplicate filename '/devices/kunit/a_device_without_files_has_its_uses\.[a-z-]+/heaps'$",
    r"\] CPU: \d+ UID: 0 PID: \d+ Comm: kunit_try_catch Tainted: ",
    r"\] Tainted: \[O\]=OOT_MODULE, \[N\]=TEST",
    r"\] Hardware name: heapsel virtual board \(DT\)$",
    r"\] Call trace:$",
    r"\]  [\w.]+\+0x[0-9a-f]+/0x[0-9a-f]+( \(\w+\))?( \[\w+\])?$",
]

MORE = {"dma-heap-consumer-sysfs-test": DUPLICATE}

# Of the DRM core's own, that make the kernel warn on purpose: nothing worse may be said.
WARN = dict.fromkeys(["drm_connector_test", "drm_framebuffer_test", "drm_hdmi_state_helper_test"],
                     [r"^(?!.*(BUG:|Oops))"])
DEBUG = os.environ.get("HEAPSEL_KERNEL_VARIANT") == "debug"
if DEBUG:
    # It maps 1 MiB for a mock device that takes 64 KiB at a time, and DMA-API debugging warns of that.
    WARN["drm_gem_shmem_test"] = [r"^(?!.*(BUG:|Oops|unreferenced object))"]

# PROVE_LOCKING has locks of DRM answer EDEADLK now and then, as if another thread held them.
NO_RETRY = "has cases that do not try again after EDEADLK, which the debug kernel injects"
# Modules of the stock kernel, and why they cannot pass with the debug kernel.
NOT_FOR_DEBUG = {
    "dmabuf_kunit": "has a case that takes five minutes with the debug kernel on an emulator, and gives up",
    "drm_bridge_test": NO_RETRY,
    "drm_hdmi_state_helper_test": NO_RETRY,
}
SKIPPED = NOT_FOR_DEBUG if DEBUG else {}


@functools.cache
def modules() -> list[str]:
    kernel = Path(os.environ["HEAPSEL_KERNEL"])
    return sorted(file.stem for file in kernel.glob("lib/modules/*/kernel/**/*.ko")
                  if SECTION in file.read_bytes())


@functools.cache
def results_of(module: str) -> dict[str, ktap.Results]:
    """What the suites of a module say, by their names; a board that failed says so under none."""
    board = lab.Board.from_environment()
    # KUnit's own limit for a case grows as ours does.
    script = f"""modprobe -d "$kernel" kunit timeout={300 * board.patience:.0f} || exit
        modprobe -d "$kernel" {module} || exit
        cd /sys/kernel/debug/kunit && for suite in *; do echo "=== $suite"; cat "$suite/results"; done"""
    outcome = board.run(["bash", "-c", script], timeout=300,
                        expected=WARN.get(module, EXPECTED + MORE.get(module, [])),
                        environment={"kernel": os.environ["HEAPSEL_KERNEL"]})
    assert outcome.status == 0, outcome.error_text
    texts = [part.partition("\n") for part in outcome.text.split("=== ")[1:]]
    return {name: ktap.parse(text) for name, _, text in texts}


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A case for each suite. Which there are, the board must say, so it is asked already now."""
    if "suite" not in metafunc.fixturenames:
        return
    pairs = []
    for module in modules():
        if module in SKIPPED:
            pairs.append((module, None))
            continue
        try:
            pairs += [(module, suite) for suite in results_of(module)] or [(module, "")]
        except (AssertionError, lab.BoardFailure) as failure:
            pairs.append((module, failure))
    metafunc.parametrize(("module", "suite"), pairs, ids=[
        f"{suite}: {results_of(module)[suite]}" if isinstance(suite, str) and suite else f"{module}: nothing"
        for module, suite in pairs])


def test_the_kernel_was_built_with_unit_tests():
    assert modules()


def test_the_suites_of_tests_kunit_are_among_them():
    ours = {file.stem for file in Path(os.environ["HEAPSEL_TOP"], "tests", "kunit").glob("*-test.c")}
    assert ours <= set(modules())


def test_every_case_of_the_suite_passes(module, suite):
    if suite is None:
        pytest.skip(f"{module} {SKIPPED[module]}")
    if isinstance(suite, Exception):
        raise suite
    assert suite, f"{module} has no suite"
    results = results_of(module)[suite]
    assert results.faults == results.failed == []
    assert results.passed, f"nothing passed: {results}"
