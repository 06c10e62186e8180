"""Disks that can be filled and freed: a limit on a file's pages, and a tmpfs where this process may mount one."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from syslogger.storage.database import Database
from tests.storage.making import settings
from tests.storage.writing import Engine, engine


class PageLimit:
    """A file that must not grow beyond its present size: SQLite says the disk is full in the middle of an INSERT."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self._patch = patch

    def fill(self) -> None:
        """No more pages, now and for every connection that is opened from now on."""
        ingest = Database.ingest

        def limited(database: Database, *arguments: object) -> None:
            used = database.rows("PRAGMA page_count")[0][0]
            database.rows(f"PRAGMA max_page_count = {used}")
            ingest(database, *arguments)  # type: ignore[arg-type]

        self._patch.setattr(Database, "ingest", limited)

    def free(self) -> None:
        """As many pages as anybody wants."""
        self._patch.undo()


class SmallDisk:
    """A tmpfs that is filled to the last byte: SQLite says the disk is full at the COMMIT."""

    def __init__(self, folder: Path, patch: pytest.MonkeyPatch) -> None:
        self._filler = folder / "filler"

    def fill(self) -> None:
        """Take all the room there is."""
        with self._filler.open("wb", buffering=0) as filler:
            try:
                while filler.write(bytes(4_096)):
                    pass
            except OSError:
                return

    def free(self) -> None:
        """Give it back."""
        self._filler.unlink()


def can_mount() -> bool:
    """Whether this process may mount a tmpfs; in a mount namespace of its own, which ends with the attempt."""
    command = ["unshare", "--mount", "mount", "-t", "tmpfs", "tmpfs", "/mnt"]
    if os.geteuid() != 0 or shutil.which(command[0]) is None:
        return False
    return subprocess.run(command, capture_output=True).returncode == 0


@contextmanager
def small_disk(path: Path) -> Iterator[Path]:
    """A file system of 16 MiB."""
    path.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=16m", "tmpfs", path], check=True)
    try:
        yield path
    finally:
        subprocess.run(["umount", "--lazy", path], check=True)


@contextmanager
def no_disk_of_its_own(path: Path) -> Iterator[Path]:
    """The file system that is there."""
    path.mkdir()
    yield path


DISKS = {"pages": (PageLimit, no_disk_of_its_own)} | ({"tmpfs": (SmallDisk, small_disk)} if can_mount() else {})


@contextmanager
def full_disk(kind: str, tmp_path: Path) -> Iterator[tuple[Engine, PageLimit | SmallDisk]]:
    """An engine on a disk that can be filled and freed."""
    make, mount = DISKS[kind]
    with mount(tmp_path / "disk") as path, pytest.MonkeyPatch.context() as patch, engine(settings(path)) as made:
        made.width = 6_000
        yield made, make(path, patch)
