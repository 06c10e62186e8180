"""Routes that count stored rows, and tell their fields and values.

Each asks by the parameters of a URL (GET) or by the typed question (POST); both have one answer.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query as Parameter
from pydantic import Field

from api.engine_asked import Asked
from api.engine_bodies import Told
from api.permissions import Access, Family
from api.routing import family_router, route
from api.searching import AskedQuery, SearchedBody, Searcher, Searching, fitting
from api.selecting import Selected, names
from api.values import values_seen
from syslogger.query.answers import CountAnswer, FacetsAnswer, FieldsAnswer, HistogramAnswer
from syslogger.query.model import MOST_CHARACTERS, FieldName, Query, Text
from syslogger.query.questions import Count, Facets, Fields, Histogram, Step, Values

MOST_LOOKED_AT = 1 << 40

router = family_router("logs")

_READ = (Family.LOGS, Access.READ)
Value = int | str | None
StepParameter = Annotated[
    str | None, Parameter(pattern=r"^[0-9]{1,6}(s|m|h|d|w|mo)$", description="None: one that fits.", examples=["5m"])
]
TimeZone = Annotated[str | None, Parameter(max_length=100, examples=["Europe/Vienna"])]
Name = Annotated[str | None, Parameter(max_length=64, description="A field.", examples=["severity"])]
AtMost = Annotated[int | None, Parameter(ge=1, le=MOST_LOOKED_AT, description="Stop there: so many at least.")]


# -- count -------------------------------------------------------------------------------------------------------------


class CountAsked(Asked):
    """How many rows; at_most: stop there and say `at least`."""

    query: AskedQuery = Query()
    at_most: Annotated[int, Field(ge=1, le=MOST_LOOKED_AT)] | None = None


class CountBody(Told):
    """exact: there are so many; otherwise at least."""

    count: int
    exact: bool
    searched: SearchedBody


@route(router, "GET", "/logs/count", *_READ, summary="How many rows a text finds")
async def count(searching: Searcher, query: Selected, at_most: AtMost = None) -> CountBody:
    """How many."""
    return await _counted(searching, Count(query=query, at_most=at_most))


@route(router, "POST", "/logs/count", *_READ, summary="How many rows a typed query finds")
async def typed_count(body: CountAsked, searching: Searcher) -> CountBody:
    """How many."""
    return await _counted(searching, Count(query=body.query, at_most=body.at_most))


async def _counted(searching: Searching, asked: Count) -> CountBody:
    answer: CountAnswer = await searching.ask(asked)
    return CountBody.model_validate(_told(searching, answer))


# -- histogram ---------------------------------------------------------------------------------------------------------


class HistogramAsked(Asked):
    """Rows in each step of a zone's clock; by: a field, whose `top` busiest values are shown apart."""

    query: AskedQuery = Query()
    step: Step | None = None
    time_zone: Annotated[str, Field(max_length=100)] | None = None
    by: FieldName | None = None
    top: Annotated[int, Field(ge=1, le=50)] = 8


class HistogramBody(Told):
    """starts: the beginning (us since 1970) of each step; counts: rows of each; series: the same by value.

    A value of null is none; what is not among the busiest is in `others`.
    """

    step: str
    starts: list[int]
    counts: list[int]
    series: list[tuple[Value, list[int]]]
    others: list[int]
    searched: SearchedBody


@route(router, "GET", "/logs/histogram", *_READ, summary="How many rows a text finds in each step of time")
async def histogram(
    searching: Searcher,
    query: Selected,
    step: StepParameter = None,
    time_zone: TimeZone = None,
    by: Name = None,
    top: Annotated[int, Parameter(ge=1, le=50)] = 8,
) -> HistogramBody:
    """Counts by step."""
    with fitting("query"):
        asked = Histogram(query=query, step=step, time_zone=time_zone, by=by, top=top)
    return await _by_step(searching, asked)


@route(router, "POST", "/logs/histogram", *_READ, summary="How many rows a typed query finds in each step of time")
async def typed_histogram(body: HistogramAsked, searching: Searcher) -> HistogramBody:
    """Counts by step."""
    return await _by_step(searching, Histogram.model_validate(dict(body)))


async def _by_step(searching: Searching, asked: Histogram) -> HistogramBody:
    asked = asked.model_copy(update={"query": await searching.with_ends(asked.query)})
    answer: HistogramAnswer = await searching.ask(asked)
    return HistogramBody.model_validate(_told(searching, answer))


# -- facets ------------------------------------------------------------------------------------------------------------


