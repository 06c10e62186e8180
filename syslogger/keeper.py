"""The keeper: the one process of a data directory that changes stored days other than the live ones.

Runs in     a process of its own, started by `Keeper`, which is the owner's side
Reads       its settings and its owner's words (JSON lines on a socket), day files (read-only), the clocks
Writes      answers and events to its owner; seals and deletes day files; `<root>/_control/keeper.json`
Ends when   its owner says stop or is gone, or SIGTERM: the day that is being deleted is finished first

The main thread hears the owner and watches the clocks, a second one runs the jobs, one after the other. Retention is
queued at start and every hour; every minute it looks for days that are over and queues their sealing. All of it yields
to the engines (nice 10). Neither Polars nor Arrow is loaded here: it sits beside the engines all day.
"""

from __future__ import annotations

import logging
import os
import selectors
import signal
import socket
import sys
import threading
import time
from collections.abc import Callable
from typing import Any, Self

from syslogger.errors import ConfigError, ExitCode, Problem, SysloggerError
from syslogger.events import EventKind
from syslogger.keeper_settings import EngineLimit, KeeperSettings
from syslogger.keeping import Keeping
from syslogger.lines import Door, Lines, Message, as_error, hear_sigterm
from syslogger.storage.jobs import Job, Jobs

__all__ = ["EngineLimit", "Keeper", "KeeperSettings"]

OBSERVE_SECONDS = 60.0
NICE = 10


class Keeper:
    """The keeper, for its owner. `on_event` gets every event (a dict with the key `event`), in a thread of its own."""

    def __init__(self, settings: KeeperSettings, on_event: Callable[[Message], None] | None = None) -> None:
        self.settings = settings
        self._door = Door(f"the keeper of {settings.root}", "syslogger.keeper", on_event)

    @property
    def pid(self) -> int:
        """Of its process, once it was started."""
        return self._door.pid

    def start(self) -> None:
        """Start its process; returns when it holds the directory. Raises LockError (another one does), StoreError."""
        self._door.open(self.settings.model_dump(mode="json"))

    def status(self) -> Message:
        """`jobs`, `waits` (why retention waits, or null), `last_run`, `pid`.

        Raises EngineDiedError, as everything does that asks a keeper that has ended.
        """
        return {**self._door.ask("status"), "pid": self.pid}

    def start_job(self, kind: str, **parameters: Any) -> Message:
        """Queue a job: `retention`; `seal`, `delete_days` (class_name, engine, days: dates or "all"); `delete_engine`.

        `seal` without parameters: the days that are due.

        Returns the job. Raises SysloggerError: no such kind, parameters, engine or day.
        """
        job: Message = self._door.ask("start_job", kind=kind, parameters=parameters)
        return job

    def cancel(self, job_id: str) -> Message:
        """Cancel a job; one that runs ends after the day it is at. Raises SysloggerError: it waits and runs no more."""
        job: Message = self._door.ask("cancel", job=job_id)
        return job

    def confirm_clock(self) -> str:
        """An operator says that the clock is right; returns what that changes."""
        return str(self._door.ask("confirm_clock"))

    def forecast(self) -> Message:
        """What a day takes and when the disk is full, as `storage.forecast` tells it. Raises StoreError."""
        found: Message = self._door.ask("forecast")
        return found

    def change(self, settings: KeeperSettings) -> None:
        """Take other limits; they count from the next run on. Raises ConfigError: it cannot move to another root."""
        self._door.ask("change", settings=settings.model_dump(mode="json"))
        self.settings = settings

    def wait(self, timeout_seconds: float | None = None) -> int | None:
        """The exit code when it has ended, None if it still runs after that time."""
        return self._door.wait(timeout_seconds)

    def stop(self) -> None:
        """End it, after the day that is being deleted."""
        self._door.tell("stop")
        self._door.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


# -- the process ------------------------------------------------------------------------------------------------------


