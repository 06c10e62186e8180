"""Lines: JSON objects on a socket, one a line, and the side of them that started the other process.

`Lines` is either end. `Door` starts a process (`python -m MODULE FD`), hears its events in a thread and asks it one
question at a time; the process answers `{"event": "answer", "number": ..., "result" or "error": ...}`, says `ready` or
`failed` first and `stopped` last.
"""

from __future__ import annotations

import logging
import queue
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any

import orjson

from syslogger.errors import (
    BindError,
    ConfigError,
    EngineDiedError,
    ExitCode,
    LockError,
    Problem,
    SilentError,
    StoreError,
    SysloggerError,
)

ANSWER_SECONDS = 30.0
READ_BYTES = 1 << 16

Message = dict[str, Any]

_log = logging.getLogger(__name__)


class Lines:
    """One end of a socket of lines. Any thread may speak, one thread hears."""

    def __init__(self, connection: socket.socket) -> None:
        self.socket = connection
        self._heard = b""
        self._speaking = threading.Lock()

    def say(self, message: Mapping[str, object]) -> bool:
        """Say something, an event with its time; False when nobody is left to hear it."""
        said = {**message, "at": time.time_ns() // 1000} if "event" in message else message
        try:
            with self._speaking:
                self.socket.sendall(orjson.dumps(said) + b"\n")
        except OSError:
            _log.debug("nobody is left to hear %s", message)
            return False
        return True

    def hear(self) -> list[Message] | None:
        """Wait for what the other side says; None when it is gone."""
        try:
            data = self.socket.recv(READ_BYTES)
        except ConnectionResetError:  # who dies with unread words resets the connection
            return None
        *lines, self._heard = (self._heard + data).split(b"\n")
        return [orjson.loads(line) for line in lines] if data else None

    def hear_first(self) -> Message:
        """Wait for the first thing that the other side says. Raises SysloggerError when it is gone instead."""
        messages: list[Message] | None = []
        while messages == []:
            messages = self.hear()
        if messages is None:
            raise SysloggerError("whoever started this process is gone")
        return messages[0]


def hear_sigterm() -> socket.socket:
    """From now on SIGTERM only puts a byte on this socket, for a loop to read."""
    reading, writing = socket.socketpair()
    writing.setblocking(False)
    signal.set_wakeup_fd(writing.detach())
    signal.signal(signal.SIGTERM, lambda *_: None)
    return reading


class Door:
    """The owner's side of a process. `on_event` gets every event, in a thread of its own."""

    def __init__(
        self,
        name: str,
        module: str,
        on_event: Callable[[Message], None] | None,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        self.name = name
        self.stopped: Message | None = None
        self._module, self._environment = module, environment
        self._on_event = on_event
        self._answers: queue.Queue[Message] = queue.Queue()
        self._asking = threading.Lock()
        self._asked = 0

    def open(self, settings: Mapping[str, object]) -> Message:
        """Start the process; returns what it says when it is ready. Raises what it could not start for."""
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", self._module, str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env=self._environment,
                process_group=0,  # Ctrl-C in a terminal goes to the group: its end is our decision
            )
        self._lines = Lines(ours)
        self._lines.say(settings)
        self._reader = threading.Thread(target=self._read, name=self.name, daemon=True)
        self._reader.start()
        first = self._answers.get()
        if first["event"] != "ready":
            self.close()
            raise error_of(first, EngineDiedError)
        return first

    def ask(self, command: str, **details: Any) -> Any:
        """Ask, and wait for the answer.

        Raises the error that the other side answers with, EngineDiedError without an answer (SilentError: it lives).
        """
        with self._asking:
            self._asked += 1
            self._lines.say({"command": command, "number": self._asked, **details})
            while (answer := self._next_answer())["number"] != self._asked:
                _log.debug("an answer came after its question was given up")
        if "error" in answer:
            raise error_of(answer["error"], SysloggerError)
        return answer["result"]

    def tell(self, command: str, **details: Any) -> bool:
        """Say something that needs no answer; False when nobody is left to hear it."""
        return self._lines.say({"command": command, **details})

    def wait(self, timeout_seconds: float | None = None) -> int | None:
        """The exit code when the process has ended, None if it still runs after that time."""
        try:
            code = self._process.wait(timeout_seconds)
        except subprocess.TimeoutExpired:
            return None
        self.close()
        return code

    def close(self) -> None:
        """Wait for the process to end and let go of it."""
        self._process.wait()
        self._reader.join()
        self._lines.socket.close()

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    def _next_answer(self) -> Message:
        try:
            answer = self._answers.get(timeout=ANSWER_SECONDS)
        except queue.Empty as error:
            raise SilentError(f"{self.name} does not answer") from error
        if answer["event"] != "answer":
            self._answers.put(answer)
            raise EngineDiedError(f"{self.name} has ended: {answer.get('message')}")
        return answer

    def _read(self) -> None:
        while (messages := self._lines.hear()) is not None:
            for message in messages:
                self._take(message)
        if self.stopped is None:
            self._take({"event": "stopped", "exit_code": int(ExitCode.FAILED), "message": "its process died"})

    def _take(self, message: Message) -> None:
        if message["event"] in ("stopped", "failed"):
            self.stopped = message
        if message["event"] in ("ready", "answer", "stopped", "failed"):
            self._answers.put(message)
        elif self._on_event is not None:
            try:
                self._on_event(message)
            except Exception:  # noqa: BLE001 it is the caller's code: its failure must not cut us off from the process
                _log.exception("on_event failed for %s", message["event"])


def error_of(message: Message, other: type[SysloggerError]) -> SysloggerError:
    """The error that an answer or a last word speaks of; `other` is what an exit code of no type of its own means."""
    code, text = ExitCode(message["exit_code"]), str(message["message"])
    if code is ExitCode.CONFIG:
        parts = [re.fullmatch(r"(.*?): (.*); (.*)", line) for line in text.splitlines()]
        return ConfigError([Problem(*part.groups()) for part in parts if part is not None])
    kinds: dict[ExitCode, type[SysloggerError]] = {ExitCode.BIND: BindError, ExitCode.WRITE: StoreError}
    error = LockError(text) if message.get("kind") == "LockError" else kinds.get(code, other)(text)
    error.exit_code = code
    return error


def as_error(error: SysloggerError) -> Message:
    """An error as a message that `error_of` understands."""
    return {"message": str(error), "exit_code": int(error.exit_code), "kind": type(error).__name__}
