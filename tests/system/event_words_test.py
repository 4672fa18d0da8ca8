# SPDX-License-Identifier: LGPL-2.1-or-later
"""Events of PMUs, encoded here from what perf's manual and the ABI of sysfs say, and by the library.

event_words_test.py ENCODE-EVENTS FIXTURES

All events of all fixtures, alone and with each term that leaves the event's own bits alone, and values that do not
fit. And what the table of counters says of a count, against the scale that sysfs has beside some events.
"""

import errno
import subprocess
import sys
from pathlib import Path

WORDS = ("config", "config1", "config2")
DEVICES = "sys/bus/event_source/devices"


def bits_of(text: str) -> tuple[int, list[int]]:
    """config:0-7,16 as (0, [0, ..., 7, 16])."""
    word, _, ranges = text.partition(":")
    bits: list[int] = []
    for part in ranges.split(","):
        first, _, last = part.partition("-")
        bits += range(int(first), int(last or first) + 1)
    return WORDS.index(word), bits


class Pmu:
    def __init__(self, directory: Path) -> None:
        def files(name: str) -> dict[str, str]:
            return {file.name: file.read_text().strip() for file in sorted((directory / name).glob("*"))}

        self.name = directory.name
        self.type = (directory / "type").read_text().strip()
        self.formats = {term: bits_of(text) for term, text in files("format").items()}
        self.events = {name: text for name, text in files("events").items() if "." not in name}
        self.scales = {name.removesuffix(".scale"): float(text) for name, text in files("events").items()
                       if name.endswith(".scale")}

    def field(self, term: str) -> tuple[int, list[int]]:
        return (WORDS.index(term), list(range(64))) if term in WORDS else self.formats[term]

    def encode(self, words: str) -> list[int]:
        """One bit after another."""
        config = [0, 0, 0]
        for term in words.split(","):
            name, _, value = term.partition("=")
            if not value and name in self.events:
                own = self.encode(self.events[name])
                config = [a | b for a, b in zip(config, own)]
                continue
            word, bits = self.field(name)
            number = int(value, 0) if value else 1
            for place, bit in enumerate(bits):
                config[word] |= (number >> place & 1) << bit
        return config

    def taken(self, words: str) -> set[tuple[int, int]]:
        """The bits that stand for something."""
        taken: set[tuple[int, int]] = set()
        for term in words.split(","):
            name, _, value = term.partition("=")
            if not value and name in self.events:
                taken |= self.taken(self.events[name])
            else:
                word, bits = self.field(name)
                taken |= {(word, bit) for bit in bits}
        return taken

    def cases(self) -> list[tuple[str, str]]:
        """Words, and what has to come out."""
        def right(words: str) -> tuple[str, str]:
            return words, " ".join([self.type, *map(hex, self.encode(words))])

        found = []
        for event in self.events:
            found.append(right(event))
            for term, (word, bits) in self.formats.items():
                largest = (1 << len(bits)) - 1
                if self.taken(event) & {(word, bit) for bit in bits}:
                    found.append((f"{event},{term}=1", f"error {errno.EINVAL}"))
                    continue
                middle = 0xA5A5A5A5A5A5A5A5 & largest
                found += [right(f"{event},{term}"), right(f"{event},{term}={middle}"), right(f"{event},{term}={largest:#x}"),
                          (f"{event},{term}={largest + 1:#x}", f"error {errno.ERANGE}")]
        return found


def pmus(root: Path) -> list[Pmu]:
    return [Pmu(directory) for directory in sorted((root / DEVICES).iterdir()) if (directory / "cpumask").exists()]


def main() -> int:
    program, fixtures = sys.argv[1:]
    wrong = compared = scaled = 0
    for root in sorted(path for path in Path(fixtures).iterdir() if path.is_dir()):
        cases = [(f"{pmu.name} {words}", expected) for pmu in pmus(root) for words, expected in pmu.cases()]
        answer = subprocess.run([program, root], input="".join(f"{line}\n" for line, _ in cases), check=True,
                                capture_output=True, text=True).stdout.splitlines()
        assert len(answer) == len(cases), root
        for (line, expected), got in zip(cases, answer):
            compared += 1
            if got != expected:
                wrong += 1
                print(f"{root.name}: {line}: {got}, and not {expected}")
        scales = {pmu.name: pmu.scales for pmu in pmus(root)}
        counters = subprocess.run([program, "--counters", root], check=True, capture_output=True, text=True).stdout
        for line in counters.splitlines():
            pmu, words, counted = line.split()
            scale = scales[pmu].get(words.split(",")[0])
            if scale is None:
                continue
            scaled += 1
            # A "MB" of sysfs is either.
            if not any(abs(scale * megabyte / int(counted) - 1) < 1e-6 for megabyte in (10**6, 2**20)):
                wrong += 1
                print(f"{root.name}: {line}: the scale in sysfs is {scale}")
    print(f"{compared} encodings compared, {scaled} scales, {wrong} wrong")
    return 1 if wrong or compared < 1000 or scaled < 20 else 0


if __name__ == "__main__":
    sys.exit(main())
