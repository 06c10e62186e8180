"""What a run came to: figures of a run under load and of an idle engine, made from what was observed.

Pure: samples, counts and times in, one result out. Lost is what was sent less what was stored, never a counter's word.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from syslogger.bench.generator import Report
from syslogger.bench.probe import Latency, Probe
from syslogger.bench.sampling import Sample

# Below this the generator did not offer the rate that the run is named after.
OFFERED_SHARE = 0.99


@dataclass(frozen=True, slots=True)
class ProcessCost:
    """What one process of the engine cost."""

    role: str
    cpu_microseconds_a_message: float
    rss_bytes: int
    pss_bytes: int


@dataclass(frozen=True, slots=True)
class Run:
    """The result of one run under load. Rates are messages a second; `lost` is sent less stored."""

    rate_asked: int
    rate: float
    seconds: float
    sent: int
    stored: int
    lost: int
    drain_seconds: float
    cpu_microseconds_a_message: float
    processes: tuple[ProcessCost, ...]
    pss_bytes_fifth_second: int
    pss_bytes_last_second: int
    latency: Latency
    generator: Report
    buffer: Mapping[str, object]
    ledger: Mapping[str, object]

    @property
    def held(self) -> bool:
        """Whether the rate was really offered and not one message of it was lost."""
        return self.lost == 0 and self.rate >= OFFERED_SHARE * self.rate_asked


@dataclass(frozen=True, slots=True)
class IdleProcess:
    """What one process costs that has nothing to do."""

    role: str
    cpu_percent_of_a_core: float
    pss_bytes: int


@dataclass(frozen=True, slots=True)
class Idle:
    """What an engine costs that receives nothing."""

    seconds: float
    cpu_percent_of_a_core: float
    pss_bytes: int
    processes: tuple[IdleProcess, ...]


@dataclass(frozen=True, slots=True)
class Observed:
    """What was seen while the engine ran; `samples` has one before the load and one after the drain at its ends."""

    generator: Report
    samples: tuple[Sample, ...]
    probe: Probe
    drain_seconds: float
    buffer: Mapping[str, object]


def result_of(
    rate: int, observed: Observed, stored: int, probes: Sequence[tuple[Path, int, str]], ledger: Mapping[str, object]
) -> Run:
    """Make the result of a run: `probes` are the stored probes, `ledger` the engine's own last word."""
    report, samples = observed.generator, observed.samples
    begin, end = report.started_at, report.started_at + report.seconds
    sent = report.sent + len(observed.probe.sent)
    loaded = [taken for taken in samples if begin <= taken.at <= end] or [samples[-1]]
    return Run(
        rate_asked=rate,
        rate=report.sent / report.seconds,
        seconds=report.seconds,
        sent=sent,
        stored=stored,
        lost=sent - stored,
        drain_seconds=observed.drain_seconds,
        cpu_microseconds_a_message=1e6 * (samples[-1].cpu_seconds - samples[0].cpu_seconds) / max(1, stored),
        processes=_costs(samples[0], samples[-1], loaded[-1], stored),
        pss_bytes_fifth_second=min(loaded, key=lambda taken: abs(taken.at - begin - 4.5)).pss_bytes,
        pss_bytes_last_second=loaded[-1].pss_bytes,
        latency=observed.probe.latency(probes, begin, end),
        generator=report,
        buffer=observed.buffer,
        ledger=ledger,
    )


def idle_of(before: Sample, after: Sample) -> Idle:
    """Make the result of an idle engine from two samples of it."""
    seconds = after.at - before.at
    processes = tuple(
        IdleProcess(now.role, 100 * (now.cpu_seconds - then.cpu_seconds) / seconds, now.pss_bytes)
        for then, now in zip(before.processes, after.processes, strict=True)
    )
    return Idle(seconds, sum(process.cpu_percent_of_a_core for process in processes), after.pss_bytes, processes)


def _costs(before: Sample, after: Sample, loaded: Sample, stored: int) -> tuple[ProcessCost, ...]:
    """Cost by process: CPU over the whole run, memory as it was in the last second of the load."""
    earlier = {process.pid: process.cpu_seconds for process in before.processes}
    later = {process.pid: process.cpu_seconds for process in after.processes}
    return tuple(
        ProcessCost(
            role=process.role,
            cpu_microseconds_a_message=1e6 * (later[process.pid] - earlier[process.pid]) / max(1, stored),
            rss_bytes=process.rss_bytes,
            pss_bytes=process.pss_bytes,
        )
        for process in loaded.processes
    )
