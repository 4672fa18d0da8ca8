#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""A program in C is compiled against the installed library with what pkg-config says, and runs.

Usage: installed.py BUILD SOURCE [FLAG...]
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path


def main() -> int:
    build, source, *flags = sys.argv[1:]
    with tempfile.TemporaryDirectory() as directory:
        subprocess.run(["meson", "install", "-C", build, "--no-rebuild", "--quiet", "--destdir", directory], check=True)
        pc = next(Path(directory).rglob("heapsel.pc"))
        environment = {**os.environ, "PKG_CONFIG_PATH": str(pc.parent), "PKG_CONFIG_SYSROOT_DIR": directory}

        def pkg_config(*arguments: str) -> list[str]:
            return subprocess.run(["pkg-config", *arguments, "heapsel"], env=environment, check=True, text=True,
                                  capture_output=True).stdout.split()

        assert "-lstdc++" in pkg_config("--libs", "--static"), pkg_config("--libs", "--static")
        # A program that is linked with the shared library is linked with nothing else.
        assert [word for word in pkg_config("--libs") if word.startswith("-l")] == ["-lheapsel"]
        program = Path(directory, "allocate")
        subprocess.run(["cc", "-std=c11", "-Wall", "-Wextra", "-Wpedantic", "-Werror", *flags, source, "-o", program,
                        *pkg_config("--cflags", "--libs")], check=True)
        libraries = str(next(Path(directory).rglob("libheapsel.so")).parent)
        ran = subprocess.run([program, "4096", "no-such-device"], text=True, capture_output=True,
                             env={**os.environ, "LD_LIBRARY_PATH": libraries})
        print(ran.stdout, ran.stderr)
        expected = "cannot find the video device (no-such-device)"
        assert ran.stderr.startswith(f"allocate: {expected}"), ran
        assert subprocess.run([program], capture_output=True).returncode != 0
    return 0


sys.exit(main())
