#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Each piece of C++ and C in README and docs compiles, links with the library, and runs to its end.

This machine has neither the devices nor the heaps that they name, so what runs is mostly what they do about
an error; the suite c_api has the same calls succeed on the board.

Usage: snippets.py TOP INCLUDE LIBRARY [FLAG...]
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

BLOCK = re.compile(r"^```(cpp|c)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMPILER = {"cpp": ["g++", "-std=c++23"], "c": ["gcc", "-std=c11"]}


def program(snippet: str) -> str:
    """Its includes, and the rest as the body of main()."""
    lines = snippet.splitlines()
    includes = [line for line in lines if line.startswith("#include")]
    return "\n".join([*includes, "int main(void) {", *(line for line in lines if line not in includes), "return 0; }", ""])


def main() -> int:
    top, include, library, *flags = sys.argv[1:]
    count = 0
    with tempfile.TemporaryDirectory() as directory:
        for page in [Path(top, "README.md"), *sorted(Path(top, "docs").glob("*.md"))]:
            for language, snippet in BLOCK.findall(page.read_text()):
                source = Path(directory, f"snippet.{language}")
                source.write_text(program(snippet))
                print(f"{page.relative_to(top)}: {snippet.strip().splitlines()[-1]}", flush=True)
                subprocess.run([*COMPILER[language], "-Wall", "-Wextra", "-Wno-unused", "-Werror", *flags, f"-I{include}",
                                source, library, "-o", Path(directory, "program")], check=True)
                subprocess.run([Path(directory, "program")], check=True, timeout=60,
                               env={**os.environ, "LD_LIBRARY_PATH": str(Path(library).parent)})
                count += 1
    assert count >= 5, f"only {count} pieces were found"
    return 0


if __name__ == "__main__":
    sys.exit(main())
