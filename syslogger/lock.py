"""Locks: one engine at a time writes in its folder, one keeper and one factory have a data directory.

An flock(2) belongs to the open file description: all processes of an engine inherit the descriptor, so the lock is free
when the last of them has ended, however that came about. The file holds the pid of the holder, for people.
"""

from __future__ import annotations

import fcntl
import os
from typing import TYPE_CHECKING

from syslogger.errors import LockError, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

NAME = ".lock"
HOLDER_BYTES = 32


def lock_folder(folder: Path) -> int:
    """Lock an engine's folder for this process and those it forks; returns the descriptor.

    Raises LockError, which names the holder, and StoreError when the lock file cannot be opened or written.
    """

    def taken(holder: str) -> str:
        return f"{folder} belongs to a running engine (process {holder}): stop it, or give this engine another name"

    return hold(folder / NAME, taken, mode=0o640)


def hold(path: Path, taken: Callable[[str], str], *, mode: int = 0o600) -> int:
    """Lock a file, made with `mode` if need be; returns the descriptor. taken: the sentence, given the holder's pid.

    Raises LockError, and StoreError when the file cannot be opened or written.
    """
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, mode)
    except OSError as error:
        raise _unusable(path, error) from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        # one write of one length: whoever reads it meanwhile sees a whole pid
        os.pwrite(descriptor, f"{os.getpid():<{HOLDER_BYTES - 1}}\n".encode(), 0)
    except BlockingIOError as error:
        holder = os.pread(descriptor, HOLDER_BYTES, 0).decode("ascii", "replace").strip() or "unknown"
        os.close(descriptor)
        raise LockError(taken(holder)) from error
    except OSError as error:
        os.close(descriptor)
        raise _unusable(path, error) from error
    return descriptor


def _unusable(path: Path, error: OSError) -> StoreError:
    return StoreError(f"{path}: {error.strerror}: its user needs to write it (chown), and the disk a little room")
