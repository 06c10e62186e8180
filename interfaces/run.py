"""`syslogger run`: the factory as a process of its own, started again when it dies.

Runs in     the command's own process; stdout and stderr are the factory's
Reads       SIGTERM and SIGINT
Writes      signals to the factory; the log to stderr
Ends when   the factory has ended because it was asked to, or cannot run: its configuration, its port, its directory
"""

from __future__ import annotations

import logging
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Sequence

from syslogger.cli.signals import WATCHED, Signals
from syslogger.errors import ExitCode, exit_word
from syslogger.supervision import Backoff

FINAL = {ExitCode.OK, ExitCode.CONFIG, ExitCode.BIND}

_log = logging.getLogger("syslogger.interfaces")


def keep_running(words: Sequence[str]) -> int:
    """Run `syslogger factory` with these words until it ends for good; returns its exit code."""
    backoff = Backoff()
    with Signals() as signals:
        while True:
            began = time.monotonic()
            code, asked = _one_life(words, signals)
            if asked and -code in WATCHED:  # it was too young to hear it, and had nothing to drain
                return ExitCode.OK.value
            if asked or code in FINAL:
                return code if code >= 0 else ExitCode.CHILD_DIED.value
            delay = backoff.after(time.monotonic() - began)
            _log.error("the factory ended by itself (%s); next start in %.0f s", exit_word(code), delay)
            if signals.wait(delay):
                return ExitCode.OK.value


def _one_life(words: Sequence[str], signals: Signals) -> tuple[int, bool]:
    """One factory from start to end: its exit code, and whether it was asked to end."""
    reading, writing = os.pipe()  # its end of file is our death, however that came about
    try:
        factory = subprocess.Popen(
            [sys.executable, "-P", "-m", "syslogger", "factory", *words, "--owner", str(reading)],
            pass_fds=[reading],
            stdin=subprocess.DEVNULL,
            process_group=0,  # Ctrl-C in a terminal goes to the group: here it is passed on once
        )
        os.close(reading)
        watching = threading.Thread(target=_wake_at_its_end, args=(factory, signals), name="factory")
        watching.start()
        asked = False
        while factory.poll() is None:
            for number in signals.wait(None):
                asked = True
                factory.send_signal(signal.Signals(number))
        watching.join()
        return factory.returncode, asked
    finally:
        os.close(writing)


def _wake_at_its_end(factory: subprocess.Popen[bytes], signals: Signals) -> None:
    factory.wait()
    signals.wake()
