"""One snapshot of an engine for people and programs: state, ledger, rates, processes, fields, senders, days."""

from __future__ import annotations

import time
from collections import deque
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import numpy as np
import psutil

from syslogger.clients import ClientTable, address_text
from syslogger.senders import KEPT, MOMENTS, NAMES

if TYPE_CHECKING:
    from collections.abc import Mapping

    from syslogger.crew import Crew
    from syslogger.desk import Desk
    from syslogger.ledger import Ledger
    from syslogger.lifecycle import Lifecycle
    from syslogger.process import Child
    from syslogger.supervision import Restarts

ATTEMPTS = 20
WINDOWS_SECONDS = (1, 10, 60)
RATES = ("received", "refused", "stored", "dropped")

Snapshot = dict[str, Any]


class Status:
    """Reads the ring's words; `tick` at least once a second keeps the rates and the last consistent ledger.

    fields: by role, what each worker searches and on which road; days: rows by day, as the writer last told.
    """

    def __init__(
        self,
        crew: Crew,
        desk: Desk,
        life: Lifecycle,
        children: Mapping[str, Child],
        restarts: Mapping[str, Restarts],
    ) -> None:
        self._crew, self._ring, self._desk, self._life = crew, crew.ring, desk, life
        self._children, self._restarts = children, restarts
        self.fields: dict[str, list[Snapshot]] = {}
        self.days: dict[str, int] = {}
        self._ledger: Ledger = crew.ring.settled_ledger()
        self._ledger_at = time.monotonic()
        self._history: deque[tuple[float, Ledger]] = deque([(self._ledger_at, self._ledger)])
        self._senders_seen: tuple[list[Snapshot], dict[str, int]] = ([], {})

    def tick(self) -> None:
        """Take the ledger of one moment; under load perhaps none is found, then the last one ages."""
        for _ in range(ATTEMPTS):
            ledger = self._ring.ledger()
            if ledger is not None:
                self._ledger, self._ledger_at = ledger, time.monotonic()
                break
        if self._ledger_at - self._history[-1][0] >= 0.5:
            self._history.append((self._ledger_at, self._ledger))
        while self._ledger_at - self._history[0][0] > WINDOWS_SECONDS[-1] + 1:
            self._history.popleft()

    def snapshot(self, *, samples: bool) -> Snapshot:
        """Everything, as JSON. The ledger has exactly its public keys; its age is beside it.

        samples: with what refused senders said.
        """
        now, settings = time.monotonic(), self._desk.settings
        return {
            "state": self._life.state,
            "since": self._life.since,
            "why": self._life.why,
            "pause_reasons": sorted(self._life.pause_reasons),
            "engine": settings.engine.name,
            "title": settings.engine.title,
            "class": settings.log_class.name,
            "port": self._crew.sockets[0].port,
            "config_digest": settings.digest,
            "ledger": self._ledger.as_json(),
            "ledger_age_seconds": now - self._ledger_at,
            "rates": self._rates(),
            "ring": {"slots": self._ring.geometry.slots, "depth": self._ring.depth},
            "processes": self._processes(now),
            "fields": self._field_rows(),
            "partitions": self._partitions(),
            "buffer": self._buffer(),
            **self._who(samples=samples),
        }

    def final(self) -> Snapshot:
        """The ledger at rest, when every process has ended."""
        self._ledger, self._ledger_at = self._ring.settled_ledger(), time.monotonic()
        return {
            "ledger": self._ledger.as_json(),
            "since": self._life.since,
            "fields": self._field_rows(),
            **self._who(samples=True),
        }

    def _rates(self) -> Snapshot:
        over = {str(seconds): self._rates_over(seconds) for seconds in WINDOWS_SECONDS}
        last = over[str(WINDOWS_SECONDS[0])]
        return {"received_per_second": last["received"], "stored_per_second": last["stored"], "over": over}

    def _rates_over(self, seconds: float) -> dict[str, float]:
        """Messages a second since the newest ledger that is at least so old, or the oldest there is."""
        ended, after = self._history[-1]
        older = [moment for moment in self._history if ended - moment[0] >= 0.9 * seconds]
        began, before = older[-1] if older else self._history[0]
        numbers = zip(RATES, _numbers(before), _numbers(after), strict=True)
        return {name: (new - old) / (ended - began) if ended > began else 0.0 for name, old, new in numbers}

    def _processes(self, now: float) -> list[Snapshot]:
        rows: list[Snapshot] = [{"role": "bridge", **_usage(psutil.Process())}]
        for role in self._crew.roles:
            restarts, child = self._restarts[role], self._children.get(role)
            row = {"role": role, "restarts": restarts.count, "last_exit": restarts.last_exit}
            try:
                usage = {} if child is None else _usage(psutil.Process(child.pid))
            except psutil.NoSuchProcess:
                continue  # it ended this moment; its exit is on its way to the bridge
            if usage:
                age = max(0.0, now - float(self._ring.beats[beat_place(role)]))  # it may beat while we look
                rows.append({**row, "beat_age_seconds": age, **usage})
        return rows

    def _field_rows(self) -> list[Snapshot]:
        roads, hits = self._ring.roads.sum(axis=0).tolist(), self._ring.hits.sum(axis=0).tolist()
        costs = self._ring.costs.sum(axis=0).tolist()
        rows, parked = [], self._desk.parked()
        known = next(iter(self.fields.values()), [])
        for field, (column_rows, re_rows), found, (spent, timed) in zip(known, roads, hits, costs, strict=False):
            searched = column_rows + re_rows
            rows.append(
                {
                    **field,
                    "column_rows": column_rows,
                    "re_rows": re_rows,
                    "hits": found,
                    "hit_rate": found / searched if searched else None,
                    "nanoseconds_a_line": spent / timed if timed else None,
                    "parked": parked.get(field["field"]),
                }
            )
        return rows

    def _partitions(self) -> list[Snapshot]:
        """The days as the writer last told of them, less those deleted since; the live one as it is this moment."""
        days = sorted(self.days)
        rows = self.days | ({days[-1]: int(self._ring.live[0])} if days else {})
        sizes = {day: self._bytes(day) for day in days}
        return [{"day": day, "rows": rows[day], "bytes": size} for day, size in sizes.items() if size]

    def _bytes(self, day: str) -> int:
        sizes = []
        for suffix in ("", "-wal"):
            try:
                sizes.append((self._desk.settings.folder / f"{day}.db{suffix}").stat().st_size)
            except FileNotFoundError:
                continue  # a file without a WAL, or a day that was deleted
        return sum(sizes)

    def _buffer(self) -> Snapshot:
        sockets = self._crew.sockets
        return {
            "sockets": len(sockets),
            "asked_bytes": sockets[0].asked_bytes,
            "granted_bytes": min(each.granted_bytes for each in sockets),
            "advice": sockets[0].advice(),
        }

    def _who(self, *, samples: bool) -> Snapshot:
        for _ in range(ATTEMPTS):
            found = self._crew.senders.rows()
            if found is not None:
                self._senders_seen = found
                break
        rows, other = self._senders_seen
        return {
            "clients": self._client_rows(rows),
            "senders": _busiest(rows, "received"),
            "refused_senders": _busiest(rows, "refused", samples=samples),
            "other_senders": _rest(rows, other),
        }

    def _client_rows(self, rows: list[Snapshot]) -> list[Snapshot]:
        """The clients, with the sums of the senders that are still known one by one."""
        table = ClientTable([(client.name, client.address) for client in self._desk.settings.engine.clients])
        sums = [{"received": 0, "bytes": 0, "last_seen": 0} for _ in table.names]
        keys = np.frombuffer(b"".join(row["key"] for row in rows), np.uint8).reshape(-1, 16)
        for row, client in zip(rows, table.decide(keys).tolist() if rows else [], strict=True):
            if client >= 0:
                of = sums[client]
                of["received"], of["bytes"] = of["received"] + row["received"], of["bytes"] + row["bytes"]
                of["last_seen"] = max(of["last_seen"], row["last_seen"])
        named = zip(table.names, table.networks, sums, strict=True)
        return [{"name": name, "address": network, **each} for name, network, each in named]


