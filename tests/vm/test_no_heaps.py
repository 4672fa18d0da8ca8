# SPDX-License-Identifier: LGPL-2.1-or-later
"""Unit tests of a kernel without heaps, which it runs as it starts: what drivers get from the headers then."""

import os
import re
import subprocess
from pathlib import Path

import pytest

import ktap

KERNEL = Path(os.environ.get("HEAPSEL_NO_HEAPS_KERNEL", ""))
QEMU = ["qemu-system-aarch64", "-M", "virt", "-cpu", "cortex-a57", "-m", "256M", "-nodefaults", "-display", "none",
        "-no-reboot", "-serial", "stdio"]
ARGUMENTS = "console=ttyAMA0 panic=-1 kunit_shutdown=poweroff"
COMPLAINT = re.compile(r"WARNING:|BUG[: ]|Oops|Kernel panic|Unable to handle")


@pytest.fixture(scope="module")
def console() -> str:
    """What the kernel says from its start until it powers off."""
    return subprocess.run([*QEMU, "-kernel", KERNEL / "Image", "-append", ARGUMENTS], stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE, text=True, errors="replace", timeout=120).stdout


def test_the_kernel_has_no_heaps():
    assert "CONFIG_DMABUF_HEAPS=y" not in (KERNEL / "config").read_text().splitlines()


def test_every_unit_test_passes(console: str):
    results = ktap.parse(console)
    assert results.faults == results.failed == [], console
    assert results.passed >= 5 and not results.skipped, console


def test_the_kernel_does_not_complain(console: str):
    assert not [line for line in console.splitlines() if COMPLAINT.search(line)]
    assert "reboot: Power down" in console
