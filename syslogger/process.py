"""The contract of a child process: start, beat, drain, stop, report.

start   A child is forked from a process that has only imported (a fork after Polars has run a query can hang). It keeps
        the descriptors it was given and closes every other one, so that a pipe's end of file means what it says.
beat    It writes the monotonic time into its word of the ring from its work loop, at least once a second.
order   Another word there is an order: a JSON object in a memfd that comes with it, for settings may be larger than a
        message. It is carried out at the border of a batch.
drain   One word on its control socket: take nothing new, finish what is there, end. The ring's `deadline` (monotonic
        seconds) says until when; what it cuts off is counted. The end of file of that socket is the parent's death: the
        same, within five seconds.
stop    It returns from its loop and leaves with an exit code that is a word (`ExitCode`).
report  It sends JSON objects on its control socket.

Children ignore SIGINT and SIGTERM: a terminal sends them to the whole group, and the end is the parent's decision.
"""

from __future__ import annotations

import logging
import os
import signal
import socket
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import orjson

from syslogger.errors import ExitCode, SysloggerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from syslogger.ring import Ring

ORPHAN_SECONDS = 5.0
DRAIN, ORDER = b"drain", b"order"
REPORT_BYTES = 1 << 16

_log = logging.getLogger(__name__)


class Control:
    """A child's end of its control socket."""

    def __init__(self, end: socket.socket, ring: Ring) -> None:
        self._end = end
        self._ring = ring
        self.draining = False
        self._orders: list[dict[str, Any]] = []

    def fileno(self) -> int:
        """For poll: readable when there is something to read, or the parent is gone."""
        return self._end.fileno()

    def read(self) -> None:
        """Take what lies there; afterwards `draining` says whether to end, and `orders` what else to do."""
        word, descriptors = _hear_order(self._end)
        if word == ORDER:
            self._orders += [_read_order(descriptor) for descriptor in descriptors]
            return
        self.draining = True
        if not word:
            self._ring.deadline[0] = min(float(self._ring.deadline[0]), time.monotonic() + ORPHAN_SECONDS)

    def orders(self) -> list[dict[str, Any]]:
        """The orders that came since the last call."""
        orders, self._orders = self._orders, []
        return orders

    def report(self, message: dict[str, object]) -> None:
        """Tell the parent; an orphan has nobody to tell."""
        try:
            self._end.send(orjson.dumps(message))
        except (BrokenPipeError, ConnectionResetError):
            _log.debug("no parent left to hear %s", message)

    def past_deadline(self, grace_seconds: float = 0.0) -> bool:
        """Whether a drain has used up its time."""
        return self.draining and time.monotonic() >= float(self._ring.deadline[0]) + grace_seconds


@dataclass(slots=True)
class Child:
    """The parent's view of a child."""

    role: str
    pid: int
    pidfd: int
    control: socket.socket
    exit_code: int | None = None
    ready: bool = False
    last_words: str = ""
    replaced: str = ""

    def drain(self) -> None:
        """Ask it to end."""
        try:
            self.control.send(DRAIN)
        except (BrokenPipeError, ConnectionResetError):
            _log.debug("%s had ended before it was asked to", self.role)

    def order(self, order: dict[str, object]) -> None:
        """Give it an order; a child that has just ended gets none, its successor is forked with what it said."""
        descriptor = os.memfd_create("order", os.MFD_CLOEXEC)
        try:
            os.write(descriptor, orjson.dumps(order))
            socket.send_fds(self.control, [ORDER], [descriptor])
        except (BrokenPipeError, ConnectionResetError):
            _log.debug("%s had ended before it got its order", self.role)
        finally:
            os.close(descriptor)

    def kill(self) -> None:
        """End it now. Its death is noticed as any other."""
        try:
            signal.pidfd_send_signal(self.pidfd, signal.SIGKILL)
        except ProcessLookupError:
            _log.debug("%s had ended before it was killed", self.role)

    def reap(self) -> int:
        """Take its exit code (negative: the signal that killed it); it has ended."""
        _, status = os.waitpid(self.pid, 0)
        self.exit_code = os.waitstatus_to_exitcode(status)
        os.close(self.pidfd)
        self.control.close()
        return self.exit_code


def hear(end: socket.socket) -> bytes:
    """What the other side says; b"" when it is gone. Who dies with unread words resets the connection instead."""
    try:
        return end.recv(REPORT_BYTES)
    except ConnectionResetError:
        return b""


def _hear_order(end: socket.socket) -> tuple[bytes, list[int]]:
    try:
        word, descriptors, _, _ = socket.recv_fds(end, REPORT_BYTES, 1)
    except ConnectionResetError:
        return b"", []
    return word, descriptors


def _read_order(descriptor: int) -> dict[str, Any]:
    with os.fdopen(descriptor, "rb") as file:
        file.seek(0)
        order: dict[str, Any] = orjson.loads(file.read())
        return order


def spawn(role: str, ring: Ring, main: Callable[[Control], None], keep: Iterable[int]) -> Child:
    """Fork a child that runs `main(control)` with the descriptors of `keep` and no others but the standard ones."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    pid = os.fork()
    if pid == 0:
        _child(role, main, Control(theirs, ring), {0, 1, 2, theirs.fileno(), *keep})
    theirs.close()
    return Child(role, pid, os.pidfd_open(pid), ours)


def _child(role: str, main: Callable[[Control], None], control: Control, keep: set[int]) -> None:
    code = ExitCode.FAILED
    try:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        # ADBC puts its own handler on SIGINT around every call, and would cancel the one that is under way
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
        signal.set_wakeup_fd(-1)
        _close_all_but(keep)
        name_process(role)
        main(control)
        code = ExitCode.OK
    except SysloggerError as error:
        code = error.exit_code
        control.report({"event": "failed", "exit_code": int(code), "message": str(error)})
    except BaseException:  # the last frame of a process: whatever it was, say it and leave with a code
        logging.getLogger(role).exception("%s died", role)
    finally:
        sys.stderr.flush()
        os._exit(code)


def _close_all_but(keep: set[int]) -> None:
    for entry in list(Path("/proc/self/fd").iterdir()):
        descriptor = int(entry.name)
        if descriptor not in keep:
            try:
                os.close(descriptor)
            except OSError:  # the directory's own descriptor
                continue


def name_process(role: str) -> None:
    """Show the role where processes are listed (prctl(2), PR_SET_NAME: 15 bytes)."""
    Path("/proc/self/comm").write_text(f"syslogger-{role}"[:15], encoding="ascii")
