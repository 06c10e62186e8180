"""The schema of `api.db`: numbered files of SQL, forward only.

Rules
- `schema/NNNN_name.sql` makes version NNNN; `PRAGMA user_version` says which the file has.
- Before an older file is changed a copy is made beside it (`api.db.v<N>.bak`); a newer one is refused.
- All steps are one transaction, and the version is read inside it: two processes that start at once do it once.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from importlib import resources
from pathlib import Path

from syslogger.errors import StoreError

WAIT_SECONDS = 10.0

Steps = dict[int, str]


def steps() -> Steps:
    """The SQL of each version of the schema, by its number, in order."""
    folder = resources.files("api.store") / "schema"
    files = sorted((path for path in folder.iterdir() if path.name.endswith(".sql")), key=lambda path: path.name)
    return {int(path.name.partition("_")[0]): path.read_text("utf-8") for path in files}


def migrate(path: Path, known: Steps | None = None) -> None:
    """Make the file, or bring it to this program's version. Raises StoreError."""
    known = steps() if known is None else known
    try:
        make_private(path)
        with closing(sqlite3.connect(path, isolation_level=None, timeout=WAIT_SECONDS)) as db:
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=FULL")
            db.execute("BEGIN IMMEDIATE")
            _bring_up(db, path, known)
            db.execute("COMMIT")
    except (OSError, sqlite3.Error) as error:
        raise StoreError(f"{path}: {error}: its owner needs to read and write it, and the disk some room") from error


def make_private(path: Path) -> None:
    """Have the file there, for its owner alone; SQLite gives -wal and -shm the same mode. Raises OSError."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    try:
        os.fchmod(descriptor, 0o600)
    finally:
        os.close(descriptor)


def _bring_up(db: sqlite3.Connection, path: Path, known: Steps) -> None:
    ((version,),) = db.execute("PRAGMA user_version").fetchall()
    newest = max(known, default=0)
    if version > newest:
        raise StoreError(f"{path} is of version {version}, this program knows {newest}: start the newer program")
    if 0 < version < newest:
        _copy(path, path.with_name(f"{path.name}.v{version}.bak"))
    for number in sorted(number for number in known if number > version):
        for statement in _statements(known[number]):
            db.execute(statement)
        db.execute(f"PRAGMA user_version = {number}")


def _copy(path: Path, beside: Path) -> None:
    """A copy as of now; our own open transaction has changed nothing yet."""
    beside.unlink(missing_ok=True)
    make_private(beside)
    with closing(sqlite3.connect(path, timeout=WAIT_SECONDS)) as db, closing(sqlite3.connect(beside)) as copy:
        db.backup(copy)


def _statements(sql: str) -> Iterator[str]:
    """One by one: `executescript` would commit the transaction around them."""
    statement = ""
    for line in sql.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
    if statement.strip():
        yield statement
