"""Clients of an engine: who may send, and who sends without.

A client's name may hold slashes (its range is its name where it has no other), so it is a query parameter, never a part
of the path.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Query

from api.acting import Actor
from api.engine_asked import ClientAsked, IgnoreAsked, OneEngine, SenderAsked
from api.engine_bodies import ClientBody, IgnoredBody, UnknownBody
from api.engine_view import clients_shown, engine_shown
from api.errors import not_found
from api.permissions import Access, Family
from api.routing import family_router, route

router = family_router("clients")

ClientName = Annotated[str, Query(max_length=200, description="The client as it is called now.", examples=["branch"])]
_WRITE, _SENDERS = (Family.ENGINES, Access.WRITE), Family.SENDERS


@route(
    router,
    "GET",
    "/engines/{name}/clients",
    Family.ENGINES,
    Access.READ,
    summary="Who may send to an engine, and what they send",
    also=(404,),
)
async def clients(acting: Actor, name: OneEngine) -> list[ClientBody]:
    """Those in the scope: last seen, messages and bytes since the engine started, messages a second."""
    async with acting.asking() as factory:
        engines = [each for each in await factory.list_engines() if each["engine"] == name]
        if acting.caller.scope.limited and not any(engine_shown(acting, each) for each in engines):
            raise not_found(f"engine {name!r}", field="name")
        return clients_shown(acting, await factory.engine_status(name))


@route(router, "POST", "/engines/{name}/clients", *_WRITE, status=201, summary="Let a range send", also=(404, 409))
async def add(acting: Actor, name: OneEngine, asked: ClientAsked) -> list[ClientBody]:
    """The clients as they are now."""
    acting.must_see(name)
    async with acting.changing("clients.add", name, client=asked.sent()) as factory:
        return _bodies(await factory.add_client(name, asked.address, asked.name))


@route(router, "PUT", "/engines/{name}/clients", *_WRITE, summary="Replace a client", also=(404, 409))
async def edit(acting: Actor, name: OneEngine, client: ClientName, asked: ClientAsked) -> list[ClientBody]:
    """The clients as they are now. Without a name it keeps the one it has."""
    acting.must_see(name)
    async with acting.changing("clients.edit", name, was=client, client=asked.sent()) as factory:
        return _bodies(await factory.edit_client(name, client, asked.address, asked.name))


@route(router, "DELETE", "/engines/{name}/clients", *_WRITE, summary="Take a client away", also=(404, 409))
async def remove(acting: Actor, name: OneEngine, client: ClientName) -> list[ClientBody]:
    """The clients as they are now."""
    acting.must_see(name)
    async with acting.changing("clients.remove", name, was=client) as factory:
        return _bodies(await factory.remove_client(name, client))


def _bodies(clients: list[dict[str, Any]]) -> list[ClientBody]:
    return [ClientBody.model_validate(each) for each in clients]


# -- who sends without -------------------------------------------------------------------------------------------------


@route(
    router,
    "GET",
    "/engines/{name}/unknown-senders",
    _SENDERS,
    Access.READ,
    summary="Who sends without being a client",
    also=(404, 409),
)
async def unknown(acting: Actor, name: OneEngine) -> list[UnknownBody]:
    """Each with up to three lines, what part of each class's fields is found in them, and the class that fits best."""
    async with acting.asking() as factory:
        found = await factory.unknown_senders(name)
    return [UnknownBody.model_validate({**each, "guessed_class": guessed(each["hit_rates"])}) for each in found]


def guessed(rates: dict[str, float | None]) -> str | None:
    """The class of which most is found; None where nothing of any is."""
    best = max(rates, key=lambda name: rates[name] or 0.0, default=None)
    return best if best is not None and rates[best] else None


@route(
    router,
    "GET",
    "/engines/{name}/ignored-senders",
    _SENDERS,
    Access.READ,
    summary="Who is not shown among the unknown senders",
    also=(404,),
)
async def ignored(acting: Actor, name: OneEngine) -> IgnoredBody:
    """Their addresses, until they are shown again; they are refused all the same."""
    async with acting.asking() as factory:
        return IgnoredBody(ignored=await factory.ignored_senders(name))


@route(
    router,
    "POST",
    "/engines/{name}/unknown-senders/allow",
    _SENDERS,
    Access.WRITE,
    summary="Make an unknown sender a client",
    also=(404, 409),
)
async def allow(acting: Actor, name: OneEngine, asked: SenderAsked) -> list[ClientBody]:
    """The clients as they are now."""
    async with acting.changing("senders.allow", name, client=asked.sent()) as factory:
        return _bodies(await factory.allow_sender(name, asked.address, asked.name))


@route(
    router,
    "POST",
    "/engines/{name}/unknown-senders/ignore",
    _SENDERS,
    Access.WRITE,
    summary="Do not show an unknown sender any more, or show it again",
    also=(404, 409),
)
async def ignore(acting: Actor, name: OneEngine, asked: IgnoreAsked) -> IgnoredBody:
    """It is refused all the same, and counted."""
    details = {"address": asked.address, "ignore": asked.ignore}
    async with acting.changing("senders.ignore", name, **details) as factory:
        fields = {"engine": name, "address": asked.address, "ignore": asked.ignore}
        return IgnoredBody.model_validate(await factory.call("senders.ignore", fields))
