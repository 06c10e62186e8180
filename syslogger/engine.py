"""Engine: the library's front door. It starts one engine's bridge as a process of its own and speaks with it.

    with Engine(settings) as engine:
        engine.status()["ledger"]

Leaving the block drains: what was received is stored. Should this program die, the engine sees its socket close, stores
what it has received and ends.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any, Self

from syslogger.errors import EngineDiedError
from syslogger.lines import Door

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from syslogger.config import EngineSettings

# one thread each in the libraries: the processes are the parallelism, and a fork wants no threads
CHILD_ENVIRONMENT = {
    "POLARS_MAX_THREADS": "1",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    # malloc(3) keeps what it has: arrays of a batch are larger than its usual threshold, and mapping them anew each
    # time cost a worker 600 page faults a batch, a fifth of its time
    "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(64 << 20),
    "MALLOC_TOP_PAD_": str(1 << 20),
}

Event = dict[str, Any]


class Engine:
    """One engine. `on_event` gets every event (a dict with the key `event`), in a thread of its own."""

    def __init__(self, settings: EngineSettings, on_event: Callable[[Event], None] | None = None) -> None:
        self.settings = settings
        self.port = 0
        self.pid = 0
        self._door = Door(
            f"engine {settings.engine.name}", "syslogger.bridge", on_event, os.environ | CHILD_ENVIRONMENT
        )

    @property
    def stopped(self) -> Event | None:
        """Its last words, once it has ended: exit code, message, ledger."""
        return self._door.stopped

    def start(self, paused: Iterable[str] = ()) -> None:
        """Start its processes; returns when it can receive. Raises ConfigError, BindError, LockError, StoreError.

        paused: reasons to pause (`pause`) that hold from the first datagram on.
        """
        settings = self.settings.model_dump(mode="json", by_alias=True)
        ready = self._door.open({"settings": settings, "paused": sorted(paused)})
        self.port, self.pid = ready["port"], ready["pid"]

    def status(self, *, samples: bool = True) -> Event:
        """A snapshot: state, ledger and its age, rates, processes, ring, fields, buffer, clients, senders, days.

        samples: with what refused senders said; strangers can make megabytes of that.

        Raises EngineDiedError, as everything does that asks a running engine.
        """
        return self._ask("status", samples=samples)

    def pause(self, reason: str = "operator") -> Event:
        """Store nothing from the next batch on: datagrams are read and counted as dropped; why is a set of reasons.

        Returns `state` and `pause_reasons`.
        """
        return self._ask("pause", reason=reason)

    def resume(self, reason: str = "operator") -> Event:
        """Take a reason to pause away; the engine stores again when none is left. Returns the same as `pause`."""
        return self._ask("resume", reason=reason)

    def change(self, settings: EngineSettings) -> Event:
        """Bring what applies while running into force, whole or not at all; `changes.effects` tells it beforehand.

        Returns `live`, the parts in force, and `restart`, those that need one. Raises ConfigError, StoreError.
        """
        result = self._ask("change", settings=settings.model_dump(mode="json", by_alias=True))
        self.settings = settings
        return result

    def release(self, field: str) -> None:
        """Search a parked field again. Raises SysloggerError: no such field, or it is not parked."""
        self._ask("release", field=field)

    def stop(self, deadline_seconds: float | None = None) -> Event:
        """Drain and end; returns the final ledger. What the deadline cuts off is counted as `dropped.abandoned`."""
        if self.stopped is None:
            self.shorten(deadline_seconds)
        self._door.close()
        assert self.stopped is not None
        ledger: Event = self.stopped.get("ledger", {})
        return ledger

    def shorten(self, deadline_seconds: float | None) -> None:
        """Begin to drain, or, while draining, move the deadline closer; returns at once."""
        if not self._door.tell("stop", deadline_seconds=deadline_seconds) and self.stopped is None:
            raise EngineDiedError(f"engine {self.settings.engine.name} has ended")

    def wait(self, timeout: float | None = None) -> int | None:
        """The exit code when the engine has ended, None if it still runs after `timeout` seconds."""
        code = self._door.wait(timeout)
        if code is not None:
            self._door.close()
        return code

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _ask(self, command: str, **details: Any) -> Event:
        answer: Event = self._door.ask(command, **details)
        return answer
