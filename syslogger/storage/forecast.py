"""Forecast: what a day takes, of each engine and of each sender, and when the disk is full.

Rules
1. An engine grows by the mean of its files of the last seven days. One that has none of these is judged by the part of
   today that has passed, and its figure is marked as a guess; one that has no file of either does not grow.
2. Senders are told from the minutes that the writer keeps (`rollup_senders`), so no row is read; a file of the first
   format has none and says nothing of them. A sender's part of an engine's growth is its part of the datagrams' bytes.
3. Files are opened read-only, newest first; of senders only as many as fit into a few seconds.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from syslogger.errors import StoreError
from syslogger.storage import days
from syslogger.storage.day import MINUTE_US, day_bounds, day_of
from syslogger.storage.day_names import stored_days
from syslogger.storage.outlook import Outlook, Owner, outlook
from syslogger.storage.retention import Limits, StoredDay
from syslogger.storage.surplus import Bounds, Disk

MEASURED_DAYS = 7
SHOWN_SENDERS = 20
SENDERS_SECONDS = 5.0

_SENDERS = (
    "SELECT coalesce(client, ''), coalesce(sender, ''), sum(rows), sum(bytes) FROM rollup_senders"
    " LEFT JOIN rollup_pairs USING (pair) GROUP BY pair HAVING sum(rows) > 0"
)


@dataclass(frozen=True, slots=True)
class SenderGrowth:
    """What a sender sends in a day: rows, bytes of its datagrams, and bytes of the day file that are its part.

    Both names are "" for all senders that are not shown by themselves.
    """

    client: str
    sender: str
    rows: int
    bytes: int
    file_bytes: int


@dataclass(frozen=True, slots=True)
class EngineGrowth:
    """What an engine stores in a day, in bytes of its files; `measured_days` of them were looked at.

    is_guess: today's file was extrapolated. troubles: files of senders that could not be read.
    """

    class_name: str
    engine: str
    stored_bytes: int
    bytes_a_day: int
    measured_days: int
    is_guess: bool
    senders: tuple[SenderGrowth, ...]
    troubles: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Forecast:
    """Today, the disk as it is, when it will be too full, and what makes it so."""

    today: date
    disk: Disk
    outlook: Outlook
    engines: tuple[EngineGrowth, ...]

    def told(self) -> dict[str, Any]:
        """The forecast as plain data, with the dates of what comes (null: not within ten years)."""
        coming = {"stops_on": self._date(self.outlook.stops_in_days), "full_on": self._date(self.outlook.full_in_days)}
        engines = [{"class": each.class_name, **asdict(each)} for each in self.engines]
        for each in engines:
            del each["class_name"]
        return {"today": str(self.today), **asdict(self.disk), **coming, **asdict(self.outlook), "engines": engines}

    def _date(self, ahead: int | None) -> str | None:
        return None if ahead is None else str(self.today + timedelta(days=ahead))


def forecast(root: Path, zone: ZoneInfo, limits: Limits, bounds: Bounds, stop_percent: int, now_us: int) -> Forecast:
    """What comes for a data directory. stop_percent: SPACE_PERCENTAGE_TO_STOP. Raises StoreError."""
    today = day_of(now_us, zone)
    stored = stored_days(root)
    deadline = time.monotonic() + SENDERS_SECONDS
    owners = sorted({each.owner for each in stored})
    engines = tuple(_engine(owner, stored, today, _passed(today, zone, now_us), deadline) for owner in owners)
    growth: dict[Owner, int] = {(each.class_name, each.engine): each.bytes_a_day for each in engines}
    disk = days.disk_of(root)
    return Forecast(today, disk, outlook(stored, growth, limits, bounds, disk, stop_percent, today), engines)


def _passed(today: date, zone: ZoneInfo, now_us: int) -> float:
    """The part of today that has passed, at least a minute's."""
    start, end = day_bounds(today, zone)
    return max(now_us - start, MINUTE_US) / (end - start)


def _engine(owner: Owner, stored: Iterable[StoredDay], today: date, passed: float, deadline: float) -> EngineGrowth:
    own = sorted((each for each in stored if each.owner == owner), key=lambda each: each.day, reverse=True)
    whole = [each for each in own if today - timedelta(days=MEASURED_DAYS) <= each.day < today]
    measured = whole or [each for each in own if each.day == today]
    span = float((today - whole[-1].day).days) if whole else passed  # a day without a file is a day, too
    a_day = round(sum(each.byte_count for each in measured) / span)
    senders, troubles = _senders(measured, a_day, deadline)
    is_guess = bool(measured) and not whole
    return EngineGrowth(*owner, sum(each.byte_count for each in own), a_day, len(measured), is_guess, senders, troubles)


def _senders(
    measured: list[StoredDay], a_day: int, deadline: float
) -> tuple[tuple[SenderGrowth, ...], tuple[str, ...]]:
    rows, sizes = Counter[tuple[str, str]](), Counter[tuple[str, str]]()
    file_bytes, troubles = 0, []
    for each in measured:
        if time.monotonic() > deadline:
            break
        try:
            found = days.query(each.path, _SENDERS, needs="rollup_senders")
        except StoreError as error:
            troubles.append(str(error))
            continue
        for client, sender, its_rows, its_bytes in found:
            rows[client, sender] += its_rows
            sizes[client, sender] += its_bytes
        file_bytes += each.byte_count if found else 0
    scale = a_day / file_bytes if file_bytes else 0.0  # from the files that were read to a day
    return _shown(rows, sizes, scale, a_day), tuple(troubles)


def _shown(
    rows: Counter[tuple[str, str]], sizes: Counter[tuple[str, str]], scale: float, a_day: int
) -> tuple[SenderGrowth, ...]:
    """The busiest, and all others as one."""
    busiest = [pair for pair, _ in sizes.most_common() if pair != ("", "")][:SHOWN_SENDERS]
    pairs = {pair: pair if pair in busiest else ("", "") for pair in sizes}
    total = sizes.total() or 1
    shown = []
    for pair in [*busiest, ("", "")]:
        own = [each for each, shown_as in pairs.items() if shown_as == pair]
        its_rows, its_bytes = sum(rows[each] for each in own), sum(sizes[each] for each in own)
        if its_rows:
            part = round(a_day * its_bytes / total)
            shown.append(SenderGrowth(*pair, round(its_rows * scale), round(its_bytes * scale), part))
    return tuple(shown)
