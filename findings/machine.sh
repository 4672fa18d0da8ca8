# SPDX-License-Identifier: LGPL-2.1-or-later
# shellcheck shell=bash
# A virtual PC, emulated, with Debian's kernel of the series that the lab is based on; its root is in
# memory. It comes with common.sh.
# shellcheck source=common.sh
. "$(dirname "${BASH_SOURCE[0]}")/common.sh"

linux=7.3.4+deb13-amd64
linux_version=7.3.4-1~bpo13+1

# need_machine PACKAGE...: the emulator, the kernel, and a root named guest with these packages.
need_machine() {
    unpack tools amd64 qemu-system-x86=1:10.0.13+ds-0+deb13u1 cpio xz-utils
    unpack_alone kernel amd64 "linux-modules-$linux=$linux_version" "linux-binary-$linux=$linux_version"
    unpack guest amd64 busybox-static=1:1.37.0-6+b9 "$@"
    rm -rf guest/usr/share # it would be in memory
    mkdir guest/modules
}

# add_modules PATH...: modules of the kernel, which the guest loads in this order.
add_modules() {
    local path
    for path; do
        inside tools xz -dc "kernel/usr/lib/modules/$linux/kernel/$path.ko.xz" | add_module
    done
}
add_module() { cat >"guest/modules/$(printf %02d "$(find guest/modules -name '*.ko' | wc -l)").ko"; }

# boot [QEMU-ARGUMENT...]: runs the commands on standard input in the guest, none of which may fail.
# What they print is in the file console.
boot() {
    {
        cat <<'END'
#!/bin/busybox sh
set -e
export PATH=/usr/bin:/usr/sbin
/bin/busybox --install -s /bin
mount -t devtmpfs dev /dev
mount -t proc proc /proc
mount -t sysfs sys /sys
mount -t tmpfs tmp /tmp
for module in /modules/*; do insmod "$module"; done
END
        cat
        printf '%s\n' 'echo complete' 'poweroff -f'
    } >guest/init
    chmod +x guest/init
    (cd guest && find . | inside "$work/tools" cpio -o -H newc --quiet) >initrd
    inside tools timeout 300 qemu-system-x86_64 -M q35 -cpu max -smp 2 -m 2G -nodefaults -no-reboot \
        -display none -serial stdio -kernel "$(find kernel -name 'vmlinuz*')" -initrd initrd \
        -append 'console=ttyS0 quiet panic=-1' "$@" </dev/null | tr -d '\r' >console
    grep -qx complete console || {
        cat console
        return 1
    }
}
