"""The API's own process and server: limits of heads, its port, its end."""

from __future__ import annotations

import asyncio
import json
import signal
import socket
from pathlib import Path

import pytest
from aiohttp import WSMsgType
from fastapi import Response, WebSocket, WebSocketDisconnect
from yarl import URL

from api import server
from api.server import listening, url_of
from interfaces import request_head
from syslogger.errors import BindError, ExitCode
from tests.api.living import has_connections, idle_socket
from tests.api.serving import Serving, serve, told, until
from tests.cli.program import Program, run
from tests.interfaces.serving import write_file
from tests.support import deadline, free_tcp_ports

SECONDS = 60.0


def exchanged(port: int, data: bytes) -> bytes:
    """Everything that comes back for bytes sent as they are, until the server closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=SECONDS) as connection:
        connection.sendall(data)
        return b"".join(iter(lambda: connection.recv(1 << 16), b""))


def with_raw(folder: Path, data: bytes) -> bytes:
    """What an API answers to bytes."""
    heard = b""

    async def life(here: Serving) -> None:
        nonlocal heard

        heard = await asyncio.to_thread(exchanged, URL(here.url).port or 0, data)

    serve(folder, life)
    return heard


def test_a_head_has_its_bytes(tmp_path: Path) -> None:
    """More than 64 KiB of headers are refused in our form and the connection is closed."""
    heard = with_raw(tmp_path, b"GET /healthz HTTP/1.1\r\nHost: a\r\nX: " + b"x" * (request_head.HEAD_BYTES + 1))

    assert heard.startswith(b"HTTP/1.1 400 ")
    assert "invalid" == json.loads(heard.partition(b"\r\n\r\n")[2])["code"]


def test_a_head_has_its_seconds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A head that is begun and not ended costs a connection for so long and no longer."""
    monkeypatch.setattr(request_head, "HEAD_SECONDS", 0.2)

    assert b"" == with_raw(tmp_path, b"GET /healthz HTTP/1.1\r\nHost: a\r\n")


def test_what_is_no_request_gets_a_sentence(tmp_path: Path) -> None:
    """Bytes of another protocol are answered in our form."""
    heard = with_raw(tmp_path, b"\x16\x03\x01\x02\x00\x01\r\n\r\n")

    assert heard.startswith(b"HTTP/1.1 400 ")
    assert b'"code":"invalid"' in heard


def test_a_port_that_is_taken_is_said() -> None:
    """The message names the address and the keys; both families can be listened on."""
    with listening("127.0.0.1", 0) as other, pytest.raises(BindError, match="FAST_API_SERVER_PORT"):
        listening("127.0.0.1", other.getsockname()[1])
    with listening("::1", 0) as six, listening("0.0.0.0", 0) as everywhere:
        assert url_of(six).startswith("http://[::1]:")
        assert url_of(everywhere).startswith("http://127.0.0.1:")


def test_who_reads_nothing_is_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that nobody takes costs a connection for so long and no longer."""
    monkeypatch.setattr(server, "UNREAD_SECONDS", 1)

    async def life(here: Serving) -> None:
        @here.app.get("/api/v1/much")
        async def much() -> Response:
            return Response(bytes(64 << 20))

        with idle_socket(here, b"GET /api/v1/much HTTP/1.1\r\nHost: a\r\n\r\n"):
            await until(lambda: has_connections(here, 1), "it is answered")
            await until(lambda: has_connections(here, 0), "it is let go")

    serve(tmp_path, life)


def test_the_command_answers_until_a_signal(tmp_path: Path) -> None:
    """It says where it answers and where the code lies, never the code itself; SIGTERM ends it with 0."""
    write_file(tmp_path, FAST_API_SERVER_PORT=free_tcp_ports(1)[0])
    with Program("api", cwd=tmp_path) as program:
        program.wait_for(lambda: len(program.lines) >= 2, "it answers and the door is open")
        code = (tmp_path / "logs" / "_control" / "setup.code").read_text("ascii").strip()
        assert program.lines[0].startswith("the API answers on http://127.0.0.1:")
        assert "setup.code" in program.lines[1]
        assert code not in "".join(program.lines + program.errors)
        program.signal(signal.SIGTERM)

        assert ExitCode.OK == program.finish()
    assert [] == program.errors


def test_a_newer_database_is_a_sentence(tmp_path: Path) -> None:
    """What cannot be opened ends the command with its exit code, without a traceback."""
    write_file(tmp_path, FAST_API_SERVER_PORT=free_tcp_ports(1)[0])
    folder = tmp_path / "logs" / "_control"
    folder.mkdir(parents=True)
    (folder / "api.db").write_bytes(b"no database at all, but a text\n" * 40)
    done = run("api", cwd=tmp_path)

    assert ExitCode.WRITE == done.returncode
    assert "api.db" in done.stderr
    assert "Traceback" not in done.stderr


def test_the_document_needs_nothing(tmp_path: Path) -> None:
    """`openapi` prints it from anywhere, without a configuration."""
    done = run("openapi", cwd=tmp_path)

    assert (0, "") == (done.returncode, done.stderr)
    assert "/healthz" in json.loads(done.stdout)["paths"]
    assert [] == list(tmp_path.iterdir())


def test_what_is_being_answered_has_its_time(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """At the end a request that never ends is waited for so long and then given up; a WebSocket is closed at once."""
    monkeypatch.setattr(server, "ENDING_SECONDS", 4)
    ended: list[str] = []

    async def life(here: Serving) -> None:
        begun = asyncio.Event()

        @here.app.get("/api/v1/for-ever")
        async def for_ever() -> None:
            begun.set()
            try:
                await asyncio.Event().wait()
            finally:
                ended.append("request")

        @here.app.websocket("/api/v1/words")
        async def words(ws: WebSocket) -> None:
            await ws.accept()
            with pytest.raises(WebSocketDisconnect):
                await ws.receive_text()
            ended.append("words")

        client = here.client()
        asking = asyncio.create_task(told(client.get("/api/v1/for-ever")))
        async with client.ws_connect("/api/v1/words") as ws:
            await begun.wait()
            here.server.end()
            assert (await ws.receive(SECONDS)).type is WSMsgType.CLOSE
        status, said = await asking
        assert (503, "closing") == (status, said["code"])
        assert ["words", "request"] == ended

    with deadline(SECONDS):
        serve(tmp_path, life)
