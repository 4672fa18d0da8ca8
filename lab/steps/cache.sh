# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Results that are made once, under a key of what they depend on, and are whole or absent.

# key_of: the key of what standard input says.
key_of() { sha256sum | cut -c1-16; }

# made_once PLACE MAKER: unless PLACE exists, lets `MAKER PART` fill a PART beside it (a path that
# does not exist yet) and renames it. Two checkouts that want the same wait for each other; what an
# interrupted run left is thrown away.
made_once() {
    local place=$1 maker=$2
    [ ! -e "$place" ] || return 0
    mkdir -p "$(dirname "$place")"
    exec {lock}>"$place.lock"
    flock -n "$lock" || {
        say "$(basename "$place"): another run is making it; waiting"
        flock "$lock"
    }
    if [ ! -e "$place" ]; then
        rm -rf "$place.part"
        "$maker" "$place.part"
        mv -T "$place.part" "$place"
    fi
    exec {lock}>&-
}
