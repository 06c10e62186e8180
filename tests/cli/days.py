"""Day files as the writer makes them, as far as a reader of rows can see."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

TABLES = """
create table entries (id INTEGER PRIMARY KEY, received_at INTEGER, client TEXT, log_sender_ip TEXT,
    facility INTEGER, severity INTEGER, user_ip TEXT, user_port INTEGER, original_log TEXT);
create table partition (class TEXT, engine TEXT, day TEXT, time_zone TEXT);
"""
ROW = "insert into entries(received_at, client, log_sender_ip, facility, severity, user_ip, user_port, original_log)"
# 2026-11-20 12:00:00.25 UTC, which is 13:00:00.25 in Berlin.
NOON = int(datetime(2026, 11, 20, 12, tzinfo=UTC).timestamp()) * 1_000_000 + 250_000


class Day:
    """One day file with a writer of its own; every `add` is a commit."""

    def __init__(self, connection: sqlite3.Connection, zone: str) -> None:
        self.connection = connection
        connection.execute("pragma journal_mode = wal")
        connection.executescript(TABLES)
        connection.execute("insert into partition values ('mikrotik', 'main', '2026-11-20', ?)", (zone,))
        connection.commit()

    def add(self, *originals: str | None, received_at: int = NOON) -> None:
        """Stores a row for each original line."""
        values = [(received_at, "office", "10.0.0.1", 16, 6, "1.2.3.4", 80, original) for original in originals]
        self.connection.executemany(f"{ROW} values (?, ?, ?, ?, ?, ?, ?, ?)", values)
        self.connection.commit()


@contextmanager
def day_file(folder: Path, day: str = "2026-11-20", zone: str = "Europe/Berlin") -> Iterator[Day]:
    """A new day file that is being written, e.g. `root/mikrotik/main/2026-11-20.db`."""
    folder.mkdir(parents=True, exist_ok=True)
    with closing(sqlite3.connect(folder / f"{day}.db")) as connection:
        yield Day(connection, zone)
