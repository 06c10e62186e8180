"""Services: everything that a route works with, opened with the app and closed with it.

Rules
- `ask` is the only way to stored rows: the person's scope becomes part of the question before it leaves, and what was
  searched stands in the audit. Where that cannot be written nothing is searched: an audit with holes is none, and
  whoever fills the disk must not read unseen. A question that no condition narrows (by an id; days, fields, ledger) is
  refused to a person with a scope, unless whoever asks says that he holds question or answer against it himself
  (`looked_at`).
- Nothing here blocks the loop: questions are answered in processes, the database has threads, passwords a pool.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Coroutine
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from starlette.requests import ClientDisconnect, HTTPConnection, Request

from api import setup
from api.audit import Audit
from api.errors import ApiError, closing, too_many
from api.factories import Factories
from api.passwords import Passwords
from api.readiness import Readiness
from api.scans import Scans
from api.secrets import SIGNING_KEY, Secret
from api.settings import ApiSettings
from api.store.connection import Store, database_of
from api.throttle import Throttle
from interfaces.client import FactoryClient
from syslogger.errors import StoreError, SysloggerError
from syslogger.query.model import Query
from syslogger.reader import LogReader

if TYPE_CHECKING:
    from api.identity import Caller

# What is no search: what the pages that show engines and days ask all the time.
NO_SEARCH = frozenset({"days", "fields", "ledger"})
# These look at no condition on rows.
NOT_NARROWED = frozenset({"row", "context", "days", "fields", "ledger"})
NO_ENGINE = ("-",)  # no engine is called so; none at all would mean every one

T = TypeVar("T")

_log = logging.getLogger("syslogger.api")


@dataclass(slots=True)
class Services:
    """What lies at `app.state.services`. door: where the code lies, as long as the first admin is to come."""

    settings: ApiSettings
    store: Store
    reader: LogReader
    factories: Factories
    secret: Secret
    audit: Audit
    passwords: Passwords
    throttle: Throttle
    scans: Scans
    readiness: Readiness
    door: Path | None

    def factory(self, caller: Caller) -> FactoryClient:
        """The factory, asked in the name of this person. Raises Unavailable."""
        return self.factories.of(f"api:{caller.name}")

    async def ask(
        self,
        question: Any,
        caller: Caller,
        timeout_seconds: float | None = None,
        *,
        request: Request | None = None,
        looked_at: bool = False,
    ) -> Any:
        """The answer to a question about stored rows, of what this person may see.

        request: gives the question up when its caller goes; looked_at: whoever asks holds a question that cannot be
        narrowed, or its answer, against the scope. Raises what LogReader raises, and ApiError: 429 when too many wait.
        """
        asked = narrowed(question, caller, looked_at=looked_at)
        await self._note(question, caller)
        async with self.scans.turn(caller.user_id):
            answering = self._answer(asked, timeout_seconds)
            return await (answering if request is None else while_connected(request, answering))

    async def _answer(self, question: Any, timeout_seconds: float | None) -> Any:
        try:
            pending = self.reader.submit(question, timeout_seconds)
        except SysloggerError as error:
            if type(error) is SysloggerError:  # it says so without a type of its own
                raise too_many(str(error), code="scans") from error
            raise
        try:
            return await asyncio.wrap_future(pending)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
            raise closing() from None

    async def _note(self, question: Any, caller: Caller) -> None:
        if question.kind in NO_SEARCH or isinstance(getattr(question, "after", None), str):
            return  # the next page of a search is the search
        details = question.model_dump(mode="json", exclude_none=True, exclude={"kind"})
        async with noted():
            await self.audit.note(caller, f"logs.{question.kind}", details=details, address=caller.address)


@asynccontextmanager
async def noted() -> AsyncIterator[None]:
    """A note without which nothing is shown. Raises ApiError (503) where it cannot be written."""
    try:
        yield
    except StoreError as error:
        _log.error("rows were not shown, for this cannot be noted: %s", error)
        message = "nothing is shown that the audit cannot note, and it cannot be written"
        hint = "give the disk of the data directory some room; engines and changes of them go on"
        raise ApiError(503, "audit", message, hint=hint) from error


def narrowed(question: Any, caller: Caller, *, looked_at: bool = False) -> Any:
    """The question, of what this person sees. Raises ApiError (403) where it cannot be narrowed."""
    if not caller.scope.limited:
        return question
    if question.kind in NOT_NARROWED:
        if not looked_at:
            raise ApiError(403, "forbidden", "this cannot be asked with a scope")
        return question
    query = caller.scope.narrowed(question.query)
    return question.model_copy(update={"query": query.model_copy(update={"engines": _engines(query, caller)})})


def _engines(query: Query, caller: Caller) -> tuple[str, ...]:
    """Those whose days are opened at all, so that an answer does not count or name days of others, either."""
    seen = caller.scope.engines
    if caller.scope.clients or query.classes:
        return query.engines  # the condition alone decides
    if not query.engines:
        return seen
    return tuple(name for name in query.engines if name.rpartition("/")[2] in seen) or NO_ENGINE


async def while_connected(request: Request, work: Coroutine[Any, Any, T]) -> T:
    """What comes of the work; it is cancelled when its caller goes, and ClientDisconnect raised."""
    working, leaving = asyncio.create_task(work), asyncio.create_task(_gone(request))
    try:
        await asyncio.wait((working, leaving), return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            return working.result()
        raise ClientDisconnect
    finally:
        for task in (working, leaving):
            task.cancel()
        await asyncio.gather(working, leaving, return_exceptions=True)


async def _gone(request: Request) -> None:
    """Return when whoever asked has closed the connection; the body has been read before."""
    while (await request.receive())["type"] != "http.disconnect":
        pass


def services(connection: HTTPConnection) -> Services:
    """Those of the app that answers a request or a WebSocket; a dependency, too."""
    found: Services = connection.app.state.services
    return found


@asynccontextmanager
async def opened(settings: ApiSettings) -> AsyncIterator[Services]:
    """Everything, until the block ends. Raises StoreError."""
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(await Store.open(database_of(settings.root)))
        factories = Factories(settings.root, settings.factory_port)
        stack.push_async_callback(factories.close)
        passwords = Passwords()
        stack.callback(passwords.close)
        reader = LogReader(settings.root, time_zone=settings.time_zone, processes=settings.cores)
        stack.push_async_callback(asyncio.to_thread, reader.close)
        yield Services(
            settings=settings,
            store=store,
            reader=reader,
            factories=factories,
            secret=Secret(settings.root, SIGNING_KEY),
            audit=Audit(store),
            passwords=passwords,
            throttle=Throttle(),
            scans=Scans(settings.cores),
            readiness=Readiness(),
            door=await setup.prepare(store, settings.root),
        )
