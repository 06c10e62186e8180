"""The live WebSocket: what strangers send, how much of it, and whoever does not read."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import aiohttp
import pytest

from api import server
from api.live import connection
from api.live.connection import MOST_SUBSCRIPTIONS
from api.permissions import Role
from api.routers.live import MOST_CONNECTIONS
from tests.api.living import PATH, Word, has_connections, idle_socket, words
from tests.api.serving import Serving, serve, until

TAIL = '{"type": "subscribe", "id": "a", "kind": "tail", "query": '


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("{", "invalid"),
        ("[]", "invalid"),
        ('{"type": "shout"}', "invalid"),
        ('{"type": "subscribe", "id": "", "kind": "status"}', "invalid"),
        ('{"type": "subscribe", "id": "a", "kind": "status", "more": 1}', "invalid"),
        ('{"type": "subscribe", "id": "a", "kind": "tail", "most_rows_a_second": 1001}', "invalid"),
        (TAIL + '{"since": "-1h"}}', "invalid"),
        (TAIL + '"a:("}', "query"),
        ('{"type": "subscribe", "id": "a", "kind": "tail", "after": ["../../etc/passwd"]}', "invalid"),
        (TAIL + '{"where": {"op": "regex", "pattern": "("}}}', "invalid"),
        ('{"type": "unsubscribe", "id": "a"}', "not_found"),
        ("[" * 60_000, "invalid"),
        (TAIL + '{"where": ' + '{"op": "not", "condition": ' * 900 + "1" + "}" * 902, "invalid"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_answered(tmp_path: Path, text: str, code: str) -> None:
    """What cannot be understood or done is an error in our form, and the connection stays."""

    async def life(here: Serving) -> None:
        async with words(await here.as_role(Role.ANALYST)) as word:
            await word.ws.send_str(text)
            refused = await word.until(lambda each: each["type"] == "error")
            assert code == refused["error"]["code"], refused
            assert "subscribed" == (await word.ask("subscribe", id="s", kind="status"))["type"]

    serve(tmp_path, life)


def test_limits_of_a_person_and_a_connection(tmp_path: Path) -> None:
    """So many connections a person, subscriptions a connection and bytes a message, and no more."""

    async def life(here: Serving) -> None:
        client = await here.as_role(Role.ANALYST)
        open_ones = [await client.ws_connect(PATH) for _ in range(MOST_CONNECTIONS)]
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await client.ws_connect(PATH)
        assert 429 == refused.value.status
        for each in open_ones[1:]:
            await each.close()
        word = Word(open_ones[0])
        for number in range(MOST_SUBSCRIPTIONS):
            assert "subscribed" == (await word.ask("subscribe", id=str(number), kind="status"))["type"]
        assert "subscriptions" == (await word.ask("subscribe", id="more", kind="status"))["error"]["code"]
        assert "exists" == (await word.ask("subscribe", id="0", kind="status"))["error"]["code"]
        await word.ws.send_str('"' + "a" * 70_000 + '"')
        assert 1009 == (await word.closed())[0]

    serve(tmp_path, life)


def test_who_reads_no_answer_is_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """When more answers wait than may, the connection is closed, and says why."""
    monkeypatch.setattr("api.live.outbox.WAITING_ANSWERS", 0)

    async def life(here: Serving) -> None:
        async with words(await here.as_role(Role.VIEWER)) as word:
            await word.say("unsubscribe", id="a")
            assert (4429, "too many answers wait to be read") == await word.closed()

    serve(tmp_path, life)


def test_heartbeats_and_a_factory_that_is_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A sign of life comes when nothing else does; that the factory does not answer is told once."""
    monkeypatch.setattr(connection, "BEAT_SECONDS", 0.5)

    async def life(here: Serving) -> None:
        async with words(await here.as_role(Role.VIEWER)) as word:
            await word.ask("subscribe", id="s", kind="status")
            trouble = await word.until(lambda each: each["type"] == "trouble")
            assert ("s", "unavailable") == (trouble["id"], trouble["error"]["code"])
            for _ in range(3):
                await word.until(lambda each: each["type"] == "heartbeat")
            assert 1 == len(word.of("trouble"))

    serve(tmp_path, life)


def test_a_reader_that_does_not_read_is_let_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What it does not take gives way to what is newer and is counted; then it is closed, and hears why if it reads."""
    monkeypatch.setattr(connection, "STUCK_SECONDS", 1.0)
    count = 3_000

    async def life(here: Serving) -> None:
        async with words(await here.as_role(Role.ANALYST), max_msg_size=0) as word:
            await word.ask("subscribe", id="e", kind="events")
            (reader,) = here.app.state.live.board.readers
            for number in range(1, count + 1):
                reader.event({"id": number, "message": "x" * 100_000}, 0)
            live = here.app.state.live
            await until(lambda: gone(live), "the connection is let go")
            assert 4408 == (await word.closed())[0]
            shown = word.of("event")
            assert shown == sorted(shown, key=lambda each: each["event"]["id"])
            assert 0 < len(shown) < count
            last = shown[-1]["event"]["id"]
            assert last == len(shown) + sum(each["skipped"] for each in shown)

    serve(tmp_path, life)


@pytest.mark.parametrize("much", [True, False])
def test_nothing_is_kept_for_who_never_reads(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, much: bool) -> None:
    """Whether sending waits for it or only little is left unread when it is signed out: the server lets go of it."""
    monkeypatch.setattr(connection, "STUCK_SECONDS", 0.5 if much else 600.0)
    monkeypatch.setattr(connection, "CLOSE_SECONDS", 0.5)
    monkeypatch.setattr(server, "FAREWELL_SECONDS", 0.5)

    async def life(here: Serving) -> None:
        user = await here.user(Role.VIEWER)
        live = here.app.state.live
        with idle_socket(here, UPGRADE.format(path=PATH, token=await here.token(user)).encode()) as client:
            assert b" 101 " in await asyncio.to_thread(client.recv, 4_096)
            client.sendall(unmasked(b'{"type": "subscribe", "id": "e", "kind": "events"}'))
            await until(lambda: follows(live), "somebody follows")
            (reader,) = live.board.readers
            held: Any = next(iter(here.server.server_state.connections))
            for number in range(1, 100_000):
                reader.event({"id": number, "message": "x" * 4_000}, 0)
                await asyncio.sleep(0)
                if held.transport.get_write_buffer_size() and not (much and held.writable.is_set()):
                    break
            async with here.services.store.write() as store:
                await store.execute("DELETE FROM api_tokens")
            await until(lambda: gone(live), "the connection is let go")
            await until(lambda: has_connections(here, 0), "the server has none any more")

    serve(tmp_path, life)


UPGRADE = (
    "GET {path} HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nAuthorization: Bearer {token}\r\n"
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n"
)


def unmasked(text: bytes) -> bytes:
    """A short text as a client's frame, with a mask that changes nothing."""
    return bytes((0x81, 0x80 | len(text), 0, 0, 0, 0)) + text


async def follows(live: Any) -> bool:
    """Whether somebody is told of events."""
    return len(live.board.readers) == 1


async def gone(live: Any) -> bool:
    """Whether nobody is told anything any more."""
    return not live.board.readers
