"""`syslogger run`: the programs that belong together as processes of their own, started again when they die.

Runs in     the command's own process; stdout and stderr are those of its programs
Reads       SIGTERM and SIGINT
Writes      signals to the programs; the log to stderr
Ends when   all programs have ended because they were asked to, or one of them ends for good (`final`): then it asks
            the others, too
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from syslogger.cli.signals import WATCHED, Signals
from syslogger.errors import ExitCode, exit_word
from syslogger.supervision import Backoff

FINAL = frozenset({ExitCode.OK, ExitCode.CONFIG, ExitCode.BIND})

_log = logging.getLogger("syslogger.interfaces")


@dataclass
class Program:
    """A command of ours that is kept running.

    words: its command line; final: the codes with which it ends for good, and everything with it.
    """

    name: str
    words: Sequence[str]
    final: Collection[int] = ()
    _backoff: Backoff = field(default_factory=Backoff)
    _process: subprocess.Popen[bytes] | None = None
    _watching: threading.Thread | None = None
    _began: float = 0.0
    _due: float = 0.0

    @property
    def runs(self) -> bool:
        """Whether there is a process that has not been seen to end."""
        return self._process is not None

    def seconds_to_start(self) -> float | None:
        """When it is to be started; None while it runs."""
        return None if self.runs else max(0.0, self._due - time.monotonic())

    def start(self, owner: int, signals: Signals) -> None:
        """Start it; `owner` is a descriptor whose end of file is our death, however that came about."""
        self._began = time.monotonic()
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "syslogger", *self.words, "--owner", str(owner)],
            pass_fds=[owner],
            stdin=subprocess.DEVNULL,
            process_group=0,  # Ctrl-C in a terminal goes to the group: here it is passed on once
        )
        self._watching = threading.Thread(target=_wake_at_its_end, args=(self._process, signals), name=self.name)
        self._watching.start()

    def signal(self, number: int) -> None:
        """Pass a signal on."""
        if self._process is not None:
            self._process.send_signal(signal.Signals(number))

    def ended(self) -> int | None:
        """The exit code of a process that has ended since the last time; None where none has."""
        code = None if self._process is None else self._process.poll()
        if code is not None and self._watching is not None:
            self._watching.join()  # it wakes whoever waits for signals, who must still be there
            self._process = self._watching = None
        return code

    def start_later(self, code: int) -> None:
        """It died: it is started again, later each time."""
        delay = self._backoff.after(time.monotonic() - self._began)
        self._due = time.monotonic() + delay
        _log.error("the %s ended by itself (%s); next start in %.0f s", self.name, exit_word(code), delay)


def keep_running(programs: Sequence[Program]) -> int:
    """Run these programs until they end for good; returns the exit code of the first that did not end well."""
    reading, writing = os.pipe()
    try:
        with Signals() as signals:
            return _Parent(programs, reading, signals).run()
    finally:
        os.close(writing)
        os.close(reading)


class _Parent:
    def __init__(self, programs: Sequence[Program], owner: int, signals: Signals) -> None:
        self._programs, self._owner, self._signals = programs, owner, signals
        self._ending = False
        self._code = ExitCode.OK.value

    def run(self) -> int:
        while not self._ending or any(program.runs for program in self._programs):
            self._start_what_is_due()
            for number in self._signals.wait(self._seconds_to_wait()):
                self._end(number)
            for program in self._programs:
                code = program.ended()
                if code is not None:
                    self._has_ended(program, code)
        return self._code

    def _start_what_is_due(self) -> None:
        for program in self._programs:
            if not self._ending and program.seconds_to_start() == 0.0:
                program.start(self._owner, self._signals)

    def _seconds_to_wait(self) -> float | None:
        """Until the next start; for ever where none is due: the end of a process wakes as well."""
        delays = [delay for program in self._programs if (delay := program.seconds_to_start()) is not None]
        return None if self._ending else min(delays, default=None)

    def _end(self, number: int) -> None:
        self._ending = True
        for program in self._programs:
            program.signal(number)

    def _has_ended(self, program: Program, code: int) -> None:
        if self._ending:
            # one that was too young to hear the signal had nothing to drain
            self._note(ExitCode.OK.value if -code in WATCHED else code)
        elif code in program.final:
            _log.warning("the %s has ended (%s), and everything ends with it", program.name, exit_word(code))
            self._note(code)
            self._end(signal.SIGTERM)
        else:
            program.start_later(code)

    def _note(self, code: int) -> None:
        if self._code == ExitCode.OK:
            self._code = code if code >= 0 else ExitCode.CHILD_DIED.value


def _wake_at_its_end(process: subprocess.Popen[bytes], signals: Signals) -> None:
    process.wait()
    signals.wake()
