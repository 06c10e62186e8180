"""Operations on who may send: clients, and the unknown senders that were refused."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from ipaddress import IPv4Network, IPv6Network
from itertools import chain, repeat
from typing import Any

from interfaces import requests as ask
from interfaces.errors import NotFound, Refused
from interfaces.registry import Author, Registry
from interfaces.sample_rates import SampleRates
from syslogger.checks import nearest
from syslogger.clients import parse_address, parse_network
from syslogger.config import ClientConfig, LogClass
from syslogger.events import EventKind

TRIED, MOST_IGNORED = 200, 1_000  # senders: whose samples the classes are tried on; that are not shown

Answer = dict[str, Any]
Clients = tuple[ClientConfig, ...]
Network = IPv4Network | IPv6Network


class ClientService:
    """Answers `clients.*` and `senders.*`."""

    def __init__(self, registry: Registry) -> None:
        self._registry = registry
        self._rates: dict[str, SampleRates] = {}

    # -- clients -------------------------------------------------------------------------------------------------------

    async def every(self, asked: ask.OfClients, _: Author) -> list[Answer]:
        """The clients; what each sent since the engine started, while it runs."""
        managed = self._registry.engine(asked.engine)
        status = await managed.status()
        kept = self._registry.record(asked.engine).engine.clients
        live = {each["name"]: each for each in status.get("clients", [])}
        return [live.get(each.name, {}) | {"name": each.name, "address": each.address} for each in kept]

    async def add(self, asked: ask.AddClient, by: Author) -> list[Answer]:
        """One more."""
        return await self._change(asked.engine, by, lambda clients: (*clients, asked.client))

    async def edit(self, asked: ask.EditClient, by: Author) -> list[Answer]:
        """Another name or range for one."""

        def edited(clients: Clients) -> Clients:
            _named(clients, asked.name)
            return tuple(asked.client if each.name == asked.name else each for each in clients)

        return await self._change(asked.engine, by, edited)

    async def remove(self, asked: ask.RemoveClient, by: Author) -> list[Answer]:
        """One less."""

        def left(clients: Clients) -> Clients:
            removed = _named(clients, asked.name)
            return tuple(each for each in clients if each is not removed)

        return await self._change(asked.engine, by, left)

    async def _change(self, name: str, by: Author, change: Callable[[Clients], Clients]) -> list[Answer]:
        """The clients as they are now."""
        registry = self._registry
        async with registry.editing:
            engine = registry.record(name).engine
            clients = change(engine.clients)
            await registry.apply(registry.with_engine(engine.model_copy(update={"clients": clients})), by)
        return [{"name": each.name, "address": each.address} for each in clients]

    # -- senders -------------------------------------------------------------------------------------------------------

    async def unknown(self, asked: ask.OfClients, _: Author) -> list[Answer]:
        """Who was refused, what each said, and what part of its fields each class finds in that."""
        registry = self._registry
        refused = await registry.engine(asked.engine).refused_senders()
        record = registry.record(asked.engine)
        networks = [parse_network(client.address) for client in record.engine.clients]
        senders = [
            each for each in refused if each["address"] not in record.ignored and not _is_in(each["address"], networks)
        ]
        rates = await self._rates_of(asked.engine).of(self._classes, [each["samples"] for each in senders[:TRIED]])
        none = repeat(dict[str, float | None]())
        return [each | {"hit_rates": rate} for each, rate in zip(senders, chain(rates, none), strict=False)]

    def _rates_of(self, engine: str) -> SampleRates:
        for name in self._rates.keys() - self._registry.engines.keys():
            del self._rates[name]
        return self._rates.setdefault(engine, SampleRates())

    def _classes(self) -> list[LogClass]:
        return [each.log_class for each in self._registry.held.versions.values()]

    async def allow(self, asked: ask.AddClient, by: Author) -> list[Answer]:
        """An unknown sender becomes a client."""
        answer = await self.add(asked, by)
        told = f"{asked.client.address} may send to engine {asked.engine} as {asked.client.name}, by {by.name}"
        self._registry.note(asked.engine, EventKind.SENDER_ALLOWED, told, author=by.name, address=asked.client.address)
        return answer

    async def ignored(self, asked: ask.OfClients, _: Author) -> list[str]:
        """Who is not shown among them any more."""
        return list(self._registry.record(asked.engine).ignored)

    async def ignore(self, asked: ask.IgnoreSender, by: Author) -> Answer:
        """Show it no more, or again."""
        registry = self._registry
        async with registry.editing:
            record = registry.record(asked.engine)
            ignored = set(record.ignored) | {asked.address} if asked.ignore else set(record.ignored) - {asked.address}
            if len(ignored) > MOST_IGNORED:
                hint = "show others again, or keep them away with a firewall"
                raise Refused(f"{MOST_IGNORED:,} senders are ignored already", field="address", hint=hint)
            await registry.keep_record(record.model_copy(update={"ignored": tuple(sorted(ignored))}))
        shown = "is not shown among the unknown senders any more" if asked.ignore else "is shown again"
        told = f"{asked.address} {shown}, by {by.name}"
        registry.note(asked.engine, EventKind.SENDER_IGNORED, told, author=by.name, address=asked.address)
        return {"ignored": sorted(ignored)}


def _is_in(address: str, networks: Sequence[Network]) -> bool:
    """Whether it has become a client since it was refused."""
    parsed = parse_address(address)
    return any(parsed in network for network in networks)


def _named(clients: Clients, name: str) -> ClientConfig:
    for client in clients:
        if client.name == name:
            return client
    near = nearest(name, [client.name for client in clients])
    hint = f"did you mean {near!r}?" if near else "clients.list shows them"
    raise NotFound(f"there is no client {name!r}", field="name", hint=hint)
