"""Metrics: the factory's snapshot in the form that Prometheus reads.

Pure: statuses in, text out. A collector of its own for each scrape: the counts are the engines', not this process's,
so nothing is kept here. Names end in their unit; what counts up ends in `_total`. No addresses of senders: labels are
names that an operator gave.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from prometheus_client.registry import Collector

from syslogger.lifecycle import State

CONTENT_TYPE = CONTENT_TYPE_LATEST

Status = Mapping[str, Any]

_COUNTS = {
    "offered": "Datagrams that came to the socket, taken or not.",
    "kernel_dropped": "Datagrams that the kernel dropped before they were read.",
    "received": "Messages received.",
    "stored": "Messages stored.",
    "refused": "Messages of senders that are no clients.",
    "empty": "Messages without content.",
    "truncated": "Messages that were longer than max_message_bytes.",
}
_GAUGES = {
    "in_flight": "Messages between receiving and storing.",
    "unexplained": "Messages that the ledger does not explain; anything but 0 is a defect.",
}


def exposition(engines: Mapping[str, Status], version: str) -> bytes:
    """The text of a scrape. engines: a status by name, of those that run and those that rest."""
    registry = CollectorRegistry()
    registry.register(_Snapshot(engines, version))
    return generate_latest(registry)


class _Snapshot(Collector):
    def __init__(self, engines: Mapping[str, Status], version: str) -> None:
        self._engines, self._version = engines, version

    def collect(self) -> Iterator[Metric]:
        about = GaugeMetricFamily("syslogger_info", "The version that runs.", labels=["version"])
        about.add_metric([self._version], 1)
        yield about
        yield from _states(self._engines)
        running = {name: each for name, each in self._engines.items() if each.get("ledger")}
        yield from _ledgers(running)
        yield from _clients(running)
        yield from _processes(running)
        yield from _fields(running)


def _states(engines: Mapping[str, Status]) -> Iterator[Metric]:
    state = GaugeMetricFamily("syslogger_engine_state", "1 for the state that it is in.", labels=["engine", "state"])
    restarts = CounterMetricFamily("syslogger_engine_restarts", "Starts after it ended by itself.", labels=["engine"])
    since = GaugeMetricFamily("syslogger_engine_since_seconds", "When its state began, since 1970.", labels=["engine"])
    for name, status in engines.items():
        for each in State:
            state.add_metric([name, each.value], float(status["state"] == each))
        restarts.add_metric([name], status.get("restarts") or 0)
        since.add_metric([name], status["since"])
    yield from (state, restarts, since)


def _ledgers(engines: Mapping[str, Status]) -> Iterator[Metric]:
    for key, words in _COUNTS.items():
        counter = CounterMetricFamily(f"syslogger_messages_{key}", words, labels=["engine"])
        for name, status in engines.items():
            counter.add_metric([name], status["ledger"][key])
        yield counter
    for key, words in _GAUGES.items():
        gauge = GaugeMetricFamily(f"syslogger_messages_{key}", words, labels=["engine"])
        for name, status in engines.items():
            gauge.add_metric([name], status["ledger"][key])
        yield gauge
    dropped = CounterMetricFamily("syslogger_messages_dropped", "Received, not stored.", labels=["engine", "reason"])
    depth = GaugeMetricFamily("syslogger_ring_batches", "Batches between the processes.", labels=["engine"])
    slots = GaugeMetricFamily("syslogger_ring_slots", "Batches that fit between them.", labels=["engine"])
    for name, status in engines.items():
        for reason, count in status["ledger"]["dropped"].items():
            dropped.add_metric([name, reason], count)
        depth.add_metric([name], status["ring"]["depth"])
        slots.add_metric([name], status["ring"]["slots"])
    yield from (dropped, depth, slots)


def _clients(engines: Mapping[str, Status]) -> Iterator[Metric]:
    """A client's sums can fall when its sender is let go of: gauges, not counters."""
    labels = ["engine", "client"]
    received = GaugeMetricFamily("syslogger_client_messages", "Of its known senders, since the start.", labels=labels)
    sizes = GaugeMetricFamily("syslogger_client_bytes", "Of its known senders, since the start.", labels=labels)
    seen = GaugeMetricFamily("syslogger_client_last_seen_seconds", "Its newest message, since 1970.", labels=labels)
    for name, status in engines.items():
        for each in status["clients"]:
            who = [name, each["name"]]
            received.add_metric(who, each["received"])
            sizes.add_metric(who, each["bytes"])
            seen.add_metric(who, each["last_seen"] / 1e6)
    yield from (received, sizes, seen)


def _processes(engines: Mapping[str, Status]) -> Iterator[Metric]:
    labels = ["engine", "role"]
    memory = GaugeMetricFamily("syslogger_process_resident_bytes", "Memory of a process.", labels=labels)
    cpu = CounterMetricFamily("syslogger_process_cpu_seconds", "CPU time of a process.", labels=labels)
    for name, status in engines.items():
        for each in status["processes"]:
            memory.add_metric([name, each["role"]], each["rss_bytes"])
            cpu.add_metric([name, each["role"]], each["cpu_seconds"])
    yield from (memory, cpu)


def _fields(engines: Mapping[str, Status]) -> Iterator[Metric]:
    labels = ["engine", "field"]
    hits = CounterMetricFamily("syslogger_field_hits", "Lines in which a field was found.", labels=labels)
    parked = GaugeMetricFamily("syslogger_field_parked", "1: it is not searched, its pattern is slow.", labels=labels)
    for name, status in engines.items():
        for each in status["fields"]:
            hits.add_metric([name, each["field"]], each["hits"])
            parked.add_metric([name, each["field"]], float(bool(each["parked"])))
    yield from (hits, parked)
