#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Each header of the C API compiles by itself, as C11 and as C++, and pulls in none of the kernel's.

Usage: headers.py INCLUDE
"""

import shutil
import subprocess
import sys
from pathlib import Path

STRICT = ["-Wall", "-Wextra", "-Wpedantic", "-Wstrict-prototypes", "-Werror", "-fsyntax-only"]
STRICT_CPP = [flag for flag in STRICT if flag != "-Wstrict-prototypes"]
COMPILERS = {"gcc": ["-xc", "-std=c11", *STRICT], "clang": ["-xc", "-std=c11", *STRICT],
             "g++": ["-xc++", "-std=c++11", *STRICT_CPP], "clang++": ["-xc++", "-std=c++11", *STRICT_CPP]}
KERNEL = ("/linux/", "/asm/", "/asm-generic/", "/drm/", "/libdrm/")


def compiles(include: Path, header: str) -> None:
    source = f"#include <{header}>\n#include <{header}>\n"
    for compiler, flags in COMPILERS.items():
        if compiler != "gcc" and header != "heapsel/heapsel.h":
            continue  # that has them all
        subprocess.run([compiler, *flags, f"-I{include}", "-"], input=source, text=True, check=True)


def included_by(include: Path, header: str) -> list[str]:
    rule = subprocess.run(["gcc", "-std=c11", "-M", "-xc", f"-I{include}", "-"], text=True, check=True,
                          input=f"#include <{header}>\n", capture_output=True).stdout
    return rule.replace("\\\n", " ").split()[1:]


def main() -> int:
    include = Path(sys.argv[1])
    missing = [compiler for compiler in COMPILERS if shutil.which(compiler) is None]
    if missing:
        print("not here:", *missing)
        return 77
    headers = ["heapsel/heapsel.h", *(f"heapsel/c/{file.name}" for file in sorted(include.glob("heapsel/c/*.h")))]
    assert len(headers) > 10, headers
    for header in headers:
        compiles(include, header)
    seen = included_by(include, "heapsel/heapsel.h")
    assert all(any(path.endswith(header) for path in seen) for header in headers), "heapsel.h lacks one"
    kernel = [path for path in seen if any(part in path for part in KERNEL)]
    assert not kernel, kernel
    return 0


sys.exit(main())
