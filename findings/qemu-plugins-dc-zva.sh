#!/usr/bin/env bash
# SPDX-License-Identifier: LGPL-2.1-or-later
# A QEMU plugin that asks to be told of every load and store is not told of what DC ZVA writes, with
# which arm64 kernels and C libraries clear memory. So a buffer that is cleared counts as untouched.
# To count it nevertheless: have EL2 prohibit DC ZVA (HCR_EL2.TDZ), as lab/traffic does; software asks
# whether it may (DCZID_EL0), and clears with stores then.
# Debian's QEMU comes without qemu-plugin.h, so the plugin below declares what it uses.
. "$(dirname "$0")/common.sh"

unpack root amd64 qemu-system-arm=1:10.0.13+ds-0+deb13u1 binutils-aarch64-linux-gnu=2.44-3 \
    gcc-14=14.2.0-19 libc6-dev=2.41-12+deb13u5

# Runs at EL1, with caches on, and clears two buffers of 64 KiB, which the ELF file fills with ones:
# the first with stores, the second with DC ZVA. Its exit status is 0 if both are zero then.
cat >clear.S <<'END'
	.global _start
_start:
	mov	x0, #0xff		// attribute 0: normal memory, cached
	msr	mair_el1, x0
	ldr	x0, =0x803520		// 4 GiB from 0, pages of 4 KiB, cached tables
	msr	tcr_el1, x0
	adr	x0, table
	msr	ttbr0_el1, x0
	isb
	ldr	x0, =0x30d01805		// MMU and caches on
	msr	sctlr_el1, x0
	isb

	ldr	x1, =stores
	ldr	x2, =zva
	ldr	x3, =end
1:	stp	xzr, xzr, [x1], #16
	cmp	x1, x2
	b.lo	1b

	mrs	x4, dczid_el0		// how much one DC ZVA clears: 4 bytes, shifted by that
	and	x4, x4, #15
	mov	x5, #4
	lsl	x4, x5, x4
2:	dc	zva, x2
	add	x2, x2, x4
	cmp	x2, x3
	b.lo	2b

	ldr	x1, =stores
	mov	x6, #0
3:	ldr	x5, [x1], #8
	orr	x6, x6, x5
	cmp	x1, x3
	b.lo	3b

	adr	x1, exit
	cmp	x6, #0
	cset	x2, ne
	str	x2, [x1, #8]
	mov	x0, #0x18		// semihosting: exit
	hlt	#0xf000
	b	.

exit:	.quad	0x20026, 0		// by itself, with this status

	.balign	64
table:	.quad	0, 0x40000701, 0, 0	// the second GiB, where it is
	.balign	0x10000
stores:	.fill	0x10000, 1, 0xff
zva:	.fill	0x10000, 1, 0xff
end:
END
cat >count.c <<'END'
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct block;
struct instruction;
void qemu_plugin_register_vcpu_tb_trans_cb(uint64_t id, void (*call)(uint64_t, struct block *));
void qemu_plugin_register_vcpu_mem_cb(struct instruction *on,
                                      void (*call)(unsigned cpu, uint32_t info, uint64_t address, void *),
                                      int registers, int kinds, void *data);
void qemu_plugin_register_atexit_cb(uint64_t id, void (*call)(uint64_t, void *), void *data);
size_t qemu_plugin_tb_n_insns(const struct block *block);
struct instruction *qemu_plugin_tb_get_insn(const struct block *block, size_t index);
bool qemu_plugin_mem_is_store(uint32_t info);
unsigned qemu_plugin_mem_size_shift(uint32_t info);

int qemu_plugin_version = 4;

static uint64_t written[2];

static void on_access(unsigned cpu, uint32_t info, uint64_t address, void *data) {
    const uint64_t buffer = (address - FIRST_BUFFER) >> 16;
    if (buffer < 2 && qemu_plugin_mem_is_store(info))
        written[buffer] += 1u << qemu_plugin_mem_size_shift(info);
}

static void on_block(uint64_t id, struct block *block) {
    for (size_t i = 0; i < qemu_plugin_tb_n_insns(block); ++i)
        qemu_plugin_register_vcpu_mem_cb(qemu_plugin_tb_get_insn(block, i), on_access, 0, 3, NULL);
}

static void on_exit_of_qemu(uint64_t id, void *data) {
    printf("stores %lu\nzva %lu\n", written[0], written[1]);
    fflush(stdout);
}

int qemu_plugin_install(uint64_t id, const void *info, int argc, char **argv) {
    qemu_plugin_register_vcpu_tb_trans_cb(id, on_block);
    qemu_plugin_register_atexit_cb(id, on_exit_of_qemu, NULL);
    return 0;
}
END
inside root aarch64-linux-gnu-as -o clear.o clear.S
inside root aarch64-linux-gnu-ld -Ttext=0x40200000 -o clear clear.o
inside root gcc-14 -shared -fPIC -DFIRST_BUFFER="0x$(inside root aarch64-linux-gnu-nm clear | awk '$3 == "stores" { print $1 }')" \
    -o count.so count.c

inside root qemu-system-aarch64 --version | sed -n 1p
cleared=0
inside root timeout 60 qemu-system-aarch64 -M virt -cpu cortex-a57 -nodefaults -display none -semihosting -kernel clear \
    -plugin ./count.so >counts || cleared=$?
compare 'both buffers are zero afterwards: exit status' 0 0 "$cleared"
compare 'bytes written, as counted, where 65536 were cleared with stores' 65536 65536 "$(awk '$1 == "stores" { print $2 }' counts)"
compare 'bytes written, as counted, where 65536 were cleared with DC ZVA' 65536 0 "$(awk '$1 == "zva" { print $2 }' counts)"
conclude
