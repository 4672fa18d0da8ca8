# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# What a person sees while a step runs. All of it on standard error.

quiet=${quiet-}

say() { [ -n "$quiet" ] || printf '%s\n' "$*" >&2; }

die() {
    printf 'lab/run: %s\n' "$*" >&2
    exit 1
}

# with_progress LABEL LOG COMMAND...: runs it with its output in LOG. A terminal gets a line that
# ticks, anything else a line now and then; a failure shows the log's end.
with_progress() {
    local label=$1 log=$2 start=$SECONDS status=0 every=20
    shift 2
    mkdir -p "$(dirname "$log")"
    say "$label ..."
    [ ! -t 2 ] || every=1
    # A process group of its own, so that an interrupt ends all that the step started.
    set -m
    ("$@") >"$log" 2>&1 </dev/null &
    local pid=$!
    set +m
    (
        # Not with our output: a sleep outlives the ticker, and a pipe would stay open for it.
        while sleep "$every" >/dev/null 2>&1 && kill -0 "$pid" 2>/dev/null; do
            progress_line "$label" $((SECONDS - start)) "$log"
        done
    ) &
    local ticker=$!
    # shellcheck disable=SC2064 # this step's processes, now
    trap "kill -TERM -- -$pid $ticker 2>/dev/null; printf '\nlab/run: interrupted: %s\n' '$label' >&2; exit 130" INT TERM HUP
    wait "$pid" || status=$?
    kill "$ticker" 2>/dev/null || true
    wait "$ticker" 2>/dev/null || true
    trap - INT TERM HUP
    [ ! -t 2 ] || [ -n "$quiet" ] || printf '\r\033[K' >&2
    if [ "$status" -ne 0 ]; then
        printf -- '--- the end of %s\n' "$log" >&2
        tail -n 30 "$log" >&2
        die "$label failed (status $status)"
    fi
    say "$label: done in $((SECONDS - start)) s"
}

progress_line() {
    [ -z "$quiet" ] || return 0
    local last
    last=$(tail -n 1 "$3" 2>/dev/null | tr -d '\r' | cut -c1-60)
    if [ -t 2 ]; then
        printf '\r\033[K%s: %d s  %s' "$1" "$2" "$last" >&2
    else
        printf '%s: %d s  %s\n' "$1" "$2" "$last" >&2
    fi
}

# --- steps beside each other

end_begun() {
    local running
    running=$(jobs -pr)
    # shellcheck disable=SC2086 # they are words
    [ -z "$running" ] || kill $running 2>/dev/null || true
}
trap end_begun EXIT

# ahead FUNCTION ARGUMENT...: begins what is asked for later, where it is waited for (made_once). What fails
# here is tried again there.
ahead() { ("$@") </dev/null & }

# together FUNCTION...: all of them at the same time, the shortest first; ends if one of them fails.
together() {
    local function running=()
    for function in "$@"; do
        ("$function") </dev/null &
        running+=($!)
    done
    for function in "${running[@]}"; do wait "$function" || exit; done
}
