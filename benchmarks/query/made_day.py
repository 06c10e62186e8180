"""Makes the day: rows of today at an even pace since it began, through the engine's own day file and SQLite.

Runs in: a process of its own, `python -m benchmarks.query.made_day ROOT ROWS ZONE`.
Reads: its arguments. Writes: `ROOT/mikrotik/main/<today>.db`, nothing else.
Ends when: the day is made.

The rows go in as the writer puts them in (Arrow, a commit every 65,536 rows); the rollups are then computed by SQL.
Stamps are spread over what is already over of the day, so that its minutes are as many as a real day's.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from pathlib import Path
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa

from benchmarks.query.lines import CLASS, RARE_ROWS, lines
from syslogger.extract.trial import try_lines
from syslogger.storage.day import DayInterval, day_bounds, day_of
from syslogger.storage.partition import Partition

COMMIT_ROWS = 65_536
SENDERS = 8
SEED = 5424
ENGINE, CLIENT = "main", "loopback"

# The rollups of a file that has none yet, computed from its rows.
ROLLUPS = (
    (
        "INSERT INTO rollup_severity SELECT received_at / 60000000, coalesce(severity, 8), count(*),"
        " sum(octet_length(original_log)) FROM entries GROUP BY 1, 2"
    ),
    (
        "INSERT INTO rollup_pairs SELECT row_number() OVER (), client, log_sender_ip, 1"
        " FROM (SELECT DISTINCT client, log_sender_ip FROM entries)"
    ),
    (
        "INSERT INTO rollup_senders SELECT received_at / 60000000, pair, count(*), sum(octet_length(original_log)),"
        " count(*), 0, 0 FROM entries JOIN rollup_pairs AS pairs"
        " ON pairs.client = entries.client AND sender = log_sender_ip GROUP BY 1, 2"
    ),
)


def make(root: Path, rows: int, zone: str) -> None:
    """Make today's file of the engine `mikrotik/main` with so many rows. Raises DatabaseError."""
    now, folder = time.time_ns() // 1_000, root / CLASS.name / ENGINE
    folder.mkdir(parents=True)
    day = day_of(now, ZoneInfo(zone))
    interval = DayInterval(day, *day_bounds(day, ZoneInfo(zone)), zone)
    path = folder / f"{day.isoformat()}.db"
    partition = Partition.open(path, interval, (CLASS.name, ENGINE), CLASS, 0, print)
    database = partition.database
    stamps = np.linspace(interval.start, now, rows, dtype=np.int64)
    partition.note_clients({CLIENT: "127.0.0.0/8"})
    for batch in _batches(stamps):
        database.ingest("entries", batch)
        database.commit()
    for sql in ROLLUPS:
        database.execute(sql)
    partition.advance(0, 0, 0, int(stamps[0]), int(stamps[-1]))
    database.commit()
    database.close()


def _batches(stamps: np.ndarray) -> Iterator[pa.RecordBatch]:
    """The rows, a commit's worth at a time."""
    random, rows = np.random.default_rng(SEED), len(stamps)
    found = lines()
    read = pa.Table.from_pylist(try_lines(CLASS, found, measure=False).rows)
    table = read.append_column("original_log", pa.array([line.decode() for line in found]))
    senders = pa.array([f"127.0.0.{number + 1}" for number in range(SENDERS)])
    places = random.integers(0, len(found) - 1, rows)
    places[np.linspace(0, rows - 1, RARE_ROWS, dtype=np.int64)] = len(found) - 1
    for first in range(0, rows, COMMIT_ROWS):
        part = slice(first, min(rows, first + COMMIT_ROWS))
        taken = table.take(pa.array(places[part])).combine_chunks()
        columns = {
            "received_at": pa.array(stamps[part]),
            "client": pa.array([CLIENT] * taken.num_rows),
            "log_sender_ip": senders.take(pa.array(places[part] % SENDERS)),
            **{name: taken[name].combine_chunks() for name in taken.column_names},
        }
        yield pa.RecordBatch.from_pydict(columns)


if __name__ == "__main__":
    make(Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3])
