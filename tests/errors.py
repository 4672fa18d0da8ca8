#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""Lists every text that says what went wrong, a line each: FILE:LINE: TEXT.

So all of them can be read at a time: does each say what was wrong and what to do? What is put into a text when
the program runs stands as {}, between texts that follow one another stands " | ".

Usage: errors.py [library|command|plugin|examples|kernel]...
"""

import re
import sys
from pathlib import Path

TOP = Path(__file__).resolve().parents[1]
STRING = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
COMMENT = re.compile(r"//[^\n]*|/\*.*?\*/", re.DOTALL)
KERNEL_CALL = re.compile(r"\b(?:dev_(?:err|warn)|pr_(?:err|warn)|drm_(?:err|warn)|\w*v4l2_err|dev_err_probe)\w*\(")

# Where a text begins in C++: in the parentheses, the braces or the statement that follow.
LIBRARY = (r"\.code\s*=", r"\.hint\s*\+?=", r"\bunknown_because\s*=", r"\bunexpected\(", r"\bwarnings(?:\(\))?\.push_back\(",
           r"\b(?:note|wrong_type|refusal|refused|bad_\w+|error_at|TomlFault|no_candidate|failure|fault|problem|warn\w*|no_way|cannot_plan|not_counted|not_drawn)\s*[({]",
           r"\.finding\s*=", r"\.why\s*=", r"\breturn\s+(?:Error|Fault)\s*\{")
COMMAND = (r"\bValidationError\(", r"\bstd::cerr\s*<<", *LIBRARY)
PLUGIN = (r"\bGST_ELEMENT_(?:ERROR|WARNING)\s*\(", r"\bGST_(?:WARNING|ERROR)_OBJECT\s*\(", r"\bpost_error\(", r"\bdecline\(",
          r"\breturn\b", *LIBRARY)
EXAMPLES = (r"\bor_gone\(", r"\bwrong\(", *LIBRARY)

PARTS = {
    "library": (("libheapsel/src", "libheapsel/inspect", "libheapsel/bandwidth", "libheapsel/include"), LIBRARY),
    "command": (("libheapsel/tools",), COMMAND),
    "plugin": (("gst-plugin",), PLUGIN),
    "examples": (("examples",), EXAMPLES),
    "kernel": (("kernel-patches",), ()),
}


def blanked(text: str) -> str:
    """Without comments, every line where it was. A string may hold what looks like one."""
    either = re.compile(f"{STRING.pattern}|({COMMENT.pattern})", re.DOTALL)
    return either.sub(lambda found: found[0] if found[2] is None else re.sub(r"[^\n]", " ", found[0]), text)


def end_of(text: str, start: int) -> int:
    """Where what begins at `start` ends: at its closing bracket, or at the end of its statement or member."""
    depth = 0
    position = start
    while position < len(text):
        string = STRING.match(text, position)
        if string:
            position = string.end()
            continue
        c = text[position]
        if c in "([{":
            depth += 1
        elif c in ")]}":
            depth -= 1
            if depth <= 0:
                return position + (depth == 0)
        elif c == ";" or c == "," and depth == 0:
            if depth == 0:
                return position
        position += 1
    return position


def sentence(code: str) -> str:
    """The texts in `code`: what the compiler joins is joined."""
    texts: list[str] = []
    end = 0
    for found in STRING.finditer(code):
        if texts and not code[end:found.start()].strip():
            texts[-1] += found[1]
        else:
            texts.append(found[1])
        end = found.end()
    return " | ".join(text for text in texts if re.search(r"[a-z]{2}", text))


def of_cpp(file: Path, openers: tuple[str, ...]) -> list[tuple[int, str]]:
    text = blanked(file.read_text())
    found = []
    covered = 0
    for opener in re.finditer("|".join(openers), text):
        if opener.start() < covered:
            continue
        # Of a member of an Error, all of its members.
        whole = opener[0].startswith(".code")
        start = text.rindex("{", 0, opener.start()) if whole else opener.end() - (opener[0][-1] in "({")
        end = end_of(text, start)
        words = sentence(text[start:end])
        if words and " " in words:
            found.append((text.count("\n", 0, opener.start()) + 1, words))
            covered = end
    return found


def of_patch(file: Path) -> list[tuple[int, str]]:
    """What the series adds, at its line in the patch."""
    lines = file.read_text().splitlines()
    found = []
    for number, line in enumerate(lines):
        if not line.startswith("+") or not KERNEL_CALL.search(line):
            continue
        code = line[1:]
        for more in lines[number + 1:number + 6]:
            if code.rstrip().endswith(";"):
                break
            code += "\n" + more[1:]
        if words := sentence(code):
            found.append((number + 1, words))
    return found


def texts(part: str) -> list[tuple[Path, int, str]]:
    folders, openers = PARTS[part]
    found = []
    for folder in folders:
        for file in sorted((TOP / folder).rglob("*.patch" if part == "kernel" else "*.?pp")):
            of_file = of_patch(file) if part == "kernel" else of_cpp(file, openers)
            found += [(file.relative_to(TOP), line, text) for line, text in of_file]
    return found


def main() -> int:
    wanted = sys.argv[1:] or list(PARTS)
    if unknown := set(wanted) - set(PARTS):
        print(f"errors.py: no part is called {unknown.pop()}; there are {', '.join(PARTS)}", file=sys.stderr)
        return 2
    for part in wanted:
        for file, line, text in texts(part):
            print(f"{file}:{line}: {text}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
