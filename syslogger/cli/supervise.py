"""Engines in the foreground: started, watched, started again with back-off, drained.

Rules:
- One thread holds one engine from start to end (the engine itself is processes of its own), so that engines drain in
  parallel; the main thread hears signals and decides.
- The first signal drains every engine; each later one shortens what the drain may still take.
- An engine that ends although nobody asked is started again after 1 s, 2 s, 4 s … 60 s; a minute of health starts
  that count anew. A configuration that cannot be used is never tried again, nor an address that could not be bound at
  the first start: then the others drain and the command ends with that code.
"""

from __future__ import annotations

import contextlib
import logging
import signal
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING

from syslogger.cli.signals import Signals
from syslogger.errors import EngineDiedError, ExitCode, SysloggerError, exit_word

if TYPE_CHECKING:
    from syslogger.config import EngineSettings
    from syslogger.engine import Engine

Report = Callable[[str, dict[str, object]], None]

FIRST_DELAY_SECONDS = 1.0
MOST_DELAY_SECONDS = 60.0
HEALTHY_SECONDS = 60.0
STATUS_SECONDS = 1.0
# What a drain may still take after the second signal, the third, and every later one.
SHORTENED_SECONDS = (3.0, 0.0)

log = logging.getLogger(__name__)


class Backoff:
    """How long to wait before the next start: doubling, bounded, forgiven after a time of health."""

    def __init__(self) -> None:
        self._next_seconds = FIRST_DELAY_SECONDS

    def after(self, lived_seconds: float) -> float:
        """The delay after an engine that lived so long."""
        if lived_seconds >= HEALTHY_SECONDS:
            self._next_seconds = FIRST_DELAY_SECONDS
        delay = self._next_seconds
        self._next_seconds = min(2 * delay, MOST_DELAY_SECONDS)
        return delay


class Runner(threading.Thread):
    """Holds one engine until it is drained or has failed for good.

    After its end `exit_code` says how it went, and `error` why it could not be started.
    """

    def __init__(self, settings: EngineSettings, report: Report, *, restart: bool) -> None:
        super().__init__(name=settings.engine.name)
        self.exit_code = ExitCode.FAILED.value
        self.error: SysloggerError | None = None
        self._settings = settings
        self._report = report
        self._restart = restart
        self._backoff = Backoff()
        self._was_ready = False
        self._draining = threading.Event()
        self._over = threading.Event()
        self._deadline_seconds: float | None = None
        self._engine: Engine | None = None
        self.on_end: Callable[[], None] = lambda: None

    @property
    def over(self) -> bool:
        """Whether nothing more will come from it (the thread itself may need another moment to end)."""
        return self._over.is_set()

    def drain(self) -> None:
        """Asks for the end; what is received is stored first."""
        self._draining.set()

    def shorten(self, deadline_seconds: float) -> None:
        """Lets the drain take only so long from now, or from its beginning when it has not begun."""
        self._deadline_seconds = deadline_seconds
        engine = self._engine
        if engine is not None:
            _ask_to_drain(engine, deadline_seconds)

    def run(self) -> None:
        """The life of the thread."""
        try:
            while not self._draining.is_set():
                began = time.monotonic()
                self.exit_code = self._one_life()
                if self._draining.is_set() or self._final():
                    return
                self._pause(self._backoff.after(time.monotonic() - began))
            self.exit_code = ExitCode.OK.value
        finally:
            self._over.set()
            self.on_end()

    def _one_life(self) -> int:
        from syslogger.engine import Engine

        engine = Engine(self._settings, lambda event: self._report(self.name, event))
        try:
            engine.start()
        except SysloggerError as error:
            self.error = error
            log.error("engine %s: %s", self.name, error)  # noqa: TRY400 - a sentence for the operator, no traceback
            return error.exit_code.value
        self._was_ready, self._engine, self.error = True, engine, None
        self._report(self.name, {"event": "ready", "port": engine.port, "pid": engine.pid})
        code = self._watch(engine)
        self._engine = None
        return self._took_leave(code, engine.stopped or {})

    def _watch(self, engine: Engine) -> int:
        """Reports the status until the engine has ended; passes on the wish to drain."""
        asked = False
        while (code := self._pause_for_status(engine)) is None:
            if self._draining.is_set() and not asked:
                asked = True
                _ask_to_drain(engine, self._deadline_seconds)
            try:
                self._report(self.name, {"event": "status", **engine.status()})
            except EngineDiedError:
                return engine.wait() or ExitCode.OK.value
        return code

    def _pause_for_status(self, engine: Engine) -> int | None:
        if self._draining.is_set():
            return engine.wait(STATUS_SECONDS)
        self._draining.wait(STATUS_SECONDS)
        return engine.wait(0.0)

    def _took_leave(self, code: int, last_words: Mapping[str, object]) -> int:
        why = last_words.get("message") or exit_word(code)
        if not self._draining.is_set():
            log.error("engine %s ended by itself: %s", self.name, why)
        elif code != ExitCode.OK:
            log.error("engine %s did not end well: %s", self.name, why)
        self._report(self.name, {"event": "stopped", "ledger": last_words.get("ledger", {})})
        return code

    def _final(self) -> bool:
        never_again = self.exit_code == ExitCode.CONFIG or (self.exit_code == ExitCode.BIND and not self._was_ready)
        return never_again or not self._restart

    def _pause(self, seconds: float) -> None:
        event = {"event": "restart", "exit_code": self.exit_code, "reason": exit_word(self.exit_code)}
        self._report(self.name, {**event, "in_seconds": seconds})
        self._draining.wait(seconds)


def _ask_to_drain(engine: Engine, deadline_seconds: float | None) -> None:
    # One that ended meanwhile needs no asking; the thread that watches it says so.
    with contextlib.suppress(EngineDiedError):
        engine.shorten(deadline_seconds)


def supervise(runners: Sequence[Runner]) -> int:
    """Runs engines until a signal or until one of them has failed for good; then drains them all.

    Returns:
        0, or the exit code of the first engine that did not end well.

    Raises:
        SysloggerError: what kept an engine from starting, when that ended the command.
    """
    with Signals() as signals:
        for runner in runners:
            runner.on_end = signals.wake
            runner.start()
        try:
            _listen(runners, signals)
        finally:
            for runner in runners:
                runner.drain()
            for runner in runners:
                runner.join()
    for runner in runners:
        if runner.error is not None and runner.exit_code != ExitCode.OK:
            raise runner.error
    code = next((runner.exit_code for runner in runners if runner.exit_code != ExitCode.OK), ExitCode.OK.value)
    # The negative code of a killed engine is no exit code for a process that ends by itself.
    return code if code >= 0 else ExitCode.CHILD_DIED.value


def _listen(runners: Sequence[Runner], signals: Signals) -> None:
    deadlines = iter(SHORTENED_SECONDS)
    draining = False
    while not all(runner.over for runner in runners):
        for number in signals.wait(timeout_seconds=None):
            log.info("%s: %s", signal.Signals(number).name, "the drain is shortened" if draining else "draining")
            if draining:
                deadline_seconds = next(deadlines, 0.0)
                for runner in runners:
                    runner.shorten(deadline_seconds)
            draining = True
        # An engine that is over before anyone asked has failed for good, and ends the others.
        draining = draining or any(runner.over for runner in runners)
        if draining:
            for runner in runners:
                runner.drain()