def _numbers(ledger: Ledger) -> tuple[int, int, int, int]:
    counts = ledger.counts
    return ledger.received, counts.refused, counts.stored, sum(counts.dropped)


def beat_place(role: str) -> int:
    """Which word of the ring a role beats in."""
    if role.startswith("worker"):
        return 1 + int(role.removeprefix("worker"))
    return 0 if role == "receiver" else -1


def _usage(process: psutil.Process) -> dict[str, object]:
    with process.oneshot():
        times = process.cpu_times()
        return {"pid": process.pid, "cpu_seconds": times.user + times.system, "rss_bytes": process.memory_info().rss}


def _busiest(rows: list[Snapshot], by: str, *, samples: bool = False) -> list[Snapshot]:
    counted = [row for row in rows if row[by]]
    counted.sort(key=itemgetter(by), reverse=True)
    shown = (*NAMES, *MOMENTS)
    return [
        {"address": address_text(row["key"]), **{name: row[name] for name in shown}}
        | ({"samples": _texts(row["samples"])} if samples else {})
        for row in counted[:KEPT]
    ]


def _texts(samples: list[bytes]) -> list[str]:
    """What strangers sent is any bytes; as text it shows each of them."""
    return [sample.decode("utf-8", "backslashreplace") for sample in samples]


def _rest(rows: list[Snapshot], other: dict[str, int]) -> dict[str, int]:
    """Everyone who is not among the busiest: those no longer in the table, and those in it behind the first 1,000."""
    behind = sorted(rows, key=itemgetter("received"), reverse=True)[KEPT:]
    return {name: count + sum(row[name] for row in behind) for name, count in other.items()}
