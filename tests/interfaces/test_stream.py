"""What happens, as it is told to those who watch: the queue of each, and the WebSocket over real sockets."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Iterator
from typing import Any

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interfaces import http, stream
from interfaces.stream import Broadcast, Subscription
from tests.support import wait_until
from tests.support_interface import SECONDS, TOKEN, Interface, interface

Message = dict[str, Any]


@pytest.fixture
def door() -> Iterator[Interface]:
    """An interface before an empty book."""
    with interface() as running:
        yield running


async def read(subscription: Subscription) -> list[Message]:
    """Everything that waits, up to the end."""
    return [message async for message in subscription]


@given(st.lists(st.sampled_from(["event", "status"]), max_size=30), st.integers(1, 8))
def test_the_newest_are_kept_and_the_rest_counted(kinds: list[str], room: int) -> None:
    """Whatever is put before anything is read: the newest events in order, the newest status, all else counted."""

    async def life() -> list[Message]:
        broadcast = Broadcast()
        with broadcast.subscribe() as subscription:
            for number, kind in enumerate(kinds):
                (broadcast.event if kind == "event" else broadcast.status)({"number": number})
            broadcast.close()
            return await read(subscription)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stream, "WAITING_EVENTS", room)
        messages = asyncio.run(life())
    put = [number for number, kind in enumerate(kinds) if kind == "event"]
    told = [each["event"]["number"] for each in messages if each["type"] == "event"]
    status = [each["engines"]["number"] for each in messages if each["type"] == "status"]

    assert put[len(put) - len(told) :] == told
    assert min(room, len(put)) == len(told)
    assert len(put) - len(told) == sum(each["skipped"] for each in messages)
    assert [number for number, kind in enumerate(kinds) if kind == "status"][-1:] == status


def test_who_left_is_told_nothing() -> None:
    """A subscription counts while its block runs, so that nothing is gathered for nobody."""

    async def life() -> None:
        broadcast = Broadcast()
        with broadcast.subscribe() as subscription:
            assert {subscription} == broadcast.subscriptions
        assert set() == broadcast.subscriptions
        broadcast.event({})

    asyncio.run(life())


def test_a_reader_waits_for_what_comes() -> None:
    """A reader that has read everything gets the next message when there is one."""

    async def life() -> Message:
        broadcast = Broadcast()
        with broadcast.subscribe() as subscription:
            reading = asyncio.create_task(anext(subscription))
            await asyncio.sleep(0)
            assert not reading.done()
            broadcast.event({"event": "ready"})
            return await asyncio.wait_for(reading, SECONDS)

    assert {"type": "event", "event": {"event": "ready"}, "skipped": 0} == asyncio.run(life())


# -- over a socket -----------------------------------------------------------------------------------------------------


def headers(door: Interface, **more: str) -> dict[str, str]:
    """What a caller sends."""
    return {"Authorization": f"Bearer {TOKEN}", **more}


async def first_of(door: Interface, **more: str) -> Message:
    """The first message that a new watcher gets, of one that is told when it is there."""
    url = f"http://127.0.0.1:{door.port}/v1/stream"
    async with aiohttp.ClientSession(headers=headers(door, **more)) as session, session.ws_connect(url) as ws:
        await asyncio.to_thread(wait_until, lambda: door.book.broadcast.subscriptions, SECONDS, "somebody watches")
        door.soon(door.book.broadcast.event, {"event": "ready", "engine": "main"})
        message: Message = await ws.receive_json(timeout=SECONDS)
        return message


def test_an_event_is_told_at_once(door: Interface) -> None:
    """What happens reaches who watches, and who has gone is forgotten."""
    message = asyncio.run(first_of(door))

    assert {"type": "event", "event": {"event": "ready", "engine": "main"}, "skipped": 0} == message
    wait_until(lambda: not door.book.broadcast.subscriptions, SECONDS, "nobody watches any more")


@pytest.mark.parametrize(
    ("more", "status"),
    [
        ({"Authorization": "Bearer wrong"}, 401),
        ({"Origin": "http://127.0.0.1:3000"}, 403),
        ({"Host": "example.net"}, 403),
    ],
)
def test_strangers_see_nothing(door: Interface, more: dict[str, str], status: int) -> None:
    """A WebSocket is opened for nobody whose request would be refused."""
    with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
        asyncio.run(first_of(door, **more))

    assert status == refused.value.status
    assert set() == door.book.broadcast.subscriptions


def test_there_is_one_stream(door: Interface) -> None:
    """A WebSocket at another path is not opened."""

    async def elsewhere() -> None:
        url = f"http://127.0.0.1:{door.port}/v1/engines.list"
        async with aiohttp.ClientSession(headers=headers(door)) as session, session.ws_connect(url):
            pass

    with pytest.raises(aiohttp.WSServerHandshakeError):
        asyncio.run(elsewhere())


@pytest.mark.parametrize(("word", "code"), [("hello", 1008), ("x" * 100_000, 1009)])
def test_the_stream_does_not_listen(door: Interface, word: str, code: int) -> None:
    """Whoever speaks to the stream is told where to ask, and whoever shouts is cut off."""

    async def speak() -> int | None:
        url = f"http://127.0.0.1:{door.port}/v1/stream"
        async with aiohttp.ClientSession(headers=headers(door)) as session, session.ws_connect(url) as ws:
            await ws.send_str(word)
            await ws.receive(SECONDS)
            return ws.close_code

    assert code == asyncio.run(speak())
    wait_until(lambda: not door.book.broadcast.subscriptions, SECONDS, "nobody watches any more")
    assert 200 == door.ask("docs")[0]


def test_too_many_streams_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Beyond the limit no stream is opened; when one has gone the next one may come."""
    monkeypatch.setattr(http, "STREAMS_AT_ONCE", 1)

    async def two(door: Interface) -> int:
        url = f"http://127.0.0.1:{door.port}/v1/stream"
        async with aiohttp.ClientSession(headers=headers(door)) as session, session.ws_connect(url):
            with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
                await session.ws_connect(url)
            return refused.value.status

    with interface() as door:
        assert 503 == asyncio.run(two(door))
        wait_until(lambda: not door.book.broadcast.subscriptions, SECONDS, "nobody watches any more")
        assert "event" == asyncio.run(first_of(door))["type"]


