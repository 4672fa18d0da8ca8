# SPDX-License-Identifier: LGPL-2.1-or-later
"""The man page has each verb and each option that the command has, and no other.

man_page_test.py HEAPSEL PAGE
"""

import re
import subprocess
import sys
from pathlib import Path


def answer(heapsel: str, *words: str) -> list[str]:
    return subprocess.run([heapsel, "__complete", *words], check=True, capture_output=True,
                          text=True).stdout.splitlines()


def main() -> int:
    heapsel, page = sys.argv[1], Path(sys.argv[2]).read_text()
    synopsis = page.partition("# SYNOPSIS")[2].partition("\n# ")[0]
    entries = dict.fromkeys(re.findall(r"^\*(?:heapsel\* \*)?(--[a-z-]+)\*", page, re.MULTILINE))
    described = dict.fromkeys(re.findall(r"^\*([a-z]+)(?: [a-z]+)?\*$", page, re.MULTILINE))
    wrong = []
    known = set()
    for verb in answer(heapsel, ""):
        lines = [line for line in synopsis.splitlines() if line.startswith(f"*heapsel* *{verb}*")]
        if not lines:
            wrong.append(f"SYNOPSIS has no line for {verb}")
        if verb not in described:
            wrong.append(f"DESCRIPTION has no paragraph for {verb}")
        for option in answer(heapsel, verb, "--"):
            known.add(option)
            if option != "--help" and not any(f"*{option}*" in line for line in lines):
                wrong.append(f"SYNOPSIS of {verb} lacks {option}")
            if option not in entries and option != "--help":
                wrong.append(f"OPTIONS lacks {option} (of {verb})")
    wrong += [f"OPTIONS has {option}, which no verb has" for option in entries if option not in known]
    print("\n".join(wrong) or "as the command has it")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
