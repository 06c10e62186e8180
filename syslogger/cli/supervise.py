"""An engine in the foreground: started, watched, drained.

Rules:
- A thread holds the engine from start to end (the engine itself is processes of its own); the main thread hears signals
  and decides.
- The first signal drains it; each later one shortens what the drain may still take.
- An engine that ends although nobody asked ends the command, with its exit code.
"""

from __future__ import annotations

import contextlib
import logging
import signal
import threading
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from syslogger.cli.signals import Signals
from syslogger.errors import EngineDiedError, ExitCode, SysloggerError, exit_word

if TYPE_CHECKING:
    from syslogger.config import EngineSettings
    from syslogger.engine import Engine

Report = Callable[[str, dict[str, object]], None]

STATUS_SECONDS = 1.0
# What a drain may still take after the second signal, the third, and every later one.
SHORTENED_SECONDS = (3.0, 0.0)

log = logging.getLogger(__name__)


class Runner(threading.Thread):
    """Holds one engine until it has ended.

    After its end `exit_code` says how it went, and `error` why it could not be started.
    """

    def __init__(self, settings: EngineSettings, report: Report) -> None:
        super().__init__(name=settings.engine.name)
        self.exit_code = ExitCode.FAILED.value
        self.error: SysloggerError | None = None
        self._settings = settings
        self._report = report
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
            self.exit_code = self._one_life()
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
        self._engine = engine
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


def _ask_to_drain(engine: Engine, deadline_seconds: float | None) -> None:
    # One that ended meanwhile needs no asking; the thread that watches it says so.
    with contextlib.suppress(EngineDiedError):
        engine.shorten(deadline_seconds)


def supervise(runner: Runner) -> int:
    """Runs an engine until a signal drains it, or it ends by itself.

    Returns:
        0, or how it ended otherwise.

    Raises:
        SysloggerError: what kept it from starting.
    """
    with Signals() as signals:
        runner.on_end = signals.wake
        runner.start()
        try:
            _listen(runner, signals)
        finally:
            runner.drain()
            runner.join()
    if runner.error is not None:
        raise runner.error
    # The negative code of a killed engine is no exit code for a process that ends by itself.
    return runner.exit_code if runner.exit_code >= 0 else ExitCode.CHILD_DIED.value


def _listen(runner: Runner, signals: Signals) -> None:
    deadlines = iter(SHORTENED_SECONDS)
    draining = False
    while not runner.over:
        for number in signals.wait(timeout_seconds=None):
            log.info("%s: %s", signal.Signals(number).name, "the drain is shortened" if draining else "draining")
            if draining:
                runner.shorten(next(deadlines, 0.0))
            else:
                draining = True
                runner.drain()
