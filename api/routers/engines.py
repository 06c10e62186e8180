"""Engines: list, create, edit, delete, run, rest, look at them and at what happened, parked fields, a test line."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import Path, Query

from api.acting import Acting, Actor
from api.engine_asked import (
    OF_ENGINE,
    OF_NAME,
    ChangesAsked,
    CreateAsked,
    EditAsked,
    EffectsAsked,
    LineAsked,
    OneEngine,
    PauseAsked,
)
from api.engine_bodies import (
    CreatedBody,
    DeletedBody,
    EffectsBody,
    EngineBody,
    EventsBody,
    GlimpseBody,
    PausedBody,
    ReleasedBody,
    StatusBody,
    StoppedBody,
    TestedBody,
)
from api.engine_view import engine_shown, events_shown, status_shown
from api.errors import not_found
from api.permissions import Access, Family
from api.routing import family_router, route

MOST_EVENTS = 1_000
SHARED = {"port", "addresses", "workers"}

router = family_router("engines")

Limit = Annotated[int, Query(ge=1, le=MOST_EVENTS)]
Before = Annotated[int | None, Query(ge=1, lt=1 << 53, description="The `before` of the answer with newer events.")]
Confirm = Annotated[
    str,
    Query(max_length=100, json_schema_extra=OF_ENGINE, description="The engine's name once more.", examples=["main"]),
]
Data = Annotated[Literal["keep", "delete"], Query(description="What becomes of its days.")]
_READ, _WRITE = (Family.ENGINES, Access.READ), (Family.ENGINES, Access.WRITE)


@route(router, "GET", "/engines", *_READ, summary="Every engine: its settings and its state")
async def engines(acting: Actor) -> list[EngineBody | GlimpseBody]:
    """Those in the scope."""
    async with acting.asking() as factory:
        found = await factory.list_engines()
    shown = [engine_shown(acting, each) for each in found]
    return [each for each in shown if each is not None]


@route(router, "POST", "/engines", *_WRITE, status=201, summary="Create an engine", also=(409,))
async def create(acting: Actor, asked: CreateAsked) -> CreatedBody:
    """It is started unless `running` is false; one that cannot start is there, and its state says why."""
    acting.must_be_whole("a new engine")
    engine = asked.engine.sent()
    async with acting.changing("engines.create", asked.engine.name, engine=engine) as factory:
        made = await factory.create_engine(engine, autostart=asked.autostart)
    return CreatedBody.model_validate(made)


@route(router, "GET", "/engines/{name}", *_READ, summary="One engine in full", also=(404,))
async def status(acting: Actor, name: OneEngine) -> StatusBody | GlimpseBody:
    """One moment of it: ledger, rates, processes, fields, clients, senders, its newest events."""
    async with acting.asking() as factory:
        if acting.caller.scope.limited:
            await _must_glimpse(acting, name, await factory.list_engines())
        shown = status_shown(acting, await factory.engine_status(name))
    if shown is None:
        raise not_found(f"engine {name!r}", field="name")
    return shown


async def _must_glimpse(acting: Acting, name: str, found: list[dict[str, Any]]) -> None:
    """An engine that is there and one that is not are one answer to who sees neither."""
    if not any(each["engine"] == name and engine_shown(acting, each) for each in found):
        raise not_found(f"engine {name!r}", field="name")


@route(router, "PATCH", "/engines/{name}", *_WRITE, summary="Change an engine", also=(404, 409))
async def edit(acting: Actor, name: OneEngine, asked: EditAsked) -> EffectsBody:
    """What applies while it runs does at once; the rest at its next start, or now if `restart` is true."""
    acting.must_see(name)
    _must_not_share(acting, asked.changes)
    changes = asked.changes.sent()
    async with acting.changing("engines.edit", name, changes=changes, restart=asked.restart) as factory:
        done = await factory.edit_engine(name, changes, autostart=asked.autostart, restart=asked.restart)
    return EffectsBody.model_validate(done)


@route(router, "POST", "/engines/{name}/effects", *_READ, summary="What changes would mean", also=(404, 409))
async def effects(acting: Actor, name: OneEngine, asked: EffectsAsked) -> EffectsBody:
    """Nothing is changed."""
    acting.must_see(name)
    _must_not_share(acting, asked.changes)
    async with acting.asking() as factory:
        return EffectsBody.model_validate(await factory.engine_effects(name, asked.changes.sent()))


def _must_not_share(acting: Acting, changes: ChangesAsked) -> None:
    """A refusal would name the engine that has the port."""
    if shared := SHARED & changes.model_fields_set:
        acting.must_be_whole(" and ".join(sorted(shared)))


@route(router, "DELETE", "/engines/{name}", *_WRITE, summary="Delete an engine, and its days or not", also=(404, 409))
async def delete(acting: Actor, name: OneEngine, confirm: Confirm, data: Data) -> DeletedBody:
    """It stores what it has first; its days are kept, or deleted by a job."""
    acting.must_see(name)
    acting.must_be_whole("to delete an engine")
    async with acting.changing("engines.delete", name, data=data) as factory:
        gone = await factory.delete_engine(name, confirm=confirm, data=data)
    job = gone.get("job")
    return DeletedBody.model_validate({**gone, "ledger": gone["ledger"] or None, "job": job and job["id"]})


# -- running -----------------------------------------------------------------------------------------------------------


@route(router, "POST", "/engines/{name}/start", *_WRITE, summary="Run an engine from now on", also=(404, 409))
async def start(acting: Actor, name: OneEngine) -> StatusBody:
    """Also when the factory starts again."""
    acting.must_see(name)
    async with acting.changing("engines.start", name) as factory:
        return _whole(acting, await factory.start_engine(name))


@route(router, "POST", "/engines/{name}/stop", *_WRITE, summary="Store what it has and end it", also=(404, 409))
async def stop(acting: Actor, name: OneEngine) -> StoppedBody:
    """It stays ended until it is started."""
    acting.must_see(name)
    async with acting.changing("engines.stop", name) as factory:
        return StoppedBody.model_validate({"ledger": await factory.stop_engine(name) or None})


@route(router, "POST", "/engines/{name}/restart", *_WRITE, summary="Stop an engine and start it", also=(404, 409))
async def restart(acting: Actor, name: OneEngine) -> StatusBody:
    """With the settings as they are now."""
    acting.must_see(name)
    async with acting.changing("engines.restart", name) as factory:
        return _whole(acting, await factory.restart_engine(name))


@route(router, "POST", "/engines/{name}/pause", *_WRITE, summary="Receive and store nothing", also=(404, 409))
async def pause(acting: Actor, name: OneEngine, asked: PauseAsked) -> PausedBody:
    """What comes meanwhile is counted."""
    acting.must_see(name)
    async with acting.changing("engines.pause", name, reason=asked.reason) as factory:
        return PausedBody.model_validate(await factory.pause_engine(name, asked.reason))


@route(router, "POST", "/engines/{name}/resume", *_WRITE, summary="Take a reason to pause away", also=(404, 409))
async def resume(acting: Actor, name: OneEngine, asked: PauseAsked) -> PausedBody:
    """It stores again when none is left."""
    acting.must_see(name)
    async with acting.changing("engines.resume", name, reason=asked.reason) as factory:
        return PausedBody.model_validate(await factory.resume_engine(name, asked.reason))


def _whole(acting: Acting, found: dict[str, Any]) -> StatusBody:
    shown = status_shown(acting, found)
    assert isinstance(shown, StatusBody), "who may change it sees it"
    return shown


# -- looking closer ----------------------------------------------------------------------------------------------------


@route(router, "GET", "/events", *_READ, summary="What happened, to the factory and everything in it")
async def all_events(acting: Actor, limit: Limit = 100, before: Before = None) -> EventsBody:
    """Newest first; with a scope those of its engines, so there may be fewer than `limit`."""
    async with acting.asking() as factory:
        return _events(acting, await factory.events(limit=limit, before=before), limit)


@route(router, "GET", "/engines/{name}/events", *_READ, summary="What happened to an engine", also=(404,))
async def engine_events(acting: Actor, name: OneEngine, limit: Limit = 100, before: Before = None) -> EventsBody:
    """Newest first; also of one that was deleted."""
    acting.must_see(name)
    async with acting.asking() as factory:
        return _events(acting, await factory.events(name, limit=limit, before=before), limit)


def _events(acting: Acting, found: list[dict[str, Any]], limit: int) -> EventsBody:
    before = found[-1]["id"] if len(found) == limit else None
    return EventsBody(events=events_shown(acting, found), before=before)


@route(
    router,
    "POST",
    "/engines/{name}/fields/{field}/release",
    *_WRITE,
    summary="Take a parked field back into service",
    also=(404, 409),
)
async def release(
    acting: Actor,
    name: OneEngine,
    field: Annotated[str, Path(max_length=100, json_schema_extra=OF_NAME, examples=["user"])],
) -> ReleasedBody:
    """It had been parked for a pattern that took too long."""
    acting.must_see(name)
    async with acting.changing("engines.release_field", name, field=field) as factory:
        await factory.release_field(name, field)
    return ReleasedBody(field=field)


@route(router, "POST", "/engines/{name}/test-line", *_WRITE, summary="Send one line to an engine", also=(404, 409))
async def test_line(acting: Actor, name: OneEngine, asked: LineAsked) -> TestedBody:
    """A real datagram from this machine, stored like any other; the row that it became."""
    acting.must_see(name)
    async with acting.changing("engines.test_line", name) as factory:
        return TestedBody.model_validate(await factory.test_line(name, asked.line))
