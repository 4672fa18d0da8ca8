# SPDX-License-Identifier: LGPL-2.1-or-later
"""C++ and C stand as .clang-format has them, but for what is built with the kernel, whose style is the kernel's."""

import subprocess
from pathlib import Path

TOP = Path(__file__).resolve().parents[2]
KERNELS = ("tests/kunit/", "lab/kernel/", "kernel-patches/")


def test_clang_format_would_change_nothing():
    tracked = subprocess.run(["git", "ls-files", "-z", "*.cpp", "*.hpp", "*.c", "*.h"], cwd=TOP, check=True,
                             capture_output=True, text=True).stdout.split("\0")
    files = [file for file in tracked if file and not file.startswith(KERNELS) and (TOP / file).exists()]
    assert files
    ran = subprocess.run(["clang-format", "--dry-run", "--Werror", *files], cwd=TOP, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
