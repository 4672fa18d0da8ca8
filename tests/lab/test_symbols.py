# SPDX-License-Identifier: LGPL-2.1-or-later
"""Which addresses a driver's functions have."""

from pathlib import Path

import pytest

import symbols

MAP = """\
0000000000000000 A _kernel_flags
ffff800080000000 T _text
ffff800080010000 T before
ffff800080020000 t codec_probe
ffff800080020100 t helper
ffff800080020200 T codec_decode
ffff800080020200 T codec_decode_alias
ffff800080020300 t after
ffff800080030000 T memcpy
ffff800080030000 T __pi_memcpy
ffff800080030040 T memcpy_toio
ffff800080040000 d codec_table
ffff800080050000 t codec_exit
ffff800080050040 t last
ffff800080060000 B _end
"""


@pytest.fixture
def system_map(tmp_path: Path) -> Path:
    file = tmp_path / "System.map"
    file.write_text(MAP)
    return file


def test_what_is_between_a_driver_s_functions_is_its_own(system_map):
    assert symbols.plugin(system_map, r"codec_\w+")["functions"] == \
        "0xffff800080020000+0x300:0xffff800080050000+0x40"


def test_without_a_gap_each_function_is_by_itself(system_map):
    assert symbols.ranges(symbols.read(system_map), r"codec_(probe|decode)") == [
        (0xFFFF800080020000, 0xFFFF800080020100), (0xFFFF800080020200, 0xFFFF800080020300)]


def test_what_it_calls_is_what_moves_data(system_map):
    assert symbols.plugin(system_map, r"codec_\w+")["callees"] == "0xffff800080030000+0x40"


def test_the_image_is_all_of_the_kernel(system_map):
    assert symbols.plugin(system_map, r"codec_\w+")["image"] == "0xffff800080000000+0x60000"


def test_a_driver_that_is_not_in_this_kernel_is_said(system_map):
    with pytest.raises(ValueError, match="no function in .*System.map matches nothing_"):
        symbols.plugin(system_map, r"nothing_\w+")
