# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# The board's kernel: where its source comes from, the git tree with our series, the build.
#
#   source    -> $cache/kernel/base-KEY        one commit, the base, in a bare repository
#   + series  -> build/kernel/linux            the tree to work in; made only when needed
#   + config  -> $cache/kernel/built-KEY       Image and modules of exactly this series
#   or        -> build/kernel/out              those of a tree that differs from the series
#
# With --kernel=debug, lab/kernel/debug.config comes on top; --kernel=stock is the base without our
# series, wherever somebody works on it. All that is built of them has its own place.

series_dir=$top/kernel-patches/7.3
built_series=$series_dir
kernel_version=$(cat "$series_dir/base")
kernel_tree=$build/kernel/linux
kernel_variant=
kernel_architecture=arm64
kernel_toolchain=kbuild # the tree that it is built in
unset HEAPSEL_KERNEL_VARIANT
kernel_configs=("$top/lab/kernel/config" "$top/lab/kernel/series.config")

# choose_kernel VARIANT: which of our kernels the steps build and boot from now on.
choose_kernel() {
    case $1 in
    debug) kernel_configs+=("$top/lab/kernel/debug.config") ;;
    stock)
        built_series=$top/lab/kernel/stock
        kernel_configs=("$top/lab/kernel/config")
        ;;
    *) usage_error "there is no kernel '$1'; --kernel takes debug or stock" ;;
    esac
    kernel_variant=$1
    export HEAPSEL_KERNEL_VARIANT=$1
}

# series_patches [DIRECTORY]: of our series, or of that one.
series_patches() { grep -v -e '^#' -e '^$' "${1:-$series_dir}/series" || true; }

# --- where the source comes from

# source_id: what identifies the source that would be used, without fetching it.
source_id() {
    local given=${HEAPSEL_KERNEL_SOURCE-}
    if [ -z "$given" ]; then
        echo "linux $kernel_version"
    elif [ -d "$given" ]; then
        (cd "$given" && find . -path ./.git -prune -o -type f -printf '%P %s %T@\n' | LC_ALL=C sort) | sha256sum
    else
        sha256sum <"$given"
    fi
}

# settle_kernel_sources: those that the user names exist, and are known by their real paths, under
# which the development tree sees them.
settle_kernel_sources() {
    local variable
    for variable in HEAPSEL_KERNEL_SOURCE HEAPSEL_KERNEL_FALLBACK; do
        [ -n "${!variable-}" ] || continue
        [ -d "${!variable}" ] || [ -f "${!variable}" ] ||
            die "$variable: '${!variable}' is neither a directory nor a tarball; it should be Linux $kernel_version"
        printf -v "$variable" %s "$(realpath "${!variable}")"
    done
}

base_path() { echo "$cache/kernel/base-$(source_id | key_of)"; }

# apt_elsewhere SUITE COMMAND...: apt with lists of its own, for a suite that is not switched on here.
apt_elsewhere() {
    local dir=$cache/apt/$1
    mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial"
    echo "deb [signed-by=$keyring] $(mirror) $1 main" >"$dir/sources.list"
    local command=$2
    shift 2
    "$command" -o Dir::Etc::SourceList="$dir/sources.list" -o Dir::Etc::SourceParts=/dev/null \
        -o Dir::State::Lists="$dir/lists" -o Dir::Cache="$dir/cache" \
        -o APT::Sandbox::User="$(id -un)" -o APT::Architectures::=amd64 "$@"
}

# debian_source ARCHIVE: the tarball of Debian's package, from whichever suite has our version.
debian_source() {
    local from version package=linux-source-${kernel_version%.*}
    for from in trixie-backports trixie-security trixie forky sid; do
        apt_elsewhere "$from" apt-get update || continue
        version=$(apt_elsewhere "$from" apt-cache madison "$package" |
            awk -v v="$kernel_version-" '{ if (index($3, v) == 1) { print $3; exit } }')
        [ -n "$version" ] || continue
        echo "$package $version is in $from"
        (cd "$(dirname "$1")" && apt_elsewhere "$from" apt-get download "$package=$version" &&
            dpkg-deb --fsys-tarfile "$package"_*.deb | tar -x -O "./usr/src/$package.tar.xz" >"$1" &&
            rm -f "$package"_*.deb) && return
    done
    return 1
}

kernel_org_source() {
    /usr/lib/apt/apt-helper download-file \
        "https://cdn.kernel.org/pub/linux/kernel/v${kernel_version%%.*}.x/linux-$kernel_version.tar.xz" "$1"
}

# find_source ARCHIVE: leaves the source there, as a tarball, or says where it was looked for.
find_source() {
    if [ -n "${HEAPSEL_KERNEL_SOURCE-}" ]; then
        ln -s "$HEAPSEL_KERNEL_SOURCE" "$1"
    elif debian_source "$1"; then
        return
    elif [ -f "${HEAPSEL_KERNEL_FALLBACK-}" ]; then
        echo "no Debian suite has $kernel_version any more; taking the fallback"
        ln -s "$HEAPSEL_KERNEL_FALLBACK" "$1"
    elif ! kernel_org_source "$1"; then
        echo "No Debian suite has $kernel_version any more, and kernel.org cannot be reached."
        echo "Give its source with --kernel-source PATH."
        return 1
    fi
}

