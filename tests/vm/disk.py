# SPDX-License-Identifier: LGPL-2.1-or-later
"""A disk besides the board's own, with ext4 on it."""

import subprocess
import tempfile
from collections.abc import Mapping
from pathlib import Path

# mount_disk: at /tmp/disk. The kernel would read the bitmaps of free blocks in the background, also while the
# board goes off, and then complain of a disk that is gone.
MOUNT = r"""
mount_disk() {
    local disk
    mkdir -p /tmp/disk
    for disk in /sys/block/vd*; do
        [ "$(cat $disk/serial)" = test ] || continue
        mount -t ext4 -o no_prefetch_block_bitmaps "/dev/${disk##*/}" /tmp/disk || return
    done
    mountpoint -q /tmp/disk
}
"""


def make(image: Path, size: int, files: Mapping[str, bytes] | None = None) -> None:
    """A disk of `size` bytes with these files."""
    with tempfile.TemporaryDirectory(dir=image.parent) as folder:
        for name, content in (files or {}).items():
            Path(folder, name).write_bytes(content)
        image.touch()
        # No inode tables for later: the kernel would be writing them while others count.
        subprocess.run(["mkfs.ext4", "-q", "-F", "-m", "0", "-E", "lazy_itable_init=0,lazy_journal_init=0",
                        "-d", folder, image, f"{size >> 10}k"], check=True)


def qemu(image: Path) -> list[str]:
    """Arguments for QEMU; what a board writes to the disk is gone with it."""
    return ["-drive", f"file={image},if=none,id=test,format=raw,snapshot=on,file.locking=off",
            "-device", "virtio-blk-device,drive=test,serial=test"]
