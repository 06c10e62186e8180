"""The bridge: one engine's processes, from the first fork to the last exit code.

Runs in     a process of its own, started by `Engine`
Reads       the engine's settings and its owner's words (JSON lines on a socket), children's reports, the ring's words
Writes      answers and events to its owner; to children only `drain`; the ring's words of a child that died
Ends when   its owner says stop or is gone, or a child died: receivers end first, then workers, then the writer

It imports everything and runs no query, for a fork after Polars has run one can hang. Nothing of the data goes through
it. Until children are replaced, a child's death ends the engine: what the ring holds is still stored, as far as living
children can; the rest is counted as abandoned.
"""

from __future__ import annotations

import logging
import os
import selectors
import signal
import socket
import sys
import time
from functools import partial
from typing import TYPE_CHECKING, Any

import orjson

from syslogger.clients import ClientTable
from syslogger.config import EngineSettings
from syslogger.errors import ExitCode, SysloggerError
from syslogger.extract.log_class import Extractor
from syslogger.inputs.udp import Receiver, bind, ipv6_works
from syslogger.ledger import Counts, DropReason, Ledger
from syslogger.lock import lock_folder
from syslogger.process import ORPHAN_SECONDS, Child, Control, hear, spawn
from syslogger.ring import Ring, cursor
from syslogger.senders import TABLE_BYTES, Senders
from syslogger.shared import shared_memory
from syslogger.slots import Geometry
from syslogger.status import Status, beat_place
from syslogger.storage.folder import Folder, prepare
from syslogger.storage.writer import Writer
from syslogger.worker import LAST, Pipes, Worker, send

if TYPE_CHECKING:
    from collections.abc import Callable

TICK_SECONDS = 1.0
START_SECONDS = 60.0
DEAD_WRITER_SECONDS = 0.5  # without a writer nothing can be settled: no use in waiting for the rings to empty
KILL_AFTER_SECONDS = 5.0

Message = dict[str, Any]

_log = logging.getLogger(__name__)


