"""The contract of a child process: start, beat, drain, stop, report.

start   A child is forked from a process that has only imported (a fork after Polars has run a query can hang). It keeps
        the descriptors it was given and closes every other one, so that a pipe's end of file means what it says.
beat    It writes the monotonic time into its word of the ring from its work loop, at least once a second.
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
from typing import TYPE_CHECKING

import orjson

from syslogger.errors import ExitCode, SysloggerError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from syslogger.ring import Ring

ORPHAN_SECONDS = 5.0
DRAIN = b"drain"
REPORT_BYTES = 1 << 16

_log = logging.getLogger(__name__)


class Control:
    """A child's end of its control socket."""

    def __init__(self, end: socket.socket, ring: Ring) -> None:
        self._end = end
        self._ring = ring
        self.draining = False

    def fileno(self) -> int:
        """For poll: readable when there is something to read, or the parent is gone."""
        return self._end.fileno()

    def read(self) -> None:
        """Take what lies there; afterwards `draining` says whether to end."""
        word = hear(self._end)
        self.draining = True
        if not word:
            self._ring.deadline[0] = min(float(self._ring.deadline[0]), time.monotonic() + ORPHAN_SECONDS)

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

    def drain(self) -> None:
        """Ask it to end."""
        try:
            self.control.send(DRAIN)
        except (BrokenPipeError, ConnectionResetError):
            _log.debug("%s had ended before it was asked to", self.role)

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
