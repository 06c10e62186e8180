"""LiveTail: the rows of an engine as they are stored, for programs on the same machine.

    with LiveTail(Path("LOG_DATABASE"), "main") as tail:
        for batch in tail:
            print(batch.skipped, batch.rows())

Only committed rows come, each with its id. Who reads too slowly gets the newest and is told how many were left out.
When the engine's writer is replaced the connection is made anew; when the engine ends, so does the iteration.
"""

from __future__ import annotations

import datetime as dt
import select
import socket
import time
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import pyarrow as pa

from syslogger.control import connect, tail_path
from syslogger.errors import SysloggerError
from syslogger.frames import FrameError, FrameReader, Head

READ_BYTES = 1 << 18
RETRY_SECONDS, RECONNECT_SECONDS = 0.05, 2.0


@dataclass(frozen=True, slots=True)
class TailBatch:
    """Rows of one day with ids from `first_id` on; table: every column but the id; skipped: rows left out before."""

    class_name: str
    engine: str
    day: dt.date
    first_id: int
    table: pa.RecordBatch
    skipped: int

    def rows(self) -> list[dict[str, Any]]:
        """The rows as Python objects, with their global id under `id`."""
        before = f"{self.class_name}.{self.engine}.{self.day.isoformat()}."
        return [{"id": f"{before}{self.first_id + place}", **row} for place, row in enumerate(self.table.to_pylist())]


class LiveTail:
    """The reading side of an engine's tail socket. `ended`: the engine has let go, and nothing follows."""

    def __init__(self, root: Path, engine: str) -> None:
        """Connect. Raises SysloggerError when the engine does not run, or is not ours to read."""
        self._path, self._engine = tail_path(root, engine), engine
        self.ended = False
        self._frames, self._batches = FrameReader(), deque[TailBatch]()
        self._stored: int | None = None
        try:
            self._connection = self._connected()
        except PermissionError as error:
            raise SysloggerError(f"{self._path} may not be read: be the user that runs the engine, or root") from error
        except OSError as error:
            raise SysloggerError(f"engine {engine} does not run in {root}: start it, or correct the name") from error

    def fileno(self) -> int:
        """For select: readable when `poll(0)` is worth while."""
        return self._connection.fileno()

    def poll(self, seconds: float) -> TailBatch | None:
        """The next batch, waited for no longer than so many seconds; None if there is none.

        Raises SysloggerError when the other side is no engine of this version.
        """
        deadline = time.monotonic() + seconds
        while not self._batches and not self.ended:
            if not select.select([self._connection], [], [], max(0.0, deadline - time.monotonic()))[0]:
                return None
            self._read()
        return self._batches.popleft() if self._batches else None

    def close(self) -> None:
        """Let go."""
        self.ended = True
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __iter__(self) -> Iterator[TailBatch]:
        while not self.ended or self._batches:
            batch = self.poll(1.0)
            if batch is not None:
                yield batch

    def _connected(self) -> socket.socket:
        connection = connect(self._path)
        connection.setblocking(False)
        return connection

    def _read(self) -> None:
        try:
            data = self._connection.recv(READ_BYTES)
        except BlockingIOError:
            return
        except ConnectionResetError:
            data = b""
        if not data:
            self._reconnect()
            return
        try:
            self._batches += [self._batch(head, table) for head, table in self._frames.feed(data)]
        except (FrameError, KeyError, ValueError) as error:
            self.close()
            raise SysloggerError(f"{self._path}: {error}") from error

    def _reconnect(self) -> None:
        """The writer was replaced, or the engine has ended: then nobody listens any more."""
        self._connection.close()
        self._frames = FrameReader()
        deadline, nap = time.monotonic() + RECONNECT_SECONDS, select.poll()
        while time.monotonic() < deadline:
            try:
                self._connection = self._connected()
            except (FileNotFoundError, ConnectionRefusedError):
                nap.poll(RETRY_SECONDS * 1000)
            else:
                return
        self.ended = True

    def _batch(self, head: Head, table: pa.RecordBatch) -> TailBatch:
        before = int(head["stored_before"])
        skipped = max(0, before - self._stored) if self._stored is not None else 0
        self._stored = before + int(head["rows"])
        day = dt.date.fromisoformat(head["day"])
        return TailBatch(head["class"], head["engine"], day, int(head["first_id"]), table, skipped)
