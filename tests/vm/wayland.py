# SPDX-License-Identifier: LGPL-2.1-or-later
"""A compositor on the board that shows on no display, and pipelines that end in it."""

from conftest import Ran

# Ends with the script, which it would keep from ending.
WESTON = """
export XDG_RUNTIME_DIR=/tmp/run WAYLAND_DISPLAY=wayland
mkdir -m 700 $XDG_RUNTIME_DIR
weston --backend=headless --renderer=pixman --shell=kiosk --socket=wayland --no-config --idle-time=0 >/tmp/weston 2>&1 &
trap 'kill %1; wait' EXIT
until [ -S $XDG_RUNTIME_DIR/wayland ]; do kill -0 %1 || { cat /tmp/weston >&2; exit 1; }; sleep 0.1; done
"""
SOURCE = "videotestsrc num-buffers=20 ! video/x-raw,format=BGRx,width=320,height=240"
FROM_THE_POOL = f"{SOURCE} ! heapsel heap=system strict=true ! waylandsink sync=false"
COPIED = f"{SOURCE} ! identity drop-allocation=true ! waylandsink sync=false"


def show(board, pipeline: str) -> Ran:
    """With what the tracer of copies says."""
    ran = board.sh(f"{WESTON}GST_TRACERS=heapsel-copies gst-launch-1.0 -q {pipeline}")
    assert ran.status == 0, ran
    return ran
