# SPDX-License-Identifier: LGPL-2.1-or-later
"""tests/errors.py finds the texts that say what went wrong, in every part of the tree."""

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = Path(__file__).resolve().parents[1] / "errors.py"
TOP = PROGRAM.parents[1]


def listed(*parts: str) -> subprocess.CompletedProcess:
    return subprocess.run([sys.executable, PROGRAM, *parts], capture_output=True, text=True, timeout=60)


@pytest.mark.parametrize("part, text", [
    ("library", "allocate a buffer | 0 bytes | Ask for at least 1 byte."),
    ("library", "{} is a path; a heap goes by its name alone."),
    ("library", "It does not fit the 32 bits of a type."),
    ("command", "heapsel: there is no video device and no display."),
    ("plugin", "the pool refused its configuration"),
    ("plugin", "Link an element that produces raw video before this one."),
    ("library", "The camera takes 1 to {} buffers for this stream."),
    ("examples", "The camera has room for {} buffers, not for {}."),
    ("kernel", "no memory-region for the name '%s'"),
])
def test_each_part_has_its_texts_at_their_lines(part, text):
    found = [line.split(":", 2) for line in listed(part).stdout.splitlines() if text in line]
    assert found, text
    for file, number, _ in found:
        lines = (TOP / file).read_text().splitlines()
        near = "\n".join(lines[int(number) - 1:int(number) + 10])
        assert text.split(" | ")[0][:20] in near, (file, number)


def test_a_comment_is_no_text_and_code_in_a_string_is_none():
    sys.path.insert(0, str(PROGRAM.parent))
    try:
        import errors
    finally:
        sys.path.pop(0)
    assert errors.blanked('a(); // Error{.code = 1, .hint = "no"}\nb("// yes");') == (
        "a(); " + " " * len('// Error{.code = 1, .hint = "no"}') + '\nb("// yes");')
    assert errors.sentence('{.hint = "It is "\n   "long." + x + "And ends."}') == "It is long. | And ends."
    assert errors.sentence(r'"\"" + word + "\" is none."') == r'\" is none.'


def test_a_part_that_there_is_not_is_refused():
    ran = listed("libary")
    assert ran.returncode == 2
    assert ran.stderr == "errors.py: no part is called libary; there are library, command, plugin, examples, kernel\n"
