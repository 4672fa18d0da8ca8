# SPDX-License-Identifier: LGPL-2.1-or-later
"""What a decoder's driver reads and writes for a frame, and where: a change of it fails.

`lab/run bench decoder --record` takes what it does now as what is expected; docs/bandwidth-in-ci.md has the rest.
"""

import dataclasses
import os
from pathlib import Path

import pytest

import ktap as parser
from board import Board
from decoding import HEAP, USES, PerFrame, per_frame
from expectation import Expectation, ktap
from traffic import Bytes

EXPECTED = Expectation.of(Path(__file__).with_name("decoder-traffic.json"))
RESULTS = Path(os.environ["HEAPSEL_TOP"], "build", "test-results", "decoder_traffic")
WAYS = {"nothing bound": [], "all bound": USES}


@pytest.fixture(scope="module")
def figures() -> dict[str, PerFrame]:
    board = Board.from_environment()
    figures = {name: per_frame(board, uses, EXPECTED.frames) for name, uses in WAYS.items()}
    RESULTS.mkdir(parents=True, exist_ok=True)
    (RESULTS / "decoder.ktap").write_text(ktap(
        [check for name in WAYS for check in EXPECTED.checks(name, figures[name])]))
    return figures


def broken(way: str, figures: PerFrame) -> list[str]:
    return [str(check) for check in EXPECTED.checks(way, figures) if not check.holds]


@pytest.mark.parametrize("way", WAYS)
def test_the_driver_reads_and_writes_what_it_is_expected_to(figures, way):
    assert broken(way, figures[way]) == []


def test_with_all_bound_the_driver_leaves_memory_with_ecc_alone(figures):
    unbound, bound = figures["nothing bound"], figures["all bound"]
    assert unbound.driver_non_ecc == 0
    assert bound.driver_ecc <= 0.6 * unbound.driver_ecc
    # None of it is lost: it is elsewhere.
    assert bound.driver_ecc + bound.driver_non_ecc == pytest.approx(unbound.driver_ecc, rel=0.05)


def test_a_driver_that_goes_back_to_main_memory_would_fail(figures):
    assert broken("all bound", figures["nothing bound"])


def test_a_driver_that_reads_a_frame_once_more_would_fail(figures):
    frame = 768 * 576 * 3 // 2
    driver = dict(figures["all bound"].driver)
    driver[HEAP] = Bytes(driver[HEAP].read + frame, driver[HEAP].written)
    assert len(broken("all bound", dataclasses.replace(figures["all bound"], driver=driver))) == 1


def test_the_results_are_there_as_ktap(figures):
    results = parser.parse((RESULTS / "decoder.ktap").read_text())
    assert (results.failed, results.faults) == ([], [])
    assert results.passed == 2 * sum(len(kinds) for kinds in EXPECTED.ways["all bound"].values())
