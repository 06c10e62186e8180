"""The lock of an engine's folder: one engine at a time writes there.

An flock(2) belongs to the open file description: all processes of an engine inherit the descriptor, so the lock is free
when the last of them has ended, however that came about. The file holds the pid of the holder, for people.
"""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

from syslogger.errors import LockError

if TYPE_CHECKING:
    from pathlib import Path

NAME = ".lock"


def lock_folder(folder: Path) -> int:
    """Lock a folder for this process and those it forks; returns the descriptor. Raises LockError naming the holder."""
    descriptor = os.open(folder / NAME, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o640)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        holder = os.pread(descriptor, 32, 0).decode("ascii", "replace").strip() or "unknown"
        os.close(descriptor)
        raise LockError(
            f"{folder} belongs to a running engine (process {holder}): stop it, or give this engine another name"
        ) from error
    os.truncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)
    return descriptor
