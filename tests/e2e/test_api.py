"""The whole: `syslogger run`, datagrams, and a person who does with it what it is for, over real sockets."""

from __future__ import annotations

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import aiohttp
import psutil

from syslogger.errors import ExitCode
from tests.api.living import Word
from tests.api.serving import told, until
from tests.cli.program import Program
from tests.interfaces.serving import WORD, engine, write_file
from tests.support import free_tcp_ports
from tests.support_engine import Load, balanced, send

API = "/api/v1"
PASSWORD = "seven green bottles on a wall"
HOME = [{"name": "home", "address": "127.0.0.1"}]
SENT = 5_000
FEW, LINES = 100, b"<14>number %d =cmd()"


@contextmanager
def running(folder: Path) -> Iterator[tuple[Program, str]]:
    """`syslogger run` over an engine `main`, and where its API answers; it ends by a signal, well."""
    ports = dict(zip(("INTERFACE_FACTORY_PORT", "FAST_API_SERVER_PORT"), free_tcp_ports(2), strict=True))
    write_file(folder, engine(clients=HOME), **ports)
    with Program("run", "--json", cwd=folder) as program:
        program.wait_for(lambda: any(each["engine"] == "main" for each in program.events("ready")), "main receives")
        yield program, str(program.event("api_ready")["url"])
        program.signal(signal.SIGTERM)
        assert program.finish() == ExitCode.OK


@asynccontextmanager
async def browser(url: str) -> AsyncIterator[aiohttp.ClientSession]:
    """A browser in which nobody is signed in yet."""
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(url, headers={"Origin": url}, cookie_jar=jar) as client:
        yield client


async def come_in(client: aiohttp.ClientSession, path: str, **body: Any) -> None:
    """Set up the first admin, or sign in; from then on writes have their CSRF token."""
    status, said = await told(client.post(API + path, json={"name": "anna", "password": PASSWORD, **body}))
    assert status in (200, 201), said
    _, me = await told(client.get(f"{API}/auth/me"))
    client.headers["X-CSRF-Token"] = me["csrf"]


def lived(folder: Path, life: Callable[[Program, aiohttp.ClientSession], Awaitable[None]]) -> None:
    """Run a coroutine with everything, and an admin who has come in by the code in its file."""

    async def whole(program: Program, url: str, code: str) -> None:
        async with browser(url) as client:
            await come_in(client, "/auth/setup", code=code)
            await life(program, client)

    with running(folder) as (program, url):
        code = Path(program.event("api_ready")["setup"]).read_text("ascii").strip()
        asyncio.run(whole(program, url, code))


async def stored(client: aiohttp.ClientSession, count: int) -> None:
    """Wait until the engine has stored so many rows."""

    async def has() -> bool:
        _, status = await told(client.get(f"{API}/engines/main"))
        return bool((status["ledger"] or {}).get("stored", 0) >= count)

    await until(has, f"{count} rows are stored")


async def port_of(client: aiohttp.ClientSession) -> int:
    """Where the engine receives."""
    return int((await told(client.get(f"{API}/engines/main")))[1]["port"])


def test_a_day_of_a_person(tmp_path: Path) -> None:
    """Set up, sign in, search, tail, export, change a class, add a client; the audit has all of it, in this order."""

    async def life(program: Program, client: aiohttp.ClientSession) -> None:
        assert (await told(client.post(f"{API}/auth/logout")))[0] == 204
        assert (await told(client.get(f"{API}/logs")))[0] == 401
        await come_in(client, "/auth/login")
        port = await port_of(client)
        send(port, *(LINES % number for number in range(FEW)))
        await stored(client, FEW)
        await _searched(client)
        await _tailed(client, port)
        await _exported(client)
        await _changed(client, port)
        _, audit = await told(client.get(f"{API}/audit"))
        done = [each["action"] for each in reversed(audit["entries"])]
        for action in ("logs.rows", "logs.tail", "exports.created", "classes.change", "clients.add"):
            assert action in done
            done = done[done.index(action) :]
        assert {"anna"} == {each["user_name"] for each in audit["entries"] if each["action"] == "clients.add"}

    lived(tmp_path, life)


