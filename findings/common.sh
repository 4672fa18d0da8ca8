# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# What the findings share: Debian 13's packages in exact versions, unpacked in a folder that goes when
# the script ends, and the comparison of what is seen with what is written down.
# Exit status: 0 it is as written down, 1 something changed, 2 it could not be tried.
set -euo pipefail

keyring=/usr/share/keyrings/debian-archive-keyring.gpg
name=$(basename "$0" .sh)
work=$(mktemp -d "${TMPDIR:-/tmp}/finding-$name.XXXXXX")
status=2 changed=0
finish() {
    rm -rf "$work"
    [ "$status" -ne 2 ] || echo "$name: could not be tried" >&2
    exit "$status"
}
trap finish EXIT
trap exit INT TERM HUP
cd "$work"

# mirror: the one that is given, or that this machine's apt uses.
mirror() {
    local site
    # shellcheck disable=SC2016 # apt fills it in
    site=$(apt-get indextargets --format '$(SITE)' 'Created-By: Packages' 2>/dev/null |
        grep -E '/debian/?$' | head -n 1) || true
    echo "${FINDINGS_MIRROR:-${site:-http://deb.debian.org/debian}}"
}

# apt_get ARCHITECTURE ARGUMENT...: apt-get over Debian 13 alone, as if nothing was installed.
apt_get() {
    local architecture=$1 dir=$work/apt-$1 suite
    shift
    if [ ! -d "$dir" ]; then
        mkdir -p "$dir/lists/partial" "$dir/cache/archives/partial"
        touch "$dir/status"
        for suite in trixie trixie-backports; do
            echo "deb [signed-by=$keyring check-valid-until=no] $(mirror) $suite main"
        done >"$dir/sources.list"
        apt_get "$architecture" update
    fi
    apt-get -qq -o APT::Architecture="$architecture" -o APT::Architectures="$architecture" \
        -o APT::Install-Recommends=false -o APT::Sandbox::User="$(id -un)" \
        -o Dir::Etc::SourceList="$dir/sources.list" -o Dir::Etc::SourceParts=/dev/null \
        -o Dir::Etc::Preferences=/dev/null -o Dir::Etc::PreferencesParts=/dev/null \
        -o Dir::State="$dir" -o Dir::State::Lists="$dir/lists" -o Dir::State::status="$dir/status" \
        -o Dir::Cache="$dir/cache" "$@"
}

# unpack ROOT ARCHITECTURE PACKAGE=VERSION...: these, what they depend on, and a shell. No script of
# theirs runs, so a package that needs to be configured does not work here.
unpack() {
    local root=$1 architecture=$2
    shift 2
    apt_get "$architecture" -y --download-only install base-files dash coreutils "$@" || not_there
    unpack_archives "$root" "apt-$architecture/cache/archives" "$@"
}

# unpack_alone ROOT ARCHITECTURE PACKAGE=VERSION...: these, and nothing that they depend on.
unpack_alone() {
    local root=$1 architecture=$2
    shift 2
    mkdir alone
    (cd alone && apt_get "$architecture" download "$@") || not_there
    unpack_archives "$root" alone "$@"
    rmdir alone
}

not_there() {
    echo "$name: if the mirror has these versions no more, FINDINGS_MIRROR=URL names one that has" >&2
    exit 2
}

# unpack_archives ROOT DIRECTORY PACKAGE=VERSION...: all archives there; says which versions those are.
unpack_archives() {
    local root=$1 directory=$2 archive package
    shift 2
    mkdir -p "$root"
    for archive in "$directory"/*.deb; do
        dpkg-deb -x "$archive" "$root"
    done
    for package; do
        # shellcheck disable=SC2016 # dpkg fills it in
        dpkg-deb -W --showformat='${Package} ${Version} ${Architecture}\n' "$directory/${package%%=*}"_*.deb
    done
    rm "$directory"/*.deb
}

# inside ROOT COMMAND...: with ROOT as the root directory, in the current one.
inside() {
    local root=$1
    shift
    bwrap --die-with-parent --bind "$root" / --dev /dev --proc /proc --tmpfs /tmp --bind "$work" "$work" \
        --chdir "$PWD" --clearenv --setenv PATH /usr/sbin:/usr/bin --setenv LC_ALL C.UTF-8 "$@"
}

# compare WHAT EXPECTED WRITTEN-DOWN SEEN: what a reader expects, what is written down here, and what
# was seen now.
compare() {
    printf '%s\n    expected  %s\n    seen      %s\n' "$1" "$2" "$4"
    [ "$3" != "$4" ] || return 0
    printf '    CHANGED   it was: %s\n' "$3"
    changed=1
}

conclude() {
    status=$changed
    [ "$changed" -eq 0 ] && echo "$name: as written down" || echo "$name: changed"
    exit
}
