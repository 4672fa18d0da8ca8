# SPDX-License-Identifier: LGPL-2.1-or-later
"""The virtual machine that the board is, and where in its memory things start."""

from pathlib import Path

MEMORY = "1536M"
QEMU = ["qemu-system-aarch64", "-M", "virt", "-cpu", "cortex-a57", "-smp", "2", "-m", MEMORY,
        "-nodefaults", "-display", "none"]

# Physical addresses. The kernel wants 2 MiB alignment; the others stay clear of it, of
# board.dtsi's regions, and of the device tree that QEMU leaves, unread, in the first MiB.
BOOT = 0x4010_0000
KERNEL = 0x4020_0000
INITRD = 0x4800_0000
DTB = 0x4A00_0000

# How time passes: as it does here, or by one tick of the CPU's timer, 16 ns, an instruction.
FREE_CLOCK = ["-accel", "tcg,thread=multi"]
INSTRUCTION_CLOCK = ["-accel", "tcg,thread=single", "-icount", "shift=4,sleep=off"]


def memory_in(file: Path, shared: bool) -> list[str]:
    """Main memory is that file: what is written goes there if it is shared, or else to this QEMU alone."""
    return ["-object", f"memory-backend-file,id=memory,size={MEMORY},mem-path={file},share={'on' if shared else 'off'}",
            "-machine", "memory-backend=memory"]
