# SPDX-License-Identifier: LGPL-2.1-or-later
"""Pipelines that end in a Wayland compositor."""

import re

import wayland


def test_frames_of_the_pool_are_the_compositors(board):
    ran = wayland.show(board, wayland.FROM_THE_POOL)
    assert "no frame was moved or copied: videotestsrc0 made 20 frames in system" in ran.err, ran


def test_a_sink_that_copies_for_the_compositor_is_named(board):
    ran = wayland.show(board, wayland.COPIED)
    # The first one twice, since the sink shows it before it plays.
    assert re.search(r"waylandsink0 +copied .* 21 +307200", ran.err), ran