def test_the_end_of_the_factory_is_told(door: Interface) -> None:
    """When nothing follows the stream is closed as by one who goes away."""

    async def watch() -> int | None:
        url = f"http://127.0.0.1:{door.port}/v1/stream"
        async with aiohttp.ClientSession(headers=headers(door)) as session, session.ws_connect(url) as ws:
            await asyncio.to_thread(wait_until, lambda: door.book.broadcast.subscriptions, SECONDS, "somebody watches")
            door.soon(door.book.broadcast.close)
            await ws.receive(SECONDS)
            return ws.close_code

    assert 1001 == asyncio.run(watch())


def test_a_slow_reader_holds_up_nobody(door: Interface) -> None:
    """One that is told more than it can read gets the newest events and the number that it missed."""
    many = 20_000

    def burst(broadcast: Broadcast) -> None:
        for number in range(many):
            broadcast.event({"n": number})

    async def watch() -> tuple[int, int]:
        url = f"http://127.0.0.1:{door.port}/v1/stream"
        async with aiohttp.ClientSession(headers=headers(door)) as session, session.ws_connect(url) as slow:
            await asyncio.to_thread(wait_until, lambda: door.book.broadcast.subscriptions, SECONDS, "somebody watches")
            door.soon(burst, door.book.broadcast)
            await asyncio.to_thread(door.ask, "docs")
            missed, last = 0, -1
            while last < many - 1:
                message = await slow.receive_json(timeout=SECONDS)
                missed += message["skipped"]
                last = message["event"]["n"]
            return missed, last

    missed, last = asyncio.run(watch())

    assert many - 1 == last
    assert many - stream.WAITING_EVENTS <= missed < many


def test_who_does_not_read_at_all_is_let_go(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that leaves what it is sent lying for too long counts no more, and the server can end."""
    monkeypatch.setattr(http, "SEND_SECONDS", 0.2)
    with interface() as door, socket.create_connection(("127.0.0.1", door.port), timeout=SECONDS) as deaf:
        lines = [
            "GET /v1/stream HTTP/1.1",
            f"Host: 127.0.0.1:{door.port}",
            f"Authorization: Bearer {TOKEN}",
            "Connection: Upgrade",
            "Upgrade: websocket",
            "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        ]
        deaf.sendall("".join(f"{line}\r\n" for line in [*lines, ""]).encode())
        watching = door.book.broadcast.subscriptions
        wait_until(lambda: watching, SECONDS, "somebody watches")
        for _ in range(30):
            door.soon(door.book.broadcast.event, {"padding": "x" * 1_000_000})

        wait_until(lambda: not watching, SECONDS, "it is let go")
        assert 200 == door.ask("docs")[0]
