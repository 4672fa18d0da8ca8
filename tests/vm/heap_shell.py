# SPDX-License-Identifier: LGPL-2.1-or-later
"""What scripts on the board do with heaps."""

from collections.abc import Iterable

# heap HEAP FILE: a figure of it. left HEAP...: what is allocated of them.
# hold FIFO OUTPUT CMD...: CMD in the background, which says in OUTPUT what it holds until $keep, the
# end of FIFO that writes, is closed.
# fill HEAP BYTES: takes all of HEAP but BYTES, until $full is closed.
HEAPS = r"""
heap() { local figure; read -r figure <"/sys/class/dma_heap/$1/$2"; echo "$figure"; }
left() { for h in "$@"; do echo "left $(heap $h buffers) $(heap $h allocated_bytes)"; done; }
hold() {
    local fifo=$1 output=$2; shift 2
    mkfifo "$fifo"; "$@" <"$fifo" >"$output" 2>&1 &
    exec {keep}>"$fifo"
    until [ -s "$output" ]; do sleep 0.05; done
}
fill() {
    mkfifo /tmp/full; heapsel alloc $(($(heap $1 free_bytes) - $2)) --heap $1 --hold </tmp/full >/tmp/filled &
    exec {full}>/tmp/full
    until grep -q . /tmp/filled; do sleep 0.05; done
}
"""


def refused(file: str, bound: str, texts: Iterable[str]) -> str:
    """A script that binds a use, then writes to its file what must be refused and change nothing; prints why each
    was refused, a line each."""
    return f"file={file}; echo {bound} >$file; before=$(cat $file)" + "".join(f"""
        ! echo "{text}" 2>>/tmp/refused >$file || exit 1
        [ "$(cat $file)" = "$before" ] || exit 1""" for text in texts) + "\n        cat /tmp/refused"
