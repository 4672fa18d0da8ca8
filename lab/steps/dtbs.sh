# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Every device-tree blob that the base kernel builds for arm64, in a folder of the cache.

dtbs_key() {
    {
        source_id
        cat "$top/lab/kernel/build-dtbs"
        tree_key patches
    } | key_of
}

# need_dtbs: leaves their folder in HEAPSEL_DTBS.
need_dtbs() {
    export HEAPSEL_DTBS
    HEAPSEL_DTBS=$cache/kernel/dtbs-$(dtbs_key)
    [ -e "$HEAPSEL_DTBS" ] || need_base
    made_once "$HEAPSEL_DTBS" make_dtbs
}

make_dtbs() {
    with_progress "device trees: blobs of all arm64 boards" "$build/log/dtbs.log" \
        kernel_tool build-dtbs "$(base_path)/linux.git" "$build/kernel/dtbs" "$1"
}
