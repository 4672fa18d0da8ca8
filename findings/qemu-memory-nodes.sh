#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# QEMU's arm64 machine `virt`, given a device tree (-dtb) and a kernel (-kernel), does not pass the
# tree's /memory nodes on: it takes them out and writes one of its own, with nothing but the address,
# the size and device_type. What else they said of the memory (error correction, here) is lost, and
# nothing says so. All other nodes come through as they are.
# To have a tree passed on whole: load it as plain data (-device loader) and enter the kernel oneself.
. "$(dirname "$0")/common.sh"

unpack root amd64 qemu-system-arm=1:10.0.13+ds-0+deb13u1 device-tree-compiler=1.7.2-2+b1
qemu() { inside root qemu-system-aarch64 -cpu cortex-a57 -m 1G -nodefaults -display none "$@"; }
properties() { inside root fdtget -p "$1" "$2" | sort | paste -sd' '; }
memory_nodes() { inside root fdtget -l "$1" / | grep -c '^memory'; }

# The machine's own tree, with its 1 GiB as two nodes: one with ECC, one without.
qemu -M virt,dumpdtb=plain.dtb
inside root dtc -q -I dtb -O dts -o plain.dts plain.dtb
cat plain.dts - >board.dts <<'END'
&{/memory@40000000} {
	reg = <0x0 0x40000000 0x0 0x20000000>;
	ecc-correction-bits = <1>;
};
&{/} {
	memory@60000000 {
		device_type = "memory";
		reg = <0x0 0x60000000 0x0 0x20000000>;
		ecc-correction-bits = <0>;
	};
	reserved-memory {
		#address-cells = <2>;
		#size-cells = <2>;
		ranges;
		buffers@50000000 {
			reg = <0x0 0x50000000 0x0 0x1000000>;
			ecc-correction-bits = <0>;
		};
	};
};
END
inside root dtc -q -O dtb -o board.dtb board.dts

# A kernel of one instruction, which branches to itself. It does not run: QEMU writes the tree that
# it would be given to a file, and ends.
printf '\0\0\0\x14' >kernel
qemu -M virt,dumpdtb=given.dtb -dtb board.dtb -kernel kernel

compare 'memory nodes' 2 1 "$(memory_nodes given.dtb)"
compare 'properties of /memory@40000000' "$(properties board.dtb /memory@40000000)" \
    'device_type reg' "$(properties given.dtb /memory@40000000)"
compare 'properties of /reserved-memory/buffers@50000000' 'ecc-correction-bits reg' \
    'ecc-correction-bits reg' "$(properties given.dtb /reserved-memory/buffers@50000000)"
conclude
