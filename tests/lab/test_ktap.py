# SPDX-License-Identifier: LGPL-2.1-or-later
"""Reading KTAP: counts are of leaves, and a report that is not whole says so."""

import ktap

KUNIT = """\
KTAP version 1
    # Subtest: dma-fence
    # module: dmabuf_kunit
    1..3
    ok 1 test_sanitycheck
        KTAP version 1
        # Subtest: test_sizes
        ok 1 4K
        ok 2 1M
    # test_sizes: pass:2 fail:0 skip:0 total:2
    ok 2 test_sizes
    ok 3 test_race # SKIP one processor
# dma-fence: pass:2 fail:0 skip:1 total:3
ok 1 dma-fence
"""

SELFTEST = """\
TAP version 13
1..3
# Testing heap: system
ok 1 test_alloc_and_import dmabuf sync succeeded
not ok 2 Allocated memory is zeroed
ok 3 # SKIP vgem not available
# Totals: pass:1 fail:1 xfail:0 xpass:0 skip:1 error:0
"""


def test_a_suite_of_kunit_counts_its_cases_and_their_parameters_once():
    results = ktap.parse(KUNIT)
    assert str(results) == "3 passed, 0 failed, 1 skipped" and results.faults == []
    assert [case.name for case in results.cases] == ["test_sanitycheck", "4K", "1M", "test_race"]


def test_a_selftest_counts_what_failed_and_what_was_skipped():
    results = ktap.parse(SELFTEST)
    assert str(results) == "1 passed, 1 failed, 1 skipped" and results.faults == []
    assert results.failed == ["Allocated memory is zeroed"]


def test_a_case_that_failed_is_named():
    assert ktap.parse(KUNIT.replace("        ok 2 1M", "        not ok 2 1M")).failed == ["1M"]


def test_a_whole_that_failed_by_itself_counts_as_failed():
    assert ktap.parse(KUNIT.replace("\nok 1 dma-fence", "\nnot ok 1 dma-fence")).failed == ["dma-fence"]


def test_a_report_that_ends_early_is_a_fault():
    assert ktap.parse(SELFTEST.replace("ok 3 # SKIP vgem not available\n", "")).faults == [
        "the report: 2 results of 3 that were planned"]
    assert ktap.parse(KUNIT.split("    ok 3")[0]).faults == ["the report: 2 results of 3 that were planned"]


def test_an_empty_report_is_a_fault():
    assert ktap.parse("KTAP version 1\n").faults == ["no result at all"]
