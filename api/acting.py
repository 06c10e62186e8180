"""Acting: one person's way to the factory, within their scope, with a note of all they do.

Rules
- What lies outside the scope is not there: 404, whatever is asked of it, and no hint of the factory's names it.
- Every change is noted with its outcome, when it is done or refused. A note that the disk has no room for is logged
  and keeps nobody from making room.
- What all engines share (ports, addresses, processes; which engines there are) is changed without a scope only.
"""

from __future__ import annotations

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends
from starlette.requests import Request

from api.client_rates import ClientRates
from api.errors import ApiError, not_found, told
from api.identity import Caller, Who
from api.permissions import Access, Family, allowed
from api.services import Services, services
from interfaces.client import FactoryClient
from interfaces.errors import NotFound
from syslogger.errors import StoreError, SysloggerError

_log = logging.getLogger("syslogger.api")


@dataclass(frozen=True, slots=True)
class Acting:
    """Who asks, and what the answer is made with."""

    caller: Caller
    services: Services
    rates: ClientRates

    def may(self, family: Family, access: Access = Access.READ) -> bool:
        """Whether they have a right beside that of the route."""
        return allowed(self.caller.role, family, access, scoped=self.caller.scope.limited)

    def must_see(self, engine: str) -> None:
        """Raise ApiError (404) unless they see the whole engine."""
        if not self.caller.scope.sees_engine(engine):
            raise not_found(f"engine {engine!r}", field="name")

    def must_be_whole(self, what: str) -> None:
        """Raise ApiError (403) when they have a scope."""
        if self.caller.scope.limited:
            hint = "ask somebody whose user has no scope"
            raise ApiError(403, "forbidden", f"{what} concerns the whole machine", hint=hint)

    @asynccontextmanager
    async def asking(self) -> AsyncIterator[FactoryClient]:
        """The factory, asked in their name. Raises SysloggerError."""
        try:
            yield self.services.factory(self.caller)
        except NotFound as error:
            if self.caller.scope.limited:  # its hint is the nearest name there is, in the scope or not
                raise ApiError(404, "not_found", error.message, field=error.field) from error
            raise

    @asynccontextmanager
    async def changing(self, action: str, target: str = "", **details: Any) -> AsyncIterator[FactoryClient]:
        """The same, for a change that is noted. Raises SysloggerError."""
        try:
            async with self.asking() as factory:
                yield factory
        except SysloggerError as error:
            refused = told(error)
            await self._note(action, target, details | {"refused": refused.code, "message": refused.message[:500]})
            raise
        await self._note(action, target, details)

    async def _note(self, action: str, target: str, details: dict[str, Any]) -> None:
        try:
            await self.services.audit.note(self.caller, action, target, details, self.caller.address)
        except StoreError as error:
            _log.error("%s by %s (%s) could not be noted: %s", action, self.caller.name, target, error)


async def _acting(request: Request, caller: Who, found: Annotated[Services, Depends(services)]) -> Acting:
    state = request.app.state
    if not hasattr(state, "client_rates"):
        state.client_rates = ClientRates()
    return Acting(caller, found, state.client_rates)


Actor = Annotated[Acting, Depends(_acting)]
