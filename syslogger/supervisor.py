"""The supervisor: keeps an engine's processes alive, and ends them in order.

A child that died or fell silent is replaced after a wait that doubles; its successor gets the same descriptors and
takes over what it owned (see `ring`). In a drain there is no wait, and a successor is told the last words that its
predecessor may have taken with it. A role that dies too often, or that says the settings or the port are no good, is
given up: its last duties are done in its place, so that the others can finish, and the engine ends.
"""

from __future__ import annotations

import selectors
import time
from collections import defaultdict
from functools import partial
from typing import TYPE_CHECKING, Any

import orjson

from syslogger.crew import RECEIVER, WRITER, worker_index
from syslogger.errors import ExitCode, SysloggerError
from syslogger.events import EventKind
from syslogger.ledger import Counts, DropReason, Ledger
from syslogger.lifecycle import State
from syslogger.process import Child, hear
from syslogger.ring import cursor
from syslogger.status import beat_place
from syslogger.supervision import Restarts

if TYPE_CHECKING:
    from collections.abc import Callable

    from syslogger.crew import Crew
    from syslogger.desk import Desk
    from syslogger.voice import Voice

START_SECONDS = 60.0
WRITE_RETRY_SECONDS = 1.0
DEAD_WRITER_SECONDS = 0.5  # without a writer nothing can be settled: no use in waiting for the rings to empty
KILL_AFTER_SECONDS = 5.0

Message = dict[str, Any]


