# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# Debian trees of our own, each made of lists of packages: `lab` builds the board and runs it (amd64 with
# an arm64 cross compiler), `dev` is that and all that tests and development need besides, `patches` is
# for work on the kernel's patches. `board` is the board's root (arm64, unpacked and packed again as a
# file-system image), `next` the same of the next Debian. `older` and `newer` are what the plugin is compiled
# with besides: GStreamer's headers of the Debian before and of the next one; `cameras` is libcamera's headers of
# Debian's backports.

keyring=/usr/share/keyrings/debian-archive-keyring.gpg

# lists_of TREE: the lists below lab/trees that it is made of.
lists_of() {
    case $1 in
    lab) echo kernel lab ;;
    dev) echo kernel lab arm dev ;;
    patches) echo kernel patches ;;
    next) echo board ;;
    older | newer) echo headers ;;
    *) echo "$1" ;;
    esac
}

# The Debian of everything, but while a tree of another is made.
our_suite=trixie
suite=$our_suite
suite_of() {
    case $1 in
    older) echo bookworm ;;
    next | newer) echo forky ;;
    *) echo "$our_suite" ;;
    esac
}

# packages_in LIST...: their packages, with commas in between.
packages_in() { (cd "$top/lab/trees" && grep -hv '^#' "${@/%/.packages}" | grep . | paste -sd,); }
packages_key() { { echo "$suite 2"; packages_in "$@"; } | key_of; }
# shellcheck disable=SC2046 # they are words
tree_key() {
    local suite
    suite=$(suite_of "$1")
    { packages_key $(lists_of "$1"); echo "${nobody_needs[@]} $but_needed $llvm"; } | key_of
}
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

# What nobody here reads or runs: pictures are made by no GPU, programs of other architectures run on boards.
nobody_needs=(/usr/share/{doc,man,info,locale,icons,gir-1.0} '/usr/lib/*/libgallium*' '/usr/lib/*/dri'
    '/usr/bin/qemu-*' '/usr/bin/*-lto-dump-*')
but_needed='/usr/bin/qemu-system-*'
# What Clang is made of; without Clang, only drivers of GPUs are.
llvm='/usr/lib/*/libLLVM*'

# bootstrap OPTION... SUITE TARGET: mmdebstrap from this machine's mirror, without what nobody needs. From
# the backports comes only what names them (PACKAGE/SUITE-backports), as apt does it; they are not asked
# otherwise.
bootstrap() {
    local trust=signed-by=$keyring path options=() sources
    # What Debian still works on is signed for some days only, and a mirror may stand still.
    [ "$suite" = "$our_suite" ] || trust+=" check-valid-until=no"
    sources=("deb [$trust] $(mirror) $suite main")
    [[ "$*" != */$suite-backports* ]] || sources+=("deb [$trust] $(mirror) $suite-backports main")
    # Its scratch tree goes beside the result, as /tmp may be small; but without root it is made by
    # another user id, which cannot enter a home.
    [ "$(id -u)" -ne 0 ] || local -x TMPDIR=$cache/trees
    for path in "${nobody_needs[@]}"; do options+=("--dpkgopt=path-exclude=$path" "--dpkgopt=path-exclude=$path/*"); done
    mmdebstrap --skip=output/dev --dpkgopt=force-unsafe-io "${options[@]}" "--dpkgopt=path-include=$but_needed" "$@" "${sources[@]}"
}

make_lab_tree() { make_tree_to_build_in lab amd64,arm64 "$1" "--dpkgopt=path-exclude=$llvm"; }
make_dev_tree() { make_tree_to_build_in dev amd64,arm64,armhf "$1"; }
make_patches_tree() { make_tree_to_build_in patches amd64,arm64 "$1" "--dpkgopt=path-exclude=$llvm"; }

# make_tree_to_build_in NAME ARCHITECTURES TARGET OPTION...
make_tree_to_build_in() {
    local target=$3 options
    # shellcheck disable=SC2046 # they are words
    options=(--architectures="$2" --variant=apt --include="$(packages_in $(lists_of "$1"))" "${@:4}")
    if [ "$(id -u)" -eq 0 ]; then
        bootstrap --format=directory "${options[@]}" "$suite" "$target"
    else
        # Unpacked by the user, so that the user owns it and can remove it.
        mkdir "$target"
        bootstrap --mode=unshare --format=tar "${options[@]}" "$suite" - |
            tar -x -C "$target" --no-same-owner --exclude='./dev/*'
    fi
}

