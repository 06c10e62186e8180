"""Tails: the owner's side of the sieve, the one process that looks at arriving rows for every subscription.

Rules
- It is started with the first watch and ends a minute after the last one. One that dies or falls silent is killed and
  replaced, and watches what the one before did; how many rows went by meanwhile is not known, and that is told.
- Sinks are called in the event loop and must not wait.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any, Protocol

import orjson

from syslogger.parcels import PREFIX
from syslogger.query.model import Query

SILENCE_SECONDS = 30.0  # it says a word each second; starting takes longer on a busy machine
RETRY_SECONDS = 1.0
IDLE_SECONDS = 60.0

Head = dict[str, Any]

_log = logging.getLogger("syslogger.api")


class Sink(Protocol):
    """Where a watch's words go."""

    def rows(self, head: Head, columns: bytes) -> None:
        """Rows as a JSON object of columns, or none; head: rows, skipped, unlooked, and class, engine, day."""

    def begun(self, engine: str, day: str, first_id: int) -> None:
        """From this row on the engine is watched."""

    def missed(self) -> None:
        """Rows went by, nobody knows how many."""

    def over(self, why: str) -> None:
        """Nothing more comes."""


class Tails:
    """Watches on arriving rows under a root, for one event loop."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._watches: dict[int, tuple[Head, Sink]] = {}
        self._in_force: dict[int, asyncio.Event] = {}
        self._next = 0
        self._writer: asyncio.StreamWriter | None = None
        self._task: asyncio.Task[None] | None = None
        self._wanted = asyncio.Event()
        self.process: subprocess.Popen[bytes] | None = None

    def watch(self, query: Query, most_rows_a_second: int, sink: Sink) -> int:
        """Have a sink told of rows that arrive; the query has the scope in it. Returns the watch's number."""
        self._next += 1
        asked = query.model_dump(mode="json", include={"engines", "classes", "where", "columns"})
        head = {"watch": self._next, "query": asked, "most": most_rows_a_second}
        self._watches[self._next] = (head, sink)
        self._in_force[self._next] = asyncio.Event()
        self._wanted.set()
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._keep())
        self._say(head)
        return self._next

    async def in_force(self, number: int, seconds: float) -> bool:
        """Wait until a watch misses no row that is stored from now on; False: after so long that is not known."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                return await self._in_force[number].wait()
        return False

    def drop(self, number: int) -> None:
        """Tell its sink nothing more; it may be over already."""
        self._in_force.pop(number, None)
        if self._watches.pop(number, None) is not None:
            self._say({"watch": number})
        if not self._watches:
            self._wanted.clear()

    async def close(self) -> None:
        """End the process."""
        self._watches.clear()
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    # -- the process ---------------------------------------------------------------------------------------------------

    async def _keep(self) -> None:
        """One process after another, for as long as somebody watches."""
        while self._watches:
            try:
                await self._one()
            except (OSError, asyncio.IncompleteReadError, TimeoutError) as error:
                _log.warning("the process that looks at arriving rows has ended (%r) and is replaced", error)
                for _, sink in list(self._watches.values()):
                    sink.missed()
                await asyncio.sleep(RETRY_SECONDS)

    async def _one(self) -> None:
        """One process, until it ends or nobody has watched for a minute."""
        ours, theirs = socket.socketpair()
        with theirs:
            self.process = process = _started(theirs.fileno(), self._root)
        reader, self._writer = await asyncio.open_connection(sock=ours)
        try:
            for head, _ in self._watches.values():
                self._say(head)
            await self._hear(reader)
        finally:
            self._writer.close()
            with suppress(OSError):
                await self._writer.wait_closed()
            self._writer = None
            process.kill()
            process.wait()

    async def _hear(self, reader: asyncio.StreamReader) -> None:
        while self._watches or await self._is_wanted_again():
            async with asyncio.timeout(SILENCE_SECONDS):
                head_bytes, body_bytes = PREFIX.unpack(await reader.readexactly(PREFIX.size))
                head, body = await reader.readexactly(head_bytes), await reader.readexactly(body_bytes)
            self._told(orjson.loads(head), body)

    async def _is_wanted_again(self) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(IDLE_SECONDS):
                await self._wanted.wait()
        return bool(self._watches)

    def _told(self, head: Head, body: bytes) -> None:
        _, sink = self._watches.get(head.get("watch", 0), (None, None))
        if sink is None:
            return  # a beat, or somebody who has gone meanwhile
        if "in_force" in head:
            self._in_force[head["watch"]].set()
        elif "begun" in head:
            sink.begun(head["begun"], head["day"], head["first_id"])
        elif "over" in head:
            del self._watches[head["watch"]], self._in_force[head["watch"]]
            sink.over(head["over"])
        else:
            sink.rows(head, body)

    def _say(self, head: Head) -> None:
        if self._writer is not None:
            said = orjson.dumps(head)
            self._writer.write(PREFIX.pack(len(said), 0) + said)


def _started(descriptor: int, root: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "api.live.sieve", str(descriptor), os.fsencode(root)],
        pass_fds=[descriptor],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        env=os.environ | {"POLARS_MAX_THREADS": "1", "OMP_NUM_THREADS": "1"},
        process_group=0,  # Ctrl-C in a terminal goes to the group: its end is our decision
    )
