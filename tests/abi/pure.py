#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""The decision makes no system call: no object of select/ names a function that does.

Usage: pure.py ARCHIVE
"""

import re
import subprocess
import sys

# How a C or C++ program comes to a system call that reads or changes something, or to the environment.
IMPURE = re.compile("|".join((
    r"(__)?(f|l)?stat(at|x|fs)?(64)?$", r"(f|p|fd)?open(at|dir)?(64)?$",
    r"(p|f|__)?(read|write)(v|64|dir|dir64|link|linkat)?$",
    r"close(dir)?$", r"(__)?(ioctl|fcntl)", r"mmap", r"syscall$", r"(secure_)?getenv$", r"get(pw|gr)", r"sysconf$",
    r"p?poll$", r"p?select$", r"socket$", r"access$", r"clock_gettime$", r"uname$", r"v?(f|d)?printf$", r"puts$",
    r".*filesystem.*(status|exists|is_|read_symlink|directory_iterator|canonical|file_size)",
    r".*(basic_[io]?f(ile)?stream|basic_filebuf|chrono.*clock.*now)")))


def main() -> int:
    listed = subprocess.run(["nm", "--undefined-only", "--format=just-symbols", sys.argv[1]], check=True, text=True,
                            capture_output=True).stdout
    symbols = {line for line in listed.splitlines() if line and not line.endswith(":")}
    assert any(symbol.startswith("_ZN7heapsel") or symbol.startswith("_ZNK7heapsel") for symbol in symbols), symbols
    calls = sorted(filter(IMPURE.match, symbols))
    for symbol in calls:
        print(f"select/ needs {symbol}")
    return 1 if calls else 0


if __name__ == "__main__":
    sys.exit(main())