class Process:
    """The loop of the keeper's process."""

    def __init__(self, settings: KeeperSettings, owner: Lines) -> None:
        self._owner = owner
        self._keeping = Keeping(settings, self._tell, give_up=self._is_hurried)
        self._jobs = Jobs(
            {
                "retention": self._keeping.retention,
                "seal": self._keeping.seal,
                "delete_days": self._keeping.delete_days,
                "delete_engine": self._keeping.delete_engine,
            },
            self._tell_failed,
        )
        self._commands: dict[str, Callable[[Message], object]] = {
            "status": self._status,
            "start_job": lambda command: self._jobs.start(command["kind"], command["parameters"]).told(),
            "cancel": lambda command: self._jobs.cancel(command["job"]).told(),
            "confirm_clock": lambda _: self._keeping.notebook.confirm(),
            "forecast": lambda _: self._keeping.forecast().told(),
            "change": self._change,
        }
        self._ending, self._unseen = False, ""

    def run(self) -> None:
        """Keep the directory until the owner has enough of it. Raises LockError, StoreError at the start."""
        signals = hear_sigterm()  # before anybody knows that there is a process to be ended
        self._keeping.open()
        worker = threading.Thread(target=self._jobs.run, name="jobs")
        worker.start()
        try:
            self._owner.say({"event": EventKind.READY, "message": "the keeper holds the data directory"})
            self._loop(signals)
        finally:
            self._jobs.close()
            worker.join()
            self._keeping.close()
        self._owner.say({"event": EventKind.STOPPED, "message": "the keeper has ended", "exit_code": int(ExitCode.OK)})

    def _loop(self, signals: socket.socket) -> None:
        with selectors.DefaultSelector() as selector:
            selector.register(self._owner.socket, selectors.EVENT_READ)
            selector.register(signals, selectors.EVENT_READ)
            next_run = next_look = time.monotonic()
            while not self._ending:
                if time.monotonic() >= next_run:
                    self._queue("retention")
                    next_run = time.monotonic() + self._keeping.settings.retention_seconds
                if time.monotonic() >= next_look:
                    self._look()
                    next_look = time.monotonic() + self._keeping.settings.look_seconds
                until = min(OBSERVE_SECONDS, next_run - time.monotonic(), next_look - time.monotonic())
                ready = {key.fileobj for key, _ in selector.select(max(0.0, until))}
                self._observe()
                if signals in ready:
                    return
                if self._owner.socket in ready:
                    self._hear()

    def _queue(self, kind: str) -> None:
        if self._is_under_way(kind):
            return
        try:
            self._jobs.start(kind)
        except SysloggerError as error:  # too many jobs wait: the next hour, or the next look, comes
            self._tell(EventKind.WARNING, f"the job {kind} does not run now: {error}")

    def _is_under_way(self, kind: str) -> bool:
        return any(job["kind"] == kind and job["ended"] is None for job in self._jobs.snapshot())

    def _is_hurried(self) -> bool:
        return self._jobs.is_hurried()

    def _look(self) -> None:
        if self._is_under_way("seal"):  # nobody else opens a day while it is sealed
            return
        try:
            if self._keeping.sealer.due():
                self._queue("seal")
            self._unseen = ""
        except SysloggerError as error:
            if self._unseen != str(error):  # said once, and not every minute
                self._unseen = str(error)
                self._tell(EventKind.WARNING, f"days that are over cannot be looked for: {error}")

    def _observe(self) -> None:
        try:
            self._keeping.notebook.observe()
        except SysloggerError as error:
            self._tell(EventKind.WARNING, f"the clock's verdict cannot be kept: {error}")

    def _hear(self) -> None:
        messages = self._owner.hear()
        if messages is None:
            self._ending = True
        for command in messages or ():
            if command["command"] == "stop":
                self._ending = True
            else:
                self._answer(command)

    def _answer(self, command: Message) -> None:
        answer: Message = {"event": "answer", "number": command["number"]}
        try:
            answer["result"] = self._commands[command["command"]](command)
        except SysloggerError as error:
            answer["error"] = as_error(error)
        self._owner.say(answer)

    def _status(self, _: Message) -> Message:
        return {"jobs": self._jobs.snapshot(), **self._keeping.notebook.status()}

    def _change(self, command: Message) -> None:
        settings = KeeperSettings.made(command["settings"])
        now = self._keeping.settings
        if (settings.root, settings.time_zone) != (now.root, now.time_zone):
            wrong = "a keeper that runs stays at its root and in its time zone"
            raise ConfigError([Problem("root", wrong, "start another one")])
        self._keeping.settings = settings

    def _tell(self, kind: EventKind, message: str, **details: Any) -> None:
        self._owner.say({"event": kind, "message": message, **details})

    def _tell_failed(self, job: Job) -> None:
        self._tell(EventKind.JOB_FAILED, f"the job {job.kind} failed: {job.message}", job=job.id)


def main() -> None:
    """Keep a data directory for the owner of the socket whose descriptor is the only argument."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_IGN)  # sent to a group that lost its parent while one of it was stopped
    os.nice(NICE)
    connection = socket.socket(fileno=int(sys.argv[1]))
    connection.set_inheritable(False)
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    owner, code = Lines(connection), ExitCode.OK
    try:
        Process(KeeperSettings.made(owner.hear_first()), owner).run()
    except SysloggerError as error:
        owner.say({"event": EventKind.FAILED, **as_error(error)})
        code = error.exit_code
    os._exit(code)


if __name__ == "__main__":
    main()
