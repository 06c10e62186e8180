"""What a worker is searching right now, in words of the ring: written before each search, read by the bridge.

`re` can take exponential time, and a process inside it hears nothing. So the worker says beforehand which field and row
come next and what its CPU clock was when it began with the field; the bridge compares that clock
(clock_getcpuclockid(3)) and replaces a worker that spent more than its budget.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from syslogger.ring import Ring

FIELD, BEGAN, SEQUENCE, ROW = range(4)


class PatternWatch:
    """The worker's side: an extractor's `Watch`. The words of a field are its place + 1; 0 is none."""

    def __init__(self, ring: Ring, worker: int) -> None:
        self._words = memoryview(ring.watch[worker]).cast("B").cast("Q")  # 17 ns a word, a numpy item takes 36
        self._costs, self._beats, self._beat = ring.costs[worker], ring.beats, 1 + worker
        self._first_row = 0

    def batch(self, sequence: int, first_row: int) -> None:
        """Rows are counted from `first_row` of this batch."""
        self._words[SEQUENCE], self._first_row = sequence, first_row

    def begin(self, field: int) -> None:
        """The field at this place is searched from now on."""
        self._beats[self._beat] = time.monotonic()
        self._words[BEGAN] = time.process_time_ns()
        self._words[FIELD] = field + 1

    def row(self, row: int) -> None:
        """`re` takes this row next."""
        self._words[ROW] = self._first_row + row

    def end(self, field: int, rows: int) -> None:
        """So many rows were searched."""
        self._words[FIELD] = 0
        self._costs[field] += np.array([time.process_time_ns() - self._words[BEGAN], rows], np.uint64)


def overrun(ring: Ring, worker: int, pid: int, budget_nanoseconds: int) -> tuple[int, int, int] | None:
    """The bridge's side: (field, sequence, row) of a search that has used up more CPU time than it may; else None.

    Raises ProcessLookupError when the worker has ended.
    """
    field, began, sequence, row = ring.watch[worker].tolist()
    if not field or cpu_nanoseconds(pid) - began <= budget_nanoseconds:
        return None
    # It may have gone on meanwhile: only words that still say the same are a finding.
    if ring.watch[worker, FIELD : SEQUENCE + 1].tolist() != [field, began, sequence]:
        return None
    return field - 1, sequence, row


def cpu_nanoseconds(pid: int) -> int:
    """The CPU time of a process so far; its clock id as <linux/posix-timers.h> makes it (CPUCLOCK_SCHED)."""
    try:
        return time.clock_gettime_ns(~pid << 3 | 2)
    except OSError as error:
        raise ProcessLookupError(pid) from error
