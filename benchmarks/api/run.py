"""The API while an engine receives, people follow and people search: what cheap routes cost, and what is lost.

    python -m benchmarks.api.run [--rate 50000] [--tails 50] [--people 20] [--seconds 30] [--data FOLDER] [--json FILE]

A real factory with one engine and a real API: processes of their own, a real socket. All data is removed afterwards.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import aiohttp

from api import tokens
from api.permissions import Role
from api.store import tokens as kept_tokens
from api.store import users
from api.store.connection import Store, database_of
from api.store.users import User
from benchmarks.api.crowd import TAILS_A_PERSON
from benchmarks.api.figures import by_role, cpu_seconds, megabytes, percentile
from benchmarks.query.lines import CLASS
from syslogger.bench.machine import describe_machine, require_linux, require_room
from syslogger.config import load as load_config

ROUTES = {"me": "/api/v1/auth/me", "engines": "/api/v1/engines", "status": "/api/v1/engines/main"}
EVERY_SECONDS = 0.05
READY_SECONDS = 60.0
SETTLE_SECONDS = 5.0


def free_port(kind: socket.SocketKind) -> int:
    """A port of loopback that nobody has."""
    with socket.socket(socket.AF_INET, kind) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def configured(folder: Path) -> Path:
    """A configuration file with one engine."""
    path = folder / "GLOBAL_CONFIG.json"
    keys: dict[str, Any] = {
        "INTERFACE_FACTORY_PORT": free_port(socket.SOCK_STREAM),
        "FAST_API_SERVER_PORT": free_port(socket.SOCK_STREAM),
        "ROOT_SAVED_DATA_DIRECTORY": "data",
        "ENGINE_CLASSES": {CLASS.name: {field.name: field.pattern for field in CLASS.fields}},
        "ENGINES": [{"name": "main", "class": CLASS.name, "port": free_port(socket.SOCK_DGRAM)}],
    }
    path.write_text(json.dumps(keys))
    return path


async def people(root: Path, count: int) -> list[str]:
    """So many analysts, behind an admin; a token of each."""
    store = await Store.open(database_of(root))
    async with store, store.write() as connection:
        await users.add(connection, User("first-admin", Role.ADMIN, "!"))
        made = []
        for number in range(count):
            user = await users.add(connection, User(f"analyst-{number}", Role.ANALYST, "!"))
            made.append(tokens.make())
            asked = tokens.asked_for(user, made[-1], "benchmark", None, None, 1)
            await kept_tokens.add(connection, asked, tokens.digest_of(made[-1]))
    return made


@contextmanager
def program(*words: str | Path, **options: Any) -> Iterator[subprocess.Popen[str]]:
    """A process of ours, ended with the block."""
    with subprocess.Popen([sys.executable, "-m", *map(str, words)], text=True, **options) as process:
        try:
            yield process
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait()


async def answered(session: aiohttp.ClientSession, path: str) -> dict[str, Any]:
    """The answer of a route."""
    async with session.get(path) as got:
        got.raise_for_status()
        told: dict[str, Any] = await got.json()
        return told


async def ready(session: aiohttp.ClientSession) -> None:
    """Wait until API, factory and engine answer."""
    async with asyncio.timeout(READY_SECONDS):
        while True:
            try:
                if (await answered(session, ROUTES["status"]))["state"] == "running":
                    return
            except aiohttp.ClientError:
                pass  # not yet
            await asyncio.sleep(0.2)


async def probed(session: aiohttp.ClientSession, seconds: float) -> dict[str, list[float]]:
    """Each cheap route, one after the other, for so many seconds."""
    taken: dict[str, list[float]] = {name: [] for name in ROUTES}
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        for name, path in ROUTES.items():
            began = time.perf_counter()
            await answered(session, path)
            taken[name].append(time.perf_counter() - began)
            await asyncio.sleep(EVERY_SECONDS)
    return taken


def routes_shown(taken: dict[str, list[float]]) -> dict[str, dict[str, float]]:
    """Milliseconds."""
    shares = {"p50": 0.5, "p95": 0.95, "max": 1.0}
    return {
        name: {"count": len(values)} | {word: 1e3 * percentile(values, share) for word, share in shares.items()}
        for name, values in taken.items()
    }


async def settled(session: aiohttp.ClientSession, sent: int) -> dict[str, Any]:
    """The ledger when nothing is under way any more."""
    ends = time.monotonic() + READY_SECONDS
    while True:
        ledger: dict[str, Any] = (await answered(session, ROUTES["status"]))["ledger"]
        if (ledger["stored"] == sent and not ledger["in_flight"]) or time.monotonic() > ends:
            return ledger
        await asyncio.sleep(0.5)


async def measured(asked: argparse.Namespace, config: Path, secrets: list[str], api_pid: int) -> dict[str, Any]:
    """Everything, idle and under load."""
    file = load_config(config)
    url = f"http://127.0.0.1:{file.fast_api_server_port}"
    async with aiohttp.ClientSession(url, headers={"Authorization": f"Bearer {secrets[0]}"}) as session:
        await ready(session)
        idle = routes_shown(await probed(session, min(10.0, asked.seconds)))
        idle_megabytes = {name: megabytes(each) for name, each in by_role(api_pid).items()}
        port = (await answered(session, ROUTES["status"]))["port"]
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
        with (
            program("benchmarks.query.load", str(port), str(asked.rate), **pipes) as load,
            program("benchmarks.api.crowd", url, str(asked.tails), **pipes) as crowd,
        ):
            assert crowd.stdin is not None
            crowd.stdin.write("\n".join(secrets) + "\n\n")
            crowd.stdin.flush()
            await asyncio.sleep(SETTLE_SECONDS)
            began, before = time.monotonic(), _used(api_pid)
            busy = routes_shown(await probed(session, asked.seconds))
            seconds = time.monotonic() - began
            cores = {name: (used - before.get(name, 0.0)) / seconds for name, used in _used(api_pid).items()}
            held = {name: megabytes(each) for name, each in by_role(api_pid).items()}
            average = os.getloadavg()[0]
            got = json.loads((await asyncio.to_thread(crowd.communicate))[0])
            sent = int((await asyncio.to_thread(load.communicate))[0])
        ledger = await settled(session, sent)
    return {
        "idle": idle,
        "idle_megabytes": idle_megabytes,
        "busy": busy,
        "cores": cores,
        "megabytes": held,
        "load_average": average,
        "crowd": got,
        "sent": sent,
        "ledger": ledger,
    }


def _used(pid: int) -> dict[str, float]:
    return {name: cpu_seconds(each) for name, each in by_role(pid).items()}


def show(found: dict[str, Any]) -> None:
    """The figures, for people."""
    for phase in ("idle", "busy"):
        for name, each in found[phase].items():
            times = "  ".join(f"{word} {each[word]:7.1f} ms" for word in ("p50", "p95", "max"))
            print(f"{phase:5} {name:8} {times}  ({each['count']} times)")
    memory = ", ".join(f"{name} {each:,.0f}" for name, each in found["megabytes"].items())
    before = ", ".join(f"{name} {each:,.0f}" for name, each in found["idle_megabytes"].items())
    print(f"memory   {memory} MB (PSS); idle: {before}")
    print("cpu      " + ", ".join(f"{name} {each:.2f} cores" for name, each in found["cores"].items()))
    print(f"load     {found['load_average']:.1f}")
    crowd = found["crowd"]
    told = ", ".join(f"{crowd[name]:,} {name}" for name in ("rows", "skipped", "unlooked"))
    print(f"crowd    {crowd['tails']} tails: {crowd['tail']:,} messages, {told}")
    times = f"p50 {crowd['search_p50']:.2f} s, p95 {crowd['search_p95']:.2f} s"
    answered = f"{crowd['searches']:,} searches, {crowd.get('status 200', 0):,} answered"
    print(f"         {answered}: {times}; failed: {crowd['failed'] or 'none'}")
    ledger = found["ledger"]
    lost = ledger["kernel_dropped"] + sum(ledger["dropped"].values()) + ledger["unexplained"]
    print(f"engine   {found['sent']:,} sent, {ledger['stored']:,} stored, {lost:,} lost")


def arguments() -> argparse.Namespace:
    """The words of the command line."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--rate", type=int, default=50_000)
    parser.add_argument("--tails", type=int, default=50)
    parser.add_argument("--people", type=int, default=20)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--data", type=Path, default=Path())
    parser.add_argument("--json", type=Path)
    return parser.parse_args()


def main() -> None:
    """Run it once."""
    asked = arguments()
    require_linux()
    require_room(asked.data, int(asked.rate * (asked.seconds + 3 * SETTLE_SECONDS)))
    machine = describe_machine(asked.data)
    print(f"machine  {machine.cores} cores, {machine.cpu}, {machine.memory_bytes >> 30} GiB, Linux {machine.kernel}")
    print(f"asked    {asked.rate:,} lines/s, {asked.tails} tails, {asked.people} people who search")
    with tempfile.TemporaryDirectory(prefix="syslogger-api-", dir=asked.data) as folder:
        config = configured(Path(folder))
        secrets = asyncio.run(people(load_config(config).root, asked.people + -(-asked.tails // TAILS_A_PERSON)))
        words = ("--config", config, "--log-level", "error")
        quiet = {"stdout": subprocess.DEVNULL}
        with program("syslogger", "factory", *words, **quiet), program("syslogger", "api", *words, **quiet) as api:
            found = asyncio.run(measured(asked, config, secrets, api.pid))
    show(found)
    if asked.json is not None:
        asked.json.write_text(json.dumps(found, indent=2))


if __name__ == "__main__":
    main()
