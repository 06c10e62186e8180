"""Day files for tests: classes, days, rows, settings, with what does not matter filled in."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pyarrow as pa

from syslogger.config import ClientConfig, EngineSettings, LogClass
from syslogger.storage.day import DayInterval, day_bounds
from syslogger.storage.folder import Folder
from syslogger.storage.partition import Partition

WORD = LogClass.model_validate({"name": "word", "fields": {"number": "number ([0-9]+)"}})
OWNER = ("word", "main")
DAY = date(2026, 11, 20)


def log_class(**fields: str) -> LogClass:
    """The class `word` with these fields."""
    return LogClass.model_validate({"name": "word", "fields": fields})


def us(text: str) -> int:
    """Microseconds since the epoch of an ISO time in UTC."""
    return round(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1_000_000)


def interval(day: date = DAY, zone: str = "UTC") -> DayInterval:
    """A whole day of a zone."""
    return DayInterval(day, *day_bounds(day, ZoneInfo(zone)), zone)


def entries(stamps: Sequence[int], **columns: Sequence[object]) -> pa.RecordBatch:
    """Rows with these stamps; other columns by name."""
    many = len(stamps)
    base = {"client": ["office"] * many, "log_sender_ip": ["10.0.0.1"] * many, "original_log": ["line"] * many}
    return pa.record_batch({"received_at": pa.array(stamps, pa.int64()), **base, **columns})


@contextmanager
def partition(
    path: Path, day: DayInterval | None = None, fields: LogClass = WORD, cursor: int = 0
) -> Iterator[Partition]:
    """A day file, open for writing."""
    made = Partition.open(path, day or interval(), OWNER, fields, cursor, logging.warning)
    with closing(made.database):
        yield made


def store(made: Partition, *stamps: int, **values: Sequence[object]) -> None:
    """Rows, committed."""
    made.database.ingest("entries", entries(stamps, **values))
    made.database.commit()


@contextmanager
def folder(made: EngineSettings, warnings: list[str] | None = None, *, recover: bool = True) -> Iterator[Folder]:
    """The folder of an engine, recovered unless told otherwise; its files are closed behind the block."""
    heard: list[str] = [] if warnings is None else warnings
    opened = Folder(made, heard.append)
    with closing(opened):
        if recover:
            opened.recover()
        yield opened


def settings(
    root: Path,
    *,
    zone: str = "UTC",
    clients: Sequence[tuple[str, str]] = (("office", "10.0.0.0/8"),),
    fields: LogClass = WORD,
) -> EngineSettings:
    """Settings of an engine `main`; its folder exists."""
    made = EngineSettings.build(name="main", log_class=fields, port=0, root=root, time_zone=zone)
    named = tuple(ClientConfig(name=name, address=address) for name, address in clients)
    made.folder.mkdir(parents=True, exist_ok=True)
    return made.model_copy(update={"engine": made.engine.model_copy(update={"clients": named})})
