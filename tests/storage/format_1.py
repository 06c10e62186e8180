"""A day file as the first release made it: without runs, rollups and `sealed_at`."""

from __future__ import annotations

from pathlib import Path

from tests.storage.making import interval, us
from tests.storage.plain import change

NOON = us("2026-11-20T12:00")
_DAY = interval()
STATEMENTS = (
    (
        "CREATE TABLE entries (id INTEGER PRIMARY KEY, received_at INTEGER NOT NULL, client TEXT NOT NULL,"
        " log_sender_ip TEXT NOT NULL, facility INTEGER, severity INTEGER, number TEXT, original_log TEXT)"
    ),
    (
        "CREATE TABLE partition (format_version INTEGER NOT NULL, class TEXT NOT NULL, engine TEXT NOT NULL,"
        " day TEXT NOT NULL, time_zone TEXT NOT NULL, interval_start INTEGER NOT NULL, interval_end INTEGER NOT NULL,"
        " least_received_at INTEGER, greatest_received_at INTEGER, last_sequence INTEGER NOT NULL,"
        " last_row INTEGER NOT NULL, bookings INTEGER NOT NULL, last_minute INTEGER)"
    ),
    (
        "CREATE TABLE class_versions (version INTEGER PRIMARY KEY, digest TEXT NOT NULL, from_id INTEGER NOT NULL,"
        " patterns TEXT NOT NULL)"
    ),
    (
        "CREATE TABLE ledger (minute INTEGER PRIMARY KEY, offered INTEGER NOT NULL, kernel_dropped INTEGER NOT NULL,"
        " received INTEGER NOT NULL, stored INTEGER NOT NULL, refused INTEGER NOT NULL, empty INTEGER NOT NULL,"
        " dropped TEXT NOT NULL, in_flight INTEGER NOT NULL, unexplained INTEGER NOT NULL, truncated INTEGER NOT NULL)"
    ),
    (
        "CREATE TABLE clock_steps (sequence INTEGER NOT NULL, from_received_at INTEGER NOT NULL,"
        " to_received_at INTEGER NOT NULL)"
    ),
    "CREATE TABLE clients (name TEXT PRIMARY KEY, network TEXT NOT NULL)",
    (
        f"INSERT INTO partition VALUES (1, 'word', 'main', '2026-11-20', 'UTC', {_DAY.start}, {_DAY.end},"
        f" {NOON}, {NOON}, 7, 0, 3, NULL)"
    ),
    f"INSERT INTO entries VALUES (1, {NOON}, 'office', '10.0.0.1', 16, 6, '1', 'number 1')",
    "INSERT INTO clients VALUES ('office', '10.0.0.0/8')",
)


def old_day(path: Path) -> None:
    """A file with one row, batches settled up to number 7 in three transactions."""
    change(path, "PRAGMA journal_mode = WAL", *STATEMENTS)
