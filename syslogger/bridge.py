"""The bridge: one engine's processes, from the first fork to the last exit code.

Runs in     a process of its own, started by `Engine`
Reads       the engine's settings and its owner's words (JSON lines on a socket), children's reports, the ring's words
Writes      answers and events to its owner; orders and `drain` to children; the ring's pause; what is parked
Ends when   its owner says stop or is gone, or a process died too often: receivers end first, then workers, then the
            writer

It imports everything and runs no query, for a fork after Polars has run one can hang. Nothing of the data goes through
it. Signals and commands only enqueue: everything is done by the one loop, which never waits for a child that serves.
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
from typing import TYPE_CHECKING

from syslogger.config import EngineSettings
from syslogger.crew import WRITER, Crew, worker_index
from syslogger.desk import Desk
from syslogger.errors import ExitCode, SysloggerError
from syslogger.events import EventKind
from syslogger.lifecycle import SERVING, State
from syslogger.lines import Lines, Message, as_error, hear_sigterm
from syslogger.process import ORPHAN_SECONDS, Child
from syslogger.quarantine import LINE_BYTES
from syslogger.space import must_pause, used_percent
from syslogger.status import Status
from syslogger.supervisor import Supervisor
from syslogger.voice import NO_SPACE, Voice
from syslogger.watch import overrun

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

TICK_SECONDS = 1.0
WATCH_SECONDS = 0.1
CHANGING = {"pause", "resume", "change", "release"}


class Bridge:
    """Makes the crew, has it supervised, and obeys its owner."""

    def __init__(self, settings: EngineSettings, owner: Lines) -> None:
        self._owner = owner
        self._selector = selectors.DefaultSelector()
        self._children: dict[str, Child] = {}
        self._voice = Voice(owner)
        self._desk = Desk(settings, self._voice, self._children)
        self._commands: dict[str, Callable[[Message], Message | None]] = {
            "status": self._tell_status,
            "stop": self._stop,
            "pause": self._pause,
            "resume": self._resume,
            "change": self._desk.change,
            "release": self._desk.release,
        }

    # -- starting ----------------------------------------------------------------------------------------------------

    def start(self, paused: Iterable[str] = ()) -> None:
        """Lock, bind, make the rings and fork, writer first. Raises SysloggerError; nothing is left behind then.

        paused: reasons to store nothing, from the first datagram on.
        """
        voice = self._voice
        voice.move(State.STARTING)
        self._crew = Crew(self._desk.settings)
        voice.ring = self._crew.ring
        self._desk.open()
        self.supervisor = Supervisor(self._crew, self._desk, voice, self._children, self._selector, self._hear_child)
        self.status = Status(self._crew, self._desk, voice.life, self._children, self.supervisor.restarts)
        for reason in paused:
            voice.pause(reason, f"paused by {reason}")
        self._look_at_space()
        try:
            self.supervisor.start()
        except SysloggerError:
            self.supervisor.kill_all()
            raise
        voice.move(State.RUNNING)
        voice.settle()

    # -- the loop ----------------------------------------------------------------------------------------------------

    def run(self) -> ExitCode:
        """Watch until everything has ended; returns how."""
        self._selector.register(self._owner.socket, selectors.EVENT_READ, self._listen_to_owner)
        signals = hear_sigterm()
        self._selector.register(signals, selectors.EVENT_READ, partial(self._drain_on_signal, signals))
        self._say_ready()
        next_tick = next_watch = time.monotonic()
        while self.supervisor.alive:
            until = self.supervisor.next_due(next_watch)
            for key, _ in self._selector.select(max(0.0, until - time.monotonic())):
                key.data()
            now = time.monotonic()
            self.supervisor.replace_due(now)
            if now >= next_watch:
                self._watch_patterns()
                next_watch = now + WATCH_SECONDS
            if now >= next_tick:
                self.status.tick()
                self.supervisor.tick(now)
                self._look_at_space()
                next_tick = now + TICK_SECONDS
        self.supervisor.settle_the_rest()
        self._crew.close(self._desk.settings)
        return self.supervisor.exit_code

    def _say_ready(self) -> None:
        buffer = self._crew.sockets[0]
        for warning in self._crew.warnings:
            self._voice.event(EventKind.WARNING, warning)
        if advice := buffer.advice():
            told = f"receive buffer cut to {buffer.granted_bytes} bytes: `{advice}` grants it"
            self._voice.event(EventKind.WARNING, told)
        ready = {"event": EventKind.READY, "port": buffer.port, "pid": os.getpid()}
        self._voice.tell({**ready, "message": "the engine receives"})

    def _drain_on_signal(self, reading: socket.socket) -> None:
        reading.recv(64)
        self.supervisor.drain(self._desk.settings.batching.drain_seconds, "SIGTERM")

    def _hear_child(self, child: Child, message: Message) -> None:
        if "fields" in message:
            self.status.fields[child.role] = message["fields"]
        match message["event"]:
            case "ready":
                if child.role == WRITER:  # it has opened today's file, which a predecessor may have failed to write
                    self._voice.trouble("write", None)
            case "using" | "refused":
                self._desk.hear(child.role, message)
            case "days":
                self.status.days = message["days"]
            case "write_failed":
                self._voice.tell(message)
                self._voice.trouble("write", message["message"])
            case "written":
                self._voice.trouble("write", None)
            case _:
                self._voice.tell(message)

    def _watch_patterns(self) -> None:
        """Nothing but the end of its process ends a search: park the field and replace the worker."""
        budget = self._desk.settings.limits.pattern_cpu_milliseconds * 1_000_000
        for role, child in list(self._children.items()):
            index = worker_index(role)
            if index is None or not child.ready or child.replaced:
                continue
            try:
                found = overrun(self._crew.ring, index, child.pid, budget)
            except ProcessLookupError:
                continue  # it ended this moment; its exit is on its way
            if found is not None:
                place, sequence, row = found
                line = self._crew.ring.in_slot(sequence).head(row, LINE_BYTES)
                self.supervisor.replace(child, "was replaced: a pattern took too long")
                self._desk.park(self.status.fields[role][place]["field"], line)

    def _look_at_space(self) -> None:
        settings, voice = self._desk.settings, self._voice
        limit, paused = settings.limits.space_percentage_to_stop, NO_SPACE in voice.life.pause_reasons
        try:
            percent = used_percent(settings.root)
        except OSError as error:
            voice.trouble("space", f"the free space of {settings.root} cannot be read: {error.strerror}")
            return
        voice.trouble("space", None)
        if must_pause(percent, limit, paused=paused) == paused:
            return
        why = f"the disk of {settings.root} is {percent:.0f} % full, SPACE_PERCENTAGE_TO_STOP is {limit}"
        if not paused:
            voice.event(EventKind.NO_SPACE, f"{why}: free space, or delete old days")
        voice.pause(NO_SPACE, None if paused else why)

    # -- the owner -----------------------------------------------------------------------------------------------------

    def _listen_to_owner(self) -> None:
        commands = self._owner.hear()
        if commands is None:
            self._selector.unregister(self._owner.socket)
            self.supervisor.fail(ExitCode.PARENT_DIED, "the owner of the engine is gone")
            self.supervisor.drain(ORPHAN_SECONDS, "the owner of the engine is gone")
            return
        for command in commands:
            self._obey(command)

    def _obey(self, command: Message) -> None:
        """Answer a command; None as an answer means that it comes later, or that none is waited for."""
        state = self._voice.life.state
        if command["command"] in CHANGING and state not in SERVING:
            why = f"the engine is {state}: only one that runs can be changed"
            self._voice.refuse(command["number"], why, ExitCode.FAILED)
            return
        try:
            result = self._commands[command["command"]](command)
        except SysloggerError as error:
            self._voice.refuse(command.get("number"), str(error), error.exit_code)
            return
        if result is not None:
            self._voice.answer(command["number"], result)

    def _tell_status(self, command: Message) -> Message:
        self.status.tick()
        return self.status.snapshot(samples=command["samples"])

    def _stop(self, command: Message) -> None:
        seconds = command["deadline_seconds"]
        seconds = self._desk.settings.batching.drain_seconds if seconds is None else float(seconds)
        self.supervisor.drain(seconds, "it was asked to stop")

    def _pause(self, command: Message) -> Message:
        self._voice.pause(command["reason"], f"paused by {command['reason']}")
        return self._paused()

    def _resume(self, command: Message) -> Message:
        if command["reason"] == NO_SPACE:
            raise SysloggerError("no_space ends by itself when the disk has room: free space, or raise the limit")
        self._voice.pause(command["reason"], None)
        return self._paused()

    def _paused(self) -> Message:
        life = self._voice.life
        return {"state": life.state, "pause_reasons": sorted(life.pause_reasons)}

    # -- last words ----------------------------------------------------------------------------------------------------

    def report_failure(self, error: SysloggerError) -> None:
        """It could not be started."""
        self._voice.tell({"event": EventKind.FAILED, **as_error(error)})

    def report_end(self) -> None:
        """How it ended, and the ledger."""
        code, message = int(self.supervisor.exit_code), self.supervisor.message
        self._voice.event(EventKind.STOPPED, message, exit_code=code, **self.status.final())


def main() -> None:
    """Run one engine for the owner of the socket whose descriptor is the only argument."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # sent to a group that lost its parent while one of it was stopped
    connection = socket.socket(fileno=int(sys.argv[1]))
    connection.set_inheritable(False)
    owner = Lines(connection)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    told = owner.hear_first()
    bridge = Bridge(EngineSettings.model_validate(told["settings"]), owner)
    try:
        bridge.start(told["paused"])
        code = bridge.run()
        bridge.report_end()
    except SysloggerError as error:
        bridge.report_failure(error)
        code = error.exit_code
    os._exit(code)


if __name__ == "__main__":
    main()
