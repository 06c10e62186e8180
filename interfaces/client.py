"""The factory's client: a method for each operation, its answer as JSON has it, or the error that the factory raised.

    async with FactoryClient.from_root(root, port, author="api:anna") as factory:
        await factory.pause_engine("main", reason="maintenance")

Errors have the types that they had in the factory. Unavailable: nobody answers, or not in time.
"""

from __future__ import annotations

import asyncio
import os
import pwd
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Self, TypeVar
from urllib.parse import quote

import aiohttp
import orjson

from interfaces.errors import Forbidden, InterfaceError, TooLarge, Unauthorized, Unavailable, from_wire
from interfaces.operations import BODY_BYTES, HOST, operation_of
from syslogger.control import FOLDER

TOKEN_FILE = "factory.token"  # noqa: S105 the name of a file
CONNECT_SECONDS = 2.0
SILENCE_SECONDS = 10.0  # a stream has a status every second
MESSAGE_BYTES = 64 << 20

T = TypeVar("T")
Record = dict[str, Any]


class FactoryClient:
    """One caller's way to the factory, for one event loop; `author` is `api:<user>` or `cli:<user>`.

    Every operation raises SysloggerError: what the factory raised, or Unavailable.
    """

    def __init__(self, port: int, token: str, author: str) -> None:
        self._base = f"http://{HOST}:{port}/v1/"
        self._headers = {"Authorization": f"Bearer {token}", "X-Syslogger-Author": quote(author, safe=":")}
        self._session: aiohttp.ClientSession | None = None

    @classmethod
    def from_root(cls, root: Path, port: int, author: str) -> Self:
        """The client of the factory of a data directory. Raises Unavailable, Unauthorized."""
        path = root / FOLDER / TOKEN_FILE
        try:
            return cls(port, path.read_text("ascii").strip(), author)
        except FileNotFoundError as error:
            raise Unavailable(f"there is no factory in {root}", hint="start it with `syslogger run`") from error
        except (OSError, UnicodeDecodeError) as error:
            hint = "be the user that runs the factory"
            raise Unauthorized(f"{path} cannot be read: {error}", hint=hint) from error

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession(headers=self._headers, cookie_jar=aiohttp.DummyCookieJar())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._session is not None:
            await self._session.close()

    async def call(self, operation: str, fields: Mapping[str, object]) -> object:
        """Any operation, by its name; the fields as JSON has them. Raises UnknownOperation."""
        return await self._ask(object, operation, **fields)

    # -- engines -------------------------------------------------------------------------------------------------------

    async def list_engines(self) -> list[Record]:
        """Every engine: its settings and its state."""
        return await self._ask(list, "engines.list")

    async def create_engine(self, engine: Mapping[str, object], *, autostart: bool = True) -> Record:
        """A new engine, in the form of the file's ENGINES."""
        return await self._ask(dict, "engines.create", engine=engine, autostart=autostart)

    async def edit_engine(
        self,
        name: str,
        changes: Mapping[str, object] | None = None,
        *,
        autostart: bool | None = None,
        restart: bool = False,
    ) -> Record:
        """Change what `changes` holds; what needs a restart waits for one, or has it now if `restart`."""
        asked = {"name": name, "changes": changes or {}, "autostart": autostart, "restart": restart}
        return await self._ask(dict, "engines.edit", **asked)

    async def engine_effects(self, name: str, changes: Mapping[str, object]) -> Record:
        """What changes would mean."""
        return await self._ask(dict, "engines.effects", name=name, changes=changes)

    async def delete_engine(self, name: str, *, confirm: str, data: Literal["keep", "delete"]) -> Record:
        """Delete an engine; `confirm` is its name once more."""
        return await self._ask(dict, "engines.delete", name=name, confirm=confirm, data=data)

    async def start_engine(self, name: str) -> Record:
        """Run it from now on; returns its status."""
        return await self._ask(dict, "engines.start", name=name)

    async def stop_engine(self, name: str) -> Record:
        """Drain and end it; returns its final ledger."""
        return await self._ask(dict, "engines.stop", name=name)

    async def restart_engine(self, name: str) -> Record:
        """Stop and start it; returns its status."""
        return await self._ask(dict, "engines.restart", name=name)

    async def pause_engine(self, name: str, reason: str = "operator") -> Record:
        """Store nothing until every reason is gone."""
        return await self._ask(dict, "engines.pause", name=name, reason=reason)

    async def resume_engine(self, name: str, reason: str = "operator") -> Record:
        """Take a reason away."""
        return await self._ask(dict, "engines.resume", name=name, reason=reason)

    async def engine_status(self, name: str) -> Record:
        """One snapshot."""
        return await self._ask(dict, "engines.status", name=name)

    async def release_field(self, name: str, field: str) -> None:
        """Take a parked field back into service."""
        await self._ask(object, "engines.release_field", name=name, field=field)

    async def test_line(self, name: str, line: str) -> Record:
        """Send one line to an engine; returns what became of it."""
        return await self._ask(dict, "engines.test_line", name=name, line=line)

    async def events(self, name: str | None = None, *, limit: int = 100, before: int | None = None) -> list[Record]:
        """What happened, newest first; `before` is the id of the oldest event already seen."""
        return await self._ask(list, "engines.events", name=name, limit=limit, before=before)

    # -- clients and senders -------------------------------------------------------------------------------------------

    async def list_clients(self, engine: str) -> list[Record]:
        """Who may send."""
        return await self._ask(list, "clients.list", engine=engine)

    async def add_client(self, engine: str, address: str, name: str | None = None) -> list[Record]:
        """Let a range send; returns the clients."""
        return await self._ask(list, "clients.add", engine=engine, client=_client(address, name))

    async def edit_client(self, engine: str, name: str, address: str, new_name: str | None = None) -> list[Record]:
        """Replace the client called `name`; returns the clients."""
        return await self._ask(
            list, "clients.edit", engine=engine, name=name, client=_client(address, new_name or name)
        )

    async def remove_client(self, engine: str, name: str) -> list[Record]:
        """Take a client away; returns the clients."""
        return await self._ask(list, "clients.remove", engine=engine, name=name)

    async def unknown_senders(self, engine: str) -> list[Record]:
        """Who sends without being a client."""
        return await self._ask(list, "senders.unknown", engine=engine)

    async def ignored_senders(self, engine: str) -> list[str]:
        """Who is not shown among them any more."""
        return await self._ask(list, "senders.ignored", engine=engine)

    async def allow_sender(self, engine: str, address: str, name: str | None = None) -> list[Record]:
        """Make a sender a client; returns the clients."""
        return await self._ask(list, "senders.allow", engine=engine, client=_client(address, name))

    async def ignore_sender(self, engine: str, address: str, *, ignore: bool = True) -> None:
        """Do not show a sender any more; without `ignore` show it again."""
        await self._ask(object, "senders.ignore", engine=engine, address=address, ignore=ignore)

    # -- classes -------------------------------------------------------------------------------------------------------

    async def list_classes(self) -> list[Record]:
        """Every class, its version and its engines."""
        return await self._ask(list, "classes.list")

    async def get_class(self, name: str, version: int | None = None) -> Record:
        """A class as it is, or as it was in a version."""
        return await self._ask(dict, "classes.get", name=name, version=version)

    async def class_versions(self, name: str) -> list[Record]:
        """Its versions."""
        return await self._ask(list, "classes.versions", name=name)

    async def validate_class(self, name: str, fields: Mapping[str, str]) -> Record:
        """Check a class without changing it. Raises BadRequest with every problem."""
        return await self._ask(dict, "classes.validate", **{"class": {"name": name, "fields": fields}})

    async def try_class(self, name: str, fields: Mapping[str, str], lines: Sequence[str]) -> Record:
        """What a class makes of lines."""
        return await self._ask(dict, "classes.try", **{"class": {"name": name, "fields": fields}}, lines=lines)

    async def change_class(self, name: str, fields: Mapping[str, str]) -> Record:
        """A new version of a class, or a new class."""
        return await self._ask(dict, "classes.change", **{"class": {"name": name, "fields": fields}})

    async def roll_back_class(self, name: str, version: int) -> Record:
        """The fields of an earlier version as a new one."""
        return await self._ask(dict, "classes.rollback", name=name, version=version)

    async def remove_class(self, name: str) -> None:
        """Remove a class that no engine uses."""
        await self._ask(object, "classes.remove", name=name)

    # -- the factory ---------------------------------------------------------------------------------------------------

    async def reload_config(self) -> list[Record]:
        """Take over what changed in the file; a line for each difference."""
        return await self._ask(list, "config.reload")

    async def export_config(self) -> Record:
        """The present state in the form of the file."""
        return await self._ask(dict, "config.export")

    async def settings(self) -> Record:
        """The keys of the file beside engines and classes."""
        return await self._ask(dict, "config.settings")

    async def factory_status(self) -> Record:
        """The factory itself."""
        return await self._ask(dict, "status.factory")

    async def processes(self) -> list[Record]:
        """Every process."""
        return await self._ask(list, "status.processes")

    async def forecast(self) -> Record:
        """What a day takes, and when the disk is full."""
        return await self._ask(dict, "days.forecast")

    async def list_jobs(self) -> list[Record]:
        """The jobs on stored days."""
        return await self._ask(list, "jobs.list")

    async def start_job(
        self,
        kind: str,
        *,
        class_name: str | None = None,
        engine: str | None = None,
        days: Sequence[str] | Literal["all"] | None = None,
    ) -> Record:
        """Start a job; returns it."""
        return await self._ask(dict, "jobs.start", kind=kind, **{"class": class_name}, engine=engine, days=days)

    async def get_job(self, job: str) -> Record:
        """One job, by its id."""
        return await self._ask(dict, "jobs.get", id=job)

    async def cancel_job(self, job: str) -> Record:
        """Cancel a job, by its id."""
        return await self._ask(dict, "jobs.cancel", id=job)

    async def confirm_clock(self) -> str:
        """Say that the machine's clock is right; returns what that changes."""
        return await self._ask(str, "clock.confirm")

    async def documentation(self) -> Record:
        """What can be asked."""
        return await self._ask(dict, "docs")

    async def stream(self) -> AsyncGenerator[Record, None]:
        """Status and events as they come, until the factory ends. Raises Unavailable, Unauthorized."""
        closing = aiohttp.ClientWSTimeout(ws_close=CONNECT_SECONDS)
        try:
            async with self._connected.ws_connect(
                self._base + "stream", max_msg_size=MESSAGE_BYTES, timeout=closing
            ) as ws:
                while (message := await ws.receive(SILENCE_SECONDS)).type is aiohttp.WSMsgType.TEXT:
                    yield orjson.loads(message.data)
        except aiohttp.WSServerHandshakeError as error:
            raise _not_upgraded(error) from error
        except TimeoutError as error:
            raise Unavailable("the factory has fallen silent", hint="look at its log") from error
        except aiohttp.ClientError as error:
            raise _unreachable(error) from error

    # -- inside --------------------------------------------------------------------------------------------------------

    @property
    def _connected(self) -> aiohttp.ClientSession:
        assert self._session is not None, "use it as `async with`"
        return self._session

    async def _ask(self, kind: type[T], operation: str, /, **fields: object) -> T:
        body = orjson.dumps({name: value for name, value in fields.items() if value is not None})
        if len(body) > BODY_BYTES:
            raise TooLarge(f"the request is larger than {BODY_BYTES:,} bytes", hint="send less at once")
        seconds = operation_of(operation).answer_seconds
        limits = aiohttp.ClientTimeout(total=seconds, sock_connect=CONNECT_SECONDS)
        said = {"Content-Type": "application/json"}
        url = self._base + operation
        try:
            async with self._connected.post(url, data=body, headers=said, timeout=limits, allow_redirects=False) as got:
                return _answer(kind, got.status, await got.read(), got.headers.get("Retry-After", ""))
        except aiohttp.ConnectionTimeoutError as error:
            raise _unreachable(error) from error
        except TimeoutError as error:
            message = f"{operation} was not answered within {seconds:g} s"
            raise Unavailable(message, hint="it may be done still: look at the status") from error
        except aiohttp.ClientError as error:
            raise _unreachable(error) from error


