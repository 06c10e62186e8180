"""SIGTERM and SIGINT as a queue that the main loop reads; a handler does nothing but add to it.

The interpreter writes a signal's number into a pipe (`signal.set_wakeup_fd`) and the loop selects on it. Blocking the
signals for `sigtimedwait` would do too, but the mask would be inherited by every process that an engine starts.
"""

from __future__ import annotations

import contextlib
import os
import select
import signal
from types import FrameType, TracebackType
from typing import Self

WATCHED = (signal.SIGTERM, signal.SIGINT)


class Signals:
    """The signals that arrived while the block runs; of the main thread only. The old handlers return afterwards."""

    def __enter__(self) -> Self:
        self._reading, self._writing = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._fd_before = signal.set_wakeup_fd(self._writing, warn_on_full_buffer=False)
        self._before = {number: signal.signal(number, _ignore) for number in WATCHED}
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(self._fd_before)
        os.close(self._reading)
        os.close(self._writing)

    def wait(self, timeout_seconds: float | None) -> list[int]:
        """The signals that arrived; waits for one, for `wake`, or for the time to pass (None: for ever)."""
        if not select.select([self._reading], [], [], timeout_seconds)[0]:
            return []
        return [number for number in os.read(self._reading, 4_096) if number]

    def wake(self) -> None:
        """Ends a `wait` early; any thread may call it."""
        # A full pipe wakes it just as well.
        with contextlib.suppress(BlockingIOError):
            os.write(self._writing, b"\0")


def _ignore(_number: int, _frame: FrameType | None) -> None:
    """Stands where a handler must stand; the wake-up pipe has the number already."""
