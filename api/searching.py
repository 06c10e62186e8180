"""Searching: one person's questions about rows, and what of the answers is theirs to see.

Rules
- Who sees engines only asks these engines and no others: no other day is opened, counted or named.
- Who sees clients asks of every engine, for a client may send to any; the condition on rows keeps others' rows out, and
  what an answer tells of days (how many, which are damaged, which fields they have) is taken off or asked anew of the
  engines where rows of theirs were found. That some day cannot be read is told whatever engines are asked for by name:
  else whoever guesses a name would learn by it that there is such an engine.
- A row outside the scope is not there: 404.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

from fastapi import Depends
from pydantic import BeforeValidator, ValidationError
from starlette.requests import Request

from api.engine_bodies import Told
from api.errors import ApiError, not_found, unread
from api.identity import Caller, Who
from api.scope import Scope
from api.services import Services, services
from api.store.users import now_us
from syslogger.errors import Problem, QueryError, SysloggerError
from syslogger.query.answers import Cut, FacetsAnswer, RowAnswer, RowsAnswer, Searched
from syslogger.query.model import MOST_CONDITIONS, And, Condition, Equals, OneOf, Or, Order, Query
from syslogger.query.questions import Facets, Row, Rows
from syslogger.query.text import parse
from syslogger.query.times import resolved

NO_ENGINE = "-"  # no engine is called so; none at all would mean every one
MOST_PATTERN_CHARACTERS = 20_000
MOST_ENGINES = 1_000
PARTLY_DAMAGED = "(others)"

_ID = re.compile(r"[a-z][a-z0-9_]*\.([a-z][a-z0-9_]*)\.([0-9]{4}-[0-9]{2}-[0-9]{2})\.[0-9]{1,18}")


class SearchedBody(Told):
    """How far it was looked. partitions: days that the question concerns; searched: how many were looked at.

    Both are null for whoever sees clients: how many days others have is no business of theirs. cut: why the answer is
    not whole; damaged: days that cannot be read, and why; unknown_fields: names in the query that no day has; since,
    until: the time range, in microseconds since 1970.
    """

    partitions: int | None
    searched: int | None
    cut: Cut | None = None
    damaged: dict[str, str]
    unknown_fields: list[str]
    since: int | None = None
    until: int | None = None


@dataclass(frozen=True, slots=True)
class Searching:
    """Who asks, and what is asked."""

    request: Request
    caller: Caller
    services: Services

    @property
    def scope(self) -> Scope:
        """What they see."""
        return self.caller.scope

    async def ask(self, question: Any) -> Any:
        """The answer to a question with a query, of what they see. Raises what `Services.ask` raises."""
        query = self.asked(question.query)
        with fitting("query"):
            self.scope.narrowed(query)  # a condition more may be one too many
        asked = question.model_copy(update={"query": query})
        return await self.services.ask(asked, self.caller, request=self.request)

    def asked(self, query: Query) -> Query:
        """The query as they ask it, without the condition of their scope. Raises ApiError (422)."""
        return everywhere(query) if self.scope.clients else restricted(query, self.scope)

    def told(self, searched: Searched) -> dict[str, Any]:
        """How far it was looked, without what is others'."""
        found = searched.model_dump(mode="json")
        if not self.scope.clients:
            return found
        damaged = {name: why for name, why in searched.damaged.items() if self.scope.sees_engine(name.split(".")[1])}
        if damaged != searched.damaged:
            damaged[PARTLY_DAMAGED] = "a day that may have rows of yours cannot be read"
        return found | {"partitions": None, "searched": None, "damaged": damaged, "unknown_fields": []}

    async def row(self, row_id: str) -> dict[str, Any]:
        """The row of this id. Raises ApiError (404): there is none that they see."""
        found = _ID.fullmatch(row_id)
        if found is None or not is_day(found[2]):
            raise _no_row(row_id)
        if not self.scope.clients and not self.scope.sees_engine(found[1]):
            raise _no_row(row_id)
        row = (await self._row(row_id, found[1])).row
        if row is None or not self.scope.sees_client(row["engine"], row["client"] or ""):
            raise _no_row(row_id)
        return row

    async def _row(self, row_id: str, engine: str) -> RowAnswer:
        ask = self.services.ask(Row(id=row_id), self.caller, request=self.request, looked_at=True)
        try:
            answer: RowAnswer = await ask
        except SysloggerError as error:
            if isinstance(error, ApiError) or self.scope.sees_engine(engine):
                raise
            raise _no_row(row_id) from None  # that its day is damaged is no business of theirs
        return answer

    async def where_rows_are(self, query: Query) -> Query:
        """The query, asked of engines where rows that they see are: for what is told of days, not of rows."""
        if not self.scope.clients:
            return restricted(query, self.scope)
        condition = OneOf(field="client", values=self.scope.clients)
        wanted = query.model_copy(update={"where": condition, "columns": ()})
        facets = Facets(query=wanted, fields=("engine",), top=MOST_ENGINES, most_rows=1 << 40)
        answer: FacetsAnswer = await self.services.ask(facets, self.caller, request=self.request)
        if answer.searched.cut is not None:
            raise ApiError(
                503, "time_limit", "which engines have rows of yours took too long", hint="narrow the time range"
            )
        names = [str(value) for value, _ in answer.facets[0].values]
        seen = tuple(dict.fromkeys((*self.scope.engines, *names)))
        return of_engines(query, seen)

    async def with_ends(self, query: Query) -> Query:
        """The query, whose open ends are those of rows that they see: the days' own would tell of others' rows."""
        if not self.scope.clients:
            return query
        query = resolved(query, now_us(), self.services.reader.zone)
        since, until = query.since, query.until
        if since is None:
            since = await self._received(query, Order.OLDEST, until)
        if until is None:
            until = await self._received(query, Order.NEWEST, None)
            until = since if until is None else int(until) + 1
        return query.model_copy(update={"since": since or 0, "until": until or 0})

    async def _received(self, query: Query, order: Order, otherwise: Any) -> Any:
        """When the first row of an order came; where there is none, what is given for it."""
        one = query.model_copy(update={"order": order, "limit": 1, "columns": ()})
        answer: RowsAnswer = await self.ask(Rows(query=one))
        if answer.searched.cut is not None and not answer.rows:
            raise ApiError(503, "time_limit", "where rows of yours begin took too long", hint="say since and until")
        return answer.rows[0]["received_at"] if answer.rows else otherwise


async def _searching(request: Request, caller: Who, found: Annotated[Services, Depends(services)]) -> Searching:
    return Searching(request, caller, found)


Searcher = Annotated[Searching, Depends(_searching)]


def restricted(query: Query, scope: Scope) -> Query:
    """The query, asked of the engines in a scope without clients; any other scope is a condition on rows alone."""
    if scope.clients or not scope.engines:
        return query
    return of_engines(query, scope.engines)


def of_engines(query: Query, engines: tuple[str, ...]) -> Query:
    """The query, asked of these engines and no others; what it asked for itself becomes a condition."""
    return everywhere(query).model_copy(update={"engines": engines[:MOST_ENGINES] or (NO_ENGINE,)})


def everywhere(query: Query) -> Query:
    """The query, asked of every engine; the engines and classes that it asked for become a condition."""
    parts = tuple(part for part in (_choice(query), query.where) if part is not None)
    where = And(conditions=parts) if parts[1:] else parts[0] if parts else None
    with fitting("query"):
        return Query.model_validate({**query.model_dump(), "engines": (), "classes": (), "where": where})


def _choice(query: Query) -> Condition | None:
    """The engines and classes of a query as a condition: `engine`, `class/engine`, `class`."""
    parts: list[Condition] = []
    if bare := tuple(name for name in query.engines if "/" not in name):
        parts.append(OneOf(field="engine", values=bare))
    if query.classes:
        parts.append(OneOf(field="class", values=query.classes))
    for name in query.engines:
        class_name, slash, engine = name.partition("/")
        if slash:
            both = (Equals(field="class", value=class_name), Equals(field="engine", value=engine))
            parts.append(And(conditions=both))
    if not parts:
        return None
    return parts[0] if len(parts) == 1 else Or(conditions=tuple(parts))


async def parsed(text: str, field: str) -> Condition | None:
    """The condition that a text is. field: the part of the request that it is. Raises ApiError (400)."""
    try:
        # 5,000 words took 0.12 s until they were refused: in a thread others are answered meanwhile
        return await asyncio.to_thread(parse, text)
    except QueryError as error:
        raise unread(error, field) from error


@contextmanager
def fitting(where: str) -> Iterator[None]:
    """What a model of the query refuses is told as what the request has wrong. where: the part of the request."""
    try:
        yield
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        problems = [Problem(".".join(map(str, (where, *each["loc"]))), each["msg"], "") for each in found]
        first = problems[0]
        raise ApiError(422, "invalid", first.wrong, field=first.path, problems=problems if found[1:] else ()) from None


def is_day(text: str) -> bool:
    """Whether there is such a day in the calendar."""
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _no_row(row_id: str) -> ApiError:
    return not_found(f"row {row_id[:200]!r}", field="path.id")


# -- what strangers send -----------------------------------------------------------------------------------------------


def measured(asked: object) -> object:
    """The query as it was sent, if it is not too much to look at. Raises ValueError.

    Each pattern is compiled where it is checked: a body of 1 MiB with long ones took 3 s to refuse, in which nobody
    else was answered.
    """
    conditions, characters = 0, 0
    level = [asked]
    while level:
        each = level.pop()
        if isinstance(each, dict):
            conditions += "op" in each
            pattern = each.get("pattern")
            characters += len(pattern) if isinstance(pattern, str) else 0
            level += each.values()
        elif isinstance(each, list):
            level += each
    if conditions > MOST_CONDITIONS:
        raise ValueError(f"a query has at most {MOST_CONDITIONS} conditions")
    if characters > MOST_PATTERN_CHARACTERS:
        raise ValueError(f"the patterns of a query have at most {MOST_PATTERN_CHARACTERS:,} characters together")
    return asked


AskedQuery = Annotated[Query, BeforeValidator(measured)]