# fetch_source DIRECTORY: leaves the source, unpacked, in DIRECTORY/tree.
fetch_source() {
    mkdir "$1/tree"
    if [ -d "${HEAPSEL_KERNEL_SOURCE-}" ]; then
        tar -C "$HEAPSEL_KERNEL_SOURCE" --exclude=./.git -cf - . | tar -C "$1/tree" -xf -
    else
        find_source "$1/archive"
        in_dev tar -x --strip-components=1 -C "$1/tree" -f "$1/archive"
    fi
    local found
    found=$(awk '$1 ~ /^(VERSION|PATCHLEVEL|SUBLEVEL)$/ && $2 == "=" { v = v (v == "" ? "" : ".") $3 } /^EXTRAVERSION/ { print v; exit }' "$1/tree/Makefile")
    [ "$found" = "$kernel_version" ] || {
        echo "the kernel source given is $found; the series is for $kernel_version"
        return 1
    }
}

make_base() {
    mkdir "$1"
    fetch_source "$1"
    # The same tree gives the same commit everywhere, so format-patch does too.
    in_dev env GIT_AUTHOR_DATE='2026-01-01T00:00:00Z' GIT_COMMITTER_DATE='2026-01-01T00:00:00Z' \
        GIT_AUTHOR_NAME=linux GIT_AUTHOR_EMAIL=linux@localhost \
        GIT_COMMITTER_NAME=linux GIT_COMMITTER_EMAIL=linux@localhost sh -euc "
        git init -q --bare -b base '$1/linux.git'
        cd '$1/tree'
        export GIT_DIR='$1/linux.git' GIT_WORK_TREE=.
        git config core.bare false
        git config core.compression 1
        git config gc.auto 0
        git config maintenance.auto false
        git add -A -f .
        git commit -q -m 'Linux $kernel_version'
        git tag base
        git config core.bare true
        rm -f '$1/linux.git/index'"
    rm -rf "$1/tree" "$1/archive"
}

need_base() {
    need_tree dev
    need_tree kbuild
    make_base_shown() { with_progress "kernel: source $kernel_version" "$build/log/kernel-source.log" make_base "$1"; }
    made_once "$(base_path)" make_base_shown
}

# --- the tree to work in

kernel_tool() { in_tree kbuild "$top/lab/kernel/$1" "${@:2}"; }

need_kernel_tree() {
    need_base
    make_kernel_tree() {
        with_progress "kernel: git tree, $(series_patches | wc -l) patches" "$build/log/kernel-tree.log" \
            kernel_tool make-tree "$(base_path)/linux.git" "$series_dir" "$1"
    }
    made_once "$kernel_tree" make_kernel_tree
}

export_kernel_series() {
    [ -d "$kernel_tree" ] || die "there is no $kernel_tree to export; lab/run kernel-tree makes it"
    need_tree kbuild
    kernel_tool export-series "$kernel_tree" "$series_dir"
}

# --- the build

# The key of what the series, unmodified, is built from.
kernel_key() {
    {
        source_id
        for patch in $(series_patches "$built_series"); do cat "$built_series/$patch"; done
        cat "${kernel_configs[@]}" "$top"/lab/kernel/{build,build-selftests,selftests}
        tree_key "$kernel_toolchain"
    } | key_of
}

built_from_tree() { [ -d "$kernel_tree" ] && [ "$kernel_variant" != stock ]; }

# Where Image and modules are: shared, or this checkout's own if somebody works on the tree.
kernel_out() {
    if built_from_tree; then
        echo "$build/kernel/out${kernel_variant:+-$kernel_variant}"
    else
        echo "$cache/kernel/built-$(kernel_key)"
    fi
}

need_kernel() {
    need_tree dev
    need_tree "$kernel_toolchain"
    if built_from_tree; then
        build_kernel "$kernel_tree" "$build/kernel/obj${kernel_variant:+-$kernel_variant}" "$(kernel_out)"
    else
        made_once "$(kernel_out)" build_series
    fi
}

# In a tree of its own that goes away again: the objects are worth nothing without it, and the
# compiler cache keeps what they cost.
build_series() {
    local scratch=$build/kernel/series${kernel_variant:+-$kernel_variant}
    need_base
    rm -rf "$scratch"
    mkdir -p "$scratch"
    with_progress "kernel: tree with $(series_patches "$built_series" | wc -l) patches" "$build/log/kernel-tree.log" \
        kernel_tool make-tree --for-board "$(base_path)/linux.git" "$built_series" "$scratch/linux"
    build_kernel "$scratch/linux" "$scratch/obj" "$1"
    rm -rf "$scratch"
}

build_kernel() {
    with_progress "kernel: build${kernel_variant:+, $kernel_variant}" "$build/log/kernel-build.log" \
        in_tree "$kernel_toolchain" "$top/lab/kernel/build" "$kernel_architecture" "$1" "$2" "$3" \
        "${kernel_configs[@]}"
}
