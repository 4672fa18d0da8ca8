# SPDX-License-Identifier: LGPL-2.1-or-later
"""What scripts on the board do with heaps."""

from collections.abc import Iterable

# payer: a new cgroup $g, of which dmem's figures begin at zero. pay: this shell and what it starts are
# in it from now on. limit, charged and peaked HEAP: how much it may take of HEAP, takes, and took at
# the most.
PAYER = r"""
payer() {
    [ -e /sys/fs/cgroup/cgroup.procs ] || mount -t cgroup2 none /sys/fs/cgroup
    echo "+dmem +memory" >/sys/fs/cgroup/cgroup.subtree_control
    g=$(mktemp -d -p /sys/fs/cgroup payer.XXXX)
}
pay() { payer; echo $$ >$g/cgroup.procs; }
limit() { echo "heap/$1 $2" >$g/dmem.max; }
charged() { sed -n "s|^heap/$1 ||p" $g/dmem.current; }
peaked() { sed -n "s|^heap/$1 ||p" $g/dmem.peak; }
"""

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
""" + PAYER

# watch HEAP...: looks again and again at how much is allocated. most: the most that was seen since, of each.
WATCH = r"""
watch() {
    rm -f /tmp/most.*
    (while sleep 0.02; do for h in "$@"; do
        bytes=$(heap $h allocated_bytes)
        [ "$bytes" -le "$(cat /tmp/most.$h 2>/dev/null || echo 0)" ] || echo "$bytes" >/tmp/most.$h
    done; done) &
    watcher=$!; watched=$*
}
most() { kill $watcher; wait $watcher 2>/dev/null; for h in $watched; do cat /tmp/most.$h 2>/dev/null || echo 0; done; }
"""


def refused(file: str, bound: str, texts: Iterable[str]) -> str:
    """A script that binds a use, then writes to its file what must be refused and change nothing; prints why each
    was refused, a line each."""
    return f"file={file}; echo {bound} >$file; before=$(cat $file)" + "".join(f"""
        ! echo "{text}" 2>>/tmp/refused >$file || exit 1
        [ "$(cat $file)" = "$before" ] || exit 1""" for text in texts) + "\n        cat /tmp/refused"
