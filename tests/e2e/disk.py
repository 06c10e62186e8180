"""A small disk of a test's own: a tmpfs, so it needs root."""

from __future__ import annotations

import errno
import itertools
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

DISK_BYTES = 16 << 20
CHUNK = bytes(1 << 16)
on_a_small_disk = pytest.mark.parametrize("size", [DISK_BYTES] if os.geteuid() == 0 else [])


class Disk:
    """A small disk of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._filler = folder / "filler"

    def fill(self) -> None:
        """Leave no byte of room."""
        with self._filler.open("ab", buffering=0) as file, pytest.raises(OSError, match=os.strerror(errno.ENOSPC)):
            file.writelines(itertools.repeat(CHUNK))

    def fill_to(self, percent: int) -> None:
        """Take so much of the room."""
        found = os.statvfs(self.folder)
        wanted = found.f_blocks * percent // 100 - (found.f_blocks - found.f_bfree)
        self._filler.write_bytes(bytes(wanted * found.f_frsize))

    def make_room(self) -> None:
        """Give the room back."""
        self._filler.unlink()

    def remount(self, how: str) -> None:
        """`ro` or `rw`."""
        subprocess.run(["mount", "-o", f"remount,{how}", self.folder], check=True)


@contextmanager
def small_disk(folder: Path, size: int) -> Iterator[Disk]:
    """A tmpfs in `folder` until the block ends."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=True)
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)
