"""What an export takes of memory: the same for every format, however many rows there are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import psutil
import pytest

from syslogger import LogReader
from syslogger.query.exports import ExportRequest, Format
from syslogger.query.model import Order, Query
from tests import support_reader as readers
from tests.storage.exporting import store
from tests.storage.making import log_class, us

ROWS = 250_000
MOST_BYTES = 300_000_000
NOON = us("2026-11-20T12:00:00")


def peak_of(process: psutil.Process) -> int:
    """The most that was resident at a time."""
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="utf-8")
    return int(status.split("VmHWM:")[1].split()[0]) << 10


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A day of many lines with many fields, none of them short."""
    made = tmp_path_factory.mktemp("days")
    fields = {f"field_{number}": "(.+)" for number in range(12)}
    values = [f"a value of some length {number % 1_000}" for number in range(ROWS)]
    lines = [f"line {number} {'x' * 300}" for number in range(ROWS)]
    stamps = range(NOON, NOON + ROWS)
    columns: dict[str, Any] = dict.fromkeys(fields, values)
    store(made, "word/main", stamps, lines=lines, fields=log_class(**fields), **columns)
    return made


@pytest.mark.parametrize("form", [Format.CSV, Format.JSONL, Format.PARQUET])
def test_an_export_stays_small(root: Path, form: Format) -> None:
    """Its process never has more than 300 MB, its libraries included."""
    peak = rows = 0
    with LogReader(root, time_zone="UTC") as reader:
        for chunk in reader.export(ExportRequest(format=form, query=Query(order=Order.OLDEST))):
            (process,) = readers.processes()
            peak, rows = max(peak, peak_of(process)), chunk.rows

    assert rows == ROWS
    assert peak < MOST_BYTES
