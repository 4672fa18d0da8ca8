# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# The second board, a 32-bit one with a display that fetches its picture by DMA: a kernel of its own,
# of the same series, and what a boot needs besides.

choose_vexpress_kernel() {
    kernel_architecture=arm
    kernel_packages=(kernel arm)
    kernel_variant=vexpress
    kernel_configs=("$top/lab/vexpress/config")
    kunit_suites=
}

vexpress_images() {
    echo "$build/vexpress/images-$({ cat "$top"/lab/vexpress/{{board,bound,pool}.dtsi,build,scanout.cpp} "$top"/tests/board/heap.?pp
        cat "$top"/libheapsel/{include/heapsel/unique_fd.hpp,src/base/unique_fd.cpp}
        cat "$HEAPSEL_VEXPRESS_KERNEL"/{vexpress-v2p-ca9.dtb,include/drm/*.h}
        packages_key kernel arm; } | key_of)"
}

# need_vexpress: sets HEAPSEL_VEXPRESS_KERNEL and HEAPSEL_VEXPRESS_IMAGES for what in_dev starts.
need_vexpress() {
    need_dev
    HEAPSEL_VEXPRESS_KERNEL=$(choose_vexpress_kernel && need_kernel >&2 && kernel_out)
    HEAPSEL_VEXPRESS_IMAGES=$(vexpress_images)
    export HEAPSEL_VEXPRESS_KERNEL HEAPSEL_VEXPRESS_IMAGES
    made_once "$HEAPSEL_VEXPRESS_IMAGES" make_vexpress_images
}

make_vexpress_images() {
    with_progress "second board: device tree and programs" "$build/log/vexpress-images.log" \
        in_dev "$top/lab/vexpress/build" "$top" "$HEAPSEL_VEXPRESS_KERNEL" "$1"
}
