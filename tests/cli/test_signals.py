"""Signals as a queue: heard in the loop, nothing else done, everything put back."""

from __future__ import annotations

import os
import signal
import threading

from syslogger.cli.signals import WATCHED, Signals
from tests.support import deadline


def test_signals_are_heard_in_order() -> None:
    """Both signals arrive in the loop as numbers; nothing is interrupted."""
    with Signals() as signals:
        os.kill(os.getpid(), signal.SIGTERM)
        os.kill(os.getpid(), signal.SIGINT)
        heard: list[int] = []
        while len(heard) < 2:
            heard += signals.wait(5.0)

    assert [signal.SIGTERM, signal.SIGINT] == heard


def test_wait_ends_without_a_signal() -> None:
    """The time passes, or another thread wakes the loop; both answer no signal."""
    with Signals() as signals, deadline(40.0):
        assert [] == signals.wait(0.0)
        thread = threading.Thread(target=signals.wake)
        thread.start()
        assert [] == signals.wait(60.0)
        thread.join()


def test_wake_never_blocks() -> None:
    """However often it is called, no thread is held up."""
    with Signals() as signals, deadline(40.0):
        for _ in range(100_000):
            signals.wake()


def test_everything_is_put_back() -> None:
    """After the block the handlers and the wake-up descriptor are those of before."""
    before = [signal.getsignal(number) for number in WATCHED]
    with Signals():
        assert before != [signal.getsignal(number) for number in WATCHED]

    assert before == [signal.getsignal(number) for number in WATCHED]
    assert -1 == signal.set_wakeup_fd(-1)
