"""What is measured while questions are asked: time, CPU and memory of the reader's process, the size of the WAL."""

from __future__ import annotations

import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from syslogger.bench.sampling import cpu_seconds
from syslogger.query.answers import Cut, Searched
from syslogger.query.questions import Question
from syslogger.reader import LogReader

SAMPLE_SECONDS = 0.1
TIMEOUT_SECONDS = 300.0
LEAST_RUNS, MOST_RUNS = 3, 30


@dataclass(frozen=True, slots=True)
class Figures:
    """Of the runs of one question: wall milliseconds; CPU milliseconds of the reader's process a run; what it found."""

    name: str
    runs: int
    p50_milliseconds: float
    p95_milliseconds: float
    max_milliseconds: float
    cpu_milliseconds: float
    found: str

    @property
    def line(self) -> str:
        """A row of the table."""
        times = (self.p50_milliseconds, self.p95_milliseconds, self.max_milliseconds, self.cpu_milliseconds)
        shown = " ".join(f"{each:>10,.1f}" for each in times)
        return f"{self.name:26} {self.runs:>4} {shown}  {self.found}"


HEAD = f"{'':26} {'runs':>4} {'p50 ms':>10} {'p95 ms':>10} {'max ms':>10} {'CPU ms':>10}  found"


@dataclass(slots=True)
class Watch:
    """The greatest size of a file, and the greatest RSS of this process's reader processes, while the block runs."""

    wal: Path
    wal_bytes: int = 0
    reader_bytes: int = 0
    _over: threading.Event = field(default_factory=threading.Event)

    @contextmanager
    def running(self) -> Iterator[None]:
        """Look every 0.1 s."""
        thread = threading.Thread(target=self._look)
        thread.start()
        try:
            yield
        finally:
            self._over.set()
            thread.join()

    def _look(self) -> None:
        while not self._over.wait(SAMPLE_SECONDS):
            self.wal_bytes = max(self.wal_bytes, self.wal.stat().st_size if self.wal.exists() else 0)
            for process in reader_processes():
                try:
                    self.reader_bytes = max(self.reader_bytes, process.memory_info().rss)
                except psutil.NoSuchProcess:
                    continue  # it ended between the two looks


def reader_processes() -> list[psutil.Process]:
    """The processes that answer this one's questions."""
    found = []
    for child in psutil.Process().children():
        try:
            if "syslogger.reading" in child.cmdline():
                found.append(child)
        except psutil.NoSuchProcess:
            continue
    return found


def timed(reader: LogReader, name: str, question: Question, seconds: float) -> Figures:
    """Ask again and again for `seconds`, at least thrice and at most thirty times, after one run that does not count.

    Raises SysloggerError, and RuntimeError when an answer is not whole: its time would mean nothing.
    """
    found = _found(reader.ask(question, TIMEOUT_SECONDS))
    walls: list[float] = []
    cpu_before, until = _cpu(), time.monotonic() + seconds
    while len(walls) < LEAST_RUNS or (len(walls) < MOST_RUNS and time.monotonic() < until):
        began = time.perf_counter()
        answer = reader.ask(question, TIMEOUT_SECONDS)
        walls.append((time.perf_counter() - began) * 1_000)
        _whole(answer)
    cpu = (_cpu() - cpu_before) * 1_000 / len(walls)
    p95 = statistics.quantiles(walls, n=20, method="inclusive")[-1]
    return Figures(name, len(walls), statistics.median(walls), p95, max(walls), cpu, found)


def _cpu() -> float:
    return sum(cpu_seconds(process.pid) for process in reader_processes())


def _whole(answer: object) -> Searched:
    """An answer may end at its most rows, as facets do of so large a day; never for its time, or a damaged day."""
    searched = getattr(answer, "searched", None)
    if not isinstance(searched, Searched) or searched.cut not in (None, Cut.ROWS) or searched.damaged:
        raise RuntimeError(f"this answer is not whole: {searched}")
    return searched


def _found(answer: object) -> str:
    """What an answer says, in a few words."""
    _whole(answer)
    for name, unit in (("rows", "rows"), ("count", ""), ("counts", "steps"), ("facets", "facets")):
        value = getattr(answer, name, None)
        if value is not None:
            return f"{value if isinstance(value, int) else len(value):,} {unit}".rstrip()
    return ""
