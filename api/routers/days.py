"""Stored days: which there are, their rows, bytes and states; when the disk is full."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import Query as Parameter
from pydantic import ConfigDict, Field

from api.acting import Actor
from api.engine_bodies import Told
from api.narrowing import ask_of_engines, is_unknown, seen_of
from api.permissions import Access, Family
from api.routing import family_router, route
from syslogger.query.answers import DayRow, DaysAnswer
from syslogger.query.model import Query
from syslogger.query.questions import Days

router = family_router("days")

_READ = (Family.ENGINES, Access.READ)
MOST_DAYS = 10_000
Engines = Annotated[
    Sequence[Annotated[str, Field(max_length=100)]], Parameter(max_length=500, description="Only these engines.")
]
Moment = Annotated[
    str | None, Parameter(max_length=100, description="Such as `2026-11-20`, `-7d`, `yesterday`.", examples=["-7d"])
]


class DayBody(Told):
    """A day of an engine. state: live, open (over, may get a late row), sealed, damaged; least, greatest: us."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "mikrotik.main.2026-11-20",
                    "class": "mikrotik",
                    "engine": "main",
                    "day": "2026-11-20",
                    "state": "sealed",
                    "rows": 52_010,
                    "bytes": 9_437_184,
                    "least": 1_795_132_800_000_000,
                    "greatest": 1_795_219_199_000_000,
                    "trouble": "",
                }
            ]
        }
    )

    id: str
    class_name: str = Field(alias="class")
    engine: str
    day: str
    state: str
    rows: int
    bytes: int
    least: int | None
    greatest: int | None
    trouble: str


class DaysBody(Told):
    """Days by class, engine and day, the newest first of each; more: there are others, ask for less."""

    days: list[DayBody]
    rows: int
    bytes: int
    more: bool


@route(router, "GET", "/days", *_READ, summary="The days that are stored")
async def days(
    acting: Actor,
    engine: Engines = (),
    since: Moment = None,
    until: Moment = None,
) -> DaysBody:
    """Of the engines in the scope; at most 10,000."""
    engines = seen_of(acting, engine)
    found: list[DayRow] = []
    if engines is not None:
        question = Days(query=Query(since=since, until=until))
        answer: DaysAnswer = await ask_of_engines(acting, question, engines)
        found = sorted(answer.days, key=lambda row: row.day, reverse=True)
        found.sort(key=lambda row: (row.class_name, row.engine))
    return DaysBody(
        days=[_body(each) for each in found[:MOST_DAYS]],
        rows=sum(each.rows for each in found),
        bytes=sum(each.bytes for each in found),
        more=len(found) > MOST_DAYS,
    )


def _body(row: DayRow) -> DayBody:
    return DayBody.model_validate({**row.model_dump(), "id": row.name})


# -- what comes --------------------------------------------------------------------------------------------------------


class SenderGrowthBody(Told):
    """What a sender sends in a day; both names are "" for all that are not shown by themselves."""

    client: str
    sender: str
    rows: int
    bytes: int
    file_bytes: int


class EngineGrowthBody(Told):
    """What an engine stores in a day; is_guess: from today's part of a day."""

    class_name: str = Field(alias="class")
    engine: str
    stored_bytes: int
    bytes_a_day: int
    measured_days: int
    is_guess: bool
    senders: list[SenderGrowthBody]
    troubles: list[str]


class ForecastBody(Told):
    """stops_on: when storing rests; full_on: when the last byte is taken; null: not within ten years.

    The disk's figures are null for whoever has a scope.
    """

    today: str
    free_bytes: int | None = None
    total_bytes: int | None = None
    stops_on: str | None = None
    full_on: str | None = None
    stops_in_days: int | None = None
    full_in_days: int | None = None
    engines: list[EngineGrowthBody]


@route(router, "GET", "/days/forecast", *_READ, summary="What a day takes, and when the disk is full")
async def forecast(acting: Actor) -> ForecastBody:
    """From the last seven days; of the engines in the scope."""
    scope = acting.caller.scope
    async with acting.asking() as factory:
        found = await factory.forecast()
    engines = [each for each in found["engines"] if scope.sees_engine(each["engine"])]
    if not acting.may(Family.SENDERS):
        for each in engines:
            each["senders"] = [one for one in each["senders"] if not is_unknown(one["client"], one["sender"])]
    if scope.limited:
        return ForecastBody.model_validate({"today": found["today"], "engines": engines})
    return ForecastBody.model_validate({**found, "engines": engines})
