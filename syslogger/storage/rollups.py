"""Rollups: one day file's sums by the minute, kept by the writer in the transaction of the rows.

What a transaction adds is upserted by two statements, whatever the number of its rows: each takes all its numbers as
one JSON parameter. Memory and file stay bounded whatever a million spoofed addresses do: who is not known yet is
admitted by name only if it is among the busiest of its transaction, and a full table is folded to the busiest of the
day. All others are pair 0. What is remembered here is only what the file says: after a failed transaction it is read
anew.

A fold reads every minute of the day. So it is done in steps, one in each transaction (`folding`), and every ten minutes
at most; until there is room again whoever comes to a full table is one of the others.
"""

from __future__ import annotations

import ipaddress
from typing import TYPE_CHECKING

import numpy as np
import orjson

from syslogger.clients import address_text
from syslogger.storage.folding import Fold
from syslogger.storage.rollup_sql import (
    ADD_PAIRS,
    ADD_SENDERS,
    ADD_SEVERITIES,
    KEPT_PAIRS,
    MOST_PAIRS,
    OTHERS,
    OTHERS_HOLD_ROWS,
    PAIRS,
)
from syslogger.storage.tally import RECEIVED, ROWS, SUMS

if TYPE_CHECKING:
    from syslogger.storage.database import Database
    from syslogger.storage.tally import Pair, Tally

ADMITTED_CLIENTS = 1_000
ADMITTED_STRANGERS = 100
FOLD_MINUTES = 10


class Rollups:
    """The rollups of a file of format 2. Every method is inside the open transaction and raises DatabaseError."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._fold: Fold | None = None
        self._folded_minute: int | None = None
        found = database.rows(PAIRS)
        self._known = {(client, _key(sender)): pair for pair, client, sender in found}
        self._next = max(self._known.values(), default=OTHERS) + 1
        [(is_complete,)] = database.rows(f"SELECT complete FROM rollup_pairs WHERE pair = {OTHERS}")
        self._others_hold_rows = not is_complete

    def add(self, tally: Tally, minute: int) -> None:
        """Add a transaction's sums; `minute`: the one that it books."""
        if severities := tally.severities():
            self._write(ADD_SEVERITIES, severities)
        self._fold_on()
        if not tally.pairs:
            return
        sums = dict(tally.minutes())
        pairs = self._pairs(list(tally.pairs), sum(sums.values(), np.zeros((len(tally.pairs), SUMS), np.int64)), minute)
        numbers = [each for of, part in sums.items() for each in _numbers(of, pairs, part)]
        self._write(ADD_SENDERS, numbers)
        if self._fold is not None:
            self._fold.note(numbers)

    def _pairs(self, pairs: list[Pair], totals: np.ndarray, minute: int) -> np.ndarray:
        """The number of each pair (int64): its own, which may be new, or that of all others."""
        found = self._numbers_of(pairs)
        if (found != OTHERS).all():
            return found
        admitted = self._admitted(pairs, totals, found)
        if len(self._known) + len(admitted) >= MOST_PAIRS:
            if self._may_fold(minute):
                self._fold, self._folded_minute = Fold(self._database, KEPT_PAIRS), minute
                self._fold_on()
                found = self._numbers_of(pairs)
                admitted = self._admitted(pairs, totals, found)
            admitted = admitted[: max(0, MOST_PAIRS - 1 - len(self._known))]
        self._admit(pairs, admitted, found)
        if (totals[found == OTHERS, ROWS] > 0).any():
            self._others_get_rows()
        return found

    def _numbers_of(self, pairs: list[Pair]) -> np.ndarray:
        known = self._known
        return np.array([known.get(pair, OTHERS) for pair in pairs], np.int64)

    def _admitted(self, pairs: list[Pair], totals: np.ndarray, found: np.ndarray) -> list[int]:
        """The places of those that get a name now: the busiest of the unknown, clients' first."""
        unknown = np.flatnonzero(found == OTHERS)
        busiest = unknown[np.lexsort((-totals[unknown, RECEIVED], -totals[unknown, ROWS]))].tolist()
        clients = [place for place in busiest if pairs[place][0]][:ADMITTED_CLIENTS]
        return clients + [place for place in busiest if not pairs[place][0]][:ADMITTED_STRANGERS]

    def _admit(self, pairs: list[Pair], places: list[int], found: np.ndarray) -> None:
        if not places:
            return
        numbers = range(self._next, self._next + len(places))
        admitted = [pairs[place] for place in places]
        texts = [(number, client, address_text(key)) for number, (client, key) in zip(numbers, admitted, strict=True)]
        self._write(ADD_PAIRS, texts)
        found[places] = numbers
        self._known |= zip(admitted, numbers, strict=True)
        self._next = numbers.stop

    def _may_fold(self, minute: int) -> bool:
        if self._fold is not None:
            return False
        # a clock that stepped back counts as time that has passed
        return self._folded_minute is None or abs(minute - self._folded_minute) >= FOLD_MINUTES

    def _fold_on(self) -> None:
        """Take the next step of a fold that was begun."""
        if self._fold is None:
            return
        if gone := self._fold.step(self._known.values()):
            self._known = {pair: number for pair, number in self._known.items() if number not in gone}
        if self._fold.others_get_rows:
            self._others_get_rows()
        if self._fold.is_over:
            self._fold = None

    def _others_get_rows(self) -> None:
        if not self._others_hold_rows:
            self._database.execute(OTHERS_HOLD_ROWS)
            self._others_hold_rows = True

    def _write(self, sql: str, rows: object) -> None:
        self._database.execute(sql, (orjson.dumps(rows).decode(),))


def _numbers(minute: int, pairs: np.ndarray, sums: np.ndarray) -> list[list[int]]:
    """The rows that one minute adds: (minute, pair, five sums) of each pair that has any."""
    named = np.flatnonzero((pairs != OTHERS) & sums.any(axis=1))
    rows = np.column_stack([np.full(len(named), minute), pairs[named], sums[named]])
    others = sums[pairs == OTHERS].sum(axis=0)
    return [*rows.tolist(), *([[minute, OTHERS, *others.tolist()]] if others.any() else [])]


def _key(sender: str) -> bytes:
    """The inverse of `address_text`."""
    address = ipaddress.ip_address(sender)
    return address.packed if address.version == 6 else b"\0" * 10 + b"\xff\xff" + address.packed
