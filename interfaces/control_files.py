"""The factory's files in `<root>/_control`: the lock that keeps a second factory out, and the token of its callers."""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from syslogger.control import FOLDER, control_folder
from syslogger.errors import StoreError
from syslogger.lock import hold

LOCK, TOKEN, DATABASE = "factory.lock", "factory.token", "factory.db"
TOKEN_BYTES = 32


def hold_root(root: Path) -> int:
    """Make the control folder and lock the data directory for one factory; returns the lock's descriptor.

    Raises LockError, which names the holder; StoreError.
    """
    try:
        path = control_folder(root) / LOCK
    except OSError as error:
        raise StoreError(f"{root}: {error.strerror}: the factory's user needs to write there (chown)") from error
    return hold(path, lambda holder: f"{root} belongs to a running factory (process {holder}): ask it, or stop it")


def token_path(root: Path) -> Path:
    """Where the token lies."""
    return root / FOLDER / TOKEN


def token_of(root: Path, *, renew: bool = False) -> str:
    """The token of a data directory's factory, made at its first start, or anew. Raises StoreError."""
    path = token_path(root)
    try:
        if not renew and path.exists() and (found := path.read_text("ascii").strip()):
            path.chmod(0o600)
            return found
        token = secrets.token_urlsafe(TOKEN_BYTES)
        beside = path.with_suffix(".new")
        beside.unlink(missing_ok=True)
        descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "w") as file:
            file.write(token + "\n")
            file.flush()
            os.fsync(descriptor)
        beside.replace(path)
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"{path}: {error}: the factory's user needs to read and write it (chown)") from error
    return token
