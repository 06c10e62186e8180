"""The factory's interface on 127.0.0.1: who may ask, what is read, and how every refusal is told.

Rules
- Loopback only, the Host header too (a page in a browser may have turned its own name to 127.0.0.1), and nothing that
  a browser sends for a page. Everyone needs the token.
- Everything that a stranger can use up has a limit: connections, requests at once, bytes and seconds of head and body.
- Whatever comes, the answer is JSON with a sentence that says what to do; what is not known gets the documentation
  beside it. A traceback goes to the log under a number, never to the caller.

Strategy: `Gate` looks at the head of every request and turns strangers away before anything else is read; `Answers`
makes a body a request and asks the service; `Streams` tells what happens.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any, Literal, Protocol, get_args
from urllib.parse import unquote

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect
from starlette.requests import Request as HttpRequest
from starlette.responses import Response
from starlette.routing import Route, WebSocketRoute
from starlette.types import ASGIApp, Receive, Scope, Send
from starlette.websockets import WebSocket, WebSocketDisconnect

from interfaces.bodies import defect_answer, error_answer, json_answer, read_json, to_json
from interfaces.documentation import documentation_json
from interfaces.errors import (
    BadRequest,
    Forbidden,
    InterfaceError,
    Unauthorized,
    Unavailable,
    UnknownOperation,
    WrongMethod,
)
from interfaces.operations import OPERATIONS, Operation, operation_of, request_of
from interfaces.requests import Request
from interfaces.stream import Subscription
from syslogger.checks import label
from syslogger.errors import SysloggerError, UnfitError, shown

BODY_SECONDS = 10.0
REQUESTS_AT_ONCE = 64
STREAMS_AT_ONCE = 32
SEND_SECONDS = 30.0
HOSTS = ("127.0.0.1", "localhost", "[::1]")
# RFC 6455: a policy was violated; the server goes away
CLOSE_POLICY, CLOSE_AWAY = 1008, 1001

_log = logging.getLogger(__name__)

Source = Literal["api", "cli"]


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks: a name for people, and through what."""

    author: str
    source: Source


class Service(Protocol):
    """What answers."""

    async def call(self, operation: str, request: Request, caller: Caller) -> object:
        """Do it; the answer as JSON has it. Raises SysloggerError."""

    def subscribe(self) -> Subscription:
        """What happens from now on, for one reader."""


def make_app(service: Service, token: str) -> ASGIApp:
    """The whole interface before a service. It runs on loopback alone, whatever it is bound to."""
    answers, streams = Answers(service), Streams(service)
    routes = [
        WebSocketRoute("/v1/stream", streams),
        Route("/{path:path}", answers),
    ]
    return Gate(Starlette(routes=routes), token)


class Gate:
    """Turns away who may not ask, from the head of the request alone; the rest goes to `app`."""

    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app = app
        self._token = token.encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or one WebSocket."""
        try:
            self._look_at(scope)
        except InterfaceError as error:
            await error_answer(error)(_as_http(scope), receive, _denying(scope, send))
            return
        await self._app(scope, receive, send)

    def _look_at(self, scope: Scope) -> None:
        if scope["client"] is None or not ip_address(scope["client"][0]).is_loopback:
            raise Forbidden("only this machine is answered", hint="ask on 127.0.0.1, or use the web server")
        port = scope["server"][1]
        hosts = _values(scope, b"host")
        if [host.lower() for host in hosts] not in [[f"{name}:{port}".encode()] for name in HOSTS]:
            raise Forbidden("the Host header is not this interface's", hint=f"ask for http://127.0.0.1:{port}")
        if _values(scope, b"origin") or _values(scope, b"sec-fetch-site"):
            raise Forbidden("a page in a browser is not answered", hint="use the web server")
        said = _values(scope, b"authorization")
        kind, _, token = said[0].partition(b" ") if len(said) == 1 else (b"", b"", b"")
        if kind.lower() != b"bearer" or not secrets.compare_digest(token, self._token):
            hint = "send `Authorization: Bearer <token>`; the token lies in <root>/_control/factory.token"
            raise Unauthorized("the token is missing or wrong", hint=hint)


def _values(scope: Scope, name: bytes) -> list[bytes]:
    return [value for key, value in scope["headers"] if key == name]


def _as_http(scope: Scope) -> Scope:
    return {**scope, "type": "http", "method": "GET"}


def _denying(scope: Scope, send: Send) -> Send:
    """For a WebSocket that is turned away before it is one: an answer of HTTP under ASGI's names for that."""
    if scope["type"] != "websocket":
        return send

    async def deny(message: Any) -> None:
        await send({**message, "type": message["type"].replace("http.", "websocket.http.")})

    return deny


