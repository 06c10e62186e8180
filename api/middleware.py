"""What stands before every route, from the outside in: an id, the client's address, headers, origins, limits.

Rules
- All of it is plain ASGI: streams and WebSockets pass through without being held.
- Who asks is who connects, unless that is one of TRUSTED_PROXIES and says otherwise.
- A cookie counts only for pages of our own origin or of one that FAST_API_ALLOWED_ORIGIN names. With `"*"` there, pages
  of all others may call with a bearer token; their cookies are taken off before anybody looks at them. A write with a
  cookie has to say its Origin; that its CSRF token is that of the session is checked where the session is read.
- Nothing that fails further in reaches the caller as anything but our JSON.
"""

from __future__ import annotations

import asyncio
import re
import secrets
from collections.abc import Iterable, Mapping
from ipaddress import ip_address
from types import MappingProxyType
from typing import Any

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, HTTPConnection
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from api.errors import ApiError, answer, closing, defect, log_defect

BODY_BYTES = 1 << 20
BODY_SECONDS = 30.0  # between two parts of a body
READS = frozenset({"GET", "HEAD", "OPTIONS"})

_REQUEST_ID = re.compile(r"[A-Za-z0-9-]{1,64}")
_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9._-]{0,252})|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")

_ALWAYS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
}
OF_PAGES: Mapping[str, str] = MappingProxyType(
    {
        **_ALWAYS,
        "Content-Security-Policy": (
            "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self';"
            " frame-ancestors 'none'"
        ),
    }
)
OF_API: Mapping[str, str] = MappingProxyType(
    {
        **_ALWAYS,
        "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
        "Cache-Control": "no-store",
    }
)


class Envelope:
    """Gives each request its id and every answer its headers; what nobody caught becomes a sentence."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or one WebSocket."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        asked = Headers(scope=scope).get("x-request-id", "")
        request_id = asked if _REQUEST_ID.fullmatch(asked) else secrets.token_hex(8)
        scope.setdefault("state", {})["request_id"] = request_id
        answering = _Answering(scope, send, request_id)
        try:
            await self._app(scope, receive, answering)
        except ClientDisconnect:
            return  # nobody is left to answer
        except asyncio.CancelledError:  # the server ends, and has waited as long as it does
            await answering.give_up(receive, closing())
            raise
        except Exception:  # noqa: BLE001 it is logged whole, and the next request is answered
            log_defect(request_id, str(scope.get("method", "WebSocket")))
            await answering.give_up(receive, defect())


class _Answering:
    """The way out, with the headers that every answer has."""

    def __init__(self, scope: Scope, send: Send, request_id: str) -> None:
        self._scope, self._send, self._request_id = scope, send, request_id
        self._begun = False

    async def __call__(self, message: Message) -> None:
        if message["type"] in ("http.response.start", "websocket.http.response.start"):
            self._begun = True
            headers = MutableHeaders(scope=message)
            headers["X-Request-ID"] = self._request_id
            of_api = _is_api(self._scope["path"])
            for name, value in (OF_API if of_api else OF_PAGES).items():
                headers.setdefault(name, value)
        elif message["type"] in ("websocket.accept", "websocket.close"):
            self._begun = True
        await self._send(message)

    async def give_up(self, receive: Receive, error: ApiError) -> None:
        """Say why, where something can be said still."""
        if self._begun:
            return  # half an answer: the server closes the connection
        if self._scope["type"] == "http":
            await answer(error, self._request_id)(self._scope, receive, self)
        else:
            await self({"type": "websocket.close", "code": 1011, "reason": error.message})


def _is_api(path: str) -> bool:
    return path.startswith("/api/") or path in ("/healthz", "/readyz", "/metrics")


class Proxies:
    """Believes what trusted proxies say of the client's address and scheme; `state.peer` keeps who has connected."""

    def __init__(self, app: ASGIApp, trusted: Iterable[object]) -> None:
        self._app = ProxyHeadersMiddleware(self._checked, [str(network) for network in trusted])  # type: ignore[arg-type] # Starlette's types and uvicorn's are two names of one thing
        self._inner = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or one WebSocket."""
        if scope["type"] != "lifespan":
            scope.setdefault("state", {})["peer"] = scope.get("client")
        await self._app(scope, receive, send)  # type: ignore[arg-type] # the same

    async def _checked(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "lifespan" and scope.get("client") is not None and not _is_address(scope["client"][0]):
            scope["client"] = scope["state"]["peer"]  # the proxy has passed on what it was told
        await self._inner(scope, receive, send)


def _is_address(text: str) -> bool:
    try:
        ip_address(text)
    except ValueError:
        return False
    return True


class Origins:
    """Refuses a strange Host header and writes of foreign pages, and takes the cookies of foreign pages off."""

    def __init__(self, app: ASGIApp, allowed: Iterable[str]) -> None:
        self._app = app
        self._allowed = frozenset(origin.rstrip("/").lower() for origin in allowed) - {"*"}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or one WebSocket."""
        if scope["type"] == "lifespan":
            await self._app(scope, receive, send)
            return
        try:
            self._look_at(scope)
        except ApiError as error:
            await refuse(error, scope, receive, send)
            return
        await self._app(scope, receive, send)

    def _look_at(self, scope: Scope) -> None:
        headers = Headers(scope=scope)
        hosts = headers.getlist("host")
        if len(hosts) != 1 or not _HOST.fullmatch(hosts[0]):
            raise ApiError(400, "invalid", "the Host header is no name of a host", field="header.host")
        origin = headers.get("origin")
        foreign = origin is not None and not self._is_ours(origin, scope["scheme"], hosts[0])
        has_bearer = headers.get("authorization", "").lower().startswith("bearer ")
        is_write = scope["type"] == "http" and scope["method"] not in READS
        if is_write and not has_bearer and (foreign or (origin is None and "cookie" in headers)):
            raise _foreign(origin)
        if foreign or has_bearer:
            scope["headers"] = [(name, value) for name, value in scope["headers"] if name != b"cookie"]

    def _is_ours(self, origin: str, scheme: str, host: str) -> bool:
        said = origin.lower()
        return said in self._allowed or said == f"{scheme.replace('ws', 'http', 1)}://{host.lower()}"


