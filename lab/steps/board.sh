# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# The virtual board: everything that a boot needs, and a boot.

board_images() {
    echo "$build/board/images-$({ cat "$top"/lab/board/{board.dtsi,boot.S,init,payload,machine.py,images.py}
        tree_key lab
        tree_key board; } | key_of)"
}

# need_board [SOFTWARE]: with all of our programs on it, or what that function builds of them.
need_board() {
    need_host_packages
    ahead need_tree board
    built_from_tree || [ -e "$(kernel_out)" ] || ahead need_kernel_source
    need_lab
    together "${1:-need_board_software}" need_kernel
    need_tree board
    made_once "$(board_images)" make_board_images
    board_environment
}

make_board_images() {
    with_progress "board: device tree and initial file system" "$build/log/board-images.log" \
        in_lab python3 "$top/lab/board/images.py" "$1" "$(tree_path board)/busybox"
}

# What lab/board/board.py asks of its environment; in_lab passes it on.
board_environment() {
    export HEAPSEL_KERNEL HEAPSEL_PATIENCE HEAPSEL_IMAGES HEAPSEL_ROOT HEAPSEL_SOFTWARE
    HEAPSEL_KERNEL=$(kernel_out)
    # How many times as long as with the plain kernel things may take.
    HEAPSEL_PATIENCE=1
    [ "$kernel_variant" != debug ] || HEAPSEL_PATIENCE=10
    HEAPSEL_IMAGES=$(board_images)
    HEAPSEL_ROOT=$(tree_path board)/root.erofs
    HEAPSEL_SOFTWARE=$board_software
}

on_board() { in_lab python3 "$top/lab/board/board.py" "$@"; }
