# SPDX-License-Identifier: LGPL-2.1-or-later
"""The device trees that kernel-patches/ shows, against the drivers that are to read them: no driver may refuse the
memory that an example gives it. dt_binding_check sees whether an example is well formed, but not this."""

import dataclasses
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

SERIES = Path(os.environ["HEAPSEL_TOP"], "kernel-patches")

# What an example names the codec by -> the driver's table of uses.
DRIVERS = {"cnm,wave521c": "wave5", "vpu_g1": "hantro", "vpu_g2": "hantro", "vpu": "hantro", "vdec": "rkvdec",
           "/soc/video-codec@1c0e000": "cedrus"}
# Displays, whose helpers take dumb buffers from "frame". DCSS has one use more.
DISPLAYS = {"dcss": {"frame", "metadata"}, "lcdif": {"frame"}, "fsl,imx6sx-lcdif": {"frame"}}
# The CPU maps what is in these, and a queue or a dumb buffer needs memory that both see alike.
OF_USERSPACE = {"frame", "bitstream"}

Uses = dict[str, set[str]]  # name -> what the driver needs: "CPU", "COHERENT", ...


# --- what drivers need

def after(patch: str) -> str:
    """The hunks of a patch as they leave the file. No node or table goes on in the next hunk."""
    return "\n".join("}" if line.startswith("@@") else line[1:] for line in patch.splitlines()
                     if line[:1] in {"+", " ", "@"} and line[:3] != "+++")


def driver_uses(source: str) -> dict[str, Uses]:
    """By driver, its table of uses; macros of needs are looked up in the same source."""
    macros = dict(re.findall(r"^#define (\w+_NEEDS)\s+((?:.*\\\n)*.*)$", source, re.MULTILINE))
    tables = re.findall(r"^static const struct dma_heap_use (\w+)_heap_uses\[\] = \{$(.*?)^\};$", source,
                        re.MULTILINE | re.DOTALL)
    found: dict[str, Uses] = {}
    for driver, table in tables:
        for macro, meaning in macros.items():
            table = re.sub(rf"\b{macro}\b", meaning, table)
        uses = re.findall(r"\{([^{}]*)\}", table)
        found[driver] = {re.search(r'\.name = "?(\w+)', use)[1]: set(re.findall(r"DMA_HEAP_NEEDS_(\w+)", use))
                         for use in uses}
    return found


def patches() -> list[Path]:
    return sorted(SERIES.glob("7.3/*/0*.patch"))


def all_uses() -> dict[str, Uses]:
    found: dict[str, Uses] = {}
    for patch in patches():  # what a later one says counts
        found |= driver_uses(after(patch.read_text()))
    return found


# --- what examples give

@dataclasses.dataclass(frozen=True)
class Example:
    device: str
    regions: dict[str, str]  # use -> the properties of its region


def examples(text: str) -> Iterator[Example]:
    """Of a document or of one section of it: each device with memory for uses."""
    regions = dict(re.findall(r"^\s*(\w+): [\w@-]+ \{\n([^{}]*compatible = \"(?:carved-out|shared-dma-pool)\"[^{}]*)\}",
                              text, re.MULTILINE))
    for block in re.finditer(r"^\s*(\S+) \{\n((?:[^{}]|\{\w*\})*?memory-region-names = ([^;]*);)", text, re.MULTILINE):
        node, body, names = block.groups()
        compatible = re.findall(r'"([^"]*)"', "".join(re.findall(r"^\s*compatible = (.*);", body, re.MULTILINE)))
        places = re.findall(r"<&(\w+)>", "".join(re.findall(r"memory-region = ([^;]*);", body)))
        uses = re.findall(r'"([^"]*)"', names)
        assert len(uses) == len(places), f"{node}: {len(places)} regions with {len(uses)} names"
        # A letter that shows a codec's node without its regions leaves nothing to judge.
        if not regions.keys() >= set(places):
            continue
        yield Example((compatible or [re.sub(r"^&|[{}]", "", node)])[-1],
                      {use: regions[place] for use, place in zip(uses, places)})


def sections(file: Path) -> list[str]:
    """A label means something else in each section of the README."""
    text = file.read_text()
    return re.split(r"^#+ ", text, flags=re.MULTILINE) if file.suffix == ".md" else [text]


def documents() -> list[Path]:
    return [SERIES / "README.md", *patches()]


def found_in(file: Path) -> list[Example]:
    """Those of boards: the trees that tests carry are of devices that are none."""
    text_of = (lambda text: text) if file.suffix == ".md" or "cover-letter" in file.name else after
    if "KUnit" in file.name:
        return []
    return [example for section in sections(file) for example in examples(text_of(section))]


# --- whether they agree

def problems(example: Example, drivers: dict[str, Uses]) -> list[str]:
    """Of a device that does not snoop the caches of the CPU, as those of the examples are."""
    needs = drivers[DRIVERS[example.device]] if example.device in DRIVERS else {}
    known = needs.keys() or DISPLAYS[example.device]
    found = []
    for use, region in example.regions.items():
        if use not in known:
            found.append(f"{example.device}: its driver has no use '{use}'")
        both_look = use in OF_USERSPACE or "COHERENT" in needs.get(use, set())
        if both_look and "no-map" not in region:
            found.append(f"{example.device}: '{use}' needs memory that is not cached")
    return found


def test_no_driver_refuses_the_memory_of_an_example():
    drivers = all_uses()
    seen = [(file, example) for file in documents() for example in found_in(file)]
    wrong = [f"{file.name}: {problem}" for file, example in seen for problem in problems(example, drivers)]
    assert not wrong
    # Each driver that an example could be wrong about is in one.
    assert {DRIVERS[example.device] for _, example in seen if example.device in DRIVERS} == set(DRIVERS.values())


def test_what_a_driver_needs_is_read_with_its_macros():
    source = """\
#define CODEC_HEAP_NEEDS (DMA_HEAP_NEEDS_DMA | DMA_HEAP_NEEDS_CPU | \\
\t\t\t  DMA_HEAP_NEEDS_COHERENT)

static const struct dma_heap_use codec_heap_uses[] = {
\t{ .name = "frame", .needs = DMA_HEAP_NEEDS_DMA },
\t{
\t\t.name = "metadata",
\t\t.needs = CODEC_HEAP_NEEDS,
\t},
};
"""
    assert driver_uses(source) == {"codec": {"frame": {"DMA"}, "metadata": {"DMA", "CPU", "COHERENT"}}}


# Pictures and tables in the cached region, as the binding's first example had it, where the driver looked at both.
OLD = """
    fast: video@58000000 {
        compatible = "carved-out";
        reg = <0x58000000 0x04000000>;
    };
    video-codec@12345678 {
        compatible = "ti,j721s2-wave521c", "cnm,wave521c";
        memory-region = <&fast>, <&fast>;
        memory-region-names = "reference", "metadata";
    };
"""


def test_a_driver_that_looks_at_cached_memory_refuses_it():
    [example] = examples(OLD)
    looks = {"DMA", "CPU", "CONTIGUOUS", "COHERENT"}
    assert problems(example, {"wave5": {"reference": looks, "metadata": looks}}) == [
        "cnm,wave521c: 'reference' needs memory that is not cached",
        "cnm,wave521c: 'metadata' needs memory that is not cached"]
    assert problems(example, {"wave5": {"reference": {"DMA"}}}) == ["cnm,wave521c: its driver has no use 'metadata'"]
    assert problems(example, all_uses()) == []


def test_a_name_too_many_is_said():
    with pytest.raises(AssertionError, match="2 regions with 1 names"):
        list(examples(OLD.replace('"reference", ', "")))
