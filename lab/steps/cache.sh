# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Results that are made once, under a key of what they depend on, and are whole or absent.

# key_of: the key of what standard input says.
key_of() { sha256sum | cut -c1-16; }

# made_once PLACE MAKER: unless PLACE exists, lets `MAKER PART` fill a PART beside it (a path that
# does not exist yet) and renames it. Two checkouts that want the same wait for each other; what an
# interrupted run left is thrown away. The time of a PLACE is that of its last use.
made_once() {
    local place=$1 maker=$2 lock
    if [ -e "$place" ]; then
        touch "$place"
        return
    fi
    mkdir -p "$(dirname "$place")"
    exec {lock}>"$place.lock"
    flock -n "$lock" || {
        say "$(basename "$place"): being made already; waiting"
        flock "$lock"
    }
    if [ ! -e "$place" ]; then
        rm -rf "$place.part"
        "$maker" "$place.part"
        touch "$place.part"
        mv -T "$place.part" "$place"
        forget_unused "$(dirname "$place")"
    fi
    exec {lock}>&-
}

# forget_unused DIRECTORY: what is there under a key, and was not used for a month. Each change of a
# package list or of the series leaves something behind that hardly anybody will ask for again.
forget_unused() {
    find "$1" -mindepth 1 -maxdepth 1 -regextype egrep -regex '.*-[0-9a-f]{16}' -mtime +30 -exec rm -rf {} +
}
