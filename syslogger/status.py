"""One snapshot of an engine for people and programs: state, ledger, rates, processes, fields, senders, buffer."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import psutil

from syslogger.clients import address_text
from syslogger.senders import KEPT

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from syslogger.config import EngineSettings
    from syslogger.inputs.udp import BoundSocket
    from syslogger.ledger import Ledger
    from syslogger.process import Child
    from syslogger.ring import Ring
    from syslogger.senders import Senders

ATTEMPTS = 20


class Status:
    """Reads the ring's words; `tick` at least once a second keeps the rates and the last consistent ledger."""

    def __init__(
        self,
        settings: EngineSettings,
        ring: Ring,
        senders: Senders,
        sockets: Sequence[BoundSocket],
        children: Mapping[str, Child],
    ) -> None:
        self._settings, self._ring, self._senders = settings, ring, senders
        self._sockets, self._children = sockets, children
        self.fields: list[dict[str, object]] = []
        self.since = time.time()
        self._ledger: Ledger = ring.settled_ledger()
        self._ledger_at = time.monotonic()
        self._before: tuple[float, Ledger] = (self._ledger_at, self._ledger)
        self._rates = {"received_per_second": 0.0, "stored_per_second": 0.0}
        self._senders_seen: dict[str, object] = {"senders": [], "refused_senders": []}

    def tick(self) -> None:
        """Take the ledger of one moment; under load perhaps none is found, then the last one ages."""
        for _ in range(ATTEMPTS):
            ledger = self._ring.ledger()
            if ledger is not None:
                self._ledger, self._ledger_at = ledger, time.monotonic()
                break
        self._measure()

    def _measure(self) -> None:
        at, before = self._before
        seconds = self._ledger_at - at
        if seconds >= 0.5:
            self._rates = {
                "received_per_second": (self._ledger.received - before.received) / seconds,
                "stored_per_second": (self._ledger.counts.stored - before.counts.stored) / seconds,
            }
            self._before = (self._ledger_at, self._ledger)

    def snapshot(self, state: str) -> dict[str, object]:
        """Everything, as JSON. The ledger has exactly its public keys; its age is beside it."""
        now = time.monotonic()
        return {
            "state": state,
            "engine": self._settings.engine.name,
            "class": self._settings.log_class.name,
            "since": self.since,
            "port": self._sockets[0].port,
            "config_digest": self._settings.digest,
            "ledger": self._ledger.as_json(),
            "ledger_age_seconds": now - self._ledger_at,
            "rates": self._rates,
            "ring": {"slots": self._ring.geometry.slots, "depth": self._ring.depth},
            "processes": self._processes(now),
            "fields": self._fields(),
            "buffer": self._buffer(),
            **self._who(),
        }

    def final(self) -> dict[str, object]:
        """The ledger at rest, when every process has ended."""
        self._ledger, self._ledger_at = self._ring.settled_ledger(), time.monotonic()
        return {"ledger": self._ledger.as_json(), "since": self.since, "fields": self._fields(), **self._who()}

    def _processes(self, now: float) -> list[dict[str, object]]:
        rows: list[dict[str, object]] = [{"role": "bridge", **_usage(psutil.Process())}]
        for role, child in self._children.items():
            age = now - float(self._ring.beats[beat_place(role)])
            try:
                rows.append({"role": role, "beat_age_seconds": age, **_usage(psutil.Process(child.pid))})
            except psutil.NoSuchProcess:
                continue  # it ended this moment; its exit is on its way to the bridge
        return rows

    def _fields(self) -> list[dict[str, object]]:
        rows = self._ring.roads.sum(axis=0).tolist()
        return [
            {**field, "column_rows": column_rows, "re_rows": re_rows}
            for field, (column_rows, re_rows) in zip(self.fields, rows, strict=False)
        ]

    def _buffer(self) -> dict[str, object]:
        return {
            "sockets": len(self._sockets),
            "asked_bytes": self._sockets[0].asked_bytes,
            "granted_bytes": min(each.granted_bytes for each in self._sockets),
            "advice": self._sockets[0].advice(),
        }

    def _who(self) -> dict[str, object]:
        for _ in range(ATTEMPTS):
            found = self._senders.rows()
            if found is not None:
                rows, other = found
                self._senders_seen = {
                    "senders": _busiest(rows, "received"),
                    "refused_senders": _busiest(rows, "refused", sample=True),
                    "other_senders": _rest(rows, other),
                }
                break
        return self._senders_seen


def beat_place(role: str) -> int:
    """Which word of the ring a role beats in."""
    if role.startswith("worker"):
        return 1 + int(role.removeprefix("worker"))
    return 0 if role == "receiver" else -1


def _usage(process: psutil.Process) -> dict[str, object]:
    with process.oneshot():
        times = process.cpu_times()
        return {"pid": process.pid, "cpu_seconds": times.user + times.system, "rss_bytes": process.memory_info().rss}


def _busiest(rows: list[dict[str, object]], by: str, *, sample: bool = False) -> list[dict[str, object]]:
    counted = [row for row in rows if row[by]]
    counted.sort(key=lambda row: int(str(row[by])), reverse=True)
    shown = ("received", "stored", "refused", "last_seen")
    return [
        {"address": address_text(_bytes(row["key"])), **{name: row[name] for name in shown}}
        | ({"sample": _bytes(row["sample"]).decode("utf-8", "backslashreplace")} if sample else {})
        for row in counted[:KEPT]
    ]


def _rest(rows: list[dict[str, object]], other: dict[str, int]) -> dict[str, int]:
    """Everyone who is not among the busiest: those no longer in the table, and those in it behind the first 1,000."""
    behind = sorted(rows, key=lambda row: int(str(row["received"])), reverse=True)[KEPT:]
    return {name: count + sum(int(str(row[name])) for row in behind) for name, count in other.items()}


def _bytes(value: object) -> bytes:
    assert isinstance(value, bytes)
    return value
