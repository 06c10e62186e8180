"""Subscriptions: what a reader of one kind is told, and how it is begun, narrowed and ended.

Rules
- What somebody sees is looked up when it is told, so that other rights hold from the next message on. A tail is begun
  anew with them; what waited is thrown away.
- Who goes on behind something (`after`) gets a count of what lies between: of a tail the stored rows that match, from
  the given row up to the first one that was looked at; of events those that the factory does not have any more.
"""

from __future__ import annotations

import asyncio
import datetime as dt
import re
from abc import ABC, abstractmethod
from dataclasses import replace
from typing import Any

from api.acting import Acting
from api.errors import ApiError, told
from api.live import TOO_SLOW
from api.live.board import Board
from api.live.outbox import Line, Message, Outbox
from api.live.tails import Tails
from api.live.words import Subscribe, said, said_error
from api.permissions import Access, Family
from api.scope import Scope
from api.searching import fitting, is_day, restricted
from api.services import noted
from syslogger.errors import SysloggerError
from syslogger.query.model import And, Between, Condition, Equals, Not, Query
from syslogger.query.questions import Count

MOST_EVENTS = 1_000
START_SECONDS = 10.0  # for the process that looks at rows, which the first tail starts
BEGIN_SECONDS = 3.0  # a row arrives in that time, or the count of what was missed goes up to now

_ID = re.compile(r"([a-z][a-z0-9_]*)\.([a-z][a-z0-9_]*)\.([0-9]{4}-[0-9]{2}-[0-9]{2})\.([0-9]{1,18})")
RIGHTS = {"status": Family.ENGINES, "events": Family.ENGINES, "tail": Family.LOGS}

Answer = dict[str, Any]


class Subscription(ABC):
    """One of a connection's. `begin`, `narrow` when the rights of its reader are others, `end`. is_over: by itself."""

    def __init__(self, asked: Subscribe, acting: Acting, outbox: Outbox) -> None:
        self.asked, self.acting, self.is_over = asked, acting, False
        self.line, self._outbox = Line(asked.id, latest=asked.kind == "status"), outbox

    @property
    def right(self) -> tuple[Family, Access]:
        """What it takes to have one of this kind."""
        return RIGHTS[self.asked.kind], Access.READ

    @abstractmethod
    async def begin(self) -> None:
        """Begin. Raises SysloggerError."""

    def narrow(self, acting: Acting) -> None:
        """Go on with other rights. Raises SysloggerError."""
        self.acting = acting
        self.line.forget()

    @abstractmethod
    async def end(self) -> None:
        """Tell nothing more."""

    def trouble(self, error: ApiError) -> None:
        """What it is told of does not answer now."""
        self._outbox.answer(said_error("trouble", error, id=self.asked.id))

    def _put(self, kind: str, /, body: bytes = b"", name: str = "columns", weight: int = 1, **parts: Any) -> None:
        message = Message({"type": kind, "id": self.asked.id, **parts}, body, name, weight)
        self._outbox.put(self.line, message)


class OnBoard(Subscription):
    """The engines' state once a second, or what happens to them."""

    def __init__(self, asked: Subscribe, acting: Acting, outbox: Outbox, board: Board) -> None:
        super().__init__(asked, acting, outbox)
        self._board = board
        self._held: list[Answer] | None = None
        self._last = 0

    async def begin(self) -> None:
        """Begin; events from `after` on. Raises SysloggerError."""
        self._board.join(self)
        if self.asked.kind == "events" and isinstance(self.asked.after, int):
            await self._catch_up(self.asked.after)

    async def end(self) -> None:
        """Tell nothing more."""
        self._board.leave(self)

    def status(self, engines: bytes) -> None:
        """The engines as JSON."""
        if self.asked.kind == "status":
            self._put("status", engines, "engines", skipped=0)

    def event(self, event: Answer, skipped: int) -> None:
        """Something that happened."""
        if self.asked.kind != "events":
            return
        if self._held is not None:
            self._held.append(event)
        elif event["id"] > self._last:
            self._last = event["id"]
            self._put("event", event=event, skipped=skipped)

    async def _catch_up(self, after: int) -> None:
        """The events since then; those that happen meanwhile wait."""
        self._held = []
        try:
            async with self.acting.asking() as factory:
                found = await factory.events(limit=MOST_EVENTS)
        finally:
            held, self._held, self._last = self._held, None, after
        newest = [each for each in reversed(found) if each["id"] > after]
        gap = newest[0]["id"] - after - 1 if len(newest) == MOST_EVENTS else 0
        self._put("gap", weight=0, rows=None if gap and self.acting.caller.scope.limited else gap)
        for each in (*self._board.shown(self.acting, newest), *held):
            self.event(each, 0)