class Bridge:
    """Starts the processes of an engine, watches them, and ends them in order."""

    def __init__(self, settings: EngineSettings, owner: socket.socket) -> None:
        self._settings, self._owner = settings, owner
        self._heard = b""
        self._selector = selectors.DefaultSelector()
        self._children: dict[str, Child] = {}
        self._ended: dict[str, int] = {}
        self._dead_workers: list[int] = []
        self._exit = ExitCode.OK
        self._message = ""
        self._draining = False
        self._kill_at = float("inf")

    # -- starting ----------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Lock, bind, make the rings and fork, writer first: nothing is received before it can be stored."""
        settings = self._settings
        prepare(settings.folder)
        self._lock = lock_folder(settings.folder)
        receive = settings.receive
        self._sockets = bind(
            settings.engine.port, settings.engine.addresses, receive.sockets, receive.receive_buffer_bytes
        )
        workers = settings.engine.workers or max(1, (os.cpu_count() or 1) - 2)
        geometry = Geometry.of(
            receive.max_message_bytes,
            settings.batching.ring_slots,
            workers,
            len(settings.log_class.fields),
            len(self._sockets),
        )
        self._ring = Ring(geometry, ipv4_only=not ipv6_works())
        self._ring.deadline[0] = float("inf")
        self._senders = Senders(memoryview(shared_memory("senders", TABLE_BYTES)))
        self._make_pipes(workers)
        self.status = Status(settings, self._ring, self._senders, self._sockets, self._children)
        self._fork("writer", self._run_writer, self._answers[0], self._freed, *(pipe[1] for pipe in self._settled))
        for index in range(workers):
            keep = (self._slots[index][0], self._answers[1], self._settled[index][0])
            self._fork(f"worker{index}", partial(self._run_worker, index), *keep)
        self._fork(
            "receiver", self._run_receiver, self._freed, *(pipe[1] for pipe in self._slots), *self._descriptors()
        )

    def _descriptors(self) -> list[int]:
        return [each.descriptor for each in self._sockets]

    def _make_pipes(self, workers: int) -> None:
        self._slots = [os.pipe() for _ in range(workers)]
        self._settled = [os.pipe() for _ in range(workers)]
        self._answers = os.pipe()
        self._freed = os.eventfd(0, os.EFD_CLOEXEC)

    def _fork(self, role: str, main: Callable[[Control], None], *keep: int) -> None:
        """Fork a child and wait until it says that it is ready. Raises SysloggerError with what it said instead."""
        self._ring.beats[beat_place(role)] = time.monotonic()  # before its first turn it is as young as its fork
        child = spawn(role, self._ring, main, (self._lock, *keep))
        self._children[role] = child
        child.control.settimeout(START_SECONDS)
        message = _message(child)
        while message["event"] not in ("ready", "failed"):
            self._tell(message)
            message = _message(child)
        child.control.settimeout(None)
        if message["event"] == "failed":
            raise _failure(message)
        if "fields" in message:
            self.status.fields = message["fields"]
        self._selector.register(child.control, selectors.EVENT_READ, partial(self._listen_to, child))
        self._selector.register(child.pidfd, selectors.EVENT_READ, partial(self._reap, child))

    # -- what the children do ------------------------------------------------------------------------------------------

    def _run_receiver(self, control: Control) -> None:
        receive, batching = self._settings.receive, self._settings.batching
        receiver = Receiver(
            self._ring,
            self._sockets,
            control=control.fileno(),
            freed=self._freed,
            hand_over=lambda sequence: send(self._slots[sequence % len(self._slots)][1], sequence),
            flush_seconds=batching.flush_milliseconds / 1000,
            nap_seconds=receive.nap_microseconds / 1_000_000,
        )
        control.report({"event": "ready"})
        receiver.receive()
        control.read()
        receiver.drain()
        for slots in self._slots:
            send(slots[1], LAST)

    def _run_worker(self, index: int, control: Control) -> None:
        engine, log_class = self._settings.engine, self._settings.log_class
        extractor = Extractor([(field.name, field.pattern) for field in log_class.fields], self._ring.roads[index])
        clients = ClientTable([(client.name, client.address) for client in engine.clients])
        worker = Worker(self._ring, index, extractor, clients, keep_original=engine.keep_original)
        fields = [{"field": field.name, "road": field.road.value, "why": field.why} for field in extractor.fields]
        control.report({"event": "ready", "fields": fields})
        worker.run(control, Pipes(self._slots[index][0], self._answers[1], self._settled[index][0]))

    def _run_writer(self, control: Control) -> None:
        folder = Folder(self._settings, lambda message: control.report({"event": "warning", "message": message}))
        writer = Writer(
            self._ring,
            self._senders,
            folder,
            control,
            self._settings.batching.commit_batches,
            answers=self._answers[0],
            freed=self._freed,
            settled=[pipe[1] for pipe in self._settled],
        )
        writer.start()
        control.report({"event": "ready"})
        writer.run()

    # -- the loop ----------------------------------------------------------------------------------------------------

    def run(self) -> ExitCode:
        """Watch until everything has ended; returns how."""
        self._selector.register(self._owner, selectors.EVENT_READ, self._listen_to_owner)
        self._hear_signals()
        if advice := self._sockets[0].advice():
            granted = self._sockets[0].granted_bytes
            self._tell({"event": "warning", "message": f"receive buffer cut to {granted} bytes: `{advice}` grants it"})
        self._tell({"event": "ready", "port": self._sockets[0].port, "pid": os.getpid()})
        next_tick = time.monotonic()
        while self._children:
            for key, _ in self._selector.select(max(0.0, next_tick - time.monotonic())):
                key.data()
            if time.monotonic() >= next_tick:
                self.status.tick()
                self._kill_the_late()
                next_tick = time.monotonic() + TICK_SECONDS
        self._settle_the_rest()
        return self._exit

    def _hear_signals(self) -> None:
        """SIGTERM only puts a byte on a socket; the loop reads it."""
        reading, writing = socket.socketpair()
        writing.setblocking(False)
        signal.set_wakeup_fd(writing.detach())
        signal.signal(signal.SIGTERM, lambda *_: None)
        self._selector.register(reading, selectors.EVENT_READ, partial(self._drain_on_signal, reading))

    def _drain_on_signal(self, reading: socket.socket) -> None:
        reading.recv(64)
        self.drain(self._settings.batching.drain_seconds)

    def _listen_to(self, child: Child) -> None:
        said = hear(child.control)
        if not said:
            self._selector.unregister(child.control)
            return
        message = orjson.loads(said)
        if message["event"] == "failed":
            self._fail(ExitCode(message["exit_code"]), message["message"])
        self._tell(message)

    def _listen_to_owner(self) -> None:
        data = hear(self._owner)
        if not data:
            self._selector.unregister(self._owner)
            self._fail(ExitCode.PARENT_DIED, "the owner of the engine is gone")
            self.drain(ORPHAN_SECONDS)
            return
        *lines, self._heard = (self._heard + data).split(b"\n")
        for line in lines:
            self._obey(orjson.loads(line))

    def _obey(self, command: Message) -> None:
        if command["command"] == "status":
            self.status.tick()
            snapshot = self.status.snapshot("draining" if self._draining else "running")
            self._tell({"event": "answer", "number": command["number"], "status": snapshot})
        elif command["command"] == "stop":
            seconds = command["deadline_seconds"]
            self.drain(self._settings.batching.drain_seconds if seconds is None else float(seconds))

    def _tell(self, message: Message) -> None:
        try:
            self._owner.sendall(orjson.dumps(message) + b"\n")
        except (BrokenPipeError, ConnectionResetError):
            _log.debug("no owner left to hear %s", message)

    # -- ending --------------------------------------------------------------------------------------------------------

    def drain(self, seconds: float) -> None:
        """End in order, until a deadline; called again, it can only come earlier."""
        deadline = min(float(self._ring.deadline[0]), time.monotonic() + seconds)
        self._ring.deadline[0] = deadline
        self._kill_at = deadline + KILL_AFTER_SECONDS
        if not self._draining:
            self._draining = True
            for child in self._children.values():
                child.drain()

    def _fail(self, code: ExitCode, message: str) -> None:
        if self._exit is ExitCode.OK:
            self._exit, self._message = code, message

    def _reap(self, child: Child) -> None:
        self._selector.unregister(child.pidfd)
        if child.control.fileno() >= 0 and child.control in self._selector.get_map():
            self._hear_out(child)
        code = child.reap()
        del self._children[child.role]
        self._ended[child.role] = code
        if code != 0 or not self._draining:
            self._name_death(child, code)
            self._bury(child.role)
        self._speak_for_dead_workers()

    def _name_death(self, child: Child, code: int) -> None:
        if self._draining and code > 0:
            self._fail(ExitCode(code), f"{child.role} ended with {ExitCode(code).name.lower()}")
            return
        how = f"was killed by signal {-code}" if code < 0 else f"ended with {ExitCode(code).name.lower()}"
        message = f"{child.role} (process {child.pid}) {how}; the engine ends"
        self._fail(ExitCode.CHILD_DIED if code <= 0 else ExitCode(code), message)
        self._tell({"event": "child_died", "role": child.role, "pid": child.pid, "message": message})

    def _hear_out(self, child: Child) -> None:
        while child.control in self._selector.get_map():
            self._listen_to(child)

    def _bury(self, role: str) -> None:
        """Do the dead child's last duties, so that the living can finish, and let them."""
        if role == "receiver":
            self._ring.adopt_unfinished(time.time_ns() // 1000)
            if head := self._ring.head:
                # It may have died between publishing the last batch and handing it over; twice does no harm.
                send(self._slots[head % len(self._slots)][1], head)
            for slots in self._slots:
                send(slots[1], LAST)
        elif role == "writer":
            self.drain(DEAD_WRITER_SECONDS)
        else:
            index = int(role.removeprefix("worker"))
            self._ring.gone[index] = 1
            self._dead_workers.append(index)
        self.drain(self._settings.batching.drain_seconds)

    def _speak_for_dead_workers(self) -> None:
        """Tell the writer in their place that nothing follows; that is true only when the receiver has ended, too."""
        if "receiver" not in self._children:
            for index in self._dead_workers:
                send(self._answers[1], LAST - index)
            self._dead_workers.clear()

    def _kill_the_late(self) -> None:
        if self._children and time.monotonic() >= self._kill_at:
            late = ", ".join(self._children)
            self._fail(ExitCode.ABANDONED, f"{late} did not end before the drain's deadline and had to be killed")
            for child in self._children.values():
                signal.pidfd_send_signal(child.pidfd, signal.SIGKILL)

    def _settle_the_rest(self) -> None:
        """Count what nobody can store any more: in the day file if it can be written, in the ledger in any case."""
        if (
            self._ended["writer"] not in (ExitCode.OK, ExitCode.WRITE, ExitCode.ABANDONED)
            and self._ring.settled_ledger().in_flight
        ):
            self._ring.deadline[0] = 0.0
            bookkeeper = spawn("writer", self._ring, self._run_bookkeeper, (self._lock, self._answers[0], self._freed))
            bookkeeper.reap()
        ledger = self._ring.settled_ledger()
        if ledger.in_flight:
            counts = ledger.counts + Counts.drop(DropReason.ABANDONED, ledger.in_flight)
            end = Ledger(ledger.received, ledger.kernel_dropped, counts, 0)
            self._ring.prepare(cursor(self._ring.head + 1), self._ring.bookings, end)
            self._ring.flip()

    def _run_bookkeeper(self, control: Control) -> None:
        control.draining = True
        self._run_writer(control)

    def give_up(self, error: SysloggerError) -> None:
        """It could not be started: nothing was received, so nothing is drained."""
        for child in self._children.values():
            signal.pidfd_send_signal(child.pidfd, signal.SIGKILL)
            child.reap()
        kind = type(error).__name__
        self._tell({"event": "failed", "exit_code": int(error.exit_code), "kind": kind, "message": str(error)})

    def report_end(self) -> None:
        """The last words: how it ended, and the ledger."""
        final = self.status.final()
        self._tell({"event": "stopped", "exit_code": int(self._exit), "message": self._message, **final})


def _message(child: Child) -> Message:
    """What a starting child says; its silence or its end is a failure too."""
    try:
        said = hear(child.control)
    except TimeoutError:
        said = b""
    failed: Message = {"event": "failed", "message": f"{child.role} did not start", "exit_code": ExitCode.FAILED}
    return orjson.loads(said) if said else failed


def _failure(message: Message) -> SysloggerError:
    error = SysloggerError(message["message"])
    error.exit_code = ExitCode(message["exit_code"])
    return error


def _read_settings(owner: socket.socket) -> EngineSettings:
    data = bytearray()
    while not data.endswith(b"\n"):
        data += owner.recv(1 << 16) or b"\n"
    return EngineSettings.model_validate_json(bytes(data))


def main() -> None:
    """Run one engine for the owner of the socket whose descriptor is the only argument."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    owner = socket.socket(fileno=int(sys.argv[1]))
    owner.set_inheritable(False)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    bridge = Bridge(_read_settings(owner), owner)
    try:
        bridge.start()
        code = bridge.run()
        bridge.report_end()
    except SysloggerError as error:
        bridge.give_up(error)
        code = error.exit_code
    os._exit(code)


if __name__ == "__main__":
    main()