class Supervisor:
    """The children of one engine. `heard` gets every message of theirs that is not about their own life."""

    def __init__(
        self,
        crew: Crew,
        desk: Desk,
        voice: Voice,
        children: dict[str, Child],
        selector: selectors.BaseSelector,
        heard: Callable[[Child, Message], None],
    ) -> None:
        self._crew, self._ring, self._desk, self._voice = crew, crew.ring, desk, voice
        self._children, self._selector, self._heard = children, selector, heard
        self.restarts: defaultdict[str, Restarts] = defaultdict(Restarts)
        self.exit_code, self.message = ExitCode.OK, ""
        self._due: dict[str, float] = {}
        self._ended: dict[str, int] = {}
        self._given_up: list[int] = []
        self._kill_at = float("inf")

    # -- starting ------------------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Fork every role in order, each when the one before is ready. Raises SysloggerError: what one says instead."""
        for role in self._crew.roles:
            self._fork(role)
            child = self._children[role]
            child.control.settimeout(START_SECONDS)
            while not child.ready:
                message = _message(child)
                if message["event"] == "failed":
                    raise _failure(message)
                self._hear(child, message)
            child.control.settimeout(None)

    def _fork(self, role: str) -> None:
        self._ring.beats[beat_place(role)] = time.monotonic()  # before its first turn it is as young as its fork
        child = self._crew.fork(role, self._desk.settings, self._desk.parked())
        self._children[role] = child
        self._selector.register(child.control, selectors.EVENT_READ, partial(self._listen_to, child))
        self._selector.register(child.pidfd, selectors.EVENT_READ, partial(self._reap, child))

    def kill_all(self) -> None:
        """It could not be started: nothing was received, so nothing is drained."""
        for child in self._children.values():
            child.kill()
            child.reap()

    # -- living --------------------------------------------------------------------------------------------------------

    @property
    def alive(self) -> bool:
        """Whether any process lives or is to come."""
        return bool(self._children or self._due)

    def next_due(self, otherwise: float) -> float:
        """When the next successor starts, if that is earlier than `otherwise` (both monotonic seconds)."""
        return min([otherwise, *self._due.values()])

    def replace_due(self, now: float) -> None:
        """Fork the successors whose time has come."""
        for role in [role for role, at in self._due.items() if at <= now]:
            del self._due[role]
            self._take_over(role)

    def replace(self, child: Child, why: str) -> None:
        """Replace a child on purpose and at once: that is no death of its own."""
        child.replaced = why
        child.kill()

    def tick(self, now: float) -> None:
        """Kill what is late in a drain, and what gives no sign of life: children beat from their work loops."""
        if self._children and now >= self._kill_at:
            late = ", ".join(self._children)
            self.fail(ExitCode.ABANDONED, f"{late} did not end before the drain's deadline and had to be killed")
            for role, child in self._children.items():
                self.restarts[role].give_up()
                child.kill()
        for role, child in self._children.items():
            patience = self._desk.settings.limits.silent_seconds if child.ready else START_SECONDS
            if not self._voice.draining and now - float(self._ring.beats[beat_place(role)]) > patience:
                child.last_words = f"gave no sign of life for {patience:g} s"
                child.kill()

    def _listen_to(self, child: Child) -> None:
        said = hear(child.control)
        if said:
            self._hear(child, orjson.loads(said))
        else:
            self._selector.unregister(child.control)

    def _hear(self, child: Child, message: Message) -> None:
        if message["event"] == "failed":
            child.last_words = message["message"]
            return
        if message["event"] == "ready":
            child.ready = True
            if self.restarts[child.role].count:
                said = f"{child.role} runs again"
                self._voice.event(EventKind.CHILD_REPLACED, said, role=child.role, pid=child.pid)
            self._voice.trouble(child.role, None)
        self._heard(child, message)

    # -- dying ---------------------------------------------------------------------------------------------------------

    def _reap(self, child: Child) -> None:
        self._selector.unregister(child.pidfd)
        while child.control.fileno() >= 0 and child.control in self._selector.get_map():
            self._listen_to(child)
        code, role = child.reap(), child.role
        del self._children[role]
        if code == ExitCode.OK and self._voice.draining:
            self._ended[role] = code
            self._speak_for_the_lost()
            return
        self._desk.lost(role)
        if child.replaced:
            self.restarts[role].replaced(child.replaced)
            self._due[role] = time.monotonic()
        else:
            self._mourn(child, code)

    def _mourn(self, child: Child, code: int) -> None:
        """Name a death, and choose when a successor starts, if ever."""
        role, ended, now = child.role, _ending(child, code), time.monotonic()
        died = f"{role} (process {child.pid}) {ended}"
        self._voice.event(EventKind.CHILD_DIED, died, role=role, pid=child.pid)
        draining = self._voice.draining
        if code == ExitCode.WRITE and not draining:  # a disk may be in trouble for long: that is no crash loop
            self.restarts[role].replaced(ended)
            self._due[role] = now + WRITE_RETRY_SECONDS
            self._voice.trouble("write", child.last_words)
            return
        wait = self.restarts[role].died(now, ended)
        if wait is None or code in (ExitCode.CONFIG, ExitCode.BIND) or (draining and code > 0):
            self._give_up(role, code, ended, loop=wait is None)
        else:
            self._due[role] = now if draining else now + wait
            self._voice.trouble(role, f"{role} {ended} and is being replaced")

    def _take_over(self, role: str) -> None:
        """Fork a successor. In a drain it is told the last words that its predecessor may have taken with it."""
        if role == RECEIVER:
            self._adopt()
        self._fork(role)
        if not self._voice.draining:
            return
        self._children[role].drain()
        index = worker_index(role)
        if index is not None and RECEIVER in self._ended:
            self._crew.tell_worker_the_last(index)
        if role == WRITER:
            for ended in map(worker_index, self._ended):
                if ended is not None:
                    self._crew.tell_writer_the_last(ended)

    def _adopt(self) -> None:
        self._ring.adopt_unfinished(time.time_ns() // 1000)
        if head := self._ring.head:
            # It may have died between publishing the last batch and handing it over; twice does no harm.
            self._crew.hand_over(head)

    def _give_up(self, role: str, code: int, ended: str, *, loop: bool) -> None:
        """End the engine: this role cannot come back. Its last duties are done for it, so that others can finish."""
        message = f"{role} {ended}" + (", again and again; the engine gives up" if loop else "; the engine ends")
        if loop and not self._voice.draining:
            self._voice.event(EventKind.CRASH_LOOP, message, role=role)
        self.fail(ExitCode(code) if code > 0 else ExitCode.CHILD_DIED, message)
        self._ended[role] = code
        index = worker_index(role)
        if role == RECEIVER:
            self._adopt()
            self._crew.tell_workers_the_last()
        elif role == WRITER:
            self.drain(DEAD_WRITER_SECONDS, message)
        elif index is not None:
            self._ring.gone[index] = 1
            self._given_up.append(index)
        self.drain(self._desk.settings.batching.drain_seconds, message)
        self._speak_for_the_lost()

    def _speak_for_the_lost(self) -> None:
        """Tell the writer in the place of lost workers that nothing follows; true only when the receiver has ended."""
        if RECEIVER in self._ended:
            for index in self._given_up:
                self._crew.tell_writer_the_last(index)
            self._given_up.clear()

    # -- ending --------------------------------------------------------------------------------------------------------

    def drain(self, seconds: float, why: str) -> None:
        """End in order, until a deadline; called again, it can only come earlier."""
        deadline = min(float(self._ring.deadline[0]), time.monotonic() + seconds)
        self._ring.deadline[0] = deadline
        self._kill_at = deadline + KILL_AFTER_SECONDS
        if self._voice.draining:
            return
        self._desk.abort("the engine is draining", ExitCode.FAILED)
        self._voice.move(State.DRAINING, why)
        self._voice.event(EventKind.DRAINING, f"the engine takes nothing new: {why}")
        self._due = dict.fromkeys(self._due, 0.0)
        for child in self._children.values():
            child.drain()

    def fail(self, code: ExitCode, message: str) -> None:
        """The engine will not end well; the first reason counts."""
        if self.exit_code is ExitCode.OK:
            self.exit_code, self.message = code, message

    def settle_the_rest(self) -> None:
        """Count what nobody can store any more: in the day file if it can be written, in the ledger in any case."""
        written = (ExitCode.OK, ExitCode.WRITE, ExitCode.ABANDONED)
        if self._ended.get(WRITER) not in written and self._ring.settled_ledger().in_flight:
            self._ring.deadline[0] = 0.0
            self._crew.bookkeeper(self._desk.settings).reap()
        ledger = self._ring.settled_ledger()
        if ledger.in_flight:
            counts = ledger.counts + Counts.drop(DropReason.ABANDONED, ledger.in_flight)
            end = Ledger(ledger.received, ledger.kernel_dropped, counts, 0)
            self._ring.prepare(cursor(self._ring.head + 1), self._ring.bookings, end)
            self._ring.flip()


def _ending(child: Child, code: int) -> str:
    if code < 0:
        return child.last_words or f"was killed by signal {-code}"
    words = f"ended with {ExitCode(code).name.lower()}" if code in set(ExitCode) else f"ended with code {code}"
    return f"{words}: {child.last_words}" if child.last_words else words


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
