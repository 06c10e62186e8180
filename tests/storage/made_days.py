"""Whole roots of day files, made by the real Partition and the rollups' own SQL, and the rows that are in them.

A day is live (its WAL lies beside it, as a killed writer leaves it), open (closed by its writer), sealed, or old (of
format 1, without runs and rollups). Everything goes through ADBC, so that ADBC may read it in the same process.
"""

from __future__ import annotations

import logging
import shutil
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

import orjson
import pyarrow as pa
from adbc_driver_sqlite import dbapi

from syslogger.config import LogClass
from syslogger.storage.day import MINUTE_US
from syslogger.storage.partition import LEDGER_SUMS, Partition
from syslogger.storage.rollup_sql import ADD_PAIRS, ADD_SENDERS, ADD_SEVERITIES, KEPT_PAIRS, NO_SEVERITY, fold
from tests.storage.making import DAY, interval

Row = dict[str, Any]
State = Literal["live", "open", "folding", "sealed", "old"]

BASE: dict[str, Any] = {
    "client": "office",
    "log_sender_ip": "10.0.0.1",
    "facility": 16,
    "severity": 6,
    "original_log": "a line",
    "bytes": 40,
}
_OLD = (
    "DROP TABLE runs",
    "DROP TABLE rollup_severity",
    "DROP TABLE rollup_pairs",
    "DROP TABLE rollup_senders",
    "ALTER TABLE partition DROP COLUMN sealed_at",
    "UPDATE partition SET format_version = 1",
)


@dataclass(frozen=True)
class Settled:
    """What became of a sender's messages in a minute, besides those that are stored. client '': it was nobody's."""

    minute: int
    client: str = ""
    sender: str = "192.0.2.1"
    refused: int = 0
    dropped: int = 0
    in_flight: int = 0


@dataclass(frozen=True)
class DaySpec:
    """A day to be made: `rows` in the order in which they are stored, each with what differs from `BASE`.

    bytes: of the datagram; a key that is no column is a field, added to the file with the first row that has it.
    kept: how many senders keep a name of their own when the day is sealed; folding: the others have just lost theirs.
    """

    rows: Sequence[Mapping[str, Any]] = ()
    class_name: str = "word"
    engine: str = "main"
    day: date = DAY
    zone: str = "UTC"
    state: State = "open"
    settled: Sequence[Settled] = ()
    kept: int = KEPT_PAIRS
    commits: int = 3

    @property
    def name(self) -> str:
        """`class.engine.day`."""
        return f"{self.class_name}.{self.engine}.{self.day.isoformat()}"


def make_root(path: Path, specs: Iterable[DaySpec]) -> list[Row]:
    """Make the days; returns every row as a dict: columns, `bytes`, `class`, `engine`, `day`, global `id`, `key`."""
    return [row for spec in specs for row in make_day(path, spec)]


