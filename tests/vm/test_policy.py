# SPDX-License-Identifier: LGPL-2.1-or-later
"""Policy files on the board: what they do to allocation, and who may say what."""

import json

AS_USER = "setpriv --reuid=1000 --regid=1000 --clear-groups"


def test_memory_comes_from_where_the_administrator_says(board):
    ran = board.sh("""
        mkdir -p /etc/heapsel
        printf '[default]\\nrequire = ["contiguous"]\\nprefer = ["non-ecc"]\\n' > /etc/heapsel/policy.toml
        heapsel alloc 1M --json
        heapsel alloc 1M --json --no-policy --heap system
        heapsel alloc 1M --heap system
        echo status $?""")
    buffers, end = json.JSONDecoder().raw_decode(ran.out)
    rest = ran.out[end:].lstrip()
    plain, end = json.JSONDecoder().raw_decode(rest)
    rest = rest[end:]
    assert buffers["buffers"][0]["heap"] == "video@50000000" or "nonecc@" in buffers["buffers"][0]["heap"], ran
    assert plain["buffers"][0]["heap"] == "system", ran
    assert rest.strip() == "status 1", ran
    assert "while contiguous is required by /etc/heapsel/policy.toml:2" in ran.err, ran


def test_a_wrong_policy_stops_the_allocation_and_says_where(board):
    ran = board.sh("""
        mkdir -p /etc/heapsel/policy.d
        printf '[default]\\nrequir = ["contiguous"]\\n' > /etc/heapsel/policy.d/a.toml
        heapsel alloc 4K; echo status $?
        heapsel policy check; echo status $?
        ln -sf /dev/null /etc/heapsel/policy.d/a.toml
        heapsel policy check; echo status $?""")
    assert ran.out == ("status 1\n"
                       "/etc/heapsel/policy.d/a.toml:2:1: error: There is no key \"requir\". Did you mean require? "
                       "There are: require, prefer, heap, size, fallback, udmabuf, use.\n"
                       "status 1\nstatus 0\n"), ran
    assert ran.err.startswith("heapsel: cannot read the policy (/etc/heapsel/policy.d/a.toml:2:1): "), ran


def test_a_device_is_known_by_its_driver_and_by_its_links(board):
    ran = board.sh("""
        mkdir -p /etc/heapsel
        device=$(ls -d /sys/class/video4linux/video*/device/driver | while read -r link; do
            case $(readlink "$link") in */vicodec) basename "$(dirname "$(dirname "$link")")" && break;; esac
        done)
        ln -s "$device" /dev/decoder
        printf '[device.vicodec]\\nsize = 1\\n[device."/dev/decoder".use.capture]\\nheap = "system"\\n' \\
            > /etc/heapsel/policy.toml
        heapsel policy show /dev/decoder:capture --json""")
    policy = json.loads(ran.out)["policy"]
    assert policy["size"] == {"value": 1, "from": "/etc/heapsel/policy.toml:2"}, ran
    assert policy["heap"] == {"value": "system", "from": "/etc/heapsel/policy.toml:4"}, ran


def test_a_program_with_more_rights_than_its_caller_trusts_no_user(board):
    ran = board.sh(f"""
        mkdir -p /etc/heapsel /tmp/home/.config/heapsel
        printf '[default]\\nsize = 4096\\n' > /etc/heapsel/policy.toml
        printf '[default]\\nheap = "of-user"\\n' > /tmp/home/.config/heapsel/policy.toml
        export HOME=/tmp/home HEAPSEL_PREFER=ecc
        cp "$(command -v heapsel)" /usr/bin/heapsel-suid
        cp -L "$(ldd "$(command -v heapsel)" | sed -n 's/.*libheapsel.* => \\([^ ]*\\) .*/\\1/p')" /usr/lib/ || true
        {AS_USER} heapsel policy show --json
        {AS_USER} heapsel-suid policy show --json
        chown root /usr/bin/heapsel-suid && chmod 4755 /usr/bin/heapsel-suid
        {AS_USER} heapsel-suid policy show --json""")
    decoder = json.JSONDecoder()
    answers, rest = [], ran.out
    while rest.strip():
        answer, end = decoder.raw_decode(rest.lstrip())
        rest = rest.lstrip()[end:]
        answers.append((answer["policy"]["size"]["value"], answer["policy"]["heap"]["value"],
                        answer["policy"]["prefer"]["value"], len(answer["files"])))
    assert answers == [(4096, "of-user", ["ecc"], 2), (4096, "of-user", ["ecc"], 2), (4096, None, [], 1)], ran
