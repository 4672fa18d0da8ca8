# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Debian trees of our own: `dev` to build programs and to run the lab in (amd64 with an arm64 cross
# compiler), `kbuild` to build kernels and to check patches in, `board` for the board's root (arm64,
# unpacked and packed again as a file-system image), `arm` to build in what the second board,
# lab/vexpress, needs (a 32-bit cross compiler).

suite=trixie
keyring=/usr/share/keyrings/debian-archive-keyring.gpg

packages_of() { grep -v '^#' "$top/lab/trees/$1.packages" | grep . | paste -sd, ; }
tree_key() { { echo "$suite 1"; packages_of "$1"; } | key_of; }
tree_path() { echo "$cache/trees/$1-$(tree_key "$1")"; }

mirror() {
    local site
    site=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 2>/dev/null |
        grep -E '/debian/?$' | head -n 1) || true
    echo "${HEAPSEL_MIRROR:-${site:-http://deb.debian.org/debian}}"
}

# need_host_packages: what this machine itself must have, and nothing else.
need_host_packages() {
    local missing=() command
    for command in mmdebstrap:mmdebstrap bubblewrap:bwrap; do
        command -v "${command#*:}" >/dev/null || missing+=("${command%:*}")
    done
    [ -e "$keyring" ] || missing+=(debian-archive-keyring)
    if [ "$(id -u)" -ne 0 ]; then
        command -v newuidmap >/dev/null || missing+=(uidmap)
    fi
    if [ ${#missing[@]} -gt 0 ]; then
        [ "$(id -u)" -eq 0 ] ||
            die "this machine lacks: ${missing[*]}. Run: sudo apt-get install ${missing[*]}"
        with_progress "machine: installing ${missing[*]}" "$build/log/machine.log" install_packages "${missing[@]}"
    fi
    bwrap --ro-bind / / true ||
        die "bubblewrap can make no namespace here. Run as root, or allow user namespaces: sysctl kernel.unprivileged_userns_clone=1 or kernel.apparmor_restrict_unprivileged_userns=0"
}

install_packages() {
    apt-get update
    DEBIAN_FRONTEND=noninteractive apt-get install -y --no-install-recommends "$@"
}

# bootstrap OPTION... SUITE TARGET: mmdebstrap from this machine's mirror. From the backports comes
# only what names them (PACKAGE/SUITE-backports), as apt does it; they are not asked otherwise.
bootstrap() {
    local sources=("deb [signed-by=$keyring] $(mirror) $suite main")
    [[ "$*" != */$suite-backports* ]] || sources+=("deb [signed-by=$keyring] $(mirror) $suite-backports main")
    # Its scratch tree goes beside the result, as /tmp may be small; but without root it is made by
    # another user id, which cannot enter a home.
    [ "$(id -u)" -ne 0 ] || local -x TMPDIR=$cache/trees
    mmdebstrap --skip=output/dev "$@" "${sources[@]}"
}

make_dev_tree() { make_tree_to_build_in dev arm64 "$1"; }
make_kbuild_tree() { make_tree_to_build_in kbuild arm64 "$1"; }
make_arm_tree() { make_tree_to_build_in arm armhf "$1"; }

# make_tree_to_build_in NAME FOREIGN-ARCHITECTURE TARGET
make_tree_to_build_in() {
    local include options
    include=$(packages_of "$1")
    options=(--architectures="amd64,$2" --variant=apt --include="$include")
    if [ "$(id -u)" -eq 0 ]; then
        bootstrap --format=directory "${options[@]}" "$suite" "$3"
    else
        # Unpacked by the user, so that the user owns it and can remove it.
        mkdir "$3"
        bootstrap --mode=unshare --format=tar "${options[@]}" "$suite" - |
            tar -x -C "$3" --no-same-owner --exclude='./dev/*'
    fi
}

make_board_tree() {
    mkdir "$1"
    bootstrap --format=tar --architectures=arm64 --variant=extract \
        --include="$(packages_of board)" "$suite" "$1/root.tar"
    tar -x -C "$1" -f "$1/root.tar" --strip-components=3 ./usr/bin/busybox
    # A file system of the tree's own size and a bit; the board adds a layer of its own to write to.
    local kib
    kib=$(($(stat -c %s "$1/root.tar") / 1024 * 13 / 10 + 65536))
    in_dev sh -c "truncate -s ${kib}K '$1/root.ext4' &&
        mke2fs -q -t ext4 -O ^has_journal -m 0 -N 65536 -d '$1/root.tar' '$1/root.ext4'"
    rm "$1/root.tar"
}

# need_tree NAME: the tree is there, whole.
need_tree() {
    local label="tree: Debian $suite, $1"
    if [ "$1" = dev ]; then need_host_packages; else need_tree dev; fi
    make_tree() { with_progress "$label" "$build/log/tree-$tree_name.log" "make_${tree_name}_tree" "$1"; }
    tree_name=$1
    made_once "$(tree_path "$1")" make_tree
}

# in_tree NAME COMMAND...: in that tree, in the current directory, as the current user. The checkout
# and the cache are seen under their own paths; /tmp is private.
in_tree() {
    local tree
    tree=$(tree_path "$1")
    shift
    mkdir -p "$build" "$cache/ccache"
    local writable=(--bind "$top" "$top" --bind "$cache" "$cache")
    local path
    for path in "${HEAPSEL_KERNEL_SOURCE-}" "${HEAPSEL_KERNEL_FALLBACK-}"; do
        [ -z "$path" ] || writable+=(--ro-bind-try "$path" "$path")
    done
    # With the parent goes the child: a board left behind would run on unseen.
    bwrap --die-with-parent --bind "$tree" / --dev /dev --proc /proc \
        --tmpfs /tmp --tmpfs /run "${writable[@]}" --chdir "$tree_directory" \
        --setenv HOME /tmp --setenv LC_ALL C.UTF-8 --setenv CCACHE_DIR "$cache/ccache" \
        --setenv CCACHE_BASEDIR "$top" --setenv CCACHE_NOHASHDIR 1 \
        --setenv PATH /usr/lib/ccache:/usr/sbin:/usr/bin:/sbin:/bin \
        --setenv GIT_CONFIG_COUNT 1 --setenv GIT_CONFIG_KEY_0 safe.directory \
        --setenv GIT_CONFIG_VALUE_0 '*' \
        --setenv PYTHONPATH "$top/lab/board:$top/lab/kernel:$top/lab/tools:$top/lab/traffic:$top/lab/vexpress" --setenv PYTHONDONTWRITEBYTECODE 1 \
        --setenv HEAPSEL_TOP "$top" --setenv HEAPSEL_CACHE "$cache" "$@"
}
in_dev() { in_tree dev "$@"; }
case $PWD/ in
"$top"/*) tree_directory=$PWD ;;
*) tree_directory=$top ;;
esac
