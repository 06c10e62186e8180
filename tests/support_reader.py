"""Stored days for tests of the `LogReader`, made by the real writer's code; its processes are the only readers."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import date
from pathlib import Path
from typing import Any

import psutil
from adbc_driver_sqlite import dbapi

from syslogger import LogReader
from syslogger.query.model import Order, Query, Regex
from syslogger.query.questions import Rows
from syslogger.storage.partition import Partition
from tests.storage.making import DAY, WORD, entries, interval
from tests.support import wait_until

WAIT_SECONDS = 60.0
# a look-ahead is none of the column engine's; behind a line of many a's and a `!` Python's `re` tries for ages
ENDLESS = Query(where=Regex(pattern="(?=a)(a+)+$"))
TRAP = "a" * 60 + "!"

# The first call opens a pipe that the process keeps; no test shall be blamed for it.
with closing(dbapi.connect()) as _connection, closing(_connection.cursor()) as _cursor:
    _cursor.execute("SELECT 1")


def make_day(root: Path, lines: Sequence[str], *, owner: str = "word/main", day: date = DAY) -> Path:
    """A day file with these lines, 1 ms apart from midnight on."""
    path, whole = root / owner / f"{day}.db", interval(day)
    path.parent.mkdir(parents=True, exist_ok=True)
    stamps = [whole.start + 1_000 * place for place in range(len(lines))]
    class_name, engine = owner.split("/")
    made = Partition.open(path, whole, (class_name, engine), WORD, 0, logging.warning)
    with closing(made.database):
        made.database.ingest("entries", entries(stamps, original_log=lines))
        made.advance(1, 0, 1, stamps[0], stamps[-1])
        made.database.commit()
    return path


def numbered(count: int) -> list[str]:
    """Lines `line 0`, `line 1`, …"""
    return [f"line {number}" for number in range(count)]


def lines_of(rows: Sequence[dict[str, Any]]) -> list[str]:
    """The lines in an answer."""
    lines: list[str] = [row["original_log"] for row in rows]
    return lines


def oldest(count: int = 100, **parts: Any) -> Rows:
    """The first so many rows."""
    return Rows(query=Query(order=Order.OLDEST, limit=count, **parts))


def processes() -> list[psutil.Process]:
    """The reader processes of this process, oldest first."""
    found = [each for each in psutil.Process().children() if "syslogger.reading" in _command(each)]
    return sorted(found, key=lambda each: each.create_time())


def _command(process: psutil.Process) -> list[str]:
    try:
        command: list[str] = process.cmdline()
    except psutil.Error:
        return []  # it has ended
    return command


def cpu_seconds(process: psutil.Process) -> float:
    """What it has used."""
    times = process.cpu_times()
    return float(times.user + times.system)


def wait_for_work(process: psutil.Process, seconds: float = 0.3) -> None:
    """Wait until a process has computed for so long from now on: it is at its question, and not at its start."""
    before = cpu_seconds(process)
    wait_until(lambda: cpu_seconds(process) > before + seconds, WAIT_SECONDS, f"process {process.pid} computes")


@contextmanager
def warm(root: Path, count: int = 1, **options: Any) -> Iterator[LogReader]:
    """A reader whose processes have started; there are as many as it may have."""
    make_trap = ENDLESS.model_copy(update={"classes": ("nothing_of_this_class",)})
    with LogReader(root, time_zone="UTC", processes=count, **options) as reader:
        while len(processes()) < count:
            for pending in [reader.submit(Rows(query=make_trap)) for _ in range(2 * count)]:
                pending.result(WAIT_SECONDS)
        yield reader


def gone(pid: int) -> Callable[[], bool]:
    """Whether a process has ended."""
    return lambda: not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE
