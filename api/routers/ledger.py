"""The ledger: what became of every message, since each engine's start and by step of time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import Query as Parameter
from pydantic import Field

from api.acting import Acting, Actor
from api.engine_bodies import LedgerBody, Told
from api.errors import not_found
from api.health_look import statuses
from api.narrowing import ask_of_engines, engines_with_clients, is_unknown, seen_of
from api.permissions import Access, Family
from api.routers.days import Engines, Moment
from api.routing import family_router, route
from syslogger.query.answers import LedgerAnswer, LedgerSeries, Searched
from syslogger.query.model import Query
from syslogger.query.questions import LedgerHistory

MOST_SENDERS = 1_000

router = family_router("ledger")

_READ = (Family.ENGINES, Access.READ)
Step = Annotated[
    str | None, Parameter(pattern=r"^[0-9]{1,6}(s|m|h|d|w|mo)$", description="None: one that fits.", examples=["1h"])
]
Top = Annotated[int, Parameter(ge=1, le=MOST_SENDERS, description="How many of the busiest senders.")]
TimeZone = Annotated[str | None, Parameter(max_length=100, examples=["Europe/Athens"])]


class EngineLedger(Told):
    """An engine's ledger since it started (`since`, s since the epoch); null where it does not run."""

    engine: str
    state: str
    since: float
    ledger: LedgerBody | None
    ledger_age_seconds: float | None = None


class TotalsBody(Told):
    """Every engine in the scope, and their sum."""

    engines: list[EngineLedger]
    total: LedgerBody


@route(router, "GET", "/ledger", *_READ, summary="The ledger of each engine since its start, and the sum")
async def totals(acting: Actor) -> TotalsBody:
    """Of the engines in the scope."""
    scope = acting.caller.scope
    async with acting.asking() as factory:
        found = await statuses(factory, scope.sees_engine)
    engines = [EngineLedger.model_validate({**each, "ledger": each.get("ledger")}) for each in found.values()]
    return TotalsBody(engines=engines, total=_sum([each.ledger for each in engines if each.ledger]))


def _sum(ledgers: list[LedgerBody]) -> LedgerBody:
    numbers = [name for name in LedgerBody.model_fields if name != "dropped"]
    reasons = sorted({reason for each in ledgers for reason in each.dropped})
    dropped = {reason: sum(each.dropped.get(reason, 0) for each in ledgers) for reason in reasons}
    return LedgerBody(**{name: sum(getattr(each, name) for each in ledgers) for name in numbers}, dropped=dropped)


# -- history -----------------------------------------------------------------------------------------------------------


class HistoryBody(Told):
    """starts: the beginning (us since the epoch) of each step; each series has a number for each of them."""

    step: str
    starts: list[int]
    series: list[LedgerSeries]
    searched: Annotated[Searched, Field(description="How far it was looked.")]


@route(router, "GET", "/ledger/history", *_READ, summary="The ledger by step of time", also=(404,))
async def history(
    acting: Actor,
    by: Literal["engine", "sender"] = "engine",
    engine: Engines = (),
    since: Moment = "-24h",
    until: Moment = None,
    step: Step = None,
    time_zone: TimeZone = None,
    top: Top = 20,
) -> HistoryBody:
    """Of each engine, or of each of its busiest senders; who sees clients only sees their figures, by sender."""
    asked = LedgerHistory(
        query=Query(since=since, until=until), step=step, time_zone=time_zone, by=by, top=_looked_at(acting, top)
    )
    engines = await _engines(acting, by, engine)
    answer: LedgerAnswer = await ask_of_engines(acting, asked, engines)
    series = _busiest([each for each in answer.series if _is_seen(acting, each)], top)
    return HistoryBody(step=answer.step, starts=answer.starts, series=series, searched=_told(acting, answer))


def _looked_at(acting: Acting, top: int) -> int:
    """The busiest of an engine may be others' clients: those that are seen are taken out of as many as there can be."""
    return MOST_SENDERS if acting.caller.scope.clients or not acting.may(Family.SENDERS) else top


async def _engines(acting: Acting, by: str, wanted: Sequence[str]) -> tuple[str, ...]:
    """Raises ApiError (404): none of the wanted ones is seen."""
    seen = seen_of(acting, wanted)
    if by == "sender" and acting.caller.scope.limited:
        partly = [name for name in await engines_with_clients(acting) if not wanted or name in wanted]
        seen = (*(seen or ()), *partly) or None
    if seen is None:
        raise not_found("engine that you see so", field="query.engine")
    return seen


def _is_seen(acting: Acting, series: LedgerSeries) -> bool:
    engine = series.engine.partition("/")[2]
    client, sender = series.client or "", series.sender or ""
    if is_unknown(client, sender) and not acting.may(Family.SENDERS):
        return False
    return acting.caller.scope.sees_client(engine, client)


def _busiest(series: list[LedgerSeries], top: int) -> list[LedgerSeries]:
    """The first so many senders, and all others together behind them."""
    named = [each for each in series if each.sender]
    return named[:top] + [each for each in series if not each.sender]


def _told(acting: Acting, answer: LedgerAnswer) -> Searched:
    """How many days an engine has is no business of who sees one of its clients."""
    if not acting.caller.scope.clients:
        return answer.searched
    return Searched(cut=answer.searched.cut, since=answer.searched.since, until=answer.searched.until)
