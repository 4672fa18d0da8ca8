# SPDX-License-Identifier: LGPL-2.1-or-later
"""<heapsel/libcamera.hpp> and the example that uses it compile with every libcamera since 0.3.

Debian 13 has 0.4, its backports 0.7. HEAPSEL_LIBCAMERA_HEADERS names folders with the headers of others, each
of which holds one folder libcamera, with colons between them.
"""

import os
import re
import subprocess
from pathlib import Path

import pytest

TOP = Path(os.environ["HEAPSEL_TOP"])
FOLDERS = [Path("/usr/include/libcamera"), *map(Path, filter(None, os.environ.get("HEAPSEL_LIBCAMERA_HEADERS", "").split(":")))]
VERSIONS = ["0.3", "0.4", "0.5", "0.6", "0.7"]
DEBIANS = "0.4"
STRICT = ["-std=c++23", "-fsyntax-only", "-Wall", "-Wextra", "-Wconversion", "-Wshadow", "-Wold-style-cast", "-Werror"]


def version_of(folder: Path) -> str | None:
    """Its major and minor number: all patch levels of a minor one are one API."""
    try:
        text = (folder / "libcamera" / "version.h").read_text()
    except FileNotFoundError:
        return None
    return ".".join(re.search(rf"define LIBCAMERA_VERSION_{part}\s+(\d+)", text)[1] for part in ("MAJOR", "MINOR"))


def folders_of(version: str) -> list[Path]:
    found = [folder for folder in FOLDERS if version_of(folder) == version]
    if not found and version != DEBIANS:
        pytest.skip(f"no package here has the headers of libcamera {version}; HEAPSEL_LIBCAMERA_HEADERS may name them")
    return found


def compiles(compiler: str, source: Path, headers: Path) -> None:
    subprocess.run([compiler, *STRICT, f"-I{TOP}/libheapsel/include", "-isystem", headers, "-isystem", "/usr/include/libdrm",
                    source], check=True)


@pytest.mark.parametrize("compiler", ["g++", "clang++"])
@pytest.mark.parametrize("version", VERSIONS)
def test_the_adapter_compiles(version, compiler):
    folders = folders_of(version)
    assert folders
    for headers in folders:
        compiles(compiler, TOP / "tests" / "lab" / "libcamera_use.cpp", headers)


@pytest.mark.parametrize("version", VERSIONS)
def test_the_example_compiles(version):
    folders = folders_of(version)
    assert folders
    for headers in folders:
        for source in ("camera.cpp", "main.cpp"):
            compiles("g++", TOP / "examples" / "camera-to-display" / source, headers)


def test_the_library_knows_nothing_of_libcamera():
    built = TOP / "libheapsel"
    users = [file for file in built.rglob("*") if file.suffix in (".cpp", ".hpp", ".h", ".build")
             and re.search(r"#include <libcamera/|dependency\('libcamera", file.read_text())]
    assert users == [built / "include" / "heapsel" / "libcamera.hpp"]
