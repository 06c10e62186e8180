"""Real engines for tests: started in a folder of their own, fed over loopback, read back with sqlite3.

Rules:
- The engine's own processes write; a test only reads (`mode=ro`) and is another process, so its sqlite3 is no danger to
  the writer's SQLite.
- Nothing is slept for: a test waits until the ledger or an event says so, with a generous deadline.
- A loss and a duplicate can cancel, so lines carry running numbers and it is the numbers that are compared.
"""

from __future__ import annotations

import json
import signal
import socket
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Iterable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any, Self

import psutil

from syslogger.bench.lines import CLASS_NAME, PATTERNS
from syslogger.config import BatchingConfig, ClientConfig, EngineSettings, Field, LogClass, ReceiveConfig
from syslogger.engine import Engine
from tests.support import wait_until

WAIT_SECONDS = 60.0
LOOPBACK = "127.0.0.1"
WORD = LogClass(name="word", fields=(Field(name="number", pattern="number ([0-9]+)"),))
MIKROTIK = LogClass(name=CLASS_NAME, fields=tuple(Field(name=name, pattern=text) for name, text in PATTERNS.items()))
LEDGER_KEYS = ("offered", "kernel_dropped", "received", "stored", "refused", "empty", "truncated", "unexplained")


def settings(
    root: Path,
    *,
    log_class: LogClass = WORD,
    zone: str = "UTC",
    clients: Sequence[tuple[str, str]] = (),
    receive: dict[str, int] | None = None,
    batching: dict[str, int] | None = None,
    **options: Any,
) -> EngineSettings:
    """Settings of an engine `main` on any free port; `clients` are (name, range), the default ones where there is none.

    A drain has a minute unless `batching` says otherwise: the disk may take seconds for each sync.
    """
    chosen: dict[str, Any] = {"name": "main", "port": 0, "workers": 1, **options}
    made = EngineSettings.build(
        **chosen,
        log_class=log_class,
        root=root,
        time_zone=zone,
        receive=ReceiveConfig.model_validate(receive or {}),
        batching=BatchingConfig.model_validate({"drain_seconds": 60} | (batching or {})),
    )
    if not clients:
        return made
    named = tuple(ClientConfig(name=name, address=address) for name, address in clients)
    return made.model_copy(update={"engine": made.engine.model_copy(update={"clients": named})})


class WatchedEngine(Engine):
    """An engine that keeps its events and waits for what a test wants to see."""

    def __init__(self, settings: EngineSettings) -> None:
        self.events: list[dict[str, Any]] = []
        super().__init__(settings, self.events.append)

    def ledger(self) -> dict[str, Any]:
        """The ledger of this moment."""
        ledger: dict[str, Any] = self.status()["ledger"]
        return ledger

    def processes(self) -> dict[str, int]:
        """The ids of its processes by role."""
        return {each["role"]: each["pid"] for each in self.status()["processes"]}

    def wait_for(self, **counts: int) -> dict[str, Any]:
        """Wait until these keys of the ledger have these values; the ledger that had them."""
        return self.wait_for_all([counts])

    def wait_for_all(self, alternatives: Iterable[dict[str, int]]) -> dict[str, Any]:
        """Wait until the ledger agrees with one of the alternatives; the ledger that did."""
        wanted, seen = list(alternatives), [self.ledger()]

        def agrees() -> bool:
            seen.append(self.ledger())
            return any(counts.items() <= seen[-1].items() for counts in wanted)

        try:
            wait_until(agrees, WAIT_SECONDS, f"the ledger says {wanted}")
        except AssertionError as error:
            raise AssertionError(f"{error}; it says {seen[-1]}") from error
        return seen[-1]

    def wait_for_event(self, kind: str, count: int = 1) -> dict[str, Any]:
        """Wait for the event number `count` of this kind."""
        wait_until(lambda: len(self.of_kind(kind)) >= count, WAIT_SECONDS, f"{count} event(s) {kind!r}")
        return self.of_kind(kind)[count - 1]

    def of_kind(self, kind: str) -> list[dict[str, Any]]:
        """The events of one kind so far."""
        return [event for event in list(self.events) if event["event"] == kind]

    def trouble(self) -> list[dict[str, Any]]:
        """Every event so far but those of a regular life and the warning about the receive buffer (where not root)."""
        return [
            event
            for event in list(self.events)
            if event["event"] != "draining" and "receive buffer" not in event["message"]
        ]

    def final_ledger(self) -> dict[str, Any]:
        """What the last words of the engine said; it has ended."""
        assert self.stopped is not None
        ledger: dict[str, Any] = self.stopped["ledger"]
        return ledger


