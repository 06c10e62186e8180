"""Selecting: the parameters of a URL that say which rows are meant, and the query that they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import Depends
from fastapi import Query as Parameter
from pydantic import Field

from api.searching import fitting, parsed
from syslogger.query.model import MOST_VALUES, Order, Query
from syslogger.query.text import MOST_TEXT_CHARACTERS

Text = Annotated[
    str,
    Parameter(
        max_length=MOST_TEXT_CHARACTERS,
        description='The query as text: `severity:>=warning "login failed" -client:office`. Empty: every row.',
        examples=["login failed"],
    ),
]
Names = Sequence[Annotated[str, Field(max_length=200)]]
Engines = Annotated[
    Names, Parameter(max_length=MOST_VALUES, description="Only of these engines: `name`, or `class/name`.")
]
Classes = Annotated[Names, Parameter(alias="class", max_length=MOST_VALUES, description="Only of these classes.")]
Columns = Annotated[
    str, Parameter(max_length=10_000, description="The columns to show, with commas between them; empty: all.")
]
Moment = Annotated[
    str | None,
    Parameter(
        max_length=100,
        description="`-15m`, `today`, `14:30`, ISO 8601, or microseconds since 1970.",
        examples=["-15m"],
    ),
]


async def selected(
    q: Text = "",
    since: Moment = None,
    until: Moment = None,
    engine: Engines = (),
    class_: Classes = (),
) -> Query:
    """The query that a URL spells. Raises ApiError."""
    where = await parsed(q, "query.q")
    ends = {"since": moment(since), "until": moment(until)}
    with fitting("query"):
        return Query.model_validate({"engines": tuple(engine), "classes": tuple(class_), "where": where, **ends})


async def selected_rows(
    query: Annotated[Query, Depends(selected)], columns: Columns = "", order: Order = Order.NEWEST
) -> Query:
    """The same, with how its rows are shown. Raises ApiError."""
    with fitting("query"):
        return Query.model_validate({**query.model_dump(), "columns": names(columns), "order": order})


Selected = Annotated[Query, Depends(selected)]
SelectedRows = Annotated[Query, Depends(selected_rows)]


def moment(text: str | None) -> int | str | None:
    """A moment of a URL: what is a number there is one."""
    number = (text or "").removeprefix("-")
    is_number = number.isascii() and number.isdecimal() and len(number) in range(5, 19)
    return int(text) if text and is_number else text


def names(listed: str) -> tuple[str, ...]:
    """Names with commas between them."""
    return tuple(name for each in listed.split(",") if (name := each.strip()))
