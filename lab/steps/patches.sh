# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# The series as patches: each on its predecessors, in a tree and with objects that stay, so that a
# patch costs what it touches.

check_work=$build/check

# check_patches DIRECTORY [NAME]: what is there, or that sub-series of it, into a report; fails only where it cannot
# check.
check_patches() {
    local directory=$1 name=${2-} also_seen=$1
    need_base
    mkdir -p "$build"
    # The tree is one: another run waits.
    exec {lock}>"$check_work.lock"
    flock "$lock"
    with_progress "patches: ${name:-$(basename "$directory")}" "$build/log/check-patches.log" \
        kernel_tool check-patches "$(base_path)/linux.git" "$directory" "$check_work" \
        "$cache/kernel/checked" "$(tree_key patches)" ${name:+"$name"}
    exec {lock}>&-
}

# patches_report [--json]: shows what check_patches found; the status says whether all passed.
patches_report() { kernel_tool check-patches --report "$check_work" "$@"; }