class OnTail(Subscription):
    """Rows that arrive. query: what was asked for, without the scope."""

    def __init__(self, asked: Subscribe, query: Query, acting: Acting, outbox: Outbox, tails: Tails) -> None:
        super().__init__(asked, acting, outbox)
        self._query, self._tails = query, tails
        self._number: int | None = None
        self._starts: dict[str, asyncio.Future[tuple[str, int]]] = {}
        self._counting: set[asyncio.Task[None]] = set()

    async def begin(self) -> None:
        """Begin; what lies between `after` and the first row is counted meanwhile. Raises SysloggerError."""
        places = self._places()
        for _, engine, _, _ in places:
            self._starts[engine] = asyncio.get_running_loop().create_future()
        await self._note()
        number = self._watch()
        if not await self._tails.in_force(number, START_SECONDS):
            self.missed()
        for place in places:
            task = asyncio.create_task(self._count(*place))
            self._counting.add(task)
            task.add_done_callback(self._counting.discard)

    def narrow(self, acting: Acting) -> None:
        """Go on with other rights, from the rows on that arrive now. Raises SysloggerError."""
        super().narrow(acting)
        self._watch()

    async def end(self) -> None:
        """Tell nothing more, and count nothing more."""
        self._unwatch()
        for task in self._counting:
            task.cancel()
        await asyncio.gather(*self._counting, return_exceptions=True)

    # -- what the sieve tells ------------------------------------------------------------------------------------------

    def rows(self, head: Answer, columns: bytes) -> None:
        """Rows, or only counts."""
        parts = {name: head[name] for name in ("class", "engine", "day", "rows", "skipped", "unlooked") if name in head}
        self._put("tail", columns, weight=head["rows"], **parts)

    def begun(self, engine: str, day: str, first_id: int) -> None:
        """From this row on the engine is watched."""
        start = self._starts.get(engine)
        if start is not None and not start.done():
            start.set_result((day, first_id))

    def missed(self) -> None:
        """Rows went by, nobody knows how many."""
        self.line.miss()
        self._put("tail", weight=0, rows=0, skipped=0, unlooked=0)

    def over(self, why: str) -> None:
        """The sieve has given it up."""
        self._number = None
        slow = ApiError(422, why, "the condition takes too long for the rows that arrive", hint="simplify its pattern")
        failed = ApiError(500, why, "the condition has failed", hint="the log of the API says how")
        self.is_over = True
        self._outbox.lines.pop(self.asked.id, None)
        self._outbox.answer(said_error("ended", slow if why == TOO_SLOW else failed, id=self.asked.id))

    # -- inside --------------------------------------------------------------------------------------------------------

    def _watch(self) -> int:
        scope = self.acting.caller.scope
        with fitting("query"):
            query = scope.narrowed(restricted(self._query, scope))
        self._unwatch()
        self.line.told = knows_all(scope)
        self._number = number = self._tails.watch(query, self.asked.most_rows_a_second, self)
        return number

    def _unwatch(self) -> None:
        if self._number is not None:
            self._tails.drop(self._number)
            self._number = None

    async def _note(self) -> None:
        """Who looks at rows stands in the audit, as who searches does."""
        caller = self.acting.caller
        query = self._query.model_dump(mode="json", include={"engines", "classes", "where", "columns"})
        async with noted():
            await self.acting.services.audit.note(caller, "logs.tail", details={"query": query}, address=caller.address)

    def _places(self) -> list[tuple[str, str, str, int]]:
        if isinstance(self.asked.after, int):
            raise ApiError(422, "invalid", "a tail goes on behind rows, one of each engine", field="after")
        found = [_ID.fullmatch(each) for each in self.asked.after]
        if any(each is None or not is_day(each[3]) for each in found):
            raise ApiError(422, "invalid", "this is no id of a row: <class>.<engine>.<day>.<number>", field="after")
        return [(each[1], each[2], each[3], int(each[4])) for each in found if each is not None]

    async def _count(self, class_name: str, engine: str, day: str, last_id: int) -> None:
        """Tell how many rows of an engine lie between the last row seen and the first one looked at."""
        done, _ = await asyncio.wait((self._starts[engine],), timeout=BEGIN_SECONDS)
        until = self._starts[engine].result() if done else None
        rows = None
        if self._query.covers(class_name, engine):
            asked = between(self._query, f"{class_name}/{engine}", (day, last_id), until)
            try:
                rows = (await self.acting.services.ask(Count(query=asked), self.acting.caller)).count
            except SysloggerError as error:
                self.trouble(told(error))
        self._outbox.answer(said("gap", id=self.asked.id, engine=engine, rows=rows))


def knows_all(scope: Scope) -> bool:
    """Whether somebody may know how many rows go by: of clients only, that is others' business."""
    return not scope.clients


def between(query: Query, engine: str, after: tuple[str, int], until: tuple[str, int] | None) -> Query:
    """The query on what is stored of an engine behind one row and before another; (day, id) both, None: up to now."""
    day, last_id = after
    parts: list[Condition] = [_but(day, Between(field="id", greatest=last_id))]
    if until is not None:
        parts.append(_but(until[0], Between(field="id", least=until[1])))
    if query.where is not None:
        parts.append(query.where)
    changed = {"engines": (engine,), "classes": (), "columns": (), "where": And(conditions=tuple(parts)), "since": day}
    if until is not None:
        changed["until"] = (dt.date.fromisoformat(until[0]) + dt.timedelta(1)).isoformat()
    with fitting("query"):
        return Query.model_validate({**query.model_dump(), **changed})


def _but(day: str, ids: Between) -> Condition:
    return Not(condition=And(conditions=(Equals(field="day", value=day), ids)))


def acting_as(acting: Acting, caller: Any) -> Acting:
    """The same, for the caller as they are now."""
    return replace(acting, caller=caller)