def _foreign(origin: str | None) -> ApiError:
    if origin is None:
        message, hint = "a write with a cookie needs the header Origin", "a program uses an API token"
    else:
        message = "a page of another origin may not write with a cookie"
        hint = "name it in FAST_API_ALLOWED_ORIGIN, or the proxy that speaks TLS in TRUSTED_PROXIES"
    return ApiError(403, "origin", message, field="header.origin", hint=hint)


class Bodies:
    """Refuses a body of more than `BODY_BYTES`, counted as it comes, and one that does not come."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; a WebSocket has limits of its own."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        length = Headers(scope=scope).get("content-length", "0")
        if length.isdecimal() and int(length[:20]) > BODY_BYTES:  # as much as it says, it is not even begun
            await refuse(too_large(), scope, receive, send)
            return
        await self._app(scope, _Counting(receive), send)


class _Counting:
    """The way in, with what has come so far."""

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._bytes = 0
        self._complete = False

    async def __call__(self) -> Message:
        if self._complete:  # what is waited for now is that the caller goes
            return await self._receive()
        try:
            async with asyncio.timeout(BODY_SECONDS):
                message = await self._receive()
        except TimeoutError:
            raise HTTPException(408, "the body did not come in time: send it at once", _CLOSE) from None
        self._bytes += len(message.get("body", b""))
        self._complete = not message.get("more_body", False)
        if self._bytes > BODY_BYTES:
            raise HTTPException(413, str(too_large()), _CLOSE)
        return message


_CLOSE = {"Connection": "close"}  # what is left of the body is not read


def too_large() -> ApiError:
    """For a body that is not read."""
    return ApiError(
        413, "too_large", f"the body is larger than {BODY_BYTES:,} bytes", hint="send less at once", headers=_CLOSE
    )


class Heads:
    """Has HEAD of a route answered like GET; the server leaves the body away. Files know it by themselves.

    A route that streams, or that notes what it gives away, asks `is_head`.
    """

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request, or one WebSocket."""
        if scope["type"] == "http" and scope["method"] == "HEAD" and _is_api(scope["path"]):
            scope = {**scope, "method": "GET", "state": {**scope.get("state", {}), "is_head": True}}
        await self._app(scope, receive, send)


def is_head(request: HTTPConnection) -> bool:
    """Whether only the head of the answer is wanted."""
    return bool(request.scope.get("state", {}).get("is_head"))


async def refuse(error: ApiError, scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with an error, a WebSocket before it is one."""
    request_id = str(scope.get("state", {}).get("request_id", ""))
    response = answer(error, request_id)
    if scope["type"] == "http":
        await response(scope, receive, send)
        return

    async def deny(message: Any) -> None:
        await send({**message, "type": message["type"].replace("http.", "websocket.http.")})

    await response({**scope, "type": "http", "method": "GET"}, receive, deny)
