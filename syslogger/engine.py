"""Engine: the library's front door. It starts one engine's bridge as a process of its own and speaks with it.

    with Engine(settings) as engine:
        engine.status()["ledger"]

Leaving the block drains: what was received is stored. Should this program die, the engine sees its socket close, stores
what it has received and ends.
"""

from __future__ import annotations

import logging
import os
import queue
import re
import socket
import subprocess
import sys
import threading
from typing import TYPE_CHECKING, Any, Self

import orjson

from syslogger.errors import (
    BindError,
    ConfigError,
    EngineDiedError,
    ExitCode,
    LockError,
    Problem,
    StoreError,
    SysloggerError,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from syslogger.config import EngineSettings

ANSWER_SECONDS = 30.0
# one thread each in the libraries: the processes are the parallelism, and a fork wants no threads
CHILD_ENVIRONMENT = {
    "POLARS_MAX_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    # malloc(3) keeps what it has: arrays of a batch are larger than its usual threshold, and mapping them anew each
    # time cost a worker 600 page faults a batch, a fifth of its time
    "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(64 << 20),
    "MALLOC_TOP_PAD_": str(1 << 20),
}

Event = dict[str, Any]

_log = logging.getLogger(__name__)


class Engine:
    """One engine. `on_event` gets every event (a dict with the key `event`), in a thread of its own."""

    def __init__(self, settings: EngineSettings, on_event: Callable[[Event], None] | None = None) -> None:
        self.settings = settings
        self.port = 0
        self.pid = 0
        self.stopped: Event | None = None
        self._on_event = on_event
        self._answers: queue.Queue[Event] = queue.Queue()
        self._asking = threading.Lock()
        self._asked = 0
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start its processes; returns when it can receive. Raises ConfigError, BindError, LockError, StoreError."""
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "syslogger.bridge", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env=os.environ | CHILD_ENVIRONMENT,
                process_group=0,  # Ctrl-C in a terminal goes to the group: its end is our decision
            )
        self._socket = ours
        ours.sendall(self.settings.model_dump_json(by_alias=True).encode() + b"\n")
        self._reader = threading.Thread(target=self._read, name=f"engine-{self.settings.engine.name}", daemon=True)
        self._reader.start()
        first = self._answers.get()
        if first["event"] != "ready":
            self._reap()
            raise _error(first)
        self.port, self.pid = first["port"], first["pid"]

    def status(self) -> Event:
        """A snapshot: state, ledger and its age, rates, processes, ring, fields, buffer, clients, senders, days.

        Raises EngineDiedError, as everything does that asks a running engine.
        """
        return self._ask({"command": "status"})

    def pause(self, reason: str = "operator") -> Event:
        """Store nothing from the next batch on: datagrams are read and counted as dropped; why is a set of reasons.

        Returns `state` and `pause_reasons`.
        """
        return self._ask({"command": "pause", "reason": reason})

    def resume(self, reason: str = "operator") -> Event:
        """Take a reason to pause away; the engine stores again when none is left. Returns the same as `pause`."""
        return self._ask({"command": "resume", "reason": reason})

    def change(self, settings: EngineSettings) -> Event:
        """Bring what applies while running into force, whole or not at all; `changes.effects` tells it beforehand.

        Returns `live`, the parts in force, and `restart`, those that need one. Raises ConfigError, StoreError.
        """
        result = self._ask({"command": "change", "settings": settings.model_dump(mode="json", by_alias=True)})
        self.settings = settings
        return result

    def release(self, field: str) -> None:
        """Search a parked field again. Raises SysloggerError: no such field, or it is not parked."""
        self._ask({"command": "release", "field": field})

    def _ask(self, command: Event) -> Event:
        with self._asking:
            self._asked += 1
            self._say({**command, "number": self._asked})
            while (answer := self._next_answer())["number"] != self._asked:
                _log.debug("an answer came after its question was given up")
        if "error" in answer:
            raise _error(answer["error"], SysloggerError)
        result: Event = answer["result"]
        return result

    def _next_answer(self) -> Event:
        name = self.settings.engine.name
        try:
            answer = self._answers.get(timeout=ANSWER_SECONDS)
        except queue.Empty as error:
            raise EngineDiedError(f"engine {name} does not answer") from error
        if answer["event"] != "answer":
            self._answers.put(answer)
            raise EngineDiedError(f"engine {name} has ended: {answer.get('message')}")
        return answer

    def stop(self, deadline_seconds: float | None = None) -> Event:
        """Drain and end; returns the final ledger. What the deadline cuts off is counted as `dropped.abandoned`."""
        if self.stopped is None:
            self.shorten(deadline_seconds)
        self._reap()
        assert self.stopped is not None
        ledger: Event = self.stopped.get("ledger", {})
        return ledger

    def shorten(self, deadline_seconds: float | None) -> None:
        """Begin to drain, or, while draining, move the deadline closer; returns at once."""
        self._say({"command": "stop", "deadline_seconds": deadline_seconds})

    def wait(self, timeout: float | None = None) -> int | None:
        """The exit code when the engine has ended, None if it still runs after `timeout` seconds."""
        assert self._process is not None
        try:
            code = self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            return None
        self._reap()
        return code

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    # -- inside --------------------------------------------------------------------------------------------------------

    def _say(self, command: Event) -> None:
        try:
            self._socket.sendall(orjson.dumps(command) + b"\n")
        except OSError as error:
            if self.stopped is None:
                raise EngineDiedError(f"engine {self.settings.engine.name} has ended") from error

    def _read(self) -> None:
        heard = b""
        while data := _receive(self._socket):
            *lines, heard = (heard + data).split(b"\n")
            for line in lines:
                self._take(orjson.loads(line))
        if self.stopped is None:
            self._take({"event": "stopped", "exit_code": ExitCode.FAILED, "message": "its bridge died", "ledger": {}})

    def _take(self, message: Event) -> None:
        if message["event"] in ("stopped", "failed"):
            self.stopped = message
        if message["event"] in ("ready", "answer", "stopped", "failed"):
            self._answers.put(message)
        elif self._on_event is not None:
            try:
                self._on_event(message)
            except Exception:  # noqa: BLE001 it is the caller's code: its failure must not cut us off from the engine
                _log.exception("on_event failed for %s", message["event"])

    def _reap(self) -> None:
        assert self._process is not None
        self._process.wait()
        self._reader.join()
        self._socket.close()


def _receive(connection: socket.socket) -> bytes:
    try:
        return connection.recv(1 << 16)
    except ConnectionResetError:
        return b""


def _error(message: Event, other: type[SysloggerError] = EngineDiedError) -> SysloggerError:
    code, text = ExitCode(message["exit_code"]), str(message["message"])
    if code is ExitCode.CONFIG:
        parts = [re.fullmatch(r"(.*?): (.*); (.*)", line) for line in text.splitlines()]
        return ConfigError([Problem(*part.groups()) for part in parts if part is not None])
    kinds: dict[ExitCode, type[SysloggerError]] = {ExitCode.BIND: BindError, ExitCode.WRITE: StoreError}
    error = LockError(text) if message.get("kind") == "LockError" else kinds.get(code, other)(text)
    error.exit_code = code
    return error
