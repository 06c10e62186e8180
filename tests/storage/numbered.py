"""A table of numbered rows beside a cursor, as small as a day file can be."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pyarrow as pa

from syslogger.storage.database import Database

TABLES = (
    "CREATE TABLE entries (id INTEGER PRIMARY KEY, word TEXT, number INTEGER)",
    "CREATE TABLE cursor (sequence INTEGER)",
    "INSERT INTO cursor VALUES (0)",
)


@contextmanager
def day(path: Path) -> Iterator[Database]:
    """A database with a table of rows and a cursor, both committed."""
    database = Database(path)
    with closing(database):
        if not database.rows("SELECT 1 FROM sqlite_master"):
            for statement in TABLES:
                database.execute(statement)
            database.commit()
        yield database


def rows(first: int, count: int, width: int = 1) -> pa.RecordBatch:
    """Some numbered rows, each of at least `width` bytes."""
    numbers = list(range(first, first + count))
    return pa.record_batch({"number": numbers, "word": [f"{number:0{width}}" for number in numbers]})


def store(database: Database, sequence: int, batch: pa.RecordBatch) -> None:
    """Rows and cursor in one transaction, as the writer does it."""
    database.ingest("entries", batch)
    database.execute("UPDATE cursor SET sequence = ?", (sequence,))
    database.commit()
