#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""What the shared library exports is what its ABI is said to be, and its headers say which version it is.

Of the C API, that is the record of it: each line is a declaration that programs may have been
compiled with, and stays. What is new is added to the record with --record.

Usage: abi.py INCLUDE LIBRARY VERSION RECORD [--record]
"""

import re
import subprocess
import sys
from pathlib import Path

C_NODE = "HEAPSEL_0.1"
MAY_BE_CPP = re.compile(r"_ZNK?7heapsel")
# Parts of the library that nobody else may see.
HIDDEN = re.compile(r"^_ZNK?7heapsel(4uapi|5c_api|12_GLOBAL__N_1)")


def preprocessed(include: Path, behind: str = "") -> str:
    """The C API and what is behind it, as the compiler sees them."""
    return subprocess.run(["gcc", "-std=c11", "-E", "-P", "-xc", f"-I{include}", "-"], text=True, check=True,
                          input=f"#include <heapsel/heapsel.h>\n{behind}\n", capture_output=True).stdout


def declarations(include: Path) -> set[str]:
    """Every enum value and function of the C API, a line each."""
    text = preprocessed(include)
    text = re.sub(r"\s+", " ", text.replace('__attribute__((visibility("default")))', ""))
    found = set()
    # Of a struct that callers fill in, the members in their order: what is added goes to its end, and its size is
    # its first member.
    for name, members in re.findall(r"(struct heapsel_\w+) \{([^}]*)\}", text):
        listed = [member.strip() for member in members.split(";") if member.strip()]
        assert listed[0] == "size_t structure_size", f"{name} does not say how large it is"
        found |= {f"{name} member {number}: {member}" for number, member in enumerate(listed)}
    text = re.sub(r"(struct heapsel_\w+) \{[^}]*\}", r"\1", text)
    for declaration in re.split(r";", text):
        declaration = declaration.strip()
        enum = re.fullmatch(r"(enum heapsel_\w+) \{(.*)\}", declaration)
        if enum:
            values = [value.strip() for value in enum[2].split(",") if value.strip()]
            assert all("=" in value for value in values), f"{enum[1]} leaves numbers to the compiler"
            found |= {f"{enum[1]} {value}" for value in values}
        elif re.fullmatch(r"struct heapsel_\w+", declaration):
            found.add(declaration)
        elif re.search(r"\bheapsel_\w+\(", declaration):
            found.add(declaration)
        else:
            assert "heapsel" not in declaration or declaration.startswith("_Static_assert"), declaration
    return found


def version_differences(include: Path, version: str) -> list[str]:
    """What the macros say, of the version itself and of its neighbours, that is not so."""
    numbers = [int(number) for number in version.split(".")]
    parts = "HEAPSEL_VERSION_MAJOR HEAPSEL_VERSION_MINOR HEAPSEL_VERSION_PATCH"
    said = [int(number) for number in preprocessed(include, parts).split()[-3:]]
    neighbours = [[number + step if place == at else number for place, number in enumerate(numbers)]
                  for at in range(3) for step in (-1, 0, 1)]
    asked = "\n".join(f"#if HEAPSEL_VERSION_AT_LEAST({other[0]}, {other[1]}, {other[2]})\nyes\n#else\nno\n#endif"
                      for other in neighbours)
    answers = preprocessed(include, asked).split()[-len(neighbours):]
    return [
        *([] if said == numbers else [f"the headers are of version {said}, and the library is of {version}"]),
        *(f"HEAPSEL_VERSION_AT_LEAST{tuple(other)} says {answer}" for other, answer in zip(neighbours, answers)
          if (answer == "yes") != (other <= numbers))]


def function_names(lines: set[str]) -> set[str]:
    return {match[1] for line in lines if (match := re.search(r"\b(heapsel_\w+)\(", line))}


def exported(library: Path) -> dict[str, str]:
    """The names that the library defines for others, and their versions."""
    listing = subprocess.run(["nm", "-D", "--defined-only", "--with-symbol-versions", library], text=True,
                             check=True, capture_output=True).stdout
    symbols = [line.split()[-1] for line in listing.splitlines()]
    pairs = [symbol.replace("@@", "@").partition("@") for symbol in symbols]
    return {name: version for name, _, version in pairs if name != version}


def differences(include: Path, library: Path, version: str, record: set[str]) -> list[str]:
    declared = declarations(include)
    symbols = exported(library)
    c_symbols = {name for name, node in symbols.items() if node == C_NODE}
    cpp_symbols = {name for name, node in symbols.items() if node == f"HEAPSEL_CXX_{version}"}
    others = symbols.keys() - c_symbols - cpp_symbols - {C_NODE, f"HEAPSEL_CXX_{version}"}
    return [
        *(f"gone from the C API, or changed: {line}" for line in sorted(record - declared)),
        *(f"not recorded (abi.py --record adds it): {line}" for line in sorted(declared - record)),
        *(f"declared and not exported: {name}" for name in sorted(function_names(declared) - c_symbols)),
        *(f"exported and not declared: {name}" for name in sorted(c_symbols - function_names(declared))),
        *(f"no part of the C++ API: {name}" for name in sorted(cpp_symbols)
          if not MAY_BE_CPP.match(name) or HIDDEN.match(name)),
        *(f"in no version: {name}" for name in sorted(others))]


def main() -> int:
    include, library, version, file = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], Path(sys.argv[4])
    record = {line for line in file.read_text().splitlines() if not line.startswith("#")} if file.exists() else set()
    if "--record" in sys.argv:
        whole = sorted(record | declarations(include))
        file.write_text("\n".join(["# SPDX-License-Identifier: LGPL-2.1-or-later", *whole]) + "\n")
        return 0
    assert record, file
    found = differences(include, library, version, record) + version_differences(include, version)
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