def make_day(root: Path, spec: DaySpec) -> list[Row]:
    """Make one day; see `make_root`."""
    path = root / spec.class_name / spec.engine / f"{spec.day.isoformat()}.db"
    path.parent.mkdir(parents=True, exist_ok=True)
    rows = [{**BASE, **row} for row in spec.rows]
    fields = _fields(spec, [])
    owner = (spec.class_name, spec.engine)
    made = Partition.open(path, interval(spec.day, spec.zone), owner, fields, 0, logging.warning)
    with closing(made.database):
        size = -(-len(rows) // spec.commits) or 1
        for first in range(0, len(rows), size):
            _store(made, spec, rows[:first], rows[first : first + size])
        _settle(made, spec, rows)
        if spec.state == "old":
            for statement in _OLD:
                made.database.execute(statement)
        if spec.state == "folding":
            for sql, parameters in fold(spec.kept)[:2]:  # their minutes are where they were
                made.database.execute(sql, parameters)
        made.database.commit()
        if spec.state == "live":
            _keep_wal(path)
    if spec.state == "live":
        _put_back(path)
    if spec.state == "sealed":
        _seal(path, spec.kept)
    return [_whole(spec, number, row) for number, row in enumerate(rows, 1)]


def _whole(spec: DaySpec, number: int, row: Row) -> Row:
    day = spec.day.isoformat()
    about = {"class": spec.class_name, "engine": spec.engine, "day": day, "id": f"{spec.name}.{number}"}
    return {**row, **about, "key": (row["received_at"], spec.class_name, spec.engine, day, number)}


def _fields(spec: DaySpec, rows: Sequence[Row]) -> LogClass:
    names = dict.fromkeys(name for row in rows for name in row if name not in BASE and name != "received_at")
    named = [name.removesuffix("_port") + "_ip" if name.endswith("_port") else name for name in names]
    return LogClass.model_validate({"name": spec.class_name, "fields": {name: f"{name} (.+)" for name in named}})


def _store(made: Partition, spec: DaySpec, before: Sequence[Row], rows: Sequence[Row]) -> None:
    """One transaction: rows, runs, rollups, ledger."""
    made.use_class(_fields(spec, [*before, *rows]))
    names = dict.fromkeys(name for row in rows for name in row if name != "bytes")
    made.database.ingest("entries", pa.record_batch({name: _array(name, rows) for name in names}))
    stamps = [row["received_at"] for row in rows]
    made.advance(1, 0, 1, min(stamps), max(stamps))
    made.note_clients({row["client"]: "10.0.0.0/8" for row in rows})
    last = before[-1]["received_at"] if before else stamps[0]
    for row_id, (earlier, stamp) in enumerate(zip([last, *stamps], stamps, strict=False), len(before) + 1):
        if stamp < earlier:
            made.database.execute("INSERT INTO runs VALUES (?)", (row_id,))
    _roll_up(made, rows)
    made.database.commit()


def _array(name: str, rows: Sequence[Row]) -> pa.Array:
    kind = pa.int64() if name in {"received_at", "facility", "severity"} or name.endswith("_port") else pa.string()
    return pa.array([row.get(name) for row in rows], kind)


def _roll_up(made: Partition, rows: Sequence[Row]) -> None:
    severities: dict[tuple[int, int], list[int]] = {}
    senders: dict[tuple[int, int], list[int]] = {}
    pairs = _pairs(made, [(row["client"], row["log_sender_ip"]) for row in rows])
    for row in rows:
        minute = row["received_at"] // MINUTE_US
        severity = NO_SEVERITY if row["severity"] is None else row["severity"]
        for sums in (
            severities.setdefault((minute, severity), [0, 0]),
            senders.setdefault((minute, pairs[row["client"], row["log_sender_ip"]]), [0, 0, 0, 0, 0]),
        ):
            sums[0] += 1
            sums[1] += row["bytes"]
        senders[minute, pairs[row["client"], row["log_sender_ip"]]][2] += 1
    _execute(made, ADD_SEVERITIES, [[*key, *sums] for key, sums in severities.items()])
    _execute(made, ADD_SENDERS, [[*key, *sums] for key, sums in senders.items()])


def _pairs(made: Partition, asked: Iterable[tuple[str, str]]) -> dict[tuple[str, str], int]:
    """The numbers of pairs, new ones added."""
    found = {
        (client, sender): pair
        for pair, client, sender in made.database.rows("SELECT pair, client, sender FROM rollup_pairs")
    }
    new = {
        each: len(found) + place
        for place, each in enumerate(each for each in dict.fromkeys(asked) if each not in found)
    }
    _execute(made, ADD_PAIRS, [[pair, *each] for each, pair in new.items()])
    return found | new


def _execute(made: Partition, sql: str, rows: list[list[Any]]) -> None:
    made.database.execute(sql, (orjson.dumps(rows).decode(),))


def _settle(made: Partition, spec: DaySpec, rows: Sequence[Row]) -> None:
    """The ledger of all minutes, and of each sender what was not stored."""
    pairs = _pairs(made, [(each.client, each.sender) for each in spec.settled])
    lost = [
        [each.minute, pairs[each.client, each.sender], 0, 0, each.refused + each.dropped, each.refused, each.dropped]
        for each in spec.settled
    ]
    for numbers in lost:
        _execute(made, ADD_SENDERS, [numbers])
    stored = Counter(row["received_at"] // MINUTE_US for row in rows)
    for minute in sorted({*stored, *(each.minute for each in spec.settled)}):
        there = [each for each in spec.settled if each.minute == minute]
        refused, dropped = sum(each.refused for each in there), sum(each.dropped for each in there)
        received = stored[minute] + refused + dropped
        sums = dict.fromkeys(LEDGER_SUMS, 0) | {"offered": received, "received": received, "stored": stored[minute]}
        sums["refused"] = refused
        made.write_minute(minute, sums, {"paused": dropped}, sum(each.in_flight for each in there))


# -- how a day ends ---------------------------------------------------------------------------------------------------


def _keep_wal(path: Path) -> None:
    for each in (path, path.with_name(path.name + "-wal")):
        shutil.copy(each, each.with_name(each.name + ".kept"))


def _put_back(path: Path) -> None:
    for each in (path, path.with_name(path.name + "-wal")):
        each.with_name(each.name + ".kept").replace(each)


def _seal(path: Path, kept: int) -> None:
    with closing(dbapi.connect(f"file:{path}", autocommit=True)) as connection, closing(connection.cursor()) as cursor:
        for sql, parameters in fold(kept):
            cursor.execute(sql, parameters or None)
        cursor.execute("UPDATE partition SET sealed_at = 1")
        cursor.execute("PRAGMA journal_mode = DELETE")
        assert cursor.fetchall() == [("delete",)]
    path.chmod(0o444)
