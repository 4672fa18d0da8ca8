# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Our own programs: for the board (cross, installed below build/software), and for this machine
# with sanitizers (the unit tests).

board_software=$build/software

# The package compiles each file by itself.
meson_options=(--buildtype=debugoptimized --warnlevel=3 --werror)

# meson_build TREE DIRECTORY OPTION...: builds what changed; sets up anew for another tree or other options.
# Of `targets`, if it is set, and else everything.
meson_build() {
    local tree=$1 dir=$2 key
    shift 2
    key=$({ tree_key "$tree"; echo "${meson_options[@]}" "$@"; cat "$top/lab/cross/aarch64.ini"; } | key_of)
    [ -e "$dir/set-up-$key" ] || meson_setup "$dir" "$key" "$@"
    # shellcheck disable=SC2086 # they are words
    in_lab ninja -C "$dir" ${targets-}
    # Programs that were renamed or joined: with sanitizers each is as large as the library.
    in_lab ninja -C "$dir" -t cleandead
}

meson_setup() {
    local dir=$1 key=$2
    shift 2
    # An interrupted set-up leaves a folder that Meson does not take again.
    rm -rf "$dir"
    in_lab meson setup "${meson_options[@]}" "$@" "$dir" "$top"
    touch "$dir/set-up-$key"
}

# Nothing on the board reads debug information.
build_board_software() {
    meson_build lab "$build/board-objects" --cross-file "$top/lab/cross/aarch64.ini" -Ddebug=false \
        --prefix "$board_software" --libdir lib -Dgst_plugin=enabled -Dlibcamera=enabled -Dboard_tools=true -Dtests=false
    in_lab meson install -C "$build/board-objects" --no-rebuild --quiet --only-changed "$@"
}

# need_board_software: all of it; need_demo_software: what the demonstration needs.
need_board_software() {
    need_lab
    with_progress "software: for the board" "$build/log/board-software.log" build_board_software
}
need_demo_software() {
    need_lab
    local targets=demo
    with_progress "software: for the demonstration" "$build/log/board-software.log" build_board_software --tags runtime
}

need_host_software() {
    need_dev
    with_progress "software: unit tests" "$build/log/host-software.log" \
        meson_build dev "$build/host" -Db_sanitize=address,undefined -Dgst_plugin=disabled -Doptimization=0
}

# With Clang, which has libFuzzer. Everything that a fuzzer calls counts its edges.
need_fuzzers() {
    need_dev
    local targets=fuzzers
    with_progress "software: fuzzers" "$build/log/fuzzers.log" \
        meson_build dev "$build/fuzz" --native-file "$top/lab/native/clang.ini" -Db_lundef=false \
        -Db_sanitize=address,undefined -Dgst_plugin=disabled -Dfuzz=true -Doptimization=1
}

# What users install, with the oldest compiler that builds it. Debian's own libraries of C++ are built by a later one,
# and need its runtime, which the board has.
need_old_compiler() {
    need_dev
    with_progress "software: with GCC 13" "$build/log/gcc-13.log" \
        meson_build dev "$build/gcc-13" --cross-file "$top/lab/cross/aarch64.ini" \
        --cross-file "$top/lab/cross/gcc-13.ini" -Ddebug=false -Dtests=false -Dgst_plugin=enabled \
        -Dcpp_link_args=-Wl,--allow-shlib-undefined
}

need_benchmarks() {
    need_dev
    local targets=tests/bench/selection-bench
    with_progress "software: benchmarks" "$build/log/benchmarks.log" \
        meson_build dev "$build/benchmarks" -Dgst_plugin=disabled -Dbenchmarks=true
}

need_thread_tests() {
    need_dev
    local targets=thread-tests
    with_progress "software: tests of threads" "$build/log/thread-tests.log" \
        meson_build dev "$build/tsan" -Db_sanitize=thread -Doptimization=1 -Dgst_plugin=disabled
}

# need_sanitized_plugin NAME SANITIZERS: the plugin and its checks for the board, and what the compiler has
# them load there.
need_sanitized_plugin() {
    need_dev
    with_progress "software: the plugin with $2" "$build/log/plugin-$1.log" build_sanitized_plugin "$@"
}

build_sanitized_plugin() {
    local dir=$build/board-$1 targets='gst-plugin/libgstheapsel.so tests/gst/gst-heapsel-check' library
    meson_build dev "$dir" --cross-file "$top/lab/cross/aarch64.ini" "-Db_sanitize=$2" -Doptimization=0 \
        -Dgst_plugin=enabled -Dboard_tools=true -Dtests=false -Dexamples=false
    mkdir -p "$dir/runtime"
    # Those of the compiler's own packages write into their code, and die of it, before main().
    in_dev sh -c 'cp -L /usr/lib/aarch64-linux-gnu/lib[atu]*san.so.[0-9] "$1"' - "$dir/runtime"
}

# need_other_gstreamers: the plugin, compiled for the GStreamers of the Debian before and of the next one, and a
# board with the next one's.
need_other_gstreamers() {
    local tree
    need_dev
    for tree in older newer; do
        need_tree "$tree"
        with_progress "software: the plugin for the $tree GStreamer" "$build/log/plugin-$tree.log" \
            build_other_plugin "$tree"
    done
    need_tree next
    export HEAPSEL_NEXT_ROOT
    HEAPSEL_NEXT_ROOT=$(tree_path next)/root.erofs
}

# need_libcameras: the headers of another libcamera than the board's.
need_libcameras() {
    need_dev
    need_tree cameras
    local others=${HEAPSEL_LIBCAMERA_HEADERS:+:$HEAPSEL_LIBCAMERA_HEADERS}
    export HEAPSEL_LIBCAMERA_HEADERS
    HEAPSEL_LIBCAMERA_HEADERS=$(tree_path cameras)/usr/include/libcamera$others
}

build_other_plugin() {
    local headers targets=gst-plugin/libgstheapsel.so
    headers=$(tree_path "$1")
    cat >"$build/$1.ini" <<END
[properties]
sys_root = '$headers'
pkg_config_libdir = ['$headers/usr/lib/aarch64-linux-gnu/pkgconfig', '$headers/usr/share/pkgconfig']
END
    meson_build dev "$build/plugin-$1" --cross-file "$top/lab/cross/aarch64.ini" --cross-file "$build/$1.ini" \
        -Ddebug=false -Dgst_plugin=enabled -Dtests=false -Dexamples=false
}
