#!/usr/bin/env python3
# SPDX-License-Identifier: LGPL-2.1-or-later
"""images.py OUT BUSYBOX: what a boot needs besides kernel and root: device tree, first
instructions, initial file system."""

import subprocess
import sys
import tempfile
from collections.abc import Mapping
from pathlib import Path

import machine

HERE = Path(__file__).resolve().parent


def run(*command: object, **options) -> bytes:
    return subprocess.run([str(c) for c in command], check=True, stdout=subprocess.PIPE, **options).stdout


def make_device_tree(out: Path) -> None:
    """QEMU's own tree for this machine, with ours appended."""
    with tempfile.TemporaryDirectory() as scratch:
        dumped = Path(scratch, "virt.dtb")
        qemu = list(machine.QEMU)
        qemu[qemu.index("virt")] = f"virt,dumpdtb={dumped}"
        run(*qemu)
        source = run("dtc", "-q", "-I", "dtb", "-O", "dts", dumped).decode()
    source += (HERE / "board.dtsi").read_text()
    run("dtc", "-q", "-I", "dts", "-O", "dtb", "-o", out, input=source.encode())


def make_boot_code(out: Path) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        elf = Path(scratch, "boot.elf")
        run("aarch64-linux-gnu-gcc", "-nostdlib", "-static", f"-Wl,-Ttext={machine.BOOT:#x}",
            f"-DDTB_ADDRESS={machine.DTB:#x}", f"-DKERNEL_ADDRESS={machine.KERNEL:#x}",
            HERE / "boot.S", "-o", elf)
        run("aarch64-linux-gnu-objcopy", "-O", "binary", "-j", ".text", elf, out)


def make_initial_file_system(out: Path, files: Mapping[str, bytes]) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        for folder in ("bin", "dev", "proc", "sys"):
            Path(scratch, folder).mkdir()
        for name, content in files.items():
            Path(scratch, name).write_bytes(content)
            Path(scratch, name).chmod(0o755)
        names = sorted(str(path.relative_to(scratch)) for path in Path(scratch).rglob("*"))
        out.write_bytes(run("cpio", "-o", "-H", "newc", "--quiet", cwd=scratch,
                            input="\n".join(names).encode()))


def main() -> None:
    out, busybox = Path(sys.argv[1]), Path(sys.argv[2])
    out.mkdir(parents=True)
    make_device_tree(out / "board.dtb")
    make_boot_code(out / "boot.bin")
    make_initial_file_system(out / "initrd", {
        "init": (HERE / "init").read_bytes(), "payload": (HERE / "payload").read_bytes(),
        "bin/busybox": busybox.read_bytes()})


if __name__ == "__main__":
    main()
