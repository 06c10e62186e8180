"""The API over a real socket, in the test's own loop; with a factory, that is a process of its own.

    def test_it(tmp_path: Path) -> None:
        async def life(here: Serving) -> None:
            async with (await here.as_role(Role.ANALYST)).get("/api/v1/logs") as got:
                assert 200 == got.status

        serve(tmp_path, life)

People are put into the store, and are signed in by a row and a cookie as a sign-in makes them: no hash is computed.
Data lies in `folder/logs`: make days there before or meanwhile.
"""

from __future__ import annotations

import asyncio
import dataclasses
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine, Iterable, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp
from fastapi import FastAPI
from starlette.responses import Response

from api import sessions, tokens
from api.app import create_app
from api.permissions import Role
from api.scope import EVERYTHING, Scope
from api.server import Server, listening, url_of
from api.services import Services
from api.settings import ApiSettings
from api.store import sessions as kept_sessions
from api.store import tokens as kept_tokens
from api.store import users
from api.store.users import User
from syslogger.config import load
from tests.cli.program import WAIT_SECONDS, Program
from tests.interfaces.serving import write_file
from tests.support import free_tcp_ports

LOOPBACK = "127.0.0.1"
NO_HASH = "!"  # matches no password

Json = Any


@dataclass
class Serving:
    """An API that answers at `url`. Every client of its is closed at its end."""

    app: FastAPI
    settings: ApiSettings
    url: str
    server: Server
    factory: Program | None = None
    _clients: list[aiohttp.ClientSession] = field(default_factory=list)

    @property
    def services(self) -> Services:
        """What the routes work with."""
        found: Services = self.app.state.services
        return found

    @property
    def root(self) -> Path:
        """The data directory."""
        return self.settings.root

    def client(self, headers: Mapping[str, str] | None = None, *, origin: bool = True) -> aiohttp.ClientSession:
        """Somebody who is not signed in; keeps cookies, and says our Origin as a page of ours does."""
        said = {**({"Origin": self.url} if origin else {}), **(headers or {})}
        session = aiohttp.ClientSession(self.url, headers=said, cookie_jar=aiohttp.CookieJar(unsafe=True))
        self._clients.append(session)
        return session

    async def user(self, role: Role, scope: Scope = EVERYTHING, *, name: str | None = None, **more: Any) -> User:
        """A person of this role, made if there is none of this name yet; there is an admin before the others."""
        if not await users.are_there(self.services.store) and (role, scope) != (Role.ADMIN, EVERYTHING):
            await self.user(Role.ADMIN, name="first-admin")
        name = f"{role.value}-{abs(hash(scope)) % 100_000}" if name is None else name
        found = await users.by_name(self.services.store, name)
        if found is not None:
            return found
        async with self.services.store.write() as connection:
            return await users.add(connection, User(name, role, NO_HASH, scope=scope, **more))

    async def signed_in(self, user: User) -> aiohttp.ClientSession:
        """A browser in which this person is signed in: with a cookie, the CSRF token and our Origin."""
        async with self.services.store.write() as connection:
            session = await kept_sessions.begin(connection, user.id, LOOPBACK, "test")
        response = Response()
        sessions.give(response, session, self.services.secret.value, secure=False)
        cookie = response.headers["set-cookie"].partition(";")[0]
        return self.client({"Cookie": cookie, "X-CSRF-Token": session.csrf})

    async def as_role(self, role: Role, scope: Scope = EVERYTHING, *, name: str | None = None) -> aiohttp.ClientSession:
        """A browser in which somebody of this role and scope is signed in."""
        return await self.signed_in(await self.user(role, scope, name=name))

    async def token(self, user: User, role: Role | None = None, scope: Scope | None = None, days: int = 1) -> str:
        """An API token of this person."""
        secret = tokens.make()
        name = secret[:12]
        async with self.services.store.write() as connection:
            made = tokens.asked_for(user, secret, name, role, scope, days)
            await kept_tokens.add(connection, made, tokens.digest_of(secret))
        return secret

    async def as_program(self, role: Role, scope: Scope = EVERYTHING) -> aiohttp.ClientSession:
        """A program with a token of somebody of this role and scope."""
        secret = await self.token(await self.user(role, scope))
        return self.client({"Authorization": f"Bearer {secret}"}, origin=False)

    async def close(self) -> None:
        """Close the clients."""
        for client in self._clients:
            await client.close()


async def told(answering: Any) -> tuple[int, Json]:
    """The status of an answer and its JSON."""
    async with answering as got:
        return got.status, await got.json(content_type=None)


async def until(true: Callable[[], Awaitable[object]], what: str, seconds: float = WAIT_SECONDS) -> None:
    """Wait until a coroutine answers something true."""
    deadline = time.monotonic() + seconds
    while not await true():
        assert time.monotonic() < deadline, f"not within {seconds:g} s: {what}"
        await asyncio.sleep(0.02)


@asynccontextmanager
async def served(
    folder: Path,
    *,
    factory: bool = False,
    engines: Iterable[Mapping[str, Any]] = (),
    keys: Mapping[str, Any] | None = None,
    static: Path | None = None,
    **settings: Any,
) -> AsyncIterator[Serving]:
    """An API over a configuration file in `folder`, until the block ends.

    engines, keys: of the file, entries of ENGINES as `tests.interfaces.serving.engine` makes them; factory: a real one
    runs, and its engines; settings: fields of ApiSettings that are to be others.
    """
    ports = dict(zip(("INTERFACE_FACTORY_PORT", "FAST_API_SERVER_PORT"), free_tcp_ports(2), strict=True))
    path = write_file(folder, *engines, **{**ports, **(keys or {})})
    chosen = dataclasses.replace(ApiSettings.of(load(path)), static=static, **settings)
    with running_factory(path, wanted=factory) as program, listening(LOOPBACK, 0) as listener:
        app = create_app(chosen)
        server = Server(app, listener)
        serving = asyncio.create_task(server.run_until_ended())
        here = Serving(app, chosen, url_of(listener), server, program)
        try:
            await _begun(server, serving)
            yield here
        finally:
            await here.close()
            server.end()
            await serving


async def _begun(server: Server, serving: asyncio.Task[None]) -> None:
    while not server.started:
        if serving.done():
            serving.result()
            raise AssertionError("the server has ended at once")
        await asyncio.sleep(0.005)


@contextmanager
def running_factory(config: Path, *, wanted: bool = True) -> Iterator[Program | None]:
    """A real factory over the file that has started its engines; None where none is wanted."""
    if not wanted:
        yield None
        return
    with Program("factory", "--config", config, "--json", cwd=config.parent) as program:
        program.wait_for(lambda: any(not each["engine"] for each in program.events("ready")), "the factory is ready")
        try:
            yield program
        finally:
            program.process.terminate()
            program.process.wait(WAIT_SECONDS)


def serve(folder: Path, life: Callable[[Serving], Coroutine[Any, Any, None]], **options: Any) -> None:
    """Run a coroutine with an API; the options are those of `served`."""

    async def lived() -> None:
        async with served(folder, **options) as here:
            await life(here)

    asyncio.run(lived())