async def _searched(client: aiohttp.ClientSession) -> None:
    _, found = await told(client.get(f"{API}/logs", params={"q": "number:7"}))
    assert [row["original_log"] for row in found["rows"]] == ["<14>number 7 =cmd()"]


async def _tailed(client: aiohttp.ClientSession, port: int) -> None:
    async with client.ws_connect(f"{API}/live") as ws:
        word = Word(ws)
        await word.ask("subscribe", id="t", kind="tail", query="number:*")

        async def is_shown() -> bool:  # an engine offers rows to a tail from the moment on at which it is connected
            send(port, LINES % 1_000)
            try:
                async with asyncio.timeout(0.5):
                    return bool(await word.rows("t", 1))
            except TimeoutError:
                return False

        await until(is_shown, "an arriving row is shown")


async def _exported(client: aiohttp.ClientSession) -> None:
    asked = {"query": {"engines": ["main"], "columns": ["number", "original_log"]}, "q": "-number:1000"}
    status, made = await told(client.post(f"{API}/exports", json=asked))
    assert status == 201, made
    path = f"{API}/exports/{made['id']}"
    async with client.get(f"{path}/data") as got:
        begun = await got.content.readexactly(100)
        got.close()  # the connection breaks
    async with client.get(f"{path}/data", params={"after": len(begun)}) as got:
        text = (begun + await got.read()).decode()
    assert len(text.splitlines()) == FEW + 1
    assert text.splitlines()[1].startswith('"0",')


async def _changed(client: aiohttp.ClientSession, port: int) -> None:
    fields = {**WORD, "what": "=([a-z]+)"}
    status, changed = await told(client.put(f"{API}/classes/word", json={"fields": fields}))
    assert (status, changed["version"], changed["engines"]) == (200, 2, ["main"])
    client_of = {"address": "127.0.0.9", "name": "ninth"}
    status, clients = await told(client.post(f"{API}/engines/main/clients", json=client_of))
    assert (status, [each["name"] for each in clients]) == (201, ["home", "ninth"])
    send(port, LINES % 4_242, source="127.0.0.9")

    async def is_found() -> bool:
        _, found = await told(client.get(f"{API}/logs", params={"q": "client:ninth what:cmd"}))
        return [row["number"] for row in found["rows"]] == ["4242"]

    await until(is_found, "the new client's row has the new field")


def test_the_api_dies_and_nothing_is_lost(tmp_path: Path) -> None:
    """While an engine receives, the API is killed and comes back by itself; sessions go on, and every row is there."""

    async def life(program: Program, client: aiohttp.ClientSession) -> None:
        url = str(program.event("api_ready")["url"])
        with Load(await port_of(client), per_second=2_000) as load:
            await asyncio.to_thread(load.wait_for, SENT // 2)
            os.kill(_pid_of("api", program), signal.SIGKILL)
            await asyncio.to_thread(program.event, "api_ready", 2)
            assert program.event("api_ready", 2) | {"setup": ""} == {**program.event("api_ready"), "setup": ""}
            await asyncio.to_thread(load.wait_for, SENT)
        async with browser(url) as again:
            await come_in(again, "/auth/login")
        await stored(client, load.sent)
        _, status = await told(client.get(f"{API}/engines/main"))
        assert balanced(status["ledger"])
        assert (status["ledger"]["offered"], status["ledger"]["kernel_dropped"]) == (load.sent, 0)
        _, found = await told(client.get(f"{API}/logs/count"))
        assert (found["count"], found["exact"]) == (load.sent, True)

    lived(tmp_path, life)


def _pid_of(command: str, program: Program) -> int:
    for each in psutil.Process(program.process.pid).children():
        if command in each.cmdline():
            return int(each.pid)
    raise AssertionError(f"no {command} below {program.process.pid}")
