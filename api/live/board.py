"""The board: the factory's stream, once for everybody; what it tells is made for each kind of reader once.

Rules
- Two readers with the same scope and the same rights get the same bytes.
- Without readers there is no stream. One that ends is opened again; readers are told once that it has ended.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Hashable, Iterable
from typing import Any, Protocol

import orjson

from api.acting import Acting
from api.client_rates import ClientRates
from api.engine_view import events_shown, status_shown
from api.errors import ApiError, defect, told
from api.permissions import Family
from api.services import Services
from interfaces.errors import Unavailable
from syslogger.errors import SysloggerError

RETRY_SECONDS = 2.0
AUTHOR = "api:live"

Answer = dict[str, Any]

_log = logging.getLogger("syslogger.api")


class Reader(Protocol):
    """Who is told. acting: who that is at this moment."""

    acting: Acting

    def status(self, engines: bytes) -> None:
        """The engines as JSON: name -> what is seen of it."""

    def event(self, event: Answer, skipped: int) -> None:
        """Something that happened; skipped: events of the factory that were left out before."""

    def trouble(self, error: ApiError) -> None:
        """The factory tells nothing now."""


class Board:
    """For one event loop."""

    def __init__(self, services: Services, rates: ClientRates) -> None:
        self._services, self.rates = services, rates
        self.readers: dict[Reader, None] = {}
        self._task: asyncio.Task[None] | None = None
        self._trouble: ApiError | None = None

    def join(self, reader: Reader) -> None:
        """Tell this one from now on."""
        self.readers[reader] = None
        if self._trouble is not None:
            reader.trouble(self._trouble)
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._keep())

    def leave(self, reader: Reader) -> None:
        """Tell this one nothing more."""
        self.readers.pop(reader, None)
        if not self.readers and self._task is not None:
            self._task.cancel()
            self._task = None

    def shown(self, acting: Acting, events: Iterable[Answer]) -> list[Answer]:
        """The events that somebody sees, as JSON has them."""
        return [each.model_dump(mode="json") for each in events_shown(acting, events)]

    async def close(self) -> None:
        """End the stream."""
        task, self._task = self._task, None
        self.readers.clear()
        if task is not None:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def _keep(self) -> None:
        while True:
            try:
                await self._follow()
            except SysloggerError as error:
                self._tell_trouble(told(error))
            except Exception:  # noqa: BLE001 it is logged whole, and readers are told
                _log.exception("what the factory tells could not be handed on")
                self._tell_trouble(defect())
            await asyncio.sleep(RETRY_SECONDS)

    async def _follow(self) -> None:
        factory = self._services.factories.of(AUTHOR)
        stream = factory.stream()
        try:
            async for message in stream:
                self._trouble = None
                if message["type"] == "status":
                    self._tell_status(whole(await factory.list_engines(), message["engines"]))
                else:
                    self._tell_event(message["event"], int(message["skipped"]))
        finally:
            await stream.aclose()
        raise Unavailable("the factory has ended its stream", hint="it is opened again")

    def _tell_trouble(self, error: ApiError) -> None:
        if self._trouble is None:
            for each in list(self.readers):
                each.trouble(error)
        self._trouble = error

    def _tell_status(self, engines: Answer) -> None:
        made: dict[Hashable, bytes] = {}
        for each in list(self.readers):
            key = kind_of(each.acting)
            if key not in made:
                made[key] = status_of(each.acting, engines)
            each.status(made[key])

    def _tell_event(self, event: Answer, skipped: int) -> None:
        for each in list(self.readers):
            count = 0 if each.acting.caller.scope.limited else skipped
            for shown in self.shown(each.acting, [event]):
                each.event(shown, count)


def whole(listed: Iterable[Answer], engines: Answer) -> Answer:
    """The stream's status of each engine, with the settings that it does not have."""
    return {each["engine"]: {**each, **engines[each["engine"]]} for each in listed if each["engine"] in engines}


def kind_of(acting: Acting) -> Hashable:
    """What decides about what somebody sees of engines."""
    return acting.caller.scope, acting.may(Family.SENDERS), acting.may(Family.LOGS)


def status_of(acting: Acting, engines: Answer) -> bytes:
    """The engines that somebody sees, as JSON."""
    shown = {name: status_shown(acting, status) for name, status in engines.items()}
    return orjson.dumps(
        {name: each.model_dump(mode="json", by_alias=True) for name, each in shown.items() if each is not None}
    )
