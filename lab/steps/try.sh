# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# A first look: the command alone, built for this machine as fast as it goes, and shown.

try_build=$build/try

make_try_tree() { make_tree_to_build_in try amd64 "$1" "--dpkgopt=path-exclude=$llvm"; }

# The development tree has all that is needed, too.
try_tree() { if [ -e "$(tree_path dev)" ]; then echo dev; else echo try; fi; }

build_command() {
    local targets=libheapsel/tools/heapsel
    meson_build "$lab_tree" "$try_build" -Doptimization=0 -Ddebug=false -Dgst_plugin=disabled \
        -Dexamples=false -Dtests=false
    in_lab "$top/lab/try/lay-out" "$top/tests/fixtures" "$try_build/boards"
}

need_command() {
    local lab_tree
    lab_tree=$(try_tree)
    need_lab
    with_progress "software: the command, for this machine" "$build/log/try.log" build_command
}

# heapsel_here ARGUMENT...: the command as it was built, outside of the tree, so that what it sees is this
# machine; the C library that it wants is the tree's.
heapsel_here() {
    local tree
    tree=$(tree_path "$(try_tree)")
    "$tree/lib64/ld-linux-x86-64.so.2" --library-path "$tree/usr/lib/x86_64-linux-gnu" \
        "$try_build/libheapsel/tools/heapsel" "$@"
}

# --- what it shows

# chapter TITLE WHAT-IT-SHOWS
chapter() { printf '\n%s%s%s\n%s\n' "$bold" "$1" "$plain" "$2"; }

# shown ARGUMENT...: the command, as one would type it, and what it says.
shown() {
    printf '\n%s$ heapsel %s%s\n' "$bold" "$*" "$plain"
    # To find nothing, or a problem, is an answer, too.
    heapsel_here "$@" 2>&1 || [ $? -eq 1 ]
}

first_look() {
    local bold='' plain=''
    [ ! -t 1 ] || { bold=$'\e[1m' plain=$'\e[0m'; }
    cd "$try_build/boards"

    chapter "This machine" "What stands between a program and a buffer here, and what to do about it."
    shown doctor

    chapter "The lab's board" \
        "Six heaps that are not alike: contiguous or not, cached or not, with error correction or without."
    shown list --root lab-board-carve-outs
    printf '\n%s\n' "Which is best for frames that a decoder fills and a display shows?"
    shown explain /dev/video1 /dev/dri/card0 --require contiguous --prefer non-ecc --root lab-board-carve-outs

    chapter "Rockchip RK3588 EVB1, from its device tree" \
        "A region that is called cma, and is no heap: what the kernel makes of it, and because of what."
    shown list --dtb rockchip-rk3588-evb1.dtb

    chapter "Raspberry Pi 4B, from its device tree" \
        "One heap, which an older kernel gives another name: programs that have names built in fail here."
    shown list --dtb raspberry-pi-4b.dtb
    shown list --dtb raspberry-pi-4b.dtb --kernel before-6.17

    cat <<END

${bold}From here${plain}
  lab/run try list --dtb FILE    your board: the command with any arguments, on this machine
  lab/run demo                   the lab's board, booted: a clip is decoded into such a heap, and shown
  docs/README.md                 questions that users ask, a page each
END
}
