"""Files with any name, files that are none, and what an operator is told of either."""

from __future__ import annotations

import os
from contextlib import closing
from pathlib import Path

import pytest

from syslogger.errors import ExitCode
from syslogger.storage.database import PAGE_BYTES, Database, DatabaseError, store_error
from tests.storage.numbered import day, rows, store

PATHS = [
    "plain.db",
    "with space.db",
    "100%.db",
    "100%20.db",
    "a#b.db",
    "what?mode=memory&cache=shared.db",
    'it\'s "quoted"; DROP.db',
    "ünï-😀.db",
    os.fsdecode(b"not-utf-8-\xff.db"),
    "line\nbreak.db",
]


@pytest.mark.parametrize("name", PATHS)
def test_any_path(tmp_path: Path, name: str) -> None:
    """The file has exactly this name, and no character of it means anything else."""
    path = tmp_path / name
    with day(path) as database:
        store(database, 1, rows(0, 1))
    assert [each.name for each in tmp_path.iterdir()] == [name]
    with closing(Database(path, read_only=True)) as reader:
        assert reader.rows("SELECT number FROM entries") == [(0,)]


# -- what went wrong --------------------------------------------------------------------------------------------------


def test_garbage_is_no_database(tmp_path: Path) -> None:
    """A file of something else is refused on opening, untouched, and every descriptor is closed."""
    path = tmp_path / "day.db"
    path.write_bytes(b"garbage" * 10_000)
    with pytest.raises(DatabaseError, match="file is not a database") as refused:
        Database(path)

    assert str(store_error(path, refused.value)) == f"{path}: is no SQLite file"
    assert path.read_bytes() == b"garbage" * 10_000


def test_damage_is_named(tmp_path: Path) -> None:
    """A page that was overwritten gives the message that says how to save the rest."""
    path = tmp_path / "day.db"
    with day(path) as database:
        store(database, 1, rows(0, 5_000, width=500))
    whole = bytearray(path.read_bytes())
    whole[3 * PAGE_BYTES : 4 * PAGE_BYTES] = b"\x55" * PAGE_BYTES
    path.write_bytes(whole)
    with closing(Database(path)) as database, pytest.raises(DatabaseError) as damaged:
        database.rows("SELECT sum(length(word)) FROM entries")

    assert ".recover" in str(store_error(path, damaged.value))


def test_a_file_that_cannot_be_opened_says_why(tmp_path: Path) -> None:
    """The reason is the system's own: ADBC would speak of memory."""
    path = tmp_path / "nowhere" / "day.db"
    with pytest.raises(FileNotFoundError) as missing:
        Database(path)

    assert str(store_error(path, missing.value)).startswith(f"{path}: cannot be written: [Errno 2] No such file")


ERRORS: list[tuple[Exception, str]] = [
    (OSError(28, "No space left on device"), "the disk is full"),
    (OSError(30, "Read-only file system"), "mount options"),
    (PermissionError(13, "Permission denied"), "chown"),
    (RuntimeError("[SQLite] Failed to COMMIT: disk I/O error"), "kernel's log"),
    (RuntimeError("something nobody has seen before"), "something nobody has seen before"),
]


@pytest.mark.parametrize(("error", "words"), ERRORS)
def test_errors_are_told_to_operators(tmp_path: Path, error: Exception, words: str) -> None:
    """The message begins with the path and says what to do; the exit code is that of a write."""
    told = store_error(tmp_path, error)

    assert str(told).startswith(f"{tmp_path}: ")
    assert words in str(told)
    assert told.exit_code is ExitCode.WRITE
