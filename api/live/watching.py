"""Watching: what one subscription gets of the rows that arrive.

Rules
- Of a batch come the newest rows, as many as the second still allows; all others that match are counted as skipped.
- A condition is held against a batch once, however many watch by it, and has so much CPU time: a machine that is busy
  with something else is not its fault.
- A watch is as JSON has it: {"watch": number, "query": a query with its scope in it, "most": rows a second}.
"""

from __future__ import annotations

import logging
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

import numpy as np
import orjson
import pyarrow as pa

from api.live import DEFECT, TOO_SLOW
from api.live.arriving import Come
from syslogger.query.matching import Arrived, Matcher, matcher
from syslogger.query.model import Query

CONDITION_SECONDS = 1.0  # of one condition and one batch
COUNT_SECONDS = 1.0  # how long counts may wait for rows that they can go along with
ALWAYS = ("id", "received_at")

Head = dict[str, Any]

_log = logging.getLogger("syslogger.api")


class LateError(Exception):
    """A condition took too long."""


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Raise LateError in the block when it computes longer; only in the main thread, where `re` listens, too."""
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)


def late(_number: int, _frame: FrameType | None) -> None:
    """What SIGVTALRM does."""
    raise LateError


class Watch:
    """One subscription's side. `covers` says of which engines it is."""

    def __init__(self, head: Head) -> None:
        self.number = int(head["watch"])
        query = Query.model_validate(head["query"])
        self.key = orjson.dumps(head["query"]["where"])
        self.matcher = matcher(query.where)
        self.covers = query.covers
        self.names = None if query.classes or not query.engines else {name.split("/")[-1] for name in query.engines}
        self._columns = query.columns
        self._most = int(head["most"])
        self._allowed, self._refilled_at = float(self._most), time.monotonic()
        self._skipped = self._unlooked = 0
        self._told_at = 0.0
        self._begun: set[str] = set()

    def begin(self, come: Come) -> Head | None:
        """Where it begins to look at an engine; None: it has done so."""
        if come.batch.engine in self._begun:
            return None
        self._begun.add(come.batch.engine)
        self._unlooked -= come.unlooked  # they went by before it
        batch = come.batch
        return {"watch": self.number, "begun": batch.engine, "day": batch.day.isoformat(), "first_id": batch.first_id}

    def take(self, come: Come, found: np.ndarray) -> tuple[Head, bytes] | None:
        """What is told of a batch in which these rows match; None: nothing now."""
        places = np.flatnonzero(found)
        shown = places[len(places) - self._allowance(len(places)) :]
        self._unlooked += come.unlooked
        self._skipped += len(places) - len(shown)
        return self._told(come, shown) if len(shown) else self.counts()

    def counts(self) -> tuple[Head, bytes] | None:
        """What was left out, without rows, when it has waited long enough; None: nothing now."""
        if not (self._skipped or self._unlooked) or time.monotonic() - self._told_at < COUNT_SECONDS:
            return None
        return self._head(rows=0), b""

    def _told(self, come: Come, places: np.ndarray) -> tuple[Head, bytes]:
        batch = come.batch
        head = self._head(rows=len(places))
        head |= {"class": batch.class_name, "engine": batch.engine, "day": batch.day.isoformat()}
        table = batch.table.take(pa.array(places))
        before = f"{batch.class_name}.{batch.engine}.{batch.day.isoformat()}."
        columns: dict[str, list[Any]] = {"id": [f"{before}{batch.first_id + int(place)}" for place in places]}
        for name in table.schema.names:
            if not self._columns or name in (*ALWAYS, *self._columns):
                columns[name] = table.column(name).to_pylist()
        return head, orjson.dumps(columns)

    def _head(self, rows: int) -> Head:
        head = {"watch": self.number, "rows": rows, "skipped": self._skipped, "unlooked": self._unlooked}
        self._skipped = self._unlooked = 0
        self._told_at = time.monotonic()
        return head

    def _allowance(self, wanted: int) -> int:
        """How many of so many rows may go; the second fills up again as it goes by."""
        now = time.monotonic()
        self._allowed = min(self._most, self._allowed + (now - self._refilled_at) * self._most)
        self._refilled_at = now
        allowed = min(wanted, int(self._allowed))
        self._allowed -= allowed
        return allowed


class Watches:
    """All of them, and what they get of a batch."""

    def __init__(self) -> None:
        self._watches: dict[int, Watch] = {}

    def add(self, watch: Watch) -> None:
        """One more."""
        self._watches[watch.number] = watch

    def drop(self, number: int) -> None:
        """One less; it may be gone already."""
        self._watches.pop(number, None)

    def engines(self, there: set[str]) -> set[str]:
        """Of the engines that are there those that somebody watches."""
        if any(watch.names is None for watch in self._watches.values()):
            return there
        return there & {name for watch in self._watches.values() for name in watch.names or ()}

    def look(self, come: Come) -> Iterator[tuple[Head, bytes]]:
        """What is told of a batch, to each that watches its engine."""
        batch = come.batch
        constants = {"class": batch.class_name, "engine": batch.engine, "day": batch.day.isoformat()}
        rows = Arrived(batch.table, batch.first_id, constants)
        found: dict[bytes, np.ndarray | str] = {}
        for watch in [each for each in self._watches.values() if each.covers(batch.class_name, batch.engine)]:
            if watch.key not in found:
                found[watch.key] = held(watch.matcher, rows)
            begun = watch.begin(come)
            if begun is not None:
                yield begun, b""
            answer = found[watch.key]
            if isinstance(answer, str):
                self.drop(watch.number)
                yield {"watch": watch.number, "over": answer}, b""
            elif (told := watch.take(come, answer)) is not None:
                yield told

    def counts(self) -> Iterator[tuple[Head, bytes]]:
        """What was left out and waits to be told."""
        for watch in self._watches.values():
            if (told := watch.counts()) is not None:
                yield told


def held(test: Matcher, rows: Arrived) -> np.ndarray | str:
    """Which rows match; or why that is not known: it took too long, or there is a defect."""
    try:
        with deadline(CONDITION_SECONDS):
            return test(rows)
    except LateError:
        return TOO_SLOW
    except Exception:  # noqa: BLE001 one subscription ends with it, and not the process of all
        _log.exception("a condition has failed on rows that arrived")
        return DEFECT
