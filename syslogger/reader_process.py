"""The owner's side of one reader process: started, asked one question at a time, killed when it is overdue."""

from __future__ import annotations

import os
import select
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from syslogger.asking import heard as error_heard
from syslogger.engine import CHILD_ENVIRONMENT
from syslogger.errors import SysloggerError, TimeLimitError, exit_word
from syslogger.parcels import Head, Parcels

START_SECONDS = 60.0
GRACE_SECONDS = 2.0  # for a process to say how far it came when its time is over
CANCEL_SECONDS = 0.2
LOOK_SECONDS = 0.25
TOO_LONG = (
    "the question took longer than its time and was ended by force: narrow its time range, or simplify its regular "
    "expression (nested repeats such as (a+)+ can take forever)"
)


class DiedError(Exception):
    """The process has ended without an answer; says how."""


class GivenUpError(Exception):
    """Nobody wants the answer any more."""


@dataclass(frozen=True, slots=True)
class ReaderSettings:
    """What a reader process has to know."""

    root: Path
    nice: int


class ReaderProcess:
    """A process. Whoever asks does so in one thread; `wake` and `kill` are for others."""

    def __init__(self, settings: ReaderSettings) -> None:
        """Start it; it is ready when it first answers."""
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                self._process = _started(theirs.fileno())
            except OSError as error:
                ours.close()
                raise SysloggerError(
                    f"a reader process cannot be started: {error}: free memory or processes"
                ) from error
        ours.settimeout(START_SECONDS)  # for what is said to it
        self._parcels = Parcels(ours, self._wait)
        self._wake = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._poll = select.poll()
        self._poll.register(ours, select.POLLIN)
        self._poll.register(self._wake, select.POLLIN)
        self._is_unwanted: Callable[[], bool] = lambda: False
        self._overdue_at, self._was_told = 0.0, False
        self._first: tuple[Head, bytes] | None = ({"nice": settings.nice}, os.fsencode(settings.root))
        self.alive, self.used_at = True, time.monotonic()

    @property
    def pid(self) -> int:
        """Of the process."""
        return self._process.pid

    def ask(self, question: bytes, seconds: float, is_unwanted: Callable[[], bool]) -> bytes:
        """Its answer. `is_unwanted` is looked at on `wake`, and four times a second.

        Raises the error it answers with, TimeLimitError, GivenUpError, DiedError; `alive` says whether it can be
        asked again.
        """
        self._begin(is_unwanted)
        self._say({"seconds": seconds}, question)
        return self._hear(seconds + GRACE_SECONDS)[1]

    def parts(
        self, request: bytes, after: str | None, seconds: float, is_unwanted: Callable[[], bool]
    ) -> Iterator[tuple[Head, bytes]]:
        """The parts of an export; each has so many seconds from when it is asked for. Raises as `ask` does."""
        self._begin(is_unwanted)
        self._say({"seconds": seconds, "export": True, "after": after}, request)
        while True:
            head, body = self._hear(seconds + GRACE_SECONDS)
            if "end" in head:
                return
            yield head, body

    def wake(self) -> None:
        """Have `is_unwanted` looked at."""
        os.eventfd_write(self._wake, 1)

    def kill(self) -> None:
        """End it now; a reader has nothing to finish."""
        self.alive = False
        self._process.kill()
        self._process.wait()

    def close(self) -> None:
        """End it and let go of it; nobody else uses it any more."""
        self.kill()
        self._parcels.socket.close()
        os.close(self._wake)

    # -- the talk -----------------------------------------------------------------------------------------------------

    def _begin(self, is_unwanted: Callable[[], bool]) -> None:
        """Say who we are, once, and wait until it is ready: starting is not in a question's time."""
        self._is_unwanted, self._was_told = is_unwanted, False
        if self._first is not None:
            self._say(*self._first)
            self._first = None
            self._hear(START_SECONDS)

    def _say(self, head: Head, body: bytes = b"") -> None:
        try:
            self._parcels.send(head, body)
        except OSError as error:
            raise self._died() from error

    def _hear(self, seconds: float) -> tuple[Head, bytes]:
        self._overdue_at = time.monotonic() + seconds
        heard = self._parcels.receive()
        if heard is None:
            raise self._died()
        self.used_at = time.monotonic()
        if "error" in heard[0]:
            raise error_heard(heard[0]["error"])
        return heard

    def _wait(self) -> None:
        """Until there is something to read. Raises TimeLimitError or GivenUpError when it took too long."""
        while True:
            if self._is_unwanted() and not self._was_told:
                self._was_told = True
                self._overdue_at = min(self._overdue_at, time.monotonic() + CANCEL_SECONDS)
                self._say({})
            left = self._overdue_at - time.monotonic()
            if left <= 0:
                self.kill()
                raise GivenUpError if self._is_unwanted() else TimeLimitError(TOO_LONG)
            ready = {descriptor for descriptor, _ in self._poll.poll(min(left, LOOK_SECONDS) * 1000)}
            if self._wake in ready:
                os.eventfd_read(self._wake)
            if self._parcels.socket.fileno() in ready:
                return

    def _died(self) -> DiedError:
        with suppress(subprocess.TimeoutExpired):  # its socket closes a moment before it has ended
            self._process.wait(1.0)
        code = self._process.poll()
        self.kill()
        return DiedError("a closed socket" if code is None else exit_word(code))


def _started(descriptor: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "syslogger.reading", str(descriptor)],
        pass_fds=[descriptor],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        env=os.environ | CHILD_ENVIRONMENT,
        process_group=0,  # Ctrl-C in a terminal goes to the group: its end is our decision
    )