class Sender:
    """Sends datagrams to a port of loopback from one address; the port is the same for the whole block."""

    def __init__(self, port: int, source: str = LOOPBACK) -> None:
        family = socket.AF_INET6 if ":" in source else socket.AF_INET
        self._socket = socket.socket(family, socket.SOCK_DGRAM)
        self._socket.bind((source, 0))
        self._target = ("::1" if family == socket.AF_INET6 else LOOPBACK, port)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._socket.close()

    def send(self, *messages: bytes) -> int:
        """Send each as a datagram; how many that were."""
        for message in messages:
            self._socket.sendto(message, self._target)
        return len(messages)


def send(port: int, *messages: bytes, source: str = LOOPBACK) -> int:
    """Send each message as a datagram of its own; how many that were."""
    with Sender(port, source) as sender:
        return sender.send(*messages)


def numbered(numbers: Iterable[int]) -> list[bytes]:
    """A line for each number; the class `word` finds the number again."""
    return [b"<134>line number %d, of about a hundred bytes" % number + b" of padding" * 5 for number in numbers]


class Load:
    """A thread that sends numbered lines at a rate from 0 on, until the block ends."""

    BURST_SECONDS = 0.005

    def __init__(self, port: int, per_second: int) -> None:
        self.sent = 0
        self._port, self._burst = port, int(per_second * self.BURST_SECONDS)
        self._done = threading.Event()
        self._thread = threading.Thread(target=self._run, name="load")

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._done.set()
        self._thread.join()

    def wait_for(self, count: int) -> None:
        """Wait until so many were sent."""
        wait_until(lambda: self.sent >= count, WAIT_SECONDS, f"{count} lines were sent")

    def _run(self) -> None:
        due = time.monotonic()
        with Sender(self._port) as sender:
            while not self._done.wait(max(0.0, due - time.monotonic())):
                self.sent += sender.send(*numbered(range(self.sent, self.sent + self._burst)))
                due += self.BURST_SECONDS


def suspend(pid: int) -> psutil.Process:
    """Stop a process with SIGSTOP and wait until the kernel says that it is stopped."""
    process = psutil.Process(pid)
    process.send_signal(signal.SIGSTOP)
    wait_until(lambda: process.status() == psutil.STATUS_STOPPED, WAIT_SECONDS, f"process {pid} is stopped")
    return process


# -- what is in the files ---------------------------------------------------------------------------------------------


def day_files(settings: EngineSettings) -> list[Path]:
    """The day files of an engine, oldest first."""
    return sorted(settings.folder.glob("????-??-??.db"))


def query(settings: EngineSettings, sql: str) -> list[tuple[Any, ...]]:
    """The answer of each day file, one after the other."""
    rows: list[tuple[Any, ...]] = []
    for path in day_files(settings):
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            rows += connection.execute(sql)
    return rows


def stored_numbers(settings: EngineSettings) -> list[int]:
    """The running numbers of the stored lines, in order of id."""
    return [int(row[0]) for row in query(settings, "SELECT number FROM entries ORDER BY id")]


def integrity(settings: EngineSettings) -> set[str]:
    """What `PRAGMA integrity_check` says of the day files; {"ok"} is what one wants."""
    return {str(row[0]) for row in query(settings, "PRAGMA integrity_check")}


def minute_sums(settings: EngineSettings) -> dict[str, int]:
    """The table `ledger` of all day files, summed; drops by their reason."""
    sums: Counter[str] = Counter()
    for *counts, dropped in query(settings, f"SELECT {', '.join(LEDGER_KEYS)}, dropped FROM ledger"):
        sums.update(dict(zip(LEDGER_KEYS, counts, strict=True)))
        sums.update(json.loads(dropped))
    return dict(sums)


def left_open(settings: EngineSettings) -> int:
    """What the day files leave unexplained, or in flight; in flight is what the last minute says, and no sum."""
    sums = ("SELECT sum(unexplained) FROM ledger", "SELECT in_flight FROM ledger, partition WHERE minute = last_minute")
    return sum(number or 0 for sql in sums for (number,) in query(settings, sql))


def flat(ledger: dict[str, Any]) -> dict[str, int]:
    """A ledger in the form of `minute_sums`."""
    counts: dict[str, int] = {key: ledger[key] for key in LEDGER_KEYS}
    counts.update(ledger["dropped"])
    return counts


def balanced(ledger: dict[str, Any]) -> bool:
    """Whether both equations of the ledger hold and nothing is left to explain."""
    settled = ledger["stored"] + ledger["refused"] + ledger["empty"] + sum(ledger["dropped"].values())
    return bool(
        ledger["offered"] == ledger["kernel_dropped"] + ledger["received"]
        and ledger["received"] == settled + ledger["in_flight"]
        and ledger["unexplained"] == 0
    )
