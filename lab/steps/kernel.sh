# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# The board's kernel: where its source comes from, the build, the git tree with our series.
#
#   source    -> $cache/kernel/source-KEY      as a tarball
#   + series, and lab/kernel/quicker
#   + config, and tests/kunit
#             -> $cache/kernel/built-KEY       Image and modules of exactly this series
#
# and for who works on the series, in git:
#
#   source    -> $cache/kernel/base-KEY        one commit, the base, in a bare repository
#   + series  -> build/kernel/linux            the tree to work in; made only when asked for
#   + config, and tests/kunit
#             -> build/kernel/out              Image and modules of that tree
#
# With --kernel=debug, lab/kernel/debug.config comes on top; --kernel=stock is the base without our
# series, wherever somebody works on it. One more, without heaps, is for a suite of the tests alone. All that is
# built of them has its own place.

series_dir=$top/kernel-patches/7.3
stock_series=$top/lab/kernel/stock
quicker_series=$top/lab/kernel/quicker
kunit_suites=$top/tests/kunit # those that are not in the series
kernel_version=$(cat "$series_dir/base")
kernel_tree=$build/kernel/linux
kernel_variant=
kernel_architecture=arm64
kernel_packages=(kernel) # lists of what it is built with
unset HEAPSEL_KERNEL_VARIANT
kernel_configs=("$top/lab/kernel/config" "$top/lab/kernel/series.config")

# choose_kernel VARIANT: which of our kernels the steps build and boot from now on.
choose_kernel() {
    case $1 in
    debug) kernel_configs+=("$top/lab/kernel/debug.config") ;;
    stock)
        kernel_configs=("$top/lab/kernel/config")
        kunit_suites=
        ;;
    *) usage_error "there is no kernel '$1'; --kernel takes debug or stock" ;;
    esac
    kernel_variant=$1
    export HEAPSEL_KERNEL_VARIANT=$1
}

# sub_series: the folders of our series, in order.
sub_series() { sed -n "s,^\([^#:]*\):.*,$series_dir/\1,p" "$series_dir/series"; }

is_sub_series() { sub_series | grep -qxF "$series_dir/$1"; }

# built_series: the folders that the kernel is built with, of those that are ours to change.
built_series() { if [ "$kernel_variant" = stock ]; then echo "$stock_series"; else sub_series; fi; }

# choose_no_heaps_kernel: a small one, without heaps, that runs unit tests as it starts.
choose_no_heaps_kernel() {
    kernel_variant=no-heaps
    kernel_configs=("$top/lab/kernel/no-heaps.config")
    kunit_suites=
}

# patches_of FOLDER...: in order, as paths.
patches_of() {
    local folder
    for folder in "$@"; do sed -n "/^#/!s,.\{1\,\},$folder/&,p" "$folder/series"; done
}

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
# which the trees see them.
settle_kernel_sources() {
    local variable
    for variable in HEAPSEL_KERNEL_SOURCE HEAPSEL_KERNEL_FALLBACK; do
        [ -n "${!variable-}" ] || continue
        [ -d "${!variable}" ] || [ -f "${!variable}" ] ||
            die "$variable: '${!variable}' is neither a directory nor a tarball; it should be Linux $kernel_version"
        printf -v "$variable" %s "$(realpath "${!variable}")"
    done
}

fetched_source() { echo "$cache/kernel/source-$(source_id | key_of)"; }
kernel_source() { echo "${HEAPSEL_KERNEL_SOURCE:-$(fetched_source)/archive}"; }

need_kernel_source() {
    [ -z "${HEAPSEL_KERNEL_SOURCE-}" ] || return 0
    fetch_source_shown() { with_progress "kernel: source" "$build/log/kernel-source.log" fetch_source "$1"; }
    made_once "$(fetched_source)" fetch_source_shown
    local taken
    taken=$(cat "$(fetched_source)/version")
    [ "$taken" = "$kernel_version" ] ||
        say "kernel: Linux $taken is built, a later release than $kernel_version; the series applies to it"
}

# apt_elsewhere SUITE COMMAND...: apt with lists of its own, for a suite that is not switched on here.
apt_elsewhere() {
    local dir=$cache/apt/$1
    mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial"
    echo "deb [signed-by=$keyring] $(mirror) $1 main" >"$dir/sources.list"
    local command=$2
    shift 2
    # Another step may be asking the same suite.
    flock "$dir/lock" "$command" -o Dir::Etc::SourceList="$dir/sources.list" -o Dir::Etc::SourceParts=/dev/null \
        -o Dir::State::Lists="$dir/lists" -o Dir::Cache="$dir/cache" \
        -o APT::Sandbox::User="$(id -un)" -o APT::Architectures::=amd64 "$@"
}

# debian_versions SUITE: of the package that has our series of releases, newest first.
debian_versions() {
    apt_elsewhere "$1" apt-get update >&2 || return 0
    apt_elsewhere "$1" apt-cache madison "linux-source-${kernel_version%.*}" | awk '{ print $3 }'
}

# debian_source DIRECTORY: the tarball of Debian's package, from whichever suite has our version, or else a
# later release that the series applies to.
debian_source() {
    local from version release later=()
    for from in trixie-backports trixie-security trixie forky sid; do
        while read -r version; do
            release=${version%%[-+~]*}
            if [ "$release" = "$kernel_version" ]; then
                debian_archive "$1" "$from" "$version" && echo "$release" >"$1/version" && return
            elif [ "${release##*.}" -gt "${kernel_version##*.}" ]; then
                later+=("$release $from $version")
            fi
        done < <(debian_versions "$from")
    done
    while read -r release from version; do
        debian_archive "$1" "$from" "$version" && series_applies "$1" && echo "$release" >"$1/version" && return
    done < <(printf '%s\n' "${later[@]}" | sort -rV | grep .)
    return 1
}

