"""The schema grows forward only, once, with a copy beside it."""

from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from api.store.migrations import migrate, steps
from syslogger.errors import StoreError

ONE = "CREATE TABLE words (word TEXT); -- the first; with a semicolon\nINSERT INTO words VALUES ('a;b');\n"
TWO = (
    "CREATE TRIGGER never BEFORE DELETE ON words BEGIN SELECT raise(ABORT, 'no; never'); END;\n"
    "INSERT INTO words VALUES ('c')"
)
BROKEN = "INSERT INTO words VALUES ('d');\nINSERT INTO nothing VALUES (1);\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the file will be."""
    return tmp_path / "api.db"


def asked(path: Path, sql: str) -> list[Any]:
    """The rows of a question."""
    with closing(sqlite3.connect(path)) as db:
        return db.execute(sql).fetchall()


def test_the_files_are_numbered_without_a_gap() -> None:
    """From 1 on, each number once, and together they make a database."""
    assert list(range(1, len(steps()) + 1)) == list(steps())
    assert steps()


def test_a_new_file_gets_every_step(path: Path) -> None:
    """It is private and has the newest version, and there is nothing to copy."""
    migrate(path)

    assert [(max(steps()),)] == asked(path, "PRAGMA user_version")
    assert 0o600 == path.stat().st_mode & 0o777
    assert [] == list(path.parent.glob("*.bak"))


def test_an_older_file_is_copied_and_brought_up(path: Path) -> None:
    """The copy is as it was, private, and named by its version; the rows are kept."""
    migrate(path, {1: ONE})
    migrate(path, {1: ONE, 2: TWO})

    copy = path.with_name("api.db.v1.bak")
    assert ([("a;b",), ("c",)], [(2,)]) == (asked(path, "SELECT * FROM words"), asked(path, "PRAGMA user_version"))
    assert ([("a;b",)], [(1,)]) == (asked(copy, "SELECT * FROM words"), asked(copy, "PRAGMA user_version"))
    assert 0o600 == copy.stat().st_mode & 0o777
    with pytest.raises(sqlite3.IntegrityError, match="no; never"):
        asked(path, "DELETE FROM words")


def test_nothing_is_done_twice(path: Path) -> None:
    """A file of this version is left as it is, without a copy."""
    for _ in range(3):
        migrate(path, {1: ONE})

    assert [("a;b",)] == asked(path, "SELECT * FROM words")
    assert [] == list(path.parent.glob("*.bak"))


def test_a_newer_file_is_refused(path: Path) -> None:
    """An older program changes nothing and says which one to start."""
    migrate(path, {1: ONE, 2: TWO})
    with pytest.raises(StoreError, match=r"version 2.*knows 1.*newer program"):
        migrate(path, {1: ONE})

    assert [(2,)] == asked(path, "PRAGMA user_version")


def test_a_step_that_fails_leaves_the_file_as_it_was(path: Path) -> None:
    """Version and rows are those before, and the next program brings it up."""
    migrate(path, {1: ONE})
    with pytest.raises(StoreError, match="nothing"):
        migrate(path, {1: ONE, 2: TWO, 3: BROKEN})

    assert ([("a;b",)], [(1,)]) == (asked(path, "SELECT * FROM words"), asked(path, "PRAGMA user_version"))
    migrate(path, {1: ONE, 2: TWO})
    assert [(2,)] == asked(path, "PRAGMA user_version")


def test_two_at_once_do_it_once(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever comes second finds it done."""
    monkeypatch.setattr("api.store.migrations.WAIT_SECONDS", 60.0)
    migrate(path, {1: ONE})
    with ThreadPoolExecutor(8) as pool:
        for done in [pool.submit(migrate, path, {1: ONE, 2: TWO}) for _ in range(8)]:
            done.result()

    assert [("a;b",), ("c",)] == asked(path, "SELECT * FROM words")


def test_a_link_is_not_followed(path: Path, tmp_path: Path) -> None:
    """A database that somebody made a link of is refused."""
    (tmp_path / "elsewhere").touch()
    path.symlink_to(tmp_path / "elsewhere")
    with pytest.raises(StoreError, match=r"api\.db"):
        migrate(path)