make_board_tree() {
    mkdir "$1"
    bootstrap --format=tar --architectures=arm64 --variant=extract --include="$(packages_in board)" \
        "--dpkgopt=path-exclude=$llvm" "$suite" "$1/root.tar"
    tar -x -C "$1" -f "$1/root.tar" --strip-components=3 ./usr/bin/busybox
    need_lab
    in_lab mkfs.erofs --quiet -T0 --tar=f "$1/root.erofs" "$1/root.tar"
    rm "$1/root.tar"
}

make_next_tree() { make_board_tree "$1"; }

# Nothing of it runs: files to compile and link with, and the rest goes.
make_headers_tree() {
    local library=usr/lib/aarch64-linux-gnu
    bootstrap --format=directory --architectures=arm64 --variant=extract --include="$(packages_in headers)" \
        "$suite" "$1"
    find "$1" -mindepth 1 -maxdepth 1 ! -name usr -exec rm -rf {} +
    find "$1/usr" "$1/usr/lib" "$1/usr/share" -mindepth 1 -maxdepth 1 ! -path "$1/usr/include" ! -path "$1/usr/lib" \
        ! -path "$1/usr/share" ! -path "$1/usr/share/pkgconfig" ! -path "$1/$library" -exec rm -rf {} +
    # The C library is the compiler's.
    rm -f "$1/$library"/lib{c,m,pthread,dl,rt}.{so,a} "$1/$library"/libc_nonshared.a
    find "$1/usr/include" -mindepth 1 -maxdepth 1 ! -name 'glib-2.0' ! -name 'gstreamer-1.0' ! -name 'orc-*' \
        ! -name 'sysprof-*' ! -name 'toml++' ! -name CLI ! -name nlohmann ! -name '*fdt*.h' ! -name zlib.h -exec rm -rf {} +
}
# Headers alone.
make_cameras_tree() {
    bootstrap --format=directory --architectures=arm64 --variant=extract --include="$(packages_in cameras)" \
        "$suite" "$1"
    find "$1" -mindepth 1 -maxdepth 1 ! -name usr -exec rm -rf {} +
    find "$1/usr" -mindepth 1 -maxdepth 1 ! -name include -exec rm -rf {} +
    find "$1/usr/include" -mindepth 1 -maxdepth 1 ! -name libcamera -exec rm -rf {} +
}
make_older_tree() { make_headers_tree "$1"; }
make_newer_tree() { make_headers_tree "$1"; }

# need_tree NAME: the tree is there, whole.
need_tree() {
    need_host_packages
    make_tree() { with_progress "tree: Debian $suite, $tree_name" "$build/log/tree-$tree_name.log" "make_${tree_name}_tree" "$1"; }
    local tree_name=$1 suite
    suite=$(suite_of "$1")
    made_once "$(tree_path "$1")" make_tree
}

# The tree that the board is built and run in: `dev` does it too, so who has that one needs no other.
lab_tree=lab
[ ! -e "$(tree_path dev)" ] || lab_tree=dev
need_lab() { need_tree "$lab_tree"; }
need_dev() {
    lab_tree=dev
    need_tree dev
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
    for path in "${HEAPSEL_KERNEL_SOURCE-}" "${HEAPSEL_KERNEL_FALLBACK-}" "${also_seen-}"; do
        [ -z "$path" ] || writable+=(--ro-bind-try "$path" "$path")
    done
    # With the parent goes the child: a board left behind would run on unseen.
    bwrap --die-with-parent --bind "$tree" / --dev /dev --proc /proc \
        --tmpfs /tmp --tmpfs /run "${writable[@]}" --chdir "$tree_directory" \
        --setenv HOME /tmp --setenv LC_ALL C.UTF-8 --setenv CCACHE_DIR "$cache/ccache" \
        --setenv CCACHE_BASEDIR "$top" --setenv CCACHE_NOHASHDIR 1 --setenv CCACHE_DEPEND 1 \
        --setenv PATH /usr/lib/ccache:/usr/sbin:/usr/bin:/sbin:/bin \
        --setenv GIT_CONFIG_COUNT 1 --setenv GIT_CONFIG_KEY_0 safe.directory \
        --setenv GIT_CONFIG_VALUE_0 '*' \
        --setenv PYTHONPATH "$top/lab/board:$top/lab/kernel:$top/lab/tools:$top/lab/traffic:$top/lab/vexpress:$top/tests/dtbs" --setenv PYTHONDONTWRITEBYTECODE 1 \
        --setenv HEAPSEL_TOP "$top" --setenv HEAPSEL_CACHE "$cache" "$@"
}
in_dev() { in_tree dev "$@"; }
in_lab() { in_tree "$lab_tree" "$@"; }
case $PWD/ in
"$top"/*) tree_directory=$PWD ;;
*) tree_directory=$top ;;
esac