# debian_archive DIRECTORY SUITE VERSION
debian_archive() {
    local package=linux-source-${kernel_version%.*}
    echo "$package $3 is in $2"
    (cd "$1" && apt_elsewhere "$2" apt-get download "$package=$3" &&
        dpkg-deb --fsys-tarfile "$package"_*.deb | tar -x -O "./usr/src/$package.tar.xz" >archive &&
        rm -f "$package"_*.deb)
}

series_applies() {
    local status=0
    rm -rf "$1/trial"
    # shellcheck disable=SC2046 # they are words
    patched_source "$1/archive" "$1/trial" $(sub_series) || status=$?
    rm -rf "$1/trial"
    return "$status"
}

kernel_org_source() {
    /usr/lib/apt/apt-helper download-file \
        "https://cdn.kernel.org/pub/linux/kernel/v${kernel_version%%.*}.x/linux-$kernel_version.tar.xz" "$1/archive"
}

# fetch_source DIRECTORY: leaves there the source, as a tarball, and which version it is, or says where
# it was looked for.
fetch_source() {
    mkdir "$1"
    ! debian_source "$1" || return 0
    if [ -f "${HEAPSEL_KERNEL_FALLBACK-}" ]; then
        echo "no Debian suite that can be reached has $kernel_version; taking the fallback"
        cp --reflink=auto "$HEAPSEL_KERNEL_FALLBACK" "$1/archive"
    elif ! kernel_org_source "$1"; then
        echo "Neither Debian nor kernel.org gave Linux $kernel_version. Give its source with --kernel-source PATH."
        return 1
    fi
    echo "$kernel_version" >"$1/version"
}

# patched_source SOURCE TREE FOLDER...: the source with the patches of these folders.
patched_source() {
    local source=$1 tree=$2
    shift 2
    need_lab
    in_lab "$top/lab/kernel/unpack" --for-board "$source" "$kernel_version" "$tree" &&
        in_lab "$top/lab/kernel/apply-series" "$tree" "$@"
}

base_path() { echo "$cache/kernel/base-$(source_id | key_of)"; }

make_base() {
    mkdir "$1"
    local found
    found=$(kernel_tool unpack "$(kernel_source)" "$kernel_version" "$1/tree") || {
        echo "$found"
        return 1
    }
    # The same tree gives the same commit everywhere, so format-patch does too.
    in_tree patches env GIT_AUTHOR_DATE='2026-01-01T00:00:00Z' GIT_COMMITTER_DATE='2026-01-01T00:00:00Z' \
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
        git commit -q -m 'Linux $found'
        git tag base
        git config core.bare true
        rm -f '$1/linux.git/index'"
    rm -rf "$1/tree"
}

need_base() {
    need_tree patches
    need_kernel_source
    make_base_shown() { with_progress "kernel: base in git" "$build/log/kernel-base.log" make_base "$1"; }
    made_once "$(base_path)" make_base_shown
}

# --- the tree to work in

kernel_tool() { in_tree patches "$top/lab/kernel/$1" "${@:2}"; }

# need_kernel_tree [NAME]: with that sub-series and what it needs, beside the one that is worked in.
need_kernel_tree() {
    local name=${1-}
    need_base
    make_kernel_tree() {
        with_progress "kernel: git tree${name:+ of $name}" "$build/log/kernel-tree.log" \
            kernel_tool make-tree "$(base_path)/linux.git" "$series_dir" "$1" ${name:+"$name"}
    }
    made_once "$kernel_tree${name:+-$name}" make_kernel_tree
}

export_kernel_series() {
    [ -d "$kernel_tree" ] || die "there is no $kernel_tree to export; lab/run kernel-tree makes it"
    need_tree patches
    kernel_tool export-series "$kernel_tree" "$series_dir"
}

# --- the build

# The key of what the series, unmodified, is built from.
kernel_key() {
    {
        source_id
        # shellcheck disable=SC2046 # they are words
        cat $(patches_of $(built_series) "$quicker_series")
        cat "${kernel_configs[@]}" "$top"/lab/kernel/{build,build-selftests,selftests}
        cat "$top"/lab/kernel/{protected-heap,lab-ddr}/* "$top"/lab/traffic/{counts,marks}.h
        [ -z "$kunit_suites" ] || cat "$kunit_suites"/{Kbuild,*.c}
        packages_key "${kernel_packages[@]}"
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
    need_lab
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
    need_kernel_source
    rm -rf "$scratch"
    mkdir -p "$scratch"
    # shellcheck disable=SC2046 # they are words
    with_progress "kernel: source with $(patches_of $(built_series) | wc -l) patches" "$build/log/kernel-unpack.log" \
        patched_source "$(kernel_source)" "$scratch/linux" $(built_series) "$quicker_series"
    build_kernel "$scratch/linux" "$scratch/obj" "$1"
    rm -rf "$scratch"
}

build_kernel() {
    with_progress "kernel: build${kernel_variant:+, $kernel_variant}" "$build/log/kernel-build.log" \
        in_lab "$top/lab/kernel/build" "$kernel_architecture" "$1" "$2" "$3" "$kunit_suites" "${kernel_configs[@]}"
}

# need_no_heaps_kernel: sets HEAPSEL_NO_HEAPS_KERNEL for what in_dev starts.
need_no_heaps_kernel() {
    HEAPSEL_NO_HEAPS_KERNEL=$(choose_no_heaps_kernel && need_kernel >&2 && kernel_out)
    export HEAPSEL_NO_HEAPS_KERNEL
}
