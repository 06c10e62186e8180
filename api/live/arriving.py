"""Arriving: the tails of engines, each followed by a thread, one queue for whoever looks at the rows.

Rules
- Nobody is waited for. What is not looked at in time gives way to what is newer, and is counted.
- An engine that ends or does not run yet is tried again every second for as long as it is wanted. Rows that were stored
  meanwhile are counted by their ids, which are in sequence within a day.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from syslogger.control import FOLDER
from syslogger.errors import SysloggerError
from syslogger.tail import LiveTail, TailBatch

RETRY_SECONDS = 1.0
POLL_SECONDS = 0.5
WAITING_BATCHES = 16
REMEMBERED_DAYS = 4


@dataclass(frozen=True, slots=True)
class Come:
    """A batch as it comes out of the queue; unlooked: rows of its engine since the last one that nobody looked at."""

    batch: TailBatch
    unlooked: int


class Arriving:
    """The batches of every engine that is followed, in a bounded queue; `fileno` is readable when there is one."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._lock = threading.Lock()
        self._waiting: deque[Come] = deque()
        self._lost: dict[str, int] = {}
        self._threads: dict[str, _Following] = {}
        self._bell = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)

    def fileno(self) -> int:
        """For select."""
        return self._bell

    def there(self) -> set[str]:
        """The engines that offer their rows, or did."""
        return {path.stem for path in (self._root / FOLDER).glob("*.tail")}

    def follow(self, engines: Iterable[str]) -> None:
        """Follow these from now on, and no others."""
        wanted = set(engines)
        for name in self._threads.keys() - wanted:
            self._threads.pop(name).over.set()
        for name in wanted - self._threads.keys():
            self._threads[name] = _Following(self, self._root, name)
            self._threads[name].start()

    @property
    def is_settled(self) -> bool:
        """Whether every engine that is followed and runs has been reached: from then on no row of it is missed."""
        return all(thread.tried.is_set() for thread in self._threads.values())

    def ring(self) -> None:
        """Make `fileno` readable."""
        os.eventfd_write(self._bell, 1)

    def put(self, batch: TailBatch, unlooked: int) -> None:
        """A batch has come; called by the threads."""
        with self._lock:
            lost = self._lost.pop(batch.engine, 0)
            self._waiting.append(Come(batch, unlooked + lost))
            if len(self._waiting) > WAITING_BATCHES:
                gone = self._waiting.popleft()
                missed = gone.batch.table.num_rows + gone.unlooked
                self._lost[gone.batch.engine] = self._lost.get(gone.batch.engine, 0) + missed
        self.ring()

    def next(self) -> Come | None:
        """The oldest batch; None when there is none."""
        with self._lock:
            if self._waiting:
                return self._waiting.popleft()
            try:
                os.eventfd_read(self._bell)
            except BlockingIOError:
                return None
            return None


class _Following(threading.Thread):
    """One engine's tail."""

    def __init__(self, arriving: Arriving, root: Path, engine: str) -> None:
        super().__init__(name=f"tail-{engine}", daemon=True)
        self.over, self.tried = threading.Event(), threading.Event()
        self._arriving, self._root, self._engine = arriving, root, engine
        self._ends: dict[str, int] = {}

    def run(self) -> None:
        while not self.over.is_set():
            try:
                with LiveTail(self._root, self._engine) as tail:
                    self._try_ended()
                    self._follow(tail)
            except SysloggerError:  # it does not run, or is of another version: whoever starts it says so
                self._try_ended()
                self.over.wait(RETRY_SECONDS)

    def _try_ended(self) -> None:
        if not self.tried.is_set():
            self.tried.set()
            self._arriving.ring()

    def _follow(self, tail: LiveTail) -> None:
        while not self.over.is_set() and not tail.ended:
            batch = tail.poll(POLL_SECONDS)
            if batch is not None and not self.over.is_set():
                self._arriving.put(batch, max(batch.skipped, self._passed(batch)))

    def _passed(self, batch: TailBatch) -> int:
        """How many ids lie between this batch and the one of its day before."""
        day = batch.day.isoformat()
        before = self._ends.pop(day, None)
        self._ends[day] = batch.first_id + batch.table.num_rows - 1
        if len(self._ends) > REMEMBERED_DAYS:
            del self._ends[next(iter(self._ends))]
        return 0 if before is None else max(0, batch.first_id - before - 1)
