/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Enters the kernel as Documentation/arch/arm64/booting.rst asks: x0 the device tree, x1..x3 zero.
 * QEMU's own -kernel would do this too, but it writes the /memory nodes of the device tree anew,
 * and with them goes what the board says about ECC.
 */
	.global _start
_start:
	ldr	x0, =DTB_ADDRESS
	mov	x1, xzr
	mov	x2, xzr
	mov	x3, xzr
	ldr	x4, =KERNEL_ADDRESS
	br	x4
