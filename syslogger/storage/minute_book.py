"""The ledger by the minute, as it stands in the day files.

What happened since the last booking goes to the minute that is running; a minute that ends is booked even if nothing
happened. Sums are added to what the file holds, so that a minute cut by a restart is continued. A booking is part of
the transaction that commits the rows: `confirm` after the commit, `forget` after a failure.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from syslogger.ledger import Counts, DropReason, Ledger, dropped_json
from syslogger.storage.day import MINUTE_US
from syslogger.storage.partition import LEDGER_SUMS

if TYPE_CHECKING:
    from syslogger.storage.partition import Partition


@dataclass(frozen=True, slots=True)
class _Row:
    partition: Partition
    minute: int
    sums: dict[str, int]
    drops: Counts


class MinuteBook:
    """Books differences of the engine's ledger into minutes."""

    def __init__(self, booked: Ledger) -> None:
        self._booked = booked
        self._row: _Row | None = None

    def book(self, partition: Partition, minute: int, ledger: Ledger) -> int:
        """Write what `ledger` has more than the last confirmed one into `minute`, inside the open transaction.

        Returns the minute that took it: the nearest one of the day.
        """
        minute = min(max(minute, partition.interval.start // MINUTE_US), (partition.interval.end - 1) // MINUTE_US)
        row = self._current(partition, minute)
        more = _difference(self._booked, ledger)
        sums = {name: row.sums[name] + more[name] for name in LEDGER_SUMS}
        drops = row.drops + Counts(dropped=(ledger.counts - self._booked.counts).dropped)
        partition.write_minute(minute, sums, dropped_json(drops), ledger.in_flight)
        self._row = _Row(partition, minute, sums, drops)
        return minute

    def confirm(self, booked: Ledger) -> None:
        """The transaction that booked this ledger was committed."""
        self._booked = booked

    def forget(self) -> None:
        """The transaction was not committed."""
        self._row = None

    def _current(self, partition: Partition, minute: int) -> _Row:
        if self._row is not None and (self._row.partition, self._row.minute) == (partition, minute):
            return self._row
        sums, drops = partition.minute(minute) or (dict.fromkeys(LEDGER_SUMS, 0), Counts())
        return _Row(partition, minute, sums, drops)


def abandon_leftover(partition: Partition) -> int:
    """Name what was in flight when the engine last ended without a drain; returns how many. Commits nothing."""
    minute, in_flight = partition.last_minute() or (0, 0)
    if in_flight:
        sums, drops = partition.minute(minute) or (dict.fromkeys(LEDGER_SUMS, 0), Counts())
        drops += Counts.drop(DropReason.ABANDONED, in_flight)
        partition.write_minute(minute, sums, dropped_json(drops), 0)
    return in_flight


def _difference(before: Ledger, after: Ledger) -> dict[str, int]:
    old, new = before.as_json(), after.as_json()
    return {name: int(str(new[name])) - int(str(old[name])) for name in LEDGER_SUMS}
