"""Whole day files as a writer leaves them, made by plain SQL: rows of several senders, rollups, a WAL if wanted."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from syslogger.storage.rollup_sql import TABLES

DAY_US = 86_400_000_000
PAGE_BYTES = 65_536
ROW_BYTES = 100

_TABLES = """
create table entries (id integer primary key, received_at integer not null, client text not null,
    log_sender_ip text not null, facility integer, severity integer, original_log text);
create table partition (format_version integer not null, class text not null, engine text not null, day text not null,
    time_zone text not null, interval_start integer not null, interval_end integer not null,
    least_received_at integer, greatest_received_at integer {sealed_at});
create table ledger (minute integer primary key);
"""
_SENDERS = (
    "insert into rollup_senders select received_at / 60000000, pair, count(*), count(*) * ?, count(*), 0, 0"
    " from entries join rollup_pairs on (rollup_pairs.client, sender) = (entries.client, log_sender_ip) group by 1, 2"
)


def start_us(day: date) -> int:
    """The first instant of a day in UTC."""
    return round(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1_000_000


def past_day(
    path: Path,
    rows: int = 1_000,
    *,
    senders: int = 3,
    version: int = 2,
    padding: int = 60,
    page_bytes: int = PAGE_BYTES,
) -> Path:
    """A day file by its name's date, closed, with rows by turns of `senders` addresses, one a second."""
    day = date.fromisoformat(path.stem)
    path.parent.mkdir(parents=True, exist_ok=True)
    start = start_us(day)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"pragma page_size = {page_bytes}")
        connection.execute("pragma journal_mode = wal")
        connection.executescript(_TABLES.format(sealed_at=", sealed_at integer" if version > 1 else ""))
        names = [(number + 1, "office", f"10.0.{number // 256}.{number % 256}") for number in range(senders)]
        stored = [
            (start + number * 1_000_000, *names[number % senders][1:], 16, 6, f"{number:0{padding}}")
            for number in range(rows)
        ]
        connection.executemany("insert into entries values (null, ?, ?, ?, ?, ?, ?)", stored)
        values = (version, *path.parts[-3:-1], str(day), "UTC", start, start_us(day + timedelta(days=1)), start, start)
        places = ", ".join("?" * len(values))
        connection.execute(f"insert into partition values ({places}{', null' if version > 1 else ''})", values)
        if version > 1:
            for statement in TABLES:
                connection.execute(statement)
            connection.executemany("insert into rollup_pairs values (?, ?, ?, 1)", names)
            connection.execute(_SENDERS, (ROW_BYTES,))
        connection.commit()
    return path


def damaged(path: Path) -> Path:
    """The file with a page of its rows overwritten."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)) as connection:
        root = connection.execute("select rootpage from sqlite_master where name = 'entries'").fetchone()[0]
        pages = connection.execute("pragma page_count").fetchone()[0]
    assert pages > root + 2, "rows of several pages"
    with path.open("r+b") as file:
        file.seek((pages - 2) * PAGE_BYTES)
        file.write(os.urandom(PAGE_BYTES))
    return path


def asked(path: Path, sql: str) -> list[tuple[object, ...]]:
    """The answer of a query to a file that nobody writes."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
        found: list[tuple[object, ...]] = connection.execute(sql).fetchall()
    return found


def mode(path: Path) -> int:
    """The permission bits."""
    return path.stat().st_mode & 0o777
