"""Every kind of process of an engine killed under load: what is stored, twice, or missing.

    python benchmarks/engines/kills.py [--rate 100000] [--data FOLDER]

A real engine under the factory's care gets numbered lines. One after another its receiver, a worker, its writer and its
bridge are killed with SIGKILL, each when the engine runs well again. Afterwards the rows are compared with the numbers,
and the day files' ledgers with the rows.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path
from typing import Any

from interfaces.managed import Managed
from syslogger.bench.machine import describe_machine, require_room
from syslogger.config import EngineSettings, Field, LogClass
from syslogger.errors import EngineDiedError

KINDS = ("receiver", "worker0", "writer", "bridge")
APART_SECONDS, WAIT_SECONDS = 3.0, 60.0
SENDER = Path(__file__).with_name("sender.py")
CLASS = LogClass(
    name="mikrotik",
    fields=(
        Field(name="pppoe", pattern=r"in:<pppoe-([A-Za-z\d]+)>"),
        Field(name="number", pattern=r"number (\d+),"),
        Field(name="proto", pattern=r"proto (\w+)"),
    ),
)

Event = dict[str, Any]


def free_port() -> int:
    """A port that nobody has, so that an engine that is started again gets the same one."""
    with socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) as probe:
        probe.bind(("::", 0))
        return int(probe.getsockname()[1])


async def processes(engine: Managed) -> dict[str, int]:
    """The ids of its processes by role; empty while it does not run."""
    return {each["role"]: each["pid"] for each in (await engine.status()).get("processes", [])}


async def well(engine: Managed, but: set[int]) -> None:
    """Wait until it runs with all its processes, none of them in `but`."""
    deadline = time.monotonic() + WAIT_SECONDS
    while time.monotonic() < deadline:
        try:
            found, state = await processes(engine), (await engine.status())["state"]
        except EngineDiedError:
            found, state = {}, ""
        if state == "running" and set(KINDS) <= set(found) and not but & set(found.values()):
            return
        await asyncio.sleep(0.05)
    raise TimeoutError(f"the engine does not run well again within {WAIT_SECONDS:g} s")


async def run(rate: int, root: Path) -> None:
    """Load, kills, and the account of both."""
    settings = EngineSettings.build(name="main", log_class=CLASS, port=free_port(), root=root, workers=1)
    events: list[Event] = []
    engine = Managed(settings, lambda _, event: events.append(event))
    await engine.start()
    seconds = (len(KINDS) + 2) * (APART_SECONDS + 1.0)
    words = [sys.executable, str(SENDER), str(settings.engine.port), str(rate), str(seconds)]
    sender = await asyncio.create_subprocess_exec(*words, stdout=subprocess.PIPE)
    before_bridge: Event = {}
    for kind in KINDS:
        await asyncio.sleep(APART_SECONDS)
        if kind == "bridge":
            before_bridge = (await engine.status())["ledger"]
        pid, began = (await processes(engine))[kind], time.monotonic()
        os.kill(pid, signal.SIGKILL)
        await well(engine, {pid})
        print(f"killed   {kind:9} the engine runs well again after {time.monotonic() - began:.2f} s")
    output, _ = await sender.communicate()
    await asyncio.sleep(1.0)
    last = await engine.stop()
    account(settings, int(output), before_bridge, last)


def account(settings: EngineSettings, sent: int, before_bridge: Event, last: Event) -> None:
    """Print what the rows and the ledgers say."""
    rows = distinct = received = unexplained = 0
    dropped: dict[str, int] = {}
    for path in settings.folder.glob("*.db"):
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as day:
            rows, distinct = map(sum, zip((rows, distinct), _counts(day), strict=True))
            for got, unknown, reasons in day.execute("SELECT received, unexplained, dropped FROM ledger"):
                received, unexplained = received + got, unexplained + unknown
                for reason, count in json.loads(reasons).items():
                    dropped[reason] = dropped.get(reason, 0) + count
    print(
        f"sent     {sent:,}, of them refused or lost by the kernel {sent - received:,} (nobody listened, or its buffer)"
    )
    print(f"received {received:,} by the day's ledger, dropped {dropped}, unexplained {unexplained}")
    print(f"stored   {rows:,} rows, {rows - distinct} of them twice, {received - rows - sum(dropped.values())} missing")
    print(f"children the kernel dropped {before_bridge['kernel_dropped']:,} until the bridge was killed")
    print(f"after    kernel dropped {last['kernel_dropped']:,}, unexplained {last['unexplained']}")


def _counts(day: sqlite3.Connection) -> tuple[int, int]:
    rows, distinct = day.execute("SELECT count(*), count(DISTINCT number) FROM entries").fetchone()
    return int(rows), int(distinct)


def main() -> None:
    """Run it once."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--rate", type=int, default=100_000)
    parser.add_argument("--data", type=Path, default=Path())
    asked = parser.parse_args()
    machine = describe_machine(asked.data)
    require_room(asked.data, asked.rate * 40)
    print(f"machine  {machine.cores} cores, {machine.cpu}, {machine.memory_bytes >> 30} GiB, Linux {machine.kernel}")
    print(f"load     {asked.rate:,} numbered lines a second of 205 bytes, class of three fields, one worker")
    with tempfile.TemporaryDirectory(prefix="syslogger-kills-", dir=asked.data) as root:
        asyncio.run(run(asked.rate, Path(root)))


if __name__ == "__main__":
    main()