def _client(address: str, name: str | None) -> Record:
    return {"address": address} if name is None else {"address": address, "name": name}


def _answer(kind: type[T], status: int, data: bytes, retry_after: str) -> T:
    try:
        content = orjson.loads(data)
    except orjson.JSONDecodeError:
        content = None  # it is none of the factory's, and the error says so
    if status == 200 and isinstance(content, dict) and isinstance(answer := content.get("answer"), kind):
        return answer
    raise from_wire(status, content, int(retry_after) if retry_after.isdecimal() else None)


def _unreachable(error: Exception) -> Unavailable:
    return Unavailable(f"the factory does not answer ({error})", hint="start it with `syslogger run`")


def _not_upgraded(error: aiohttp.WSServerHandshakeError) -> InterfaceError:
    """An answer to a WebSocket that was not made one has no body that could be read."""
    if error.status == Unauthorized.status:
        return Unauthorized("the token is wrong", hint="read <root>/_control/factory.token again")
    if error.status == Forbidden.status:
        return Forbidden("the factory does not answer from here", hint="ask on 127.0.0.1")
    return Unavailable(f"the factory opens no stream now (status {error.status})", hint="ask again in a moment")


class FactoryConnection:
    """The client for programs without an event loop: `connection.run(lambda factory: factory.list_engines())`."""

    def __init__(self, client: FactoryClient) -> None:
        self._client = client
        self._runner = asyncio.Runner()

    @classmethod
    def from_root(cls, root: Path, port: int) -> Self:
        """In the name of the user who runs this program. Raises Unavailable, Unauthorized."""
        return cls(FactoryClient.from_root(root, port, f"cli:{user_name()}"))

    def run(self, question: Callable[[FactoryClient], Coroutine[Any, Any, T]]) -> T:
        """The answer to one question. Raises SysloggerError."""
        return self._runner.run(question(self._client))

    def stream(self) -> Iterator[Record]:
        """Status and events as they come. Raises Unavailable, Unauthorized."""
        messages = self._client.stream()
        try:
            while (message := self._runner.run(_next(messages))) is not None:
                yield message
        finally:
            self._runner.run(messages.aclose())

    def __enter__(self) -> Self:
        self._runner.run(self._client.__aenter__())
        return self

    def __exit__(self, *_: object) -> None:
        self._runner.run(self._client.__aexit__())
        self._runner.close()


async def _next(messages: AsyncGenerator[Record, None]) -> Record | None:
    return await anext(messages, None)


def user_name() -> str:
    """Who runs this program."""
    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:
        return str(os.getuid())
