"""Setup: the door through which the first admin comes, once.

Rules
- The door is open while there is no user. Its code lies in `<root>/_control/setup.code` (0600): who can read that file
  owns the machine's logs already. It is shown on a terminal, elsewhere only where it lies.
- Code and user are one transaction: of two who come at once the second finds a user. Then the file goes.
"""

from __future__ import annotations

import hmac
import secrets
from pathlib import Path

from api.secrets import write_private
from api.store import users
from api.store.connection import Store
from syslogger.control import FOLDER, control_folder
from syslogger.errors import StoreError

CODE = "setup.code"
CODE_BYTES = 10


def code_path(root: Path) -> Path:
    """Where the code lies while the door is open."""
    return root / FOLDER / CODE


async def prepare(store: Store, root: Path) -> Path | None:
    """Have a code where there is no user, and none where there is one; where it lies. Raises StoreError."""
    path = code_path(root)
    if await users.are_there(store):
        forget(root)
        return None
    if not read_code(root):
        try:
            control_folder(root)
            write_private(path, secrets.token_hex(CODE_BYTES) + "\n")
        except OSError as error:
            raise _trouble(path, error) from error
    return path


def read_code(root: Path) -> str:
    """The code, empty where there is none. Raises StoreError."""
    path = code_path(root)
    try:
        return path.read_text("ascii").strip()
    except FileNotFoundError:
        return ""
    except (OSError, UnicodeDecodeError) as error:
        raise _trouble(path, error) from error


def is_code(root: Path, said: str) -> bool:
    """Whether somebody says the code; compared in constant time."""
    code = read_code(root)
    return bool(code) and hmac.compare_digest(code.encode(), said.strip().encode())


def forget(root: Path) -> None:
    """The code is worth nothing any more."""
    try:
        code_path(root).unlink(missing_ok=True)
    except OSError as error:
        raise _trouble(code_path(root), error) from error


def announcement(path: Path, *, terminal: bool) -> str:
    """What is said at the start while the door is open; the code itself only where a person reads it."""
    if terminal:
        return f"the setup code for the first admin: {path.read_text('ascii').strip()}"
    return f"the setup code for the first admin is in {path}"


def _trouble(path: Path, error: Exception) -> StoreError:
    return StoreError(f"{path}: {error}: the user of the API needs to read and write it (chown)")