class FacetsAsked(Asked):
    """The most frequent values of fields; most_rows: how many matching rows are looked at, the first in the order."""

    query: AskedQuery = Query()
    fields: Annotated[tuple[FieldName, ...], Field(min_length=1, max_length=50)]
    top: Annotated[int, Field(ge=1, le=1_000)] = 10
    most_rows: Annotated[int, Field(ge=1, le=MOST_LOOKED_AT)] = 2_000_000


class FacetBody(Told):
    """Values and their rows, null for none; distinct: how many values there are, null when that is unknown."""

    field: str
    values: list[tuple[Value, int]]
    distinct: int | None
    approximate: bool


class FacetsBody(Told):
    """rows: how many matching rows were looked at."""

    facets: list[FacetBody]
    rows: int
    searched: SearchedBody


@route(router, "GET", "/logs/facets", *_READ, summary="The most frequent values in the rows a text finds")
async def facets(
    searching: Searcher,
    query: Selected,
    fields: Annotated[str, Parameter(min_length=1, max_length=4_000, examples=["severity,client"])],
    top: Annotated[int, Parameter(ge=1, le=1_000)] = 10,
) -> FacetsBody:
    """Values of fields, named with commas between them."""
    with fitting("query"):
        asked = Facets(query=query, fields=names(fields), top=top)
    return await _busiest(searching, asked)


@route(router, "POST", "/logs/facets", *_READ, summary="The most frequent values in the rows a typed query finds")
async def typed_facets(body: FacetsAsked, searching: Searcher) -> FacetsBody:
    """Values of fields."""
    return await _busiest(searching, Facets.model_validate(dict(body)))


async def _busiest(searching: Searching, asked: Facets) -> FacetsBody:
    answer: FacetsAnswer = await searching.ask(asked)
    return FacetsBody.model_validate(_told(searching, answer))


# -- fields and values -------------------------------------------------------------------------------------------------


class FieldsAsked(Asked):
    """The fields of the days that a query covers."""

    query: AskedQuery = Query()


class FieldsBody(Told):
    """name: TEXT or INTEGER."""

    fields: dict[str, str]


class ValuesAsked(Asked):
    """Values of a field that begin with a text, for completion."""

    query: AskedQuery = Query()
    field: FieldName
    prefix: Text = ""
    most: Annotated[int, Field(ge=1, le=1_000)] = 20


class ValuesBody(Told):
    """Values and how often each was seen in what was looked at."""

    values: list[tuple[int | str, int]]
    searched: SearchedBody


@route(router, "GET", "/logs/fields", *_READ, summary="The fields of the days that a text covers")
async def fields(searching: Searcher, query: Selected) -> FieldsBody:
    """Fields and their kinds."""
    return await _fields(searching, query)


@route(router, "POST", "/logs/fields", *_READ, summary="The fields of the days that a typed query covers")
async def typed_fields(body: FieldsAsked, searching: Searcher) -> FieldsBody:
    """Fields and their kinds."""
    return await _fields(searching, body.query)


async def _fields(searching: Searching, query: Query) -> FieldsBody:
    asked = Fields(query=await searching.where_rows_are(query))
    answer: FieldsAnswer = await searching.services.ask(
        asked, searching.caller, request=searching.request, looked_at=True
    )
    return FieldsBody(fields=answer.fields)


@route(router, "GET", "/logs/values", *_READ, summary="Values of a field that begin with a text")
async def values(
    searching: Searcher,
    query: Selected,
    field: Annotated[str, Parameter(max_length=64, examples=["client"])],
    prefix: Annotated[str, Parameter(max_length=MOST_CHARACTERS)] = "",
    most: Annotated[int, Parameter(ge=1, le=1_000)] = 20,
) -> ValuesBody:
    """For completion, in the rows that a text finds."""
    with fitting("query"):
        asked = Values(query=query, field=field, prefix=prefix, most=most)
    return await _values(searching, asked)


@route(router, "POST", "/logs/values", *_READ, summary="Values of a field in the rows a typed query finds")
async def typed_values(body: ValuesAsked, searching: Searcher) -> ValuesBody:
    """For completion, in the rows that a typed query finds."""
    return await _values(searching, Values.model_validate(dict(body)))


async def _values(searching: Searching, asked: Values) -> ValuesBody:
    answer = await values_seen(searching, asked)
    return ValuesBody.model_validate(_told(searching, answer))


def _told(searching: Searching, answer: Any) -> dict[str, Any]:
    """An answer as it is told to this person."""
    return {**answer.model_dump(exclude={"searched"}), "searched": searching.told(answer.searched)}
