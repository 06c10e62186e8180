"""What stands before the routes: ids, addresses, headers, origins."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import aiohttp
import pytest
from fastapi import Request, WebSocket

from api.permissions import Role
from syslogger.clients import parse_network
from tests.api.serving import Serving, serve, told

ELSEWHERE = "https://elsewhere.example"
NEIGHBOUR = "https://logs.example.net"
LOOPBACK = (parse_network("127.0.0.1"),)


def add_routes(here: Serving) -> None:
    """Routes that say what reaches a route."""

    @here.app.api_route("/api/v1/seen", methods=["GET", "POST"])
    async def seen(request: Request) -> dict[str, Any]:
        peer = request.scope["state"]["peer"][0]
        client = request.client.host if request.client else ""
        return {"client": client, "peer": peer, "scheme": request.url.scheme, "cookies": request.cookies}

    @here.app.websocket("/api/v1/seen")
    async def words(ws: WebSocket) -> None:
        await ws.accept()
        await ws.send_json(ws.cookies)
        await ws.close()


def with_routes(folder: Path, life: Any, **options: Any) -> None:
    """Run a coroutine with an API that has these routes."""

    async def lived(here: Serving) -> None:
        add_routes(here)
        await life(here)

    serve(folder, lived, **options)


def test_a_request_id_is_kept_if_it_is_harmless(tmp_path: Path) -> None:
    """Letters, digits and dashes come back; instead of anything else there is one of ours."""
    harmless, others = ("a-B-9", "x" * 64), ("x" * 65, "a b", "a<b>", "ä", "")

    async def life(here: Serving) -> None:
        for sent in (*harmless, *others):
            async with here.client().get("/healthz", headers={"X-Request-ID": sent}) as got:
                said = got.headers["X-Request-ID"]
                assert (sent in harmless) == (said == sent)
                assert said.isascii()
                assert 1 <= len(said) <= 64

    serve(tmp_path, life)


def test_every_answer_has_its_security_headers(tmp_path: Path) -> None:
    """Answers of the API are kept by nobody, pages run no script of others, none is shown in a frame."""

    async def life(here: Serving) -> None:
        for path in ("/healthz", "/api/v1/nothing", "/"):
            async with here.client().get(path) as got:
                assert "nosniff" == got.headers["X-Content-Type-Options"]
                assert "no-referrer" == got.headers["Referrer-Policy"]
                policy = got.headers["Content-Security-Policy"]
                assert "frame-ancestors 'none'" in policy
                assert "unsafe" not in policy
                assert "Permissions-Policy" in got.headers
                assert "server" not in {name.lower() for name in got.headers}
                assert ("no-store" == got.headers["Cache-Control"]) == (path != "/")

    serve(tmp_path, life)


def test_head_is_get_without_its_body(tmp_path: Path) -> None:
    """The same status and headers for whoever may and may not; what has no GET has no HEAD."""

    async def life(here: Serving) -> None:
        for client in (await here.as_role(Role.VIEWER), here.client()):
            for path in ("/healthz", "/readyz", "/", "/api/v1/auth/me", "/api/v1/logs/count", "/api/v1/nothing"):
                async with client.get(path) as got, client.head(path) as head:
                    assert (got.status, b"") == (head.status, await head.read()), path
                    assert got.headers["Content-Type"] == head.headers["Content-Type"]
                    assert got.headers["Content-Length"] == head.headers["Content-Length"]
        async with here.client().head("/api/v1/auth/login") as got:
            assert (405, "POST") == (got.status, got.headers["Allow"])

    serve(tmp_path, life)


@pytest.mark.parametrize(
    ("trusted", "headers", "seen"),
    [
        ((), {"X-Forwarded-For": "192.0.2.9", "X-Forwarded-Proto": "https"}, ("127.0.0.1", "http")),
        (LOOPBACK, {"X-Forwarded-For": "192.0.2.9", "X-Forwarded-Proto": "https"}, ("192.0.2.9", "https")),
        (LOOPBACK, {"X-Forwarded-For": "198.51.100.1, 192.0.2.9"}, ("192.0.2.9", "http")),
        (LOOPBACK, {"X-Forwarded-For": "192.0.2.9, 127.0.0.1"}, ("192.0.2.9", "http")),
        (LOOPBACK, {"X-Forwarded-For": "2001:db8::1"}, ("2001:db8::1", "http")),
        (LOOPBACK, {"X-Forwarded-For": "<script>"}, ("127.0.0.1", "http")),
        (LOOPBACK, {"X-Forwarded-For": "", "X-Forwarded-Proto": "javascript"}, ("127.0.0.1", "http")),
        ((parse_network("10.0.0.0/8"),), {"X-Forwarded-For": "192.0.2.9"}, ("127.0.0.1", "http")),
    ],
)
def test_only_trusted_proxies_are_believed(
    tmp_path: Path, trusted: tuple[Any, ...], headers: dict[str, str], seen: tuple[str, str]
) -> None:
    """The last address that no trusted proxy has is the client's; what is no address is nobody's."""

    async def life(here: Serving) -> None:
        _, said = await told(here.client(origin=False).get("/api/v1/seen", headers=headers))
        assert seen == (said["client"], said["scheme"])
        assert "127.0.0.1" == said["peer"]

    with_routes(tmp_path, life, trusted_proxies=trusted)


def test_a_host_that_is_none_is_refused(tmp_path: Path) -> None:
    """Only what can be a name or an address with a port is taken."""
    strange = ("", "a b", "exa mple", "evil/path", "a@b", "[::1", "x" * 300, "a:99999999")

    async def life(here: Serving) -> None:
        for host in strange:
            status, said = await told(here.client().get("/healthz", headers={"Host": host}))
            assert (400, "invalid") == (status, said["code"])
        for host in ("localhost", "logs.example.net:3000", "[::1]:3000", "192.0.2.1"):
            assert 200 == (await told(here.client().get("/healthz", headers={"Host": host})))[0]

    serve(tmp_path, life)


WRITES: list[tuple[dict[str, str], int]] = [
    ({"Cookie": "a=b"}, 403),
    ({"Cookie": "a=b", "Origin": ELSEWHERE}, 403),
    ({"Cookie": "a=b", "Origin": "null"}, 403),
    ({"Cookie": "a=b", "Origin": NEIGHBOUR}, 200),
    ({"Cookie": "a=b", "Origin": NEIGHBOUR.upper()}, 200),
    ({"Cookie": "a=b", "Origin": NEIGHBOUR + ".evil.example"}, 403),
    ({"Origin": ELSEWHERE}, 403),
    ({"Origin": ELSEWHERE, "Authorization": "Bearer x"}, 200),
    ({"Cookie": "a=b", "Authorization": "Bearer x"}, 200),
    ({}, 200),
]


def test_writes_of_foreign_pages_are_refused(tmp_path: Path) -> None:
    """With a cookie the Origin has to be ours or a named one; with a bearer there is nothing to steal."""

    async def life(here: Serving) -> None:
        for headers, status in WRITES:
            got, said = await told(here.client(origin=False).post("/api/v1/seen", headers=headers))
            assert (status, headers) == (got, headers)
            assert status == 200 or said["code"] == "origin"

    with_routes(tmp_path, life, allowed_origins=(NEIGHBOUR,))


def test_our_own_page_may_write(tmp_path: Path) -> None:
    """The origin is that of the Host header, with the scheme that a trusted proxy names."""

    async def life(here: Serving) -> None:
        client = here.client({"Cookie": "a=b"})
        assert (200, {"a": "b"}) == await seen(client.post("/api/v1/seen"))
        proxied = {"X-Forwarded-Proto": "https", "Host": "logs.example.com", "Origin": "https://logs.example.com"}
        assert (200, {"a": "b"}) == await seen(client.post("/api/v1/seen", headers=proxied))
        plain = {**proxied, "Origin": "http://logs.example.com"}
        assert 403 == (await told(client.post("/api/v1/seen", headers=plain)))[0]

    with_routes(tmp_path, life, trusted_proxies=LOOPBACK)


async def seen(answering: Any) -> tuple[int, Any]:
    """The status, and the cookies that the route has seen."""
    status, said = await told(answering)
    return status, said.get("cookies")


@pytest.mark.parametrize("allowed", [(), ("*",), ("*", NEIGHBOUR)])
def test_the_cookies_of_foreign_pages_are_taken_off(tmp_path: Path, allowed: tuple[str, ...]) -> None:
    """A page of another origin reads as nobody, by HTTP and by WebSocket, with `*` as well."""

    async def life(here: Serving) -> None:
        client = await here.as_role(Role.ADMIN)
        foreign = {"Origin": ELSEWHERE}
        assert (200, {}) == await seen(client.get("/api/v1/seen", headers=foreign))
        assert (await seen(client.get("/api/v1/seen")))[1]
        async with client.ws_connect("/api/v1/seen", headers=foreign) as ws:
            assert {} == await ws.receive_json()
        async with client.ws_connect("/api/v1/seen") as ws:
            assert await ws.receive_json()

    with_routes(tmp_path, life, allowed_origins=allowed)


@pytest.mark.parametrize(
    ("allowed", "origin", "told_origin", "credentials"),
    [
        ((), ELSEWHERE, None, None),
        ((NEIGHBOUR,), NEIGHBOUR, NEIGHBOUR, "true"),
        ((NEIGHBOUR,), ELSEWHERE, None, None),
        (("*",), ELSEWHERE, "*", None),
    ],
)
def test_cors_follows_the_settings(
    tmp_path: Path, allowed: tuple[str, ...], origin: str, told_origin: str | None, credentials: str | None
) -> None:
    """Nobody is let in unnamed; a named origin may bring cookies, everybody at once never."""

    async def life(here: Serving) -> None:
        client: aiohttp.ClientSession = here.client({"Origin": origin}, origin=False)
        asking = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "X-CSRF-Token"}
        async with client.get("/healthz") as simple, client.options("/healthz", headers=asking) as first:
            assert told_origin == simple.headers.get("Access-Control-Allow-Origin")
            assert told_origin == first.headers.get("Access-Control-Allow-Origin")
            if told_origin is not None:  # without an origin it lets nobody in
                assert credentials == simple.headers.get("Access-Control-Allow-Credentials")

    serve(tmp_path, life, allowed_origins=allowed)


def test_every_origin_is_warned_of(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """With `*` the log says at the start that cookies do not count."""

    async def life(here: Serving) -> None:
        assert 200 == (await told(here.client().get("/healthz")))[0]

    serve(tmp_path, life, allowed_origins=("*",))

    assert "no cookies" in caplog.text


def test_a_websocket_of_a_strange_host_is_refused(tmp_path: Path) -> None:
    """What is refused before it is a WebSocket is an answer of HTTP, in our form."""

    async def life(here: Serving) -> None:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await here.client().ws_connect("/api/v1/seen", headers={"Host": "a b"})
        assert 400 == refused.value.status

    with_routes(tmp_path, life)
