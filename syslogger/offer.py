"""Offer: the writer's side of the tail socket. Committed rows go to whoever is connected, and nobody is waited for.

Everything happens in the writer's one loop: nothing here blocks, and no subscriber can raise into it. Each has a
bounded queue of whole frames that all share; when one does not keep up, the oldest that was not begun gives way to the
newest, and the reader sees by the frames' numbers how many rows it missed. Without subscribers nothing is made.
"""

from __future__ import annotations

import datetime as dt
import logging
import select
import socket
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from syslogger.frames import frame

if TYPE_CHECKING:
    from collections.abc import Iterable

QUEUE_BYTES = 8 << 20
GREATEST_SUBSCRIBERS = 32
IGNORED_BYTES = 4_096

_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Subscriber:
    """One connection and what it has still to get; `sent` bytes of the first frame are on their way."""

    connection: socket.socket
    frames: deque[bytes] = field(default_factory=deque)
    sent: int = 0

    def put(self, data: bytes) -> None:
        """Queue a frame; older ones that were not begun give way to it."""
        waiting = sum(map(len, self.frames))
        while waiting + len(data) > QUEUE_BYTES and len(self.frames) > (self.sent > 0):
            place = 1 if self.sent else 0
            waiting -= len(self.frames[place])
            del self.frames[place]
        self.frames.append(data)

    def push(self) -> None:
        """Send what the socket takes now. Raises OSError when the reader is gone."""
        while self.frames:
            try:
                self.sent += self.connection.send(memoryview(self.frames[0])[self.sent :])
            except BlockingIOError:
                return
            if self.sent == len(self.frames[0]):
                self.frames.popleft()
                self.sent = 0


class Offer:
    """The subscribers of one engine. `listener`: bound and non-blocking; None offers nothing to nobody."""

    def __init__(self, listener: socket.socket | None, owner: tuple[str, str]) -> None:
        self._listener, self._owner = listener, owner
        self._subscribers: dict[int, Subscriber] = {}

    @property
    def wanted(self) -> bool:
        """Whether anybody is connected."""
        return bool(self._subscribers)

    def register(self, poll: select.poll) -> None:
        """Have the loop wait for what concerns us, too."""
        if self._listener is not None:
            poll.register(self._listener, select.POLLIN)
        for descriptor, subscriber in self._subscribers.items():
            poll.register(descriptor, select.POLLIN | (select.POLLOUT if subscriber.frames else 0))

    def turn(self, ready: Iterable[tuple[int, int]]) -> None:
        """Do what can be done now with these descriptors and their events; those of others are passed over."""
        for descriptor, event in ready:
            if self._listener is not None and descriptor == self._listener.fileno():
                self._accept(self._listener)
            elif (subscriber := self._subscribers.get(descriptor)) is not None:
                self._serve(descriptor, subscriber, event)

    def offer(self, day: dt.date, first_id: int, stored_before: int, table: pa.RecordBatch) -> None:
        """Offer rows that are committed, in order of id. Of more than a queue holds the newest are offered."""
        if not self._subscribers or not table.num_rows:
            return
        most = max(1, QUEUE_BYTES * table.num_rows // max(1, _plain_bytes(table)))
        if (cut := table.num_rows - most) > 0:
            table, first_id, stored_before = table.slice(cut), first_id + cut, stored_before + cut
        class_name, engine = self._owner
        head = {"class": class_name, "engine": engine, "day": day.isoformat(), "first_id": first_id}
        data = frame({**head, "rows": table.num_rows, "stored_before": stored_before}, table)
        for descriptor, subscriber in list(self._subscribers.items()):
            subscriber.put(data)
            self._push(descriptor, subscriber)

    def close(self) -> None:
        """Let everybody go. The listener is another's."""
        for subscriber in self._subscribers.values():
            subscriber.connection.close()
        self._subscribers.clear()

    def _accept(self, listener: socket.socket) -> None:
        try:
            connection, _ = listener.accept()
        except OSError as error:
            _log.debug("a reader was gone before it was let in: %s", error)
            return
        if len(self._subscribers) >= GREATEST_SUBSCRIBERS:
            connection.close()
            return
        connection.setblocking(False)
        self._subscribers[connection.fileno()] = Subscriber(connection)

    def _serve(self, descriptor: int, subscriber: Subscriber, event: int) -> None:
        if event & (select.POLLIN | select.POLLHUP | select.POLLERR) and not _listens(subscriber.connection):
            self._let_go(descriptor)
        else:
            self._push(descriptor, subscriber)

    def _push(self, descriptor: int, subscriber: Subscriber) -> None:
        try:
            subscriber.push()
        except OSError as error:
            _log.debug("a reader of the tail is gone: %s", error)
            self._let_go(descriptor)

    def _let_go(self, descriptor: int) -> None:
        self._subscribers.pop(descriptor).connection.close()


def _listens(connection: socket.socket) -> bool:
    """Whether the reader is still there; what it says is thrown away, a piece a turn."""
    try:
        return connection.recv(IGNORED_BYTES) != b""
    except BlockingIOError:
        return True
    except OSError:
        return False


def _plain_bytes(table: pa.RecordBatch) -> int:
    """About what the rows take as plain values: views tell their lengths, whatever buffers they lie in."""
    total = 64 * int(table.num_rows)
    for column in table.columns:
        if column.type == pa.string_view():
            lengths = np.frombuffer(column.buffers()[1], np.uint32)[column.offset * 4 :: 4]
            total += int(lengths[: table.num_rows].sum(dtype=np.int64))
    return total
