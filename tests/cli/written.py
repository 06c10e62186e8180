"""Days of the class `word` that a writer has open, for the real program to read: written by the real partition.

They are written through ADBC, and the program reads in processes of its own: no day file meets two SQLite libraries.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from datetime import date
from pathlib import Path

from adbc_driver_sqlite import dbapi

from benchmarks.query.made_day import ROLLUPS
from syslogger.storage.partition import Partition
from tests.storage.making import WORD, entries, interval, us

DAY = date(2026, 11, 20)
NOON = us("2026-11-20T12:00:00")

_EMPTIED = ("DELETE FROM rollup_severity", "DELETE FROM rollup_senders", "DELETE FROM rollup_pairs WHERE pair > 0")

# The first call opens a pipe that the process keeps; no test shall be blamed for it.
with closing(dbapi.connect()) as _connection, closing(_connection.cursor()) as _cursor:
    _cursor.execute("SELECT 1")


class Written:
    """Engines under `root`; `ids`: the global ids of their rows."""

    def __init__(self, root: Path, opened: ExitStack) -> None:
        self.root = root
        self.ids: list[str] = []
        self._opened = opened
        self._partitions: dict[str, Partition] = {}
        self._counts: dict[str, int] = {}

    def add(self, engine: str, count: int) -> None:
        """Commit so many rows, a millisecond apart, numbered on."""
        first = self._counts.get(engine, 0) + 1
        numbers = [str(number) for number in range(first, first + count)]
        self._add(engine, numbers, [f"line {number} of {engine}" for number in numbers])

    def add_line(self, engine: str, line: str) -> None:
        """Commit a row with this line."""
        self._add(engine, ["0"], [line])

    def _add(self, engine: str, numbers: list[str], lines: list[str]) -> None:
        found = self._partition(engine)
        first = self._counts.get(engine, 0)
        stamps = [NOON + (first + place) * 1_000 for place in range(len(lines))]
        many = len(lines)
        columns: dict[str, Sequence[object]] = {"facility": [16] * many, "severity": [6] * many, "number": numbers}
        found.database.ingest("entries", entries(stamps, **columns, original_log=lines))
        for sql in (*_EMPTIED, *ROLLUPS):
            found.database.execute(sql)
        found.advance(0, 0, 0, stamps[0], stamps[-1])
        found.database.commit()
        self._counts[engine] = first + len(lines)
        self.ids += [f"word.{engine}.{DAY.isoformat()}.{first + 1 + place}" for place in range(len(lines))]

    def _partition(self, engine: str) -> Partition:
        if engine not in self._partitions:
            path = self.root / "word" / engine / f"{DAY.isoformat()}.db"
            path.parent.mkdir(parents=True)
            made = Partition.open(path, interval(DAY), ("word", engine), WORD, 0, print)
            self._opened.callback(made.database.close)
            self._partitions[engine] = made
        return self._partitions[engine]


@contextmanager
def written_days(root: Path) -> Iterator[Written]:
    """Days without a row; their files are closed behind the block."""
    with ExitStack() as opened:
        yield Written(root, opened)
