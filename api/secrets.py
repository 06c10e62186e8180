"""Secrets that the API makes for itself: files in `<root>/_control`, for its own user, made anew by a command.

A running API sees at its next request that a file was replaced: what the old secret has signed is worth nothing then.
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path

from syslogger.control import FOLDER, control_folder
from syslogger.errors import StoreError

SECRET_BYTES = 48
SIGNING_KEY = "secret.key"


class Secret:
    """One secret; made when it is first asked for."""

    def __init__(self, root: Path, name: str) -> None:
        self.path = root / FOLDER / name
        self._root = root
        self._seen: tuple[int, int, int] | None = None
        self._value = ""

    @property
    def value(self) -> str:
        """The secret as it is now. Raises StoreError."""
        try:
            found = self.path.stat()
            mark = (found.st_mtime_ns, found.st_ino, found.st_size)
            if mark != self._seen:
                self._value, self._seen = self.path.read_text("ascii").strip(), mark
            if self._value:
                return self._value
        except FileNotFoundError:
            pass  # it is made now
        except (OSError, UnicodeDecodeError) as error:
            raise self._trouble(error) from error
        return self.renew()

    def renew(self) -> str:
        """Make another one, whole and at once. Raises StoreError."""
        secret = secrets.token_urlsafe(SECRET_BYTES)
        try:
            control_folder(self._root)
            write_private(self.path, secret + "\n")
        except OSError as error:
            raise self._trouble(error) from error
        self._seen = None
        return secret

    def _trouble(self, error: Exception) -> StoreError:
        return StoreError(f"{self.path}: {error}: the user of the API needs to read and write it (chown)")


def write_private(path: Path, text: str) -> None:
    """Write a file of mode 0600, whole or not at all. Raises OSError."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError:
        beside.unlink(missing_ok=True)
        raise
