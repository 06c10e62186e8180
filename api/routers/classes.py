"""Classes: list, read, validate, try, change, history, roll back, remove.

A class belongs to all engines that use it: who has a scope changes it only when they see every one of them.
"""

from __future__ import annotations

from typing import Annotated, Any, Self

from fastapi import Query as Parameter
from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from api.acting import Acting, Actor
from api.class_trial import MOST_LINES, TrialBody, against, fitting, trial_body
from api.engine_asked import (
    Asked,
    ClassName,
    EngineName,
    Line,
    OneClass,
)
from api.engine_bodies import Told
from api.errors import ApiError
from api.permissions import Access, Family
from api.routing import family_router, route
from interfaces.client import FactoryClient
from interfaces.errors import NotFound, Refused
from syslogger.query.answers import RowsAnswer
from syslogger.query.model import ORIGINAL, Query
from syslogger.query.questions import Rows

MOST_FIELDS = 300

router = family_router("classes")

_READ, _WRITE = (Family.CLASSES, Access.READ), (Family.CLASSES, Access.WRITE)
Version = Annotated[int, Field(ge=1, lt=1 << 31, examples=[1])]
Fields = Annotated[
    dict[str, Annotated[str, Field(max_length=10_000, json_schema_extra={"maxLength": 2_000})]],
    Field(max_length=MOST_FIELDS, examples=[{"user": "user=(\\w+)"}], description="Field to pattern, in order."),
]


class FieldsAsked(Asked):
    """The fields that a class is to have."""

    fields: Fields


class ClassAsked(FieldsAsked):
    """A class as it is to be."""

    name: ClassName


class TryAsked(ClassAsked):
    """A class, and what it is tried on: lines, or the newest rows of an engine."""

    lines: Annotated[list[Line], Field(min_length=1, max_length=MOST_LINES)] | None = None
    engine: EngineName | None = None
    last: Annotated[int, Field(ge=1, le=MOST_LINES)] = 100

    @model_validator(mode="after")
    def _has_lines(self) -> Self:
        if (self.lines is None) == (self.engine is None):
            raise PydanticCustomError("lines", "either `lines`, or an `engine` whose newest rows are taken")
        return self


class VersionAsked(Asked):
    """A version to go back to."""

    version: Version


class VersionBody(Told):
    """A version of a class. at: us since the epoch; columns: what its fields become."""

    name: str
    version: int
    digest: str
    at: int
    author: str
    source: str
    fields: dict[str, str]
    columns: list[str]


class ClassBody(VersionBody):
    """A class as it is, and those of its engines that are in the scope."""

    engines: list[str]


class ValidBody(Told):
    """The columns, and whether it differs from the class of that name."""

    columns: list[str]
    changes: bool


class RemovedBody(Told):
    """The class that is no more."""

    name: str


@route(router, "GET", "/classes", *_READ, summary="Every class")
async def classes(acting: Actor) -> list[ClassBody]:
    """With the engines in the scope that use it."""
    async with acting.asking() as factory:
        return [_shown(acting, each) for each in await factory.list_classes()]


@route(router, "POST", "/classes/validate", *_READ, summary="Check a class without changing it", also=(409,))
async def validate(acting: Actor, asked: ClassAsked) -> ValidBody:
    """What is wrong comes as an error, every problem of it."""
    async with acting.asking() as factory:
        return ValidBody.model_validate(await factory.validate_class(asked.name, asked.fields))


@route(router, "POST", "/classes/try", *_READ, summary="Try a class on lines", also=(404, 409))
async def try_out(acting: Actor, asked: TryAsked) -> TrialBody:
    """On the engines' own road: values, hit rate, misses, ns a line, road and why, and what would change.

    Patterns that take more than ten seconds are cut off. Of an engine its newest rows in the scope are taken, as many
    as fit into 900 kB.
    """
    lines = asked.lines if asked.engine is None else await _newest(acting, asked.engine, asked.last)
    lines = fitting(lines or [])
    if not lines:
        raise ApiError(409, "refused", "there is no line to try it on", hint="paste lines, or name another engine")
    async with acting.services.scans.turn(acting.caller.user_id), acting.asking() as factory:
        wanted = await factory.try_class(asked.name, asked.fields, lines)
        body = trial_body(wanted, lines)
        body.against = await _against(factory, asked, lines, wanted)
    return body