class Answers:
    """One request, one answer."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._asking = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request of HTTP."""
        http = HttpRequest(scope, receive)
        try:
            response = await self._within_limits(http)
        except ClientDisconnect:
            return  # nobody is left to answer
        except SysloggerError as error:
            response = error_answer(error)
        except Exception:  # noqa: BLE001 it is logged under a number, and the next request is answered
            response = defect_answer(http)
        await response(scope, receive, send)

    async def _within_limits(self, http: HttpRequest) -> Response:
        if self._asking >= REQUESTS_AT_ONCE:
            message = f"{REQUESTS_AT_ONCE} requests are being answered already"
            raise Unavailable(message, hint="ask again in a second", retry_after_seconds=1)
        self._asking += 1
        try:
            return await self._answer(http)
        finally:
            self._asking -= 1

    async def _answer(self, http: HttpRequest) -> Response:
        operation = _operation(http)
        if operation.name == "docs":
            return json_answer(200, {"answer": documentation_json()})
        caller = _caller(http, operation)
        request = request_of(operation, await read_json(http))
        return json_answer(200, {"answer": await self._service.call(operation.name, request, caller)})


def _operation(http: HttpRequest) -> Operation:
    """What is asked for. Raises UnknownOperation, WrongMethod."""
    path, method = http.url.path, http.method
    if path == "/":
        if method in ("GET", "HEAD"):
            return OPERATIONS["docs"]
        raise WrongMethod(f"{method} / is not known here", hint="GET / is this documentation")
    prefix, name = path[: len("/v1/")], path[len("/v1/") :]
    if prefix != "/v1/":
        raise UnknownOperation(f"there is no path {shown(path)}", hint="POST /v1/<operation>")
    operation = operation_of(name)
    if method != "POST":
        raise WrongMethod(f"{method} {path} is not known here", hint=f"POST {path}")
    return operation


def _caller(http: HttpRequest, operation: Operation) -> Caller:
    """Who asks. Raises BadRequest where nobody says so and somebody has to."""
    said = http.headers.get("x-syslogger-author")
    if said is None and not operation.changes:
        return Caller("unknown", "api")
    source, _, user = (said or "").partition(":")
    for known in get_args(Source):
        if source == known:
            try:
                return Caller(label(1, "a name")(unquote(user, errors="strict")), known)
            except (UnfitError, UnicodeDecodeError):
                break
    hint = "send `X-Syslogger-Author: api:<user>` or `cli:<user>`, percent-encoded"
    raise BadRequest("the header X-Syslogger-Author does not say who asks", hint=hint)


class Streams:
    """The event stream: it speaks and does not listen."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._open = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One WebSocket."""
        if self._open >= STREAMS_AT_ONCE:
            error = Unavailable(f"{STREAMS_AT_ONCE} streams are open", hint="close one", retry_after_seconds=10)
            await error_answer(error)(_as_http(scope), receive, _denying(scope, send))
            return
        self._open += 1
        try:
            await self._serve(WebSocket(scope, receive, send))
        finally:
            self._open -= 1

    async def _serve(self, ws: WebSocket) -> None:
        await ws.accept()
        with self._service.subscribe() as subscription:
            tasks = [asyncio.create_task(each) for each in (_speak(ws, subscription), _hear(ws))]
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in tasks:
                task.cancel()
            for result in await asyncio.gather(*tasks, return_exceptions=True):
                if isinstance(result, Exception):
                    _log.debug("a stream ended: %r", result)


async def _speak(ws: WebSocket, subscription: Subscription) -> None:
    async for message in subscription:
        text = to_json(message).decode()
        async with asyncio.timeout(SEND_SECONDS):
            await ws.send_text(text)
    await ws.close(CLOSE_AWAY, "the factory ends")


async def _hear(ws: WebSocket) -> None:
    """Return when the other side has gone; a word of it ends the stream."""
    try:
        message = await ws.receive()
    except WebSocketDisconnect:
        return
    if message["type"] == "websocket.receive":
        await ws.close(CLOSE_POLICY, "the stream does not listen: ask with POST /v1/<operation>")
