# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Our own programs: for the board (cross, installed below build/software), and for this machine
# with sanitizers (the unit tests).

board_software=$build/software

# meson_build DIRECTORY OPTION...: sets up once, and builds what changed.
meson_build() {
    local dir=$1
    shift
    [ -e "$dir/build.ninja" ] || meson_setup "$dir" "$@"
    in_dev ninja -C "$dir"
}

meson_setup() {
    # An interrupted set-up leaves a folder that Meson does not take again.
    rm -rf "$1"
    in_dev meson setup --buildtype=debugoptimized --warnlevel=3 --werror "$@" "$top"
}

build_board_software() {
    meson_build "$build/board-objects" --cross-file "$top/lab/cross/aarch64.ini" \
        --prefix "$board_software" --libdir lib -Dgst_plugin=enabled -Dboard_tools=true -Dtests=false
    in_dev meson install -C "$build/board-objects" --no-rebuild --quiet --only-changed
}

need_board_software() {
    need_tree dev
    with_progress "software: for the board" "$build/log/board-software.log" build_board_software
}

need_host_software() {
    need_tree dev
    with_progress "software: unit tests" "$build/log/host-software.log" \
        meson_build "$build/host" -Db_sanitize=address,undefined -Dgst_plugin=disabled
}