async def _newest(acting: Acting, engine: str, last: int) -> list[str]:
    """The lines of the newest rows that this person sees; empty where the engine keeps no originals."""
    query = Query(engines=(engine,), columns=(ORIGINAL,), limit=last)
    answer: RowsAnswer = await acting.services.ask(Rows(query=query), acting.caller)
    return [row[ORIGINAL] for row in answer.rows if row.get(ORIGINAL)]


async def _against(factory: FactoryClient, asked: TryAsked, lines: list[str], wanted: dict[str, Any]) -> Any:
    try:
        present = await factory.get_class(asked.name)
    except NotFound:
        return None  # it would be a new class
    if present["fields"] == asked.fields:
        return against(present["version"], wanted, wanted)
    try:
        return against(present["version"], await factory.try_class(asked.name, present["fields"], lines), wanted)
    except Refused:
        return {"version": present["version"], "added": [], "removed": [], "fields": [], "too_slow": True}


@route(router, "GET", "/classes/{name}", *_READ, summary="One class", also=(404,))
async def one_class(
    acting: Actor, name: OneClass, version: Annotated[int | None, Parameter(ge=1, lt=1 << 31)] = None
) -> VersionBody:
    """As it is, or as it was in a version."""
    async with acting.asking() as factory:
        return VersionBody.model_validate(await factory.get_class(name, version))


@route(router, "GET", "/classes/{name}/versions", *_READ, summary="The versions of a class", also=(404,))
async def versions(acting: Actor, name: OneClass) -> list[VersionBody]:
    """Oldest first; of a removed one, too."""
    async with acting.asking() as factory:
        return [VersionBody.model_validate(each) for each in await factory.class_versions(name)]


@route(router, "PUT", "/classes/{name}", *_WRITE, summary="Change a class, or make a new one", also=(404, 409))
async def change(acting: Actor, name: OneClass, asked: FieldsAsked) -> ClassBody:
    """A new version; its engines take it while they run. When one of them refuses it nothing is changed."""
    await _must_see_users(acting, name)
    async with acting.changing("classes.change", name, fields=asked.fields) as factory:
        return _shown(acting, await factory.change_class(name, asked.fields))


@route(router, "POST", "/classes/{name}/rollback", *_WRITE, summary="Go back to an earlier version", also=(404, 409))
async def roll_back(acting: Actor, name: OneClass, asked: VersionAsked) -> ClassBody:
    """Its fields become the newest version."""
    await _must_see_users(acting, name)
    async with acting.changing("classes.rollback", name, version=asked.version) as factory:
        return _shown(acting, await factory.roll_back_class(name, asked.version))


@route(router, "DELETE", "/classes/{name}", *_WRITE, summary="Remove a class that no engine uses", also=(404, 409))
async def remove(acting: Actor, name: OneClass) -> RemovedBody:
    """Its versions stay in its history."""
    await _must_see_users(acting, name)
    async with acting.changing("classes.remove", name) as factory:
        await factory.remove_class(name)
    return RemovedBody(name=name)


def _shown(acting: Acting, found: dict[str, Any]) -> ClassBody:
    seen = [name for name in found.get("engines", []) if acting.caller.scope.sees_engine(name)]
    return ClassBody.model_validate({**found, "engines": seen})


async def _must_see_users(acting: Acting, name: str) -> None:
    """Raises ApiError (403) when an engine outside the scope uses the class."""
    if not acting.caller.scope.limited:
        return
    async with acting.asking() as factory:
        users = [user for each in await factory.list_classes() if each["name"] == name for user in each["engines"]]
    if not all(map(acting.caller.scope.sees_engine, users)):
        acting.must_be_whole("a class that engines outside your scope use")
