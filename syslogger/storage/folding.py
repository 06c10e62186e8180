"""Folding: a full table of names becomes the busiest and pair 0, a part of it in each of the writer's transactions.

Order: what every pair has is counted, a window of minutes a step; those that do not stay lose their name, all at once;
then their minutes go to pair 0, a window a step. So no commit waits for a whole day. A pair that has lost its name is
one of the others from that moment on, whether its minutes were moved or not. Should the writer die in between, the next
fold moves them, or the seal.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import orjson

from syslogger.storage.rollup_sql import DROP_WINDOW, FORGET, MOVE_WINDOW, OTHERS, TOTALS_OF_WINDOW, WINDOW_END

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from syslogger.storage.database import Database

STEP_ROWS = 8_192  # of a window, and the rest of its last minute
_EVER = 1 << 62


class Fold:
    """One fold. Every method is inside the open transaction; after one that failed it is to be begun anew."""

    def __init__(self, database: Database, kept: int) -> None:
        self._database, self._kept = database, kept
        self._rows, self._received = Counter[int](), Counter[int]()
        self._reached = -_EVER  # the minutes before it are counted, or moved
        self._is_counting = True
        self.others_get_rows = self.is_over = False

    def note(self, numbers: Iterable[Sequence[int]]) -> None:
        """These rows of `rollup_senders` were added: what is counted already grows with them."""
        if not self._is_counting:
            return
        for minute, pair, rows, _, received, *_ in numbers:
            if minute < self._reached:
                self._rows[pair] += rows
                self._received[pair] += received

    def step(self, known: Collection[int]) -> frozenset[int]:
        """Do the next part. known: all that have a name; returns those that lose it now, which are some only once."""
        gone: frozenset[int] = frozenset()
        if self._is_counting:
            self._count()
            if self._reached < _EVER:
                return gone
            gone = self._forget(known)
        self._move()
        return gone

    def _window(self) -> tuple[int, int]:
        """The minutes [first, end) that come next."""
        first = self._reached
        found = self._database.rows(WINDOW_END, (first, STEP_ROWS))
        self._reached = max(found[0][0], first + 1) if found else _EVER
        return first, self._reached

    def _count(self) -> None:
        [(totals,)] = self._database.rows(TOTALS_OF_WINDOW, self._window())
        for pair, rows, received in orjson.loads(totals):
            self._rows[pair] += rows
            self._received[pair] += received

    def _forget(self, known: Collection[int]) -> frozenset[int]:
        """Take their names from all but the busiest."""
        busiest = sorted(known, key=lambda pair: (-self._rows[pair], -self._received[pair], pair))
        # the newest stays: it is greater than every number that still has minutes, so none is given twice
        gone = frozenset(busiest[self._kept :]) - {max(known, default=OTHERS)}
        self._database.execute(FORGET, (orjson.dumps(sorted(gone)).decode(),))
        self.others_get_rows = any(self._rows[pair] for pair in gone)
        self._is_counting, self._reached = False, -_EVER
        return gone

    def _move(self) -> None:
        window = self._window()
        for sql in (MOVE_WINDOW, DROP_WINDOW):
            self._database.execute(sql, window)
        self.is_over = self._reached == _EVER
