"""The control folder, `<root>/_control`: sockets, locks and files of the control plane, for the owner's eyes alone.

A class can never be called so: names of classes begin with a letter. Paths of Unix sockets have at most 107 bytes
(unix(7)) and roots may be longer, so sockets are bound and connected through the folder's descriptor.
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

FOLDER = "_control"
BACKLOG = 64


def control_folder(root: Path) -> Path:
    """Make the folder with mode 0700 if it is not there; returns it. Raises OSError."""
    folder = root / FOLDER
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)  # the umask may have taken more, and somebody may have given it away
    return folder


def tail_path(root: Path, engine: str) -> Path:
    """Where an engine offers the rows it stores."""
    return root / FOLDER / f"{engine}.tail"


def listen(path: Path) -> socket.socket:
    """A listening, non-blocking stream socket at `path`, mode 0600. Raises OSError.

    A file that lies there is replaced: whoever calls holds the lock that makes the name his own.
    """
    with suppress(FileNotFoundError):
        path.unlink()
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        before = os.umask(0o177)
        try:
            _through(path, listener.bind)
        finally:
            os.umask(before)
        listener.listen(BACKLOG)
        listener.setblocking(False)
    except OSError:
        listener.close()
        raise
    return listener


def connect(path: Path) -> socket.socket:
    """A stream socket connected to the listener at `path`. Raises OSError: nobody is there, or not for us."""
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        _through(path, connection.connect)
    except OSError:
        connection.close()
        raise
    return connection


def _through(path: Path, call: Callable[[str], object]) -> None:
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        call(f"/proc/self/fd/{folder}/{path.name}")
    finally:
        os.close(folder)
