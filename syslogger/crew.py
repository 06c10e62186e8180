"""The crew: what the processes of one engine share, and how each of them is forked.

The bridge makes one before its first fork. Everything that outlives a child belongs to it: the lock of the folder, the
bound sockets, the rings, the pipes. A child gets the descriptors of its own work and no others, so that a pipe's end of
file means what it says; a successor gets the same ones, and the settings of the moment it is forked in.
"""

from __future__ import annotations

import os
import socket
from functools import partial
from typing import TYPE_CHECKING

from syslogger.checks import FIELDS_PER_CLASS
from syslogger.control import control_folder, listen, tail_path
from syslogger.inputs.udp import Receiver, bind, ipv6_works
from syslogger.lock import lock_folder
from syslogger.offer import Offer
from syslogger.process import Child, Control, spawn
from syslogger.ring import Ring
from syslogger.senders import TABLE_BYTES, Senders
from syslogger.shared import shared_memory
from syslogger.slots import Geometry
from syslogger.storage.folder import Folder, prepare
from syslogger.storage.writer import Writer
from syslogger.worker import LAST, Pipes, Worker, send

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from syslogger.config import EngineSettings

WRITER, RECEIVER = "writer", "receiver"


def worker_role(index: int) -> str:
    """The role of a worker."""
    return f"worker{index}"


def worker_index(role: str) -> int | None:
    """Which worker a role is; None for the others."""
    return int(role.removeprefix("worker")) if role.startswith("worker") else None


class Crew:
    """Raises LockError, BindError, StoreError when the engine cannot have what it needs."""

    def __init__(self, settings: EngineSettings) -> None:
        prepare(settings.folder)
        self._lock = lock_folder(settings.folder)
        receive, self.workers = settings.receive, settings.engine.workers or max(1, (os.cpu_count() or 1) - 2)
        self.sockets = bind(
            settings.engine.port, settings.engine.addresses, receive.sockets, receive.receive_buffer_bytes
        )
        geometry = Geometry.of(
            receive.max_message_bytes,
            settings.batching.ring_slots,
            self.workers,
            FIELDS_PER_CLASS,  # a class may gain fields while the engine runs
            len(self.sockets),
        )
        self.ring = Ring(geometry, ipv4_only=not ipv6_works())
        self.ring.deadline[0] = float("inf")
        self.senders = Senders(memoryview(shared_memory("senders", TABLE_BYTES)))
        self._slots = [os.pipe() for _ in range(self.workers)]
        self._settled = [os.pipe() for _ in range(self.workers)]
        self._answers = os.pipe()
        self._freed = os.eventfd(0, os.EFD_CLOEXEC)
        self.warnings: list[str] = []
        self._tail = self._listen_for_readers(settings)
        #: in the order in which they start: nothing is received before it can be stored
        self.roles = (WRITER, *map(worker_role, range(self.workers)), RECEIVER)

    def _listen_for_readers(self, settings: EngineSettings) -> socket.socket | None:
        """Rows are stored whether or not they can be watched."""
        try:
            control_folder(settings.root)
            return listen(tail_path(settings.root, settings.engine.name))
        except OSError as error:
            self.warnings.append(f"nobody can watch rows as they are stored: {error}")
            return None

    def close(self, settings: EngineSettings) -> None:
        """Take the name that people connect to away."""
        if self._tail is not None:
            tail_path(settings.root, settings.engine.name).unlink(missing_ok=True)

    def fork(self, role: str, settings: EngineSettings, parked: Mapping[str, object]) -> Child:
        """Fork the process of a role. Its first words are `ready`, or `failed` with the reason."""
        main, keep = self._work(role, settings, parked)
        return spawn(role, self.ring, main, (self._lock, *keep))

    def bookkeeper(self, settings: EngineSettings) -> Child:
        """A writer that only counts what is left, in place of one that cannot come back."""
        return spawn(WRITER, self.ring, partial(self._run_bookkeeper, settings), self._work(WRITER, settings, {})[1])

    def _work(
        self, role: str, settings: EngineSettings, parked: Mapping[str, object]
    ) -> tuple[Callable[[Control], None], list[int]]:
        index = worker_index(role)
        if index is not None:
            keep = [self._slots[index][0], self._answers[1], self._settled[index][0]]
            return partial(self._run_worker, index, settings, parked), keep
        if role == WRITER:
            keep = [self._lock, self._answers[0], self._freed, *(pipe[1] for pipe in self._settled)]
            return partial(self._run_writer, settings), [*keep, *([self._tail.fileno()] if self._tail else [])]
        keep = [self._freed, *(pipe[1] for pipe in self._slots), *(each.descriptor for each in self.sockets)]
        return partial(self._run_receiver, settings), keep

    # -- what the children do ------------------------------------------------------------------------------------------

    def _run_receiver(self, settings: EngineSettings, control: Control) -> None:
        receiver = Receiver(
            self.ring,
            self.sockets,
            control=control.fileno(),
            freed=self._freed,
            hand_over=self.hand_over,
            flush_seconds=settings.batching.flush_milliseconds / 1000,
            nap_seconds=settings.receive.nap_microseconds / 1_000_000,
        )
        control.report({"event": "ready"})
        receiver.receive()
        control.read()
        receiver.drain()
        self.tell_workers_the_last()

    def _run_worker(self, index: int, settings: EngineSettings, parked: Mapping[str, object], control: Control) -> None:
        worker = Worker.of(self.ring, index, settings, parked)
        control.report({"event": "ready", "fields": worker.fields()})
        worker.run(control, Pipes(self._slots[index][0], self._answers[1], self._settled[index][0]))

    def _run_writer(self, settings: EngineSettings, control: Control) -> None:
        folder = Folder(settings, lambda message: control.report({"event": "warning", "message": message}))
        writer = Writer(
            self.ring,
            self.senders,
            folder,
            control,
            settings.batching.commit_batches,
            Offer(self._tail, (settings.log_class.name, settings.engine.name)),
            answers=self._answers[0],
            freed=self._freed,
            settled=[pipe[1] for pipe in self._settled],
        )
        writer.start()
        control.report({"event": "ready"})
        writer.run()

    def _run_bookkeeper(self, settings: EngineSettings, control: Control) -> None:
        control.draining = True
        self._run_writer(settings, control)

    # -- words for those who died --------------------------------------------------------------------------------------

    def hand_over(self, sequence: int) -> None:
        """Give a published batch to its worker; twice does no harm."""
        send(self._slots[sequence % self.workers][1], sequence)

    def tell_workers_the_last(self) -> None:
        """Nothing follows: the receiver has ended."""
        for slots in self._slots:
            send(slots[1], LAST)

    def tell_worker_the_last(self, index: int) -> None:
        """The same for a successor, whose predecessor may have taken the word with it."""
        send(self._slots[index][1], LAST)

    def tell_writer_the_last(self, index: int) -> None:
        """In the place of a worker that has ended: nothing follows from it."""
        send(self._answers[1], LAST - index)
