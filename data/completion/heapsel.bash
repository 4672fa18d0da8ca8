# SPDX-License-Identifier: LGPL-2.1-or-later
# Completion for bash: heapsel itself knows its verbs, options, heaps and devices.

_heapsel() {
    local line=${COMP_LINE:0:COMP_POINT} words taken
    read -ra words <<<"$line"
    [[ $line == *[[:space:]] ]] && words+=("")
    # Heaps have an @ in their names and devices a colon: there readline begins a word anew, with
    # the @ and behind the colon.
    taken=${words[-1]%"${words[-1]##*["$COMP_WORDBREAKS"]}"}
    taken=${taken%@}
    mapfile -t COMPREPLY < <("${words[0]}" __complete "${words[@]:1}" 2>/dev/null)
    COMPREPLY=("${COMPREPLY[@]#"$taken"}")
}
complete -o default -F _heapsel heapsel
