#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A process appends lines to a file in a 9p mount with cache=mmap, while another one of the same
# machine reads it: lines are lost. Opening it to read asks the server for its size, and the server
# does not know yet what was written last; the next line then goes to where the file ends according to
# that, over a line that was there already. Neither process is told.
# What helps: write elsewhere and copy it when it is complete, as lab/demo/play does; or cache=loose,
# which keeps to the size that it knows, if nobody else writes.
. "$(dirname "$0")/machine.sh"

# shellcheck disable=SC2119 # nothing else is needed
need_machine
add_modules fs/netfs/netfs net/9p/9pnet net/9p/9pnet_virtio fs/9p/9p
mkdir share

boot -fsdev local,id=share,path=share,security_model=none -device virtio-9p-pci,fsdev=share,mount_tag=share <<'END'
append() {
    i=0
    while [ $i -lt 3000 ]; do
        i=$((i + 1))
        echo "line $i"
    done >>/mnt/$1
    echo >/tmp/$1-done
}
look() { until [ -e /tmp/$1-done ]; do wc -l </mnt/$1 >/dev/null; done; }
with_cache() { mount -t 9p -o trans=virtio,version=9p2000.L,msize=512000,cache=$1 share /mnt; }

mkdir -p /mnt
with_cache mmap
append alone
>/mnt/read
append read &
look read
wait
umount /mnt

with_cache loose
>/mnt/loose
append loose &
look loose
wait
umount /mnt
END

# lines FILE: how many of the lines are there, and whole.
lines() {
    case $(grep -axc 'line [0-9]*' "share/$1") in
    3000) echo all ;;
    0) echo none ;;
    *) echo some ;;
    esac
}
grep -axc 'line [0-9]*' share/* | sed 's/share.//; s/:/: whole lines of 3000: /'
compare 'lines, with cache=mmap, that nobody reads meanwhile' all all "$(lines alone)"
compare 'lines, with cache=mmap, that another process reads meanwhile' all some "$(lines read)"
compare 'lines, with cache=loose, that another process reads meanwhile' all all "$(lines loose)"
conclude
