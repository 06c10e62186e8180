"""Days to be exported, and exports of them with small windows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path

import pyarrow as pa
import pytest
from adbc_driver_sqlite import dbapi

from syslogger.config import LogClass
from syslogger.query.exports import Chunk, ExportPlace, ExportRequest
from syslogger.storage import merging
from syslogger.storage.catalogue import Catalogue
from syslogger.storage.export import exported
from tests.storage.making import WORD, interval, partition

DAY = "2026-11-20"
NASTY = (
    "=1+1", "-2", "@a", "+b", "\tt", 'say "x"', "a,b", "a\nb", "a\rb", "\\x00", "\u202eabc", "é😀", "", "'", "\x7f",
)  # fmt: skip

# The first call opens a pipe that the process keeps; no test shall be blamed for it.
with closing(dbapi.connect()) as _connection, closing(_connection.cursor()) as _cursor:
    _cursor.execute("SELECT 1")


def store(
    root: Path,
    name: str,
    stamps: Sequence[int],
    *,
    day: str = DAY,
    lines: Sequence[str | None] | None = None,
    fields: LogClass = WORD,
    zone: str = "UTC",
    **columns: Sequence[object],
) -> Path:
    """Append rows to the day `class/engine`, which is closed behind it. lines: by default `row 0`, `row 1` …"""
    path = root / name / f"{day}.db"
    path.parent.mkdir(parents=True, exist_ok=True)
    with partition(path, interval(date.fromisoformat(day), zone), fields) as opened:
        append(opened.database, stamps, lines, **columns)
        opened.database.execute("UPDATE partition SET class = ?, engine = ?", name.split("/"))
        if stamps:
            opened.advance(1, 0, 1, min(stamps), max(stamps))
        note_runs(opened.database)
        opened.database.commit()
    return path


def append(database: object, stamps: Sequence[int], lines: Sequence[str | None] | None, **columns: object) -> None:
    """Rows, not committed."""
    many = len(stamps)
    shown = [f"row {number}" for number in range(many)] if lines is None else list(lines)
    base = {
        "client": ["office"] * many,
        "log_sender_ip": ["10.0.0.1"] * many,
        "original_log": pa.array(shown, pa.string()),
    }
    batch = pa.record_batch({"received_at": pa.array(stamps, pa.int64()), **base, **columns})
    if many:
        database.ingest("entries", batch)  # type: ignore[attr-defined]


def note_runs(database: object) -> None:
    """What the writer notes where the clock stepped back, for the whole file."""
    if database.rows("SELECT 1 FROM sqlite_master WHERE name = 'runs'"):  # type: ignore[attr-defined]
        database.execute("DELETE FROM runs")  # type: ignore[attr-defined]
        database.execute(  # type: ignore[attr-defined]
            "INSERT INTO runs SELECT id FROM (SELECT id, received_at < lag(received_at) OVER (ORDER BY id) AS falls"
            " FROM entries) WHERE falls"
        )


@contextmanager
def windows_of(rows: int) -> Iterator[None]:
    """Windows have so many rows, a power of two."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(merging, "MOST_ROWS", rows)
        patch.setattr(merging, "LEAST_ROWS", 1)
        yield


def chunks(root: Path, request: ExportRequest, after: str | None = None) -> list[Chunk]:
    """All chunks."""
    return list(exported(Catalogue(root), request, after))


def data(root: Path, request: ExportRequest, after: str | None = None) -> bytes:
    """All bytes."""
    return b"".join(chunk.data for chunk in chunks(root, request, after))


def place(chunk: Chunk, request: ExportRequest) -> ExportPlace:
    """What its word says."""
    return ExportPlace.decoded(chunk.after, request.asked_as)
