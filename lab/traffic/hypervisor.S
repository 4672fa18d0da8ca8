/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * Takes DC ZVA away from the board: DCZID_EL0 then says that it is prohibited, so the kernel and the
 * C library zero memory with stores, which QEMU shows to its plugins. What DC ZVA writes it does not.
 *
 * Runs at EL2, once on each CPU and whenever the kernel calls the firmware (PSCI, by HVC); CPU 0 goes
 * on where the board starts without this. It lies in the machine's flash, where no kernel writes.
 */
#define HCR_TDZ		(1 << 28)
#define HCR_RW		(1 << 31)
#define CNTHCTL_EL1	3		/* EL1 has the counter and the timer */
#define CPTR_NO_TRAPS	0x33ff
#define SCTLR_EL1_OFF	0x30d00800	/* MMU and caches off */
#define SPSR_EL1H_DAIF	0x3c5
#define EC_HVC64	0x16
#define PSCI_CPU_ON	0xc4000003
#define PSCI_SYSTEM_OFF	0x84000008

	.global _start
_start:
	ldr	x4, =BOOT_ADDRESS
	b	to_el1

	/* Another CPU comes on. Linux passes it no context, so x0 is free to say where it starts. */
secondary:
	mov	x4, x0
	mov	x0, xzr
to_el1:
	adr	x5, vectors
	msr	vbar_el2, x5
	ldr	x5, =HCR_RW | HCR_TDZ
	msr	hcr_el2, x5
	mov	x5, #CNTHCTL_EL1
	msr	cnthctl_el2, x5
	msr	cntvoff_el2, xzr
	mov	x5, #CPTR_NO_TRAPS
	msr	cptr_el2, x5
	msr	hstr_el2, xzr
	msr	mdcr_el2, xzr
	msr	vttbr_el2, xzr
	mrs	x5, midr_el1
	msr	vpidr_el2, x5
	mrs	x5, mpidr_el1
	msr	vmpidr_el2, x5
	ldr	x5, =SCTLR_EL1_OFF
	msr	sctlr_el1, x5
	mov	x5, #SPSR_EL1H_DAIF
	msr	spsr_el2, x5
	msr	elr_el2, x4
	isb
	eret

call:
	msr	tpidr_el2, x9
	mrs	x9, esr_el2
	lsr	x9, x9, #26
	cmp	x9, #EC_HVC64
	b.ne	off
	ldr	x9, =PSCI_CPU_ON
	cmp	x0, x9
	b.ne	1f
	mov	x3, x2
	adr	x2, secondary
1:	mrs	x9, tpidr_el2
	smc	#0
	eret

	/* Nothing else should come here; if it does, the board goes down without an exit status. */
off:
	ldr	x0, =PSCI_SYSTEM_OFF
	smc	#0
	b	.

	.balign	2048
vectors:
	.rept	8
	b	off
	.balign	128
	.endr
	b	call			/* synchronous, from a lower level in AArch64 */
	.balign	128
	.rept	7
	b	off
	.balign	128
	.endr
