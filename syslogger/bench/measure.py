"""One measured run: a real engine in a fresh folder, the generator beside it, and what came of it.

Runs in: the process of `syslogger bench`. Reads: /proc, the engine's status, its day files (read-only). Writes: a
temporary data directory, removed afterwards. Ends when: the run is over.

Rules: what is stored is counted by SQL after the engine has stopped, never taken from the engine's own counters; lost
is what was sent, as the senders counted it, less that. This process stays light: it never imports Polars, and it opens
day files with `sqlite3` only, because the engine's own SQLite lives in other processes.
"""

from __future__ import annotations

import itertools
import json
import sqlite3
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from syslogger.bench.generator import Report
from syslogger.bench.machine import require_room
from syslogger.bench.probe import PROBE_ADDRESS, Probe
from syslogger.bench.result import Idle, Observed, Run, idle_of, result_of
from syslogger.bench.sampling import Sample, sample
from syslogger.config import BatchingConfig, EngineSettings, LogClass, ReceiveConfig
from syslogger.engine import Engine
from syslogger.errors import SysloggerError

SENDERS = 8
# The kernel walks 400 MB of rings for each PSS: 21 ms a sample, which once a second would be 2 % of a core.
SAMPLE_SECONDS = 5
DRAIN_DEADLINE_SECONDS = 60.0
IDLE_SETTLE_SECONDS = 2.0

Note = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Rig:
    """What every run of a benchmark shares: the engine's settings and where its data goes."""

    folder: Path
    log_class: LogClass
    workers: int | None
    receive: ReceiveConfig
    batching: BatchingConfig
    note: Note

    @contextmanager
    def engine(self) -> Iterator[tuple[Engine, EngineSettings]]:
        """Start an engine on a free port in a fresh folder; stop it and remove the folder afterwards."""
        with tempfile.TemporaryDirectory(prefix="syslogger-bench-", dir=self.folder) as root:
            settings = EngineSettings.build(
                name="bench",
                log_class=self.log_class,
                port=0,
                root=Path(root),
                allow=("127.0.0.0/8",),
                workers=self.workers,
                receive=self.receive,
                batching=self.batching,
            )
            with Engine(settings) as engine:
                yield engine, settings


def measure(rig: Rig, rate: int, seconds: float) -> Run:
    """Run an engine under `rate` messages a second for `seconds`.

    Raises StoreError without room on the disk, and what the engine raises when it cannot start.
    """
    require_room(rig.folder, int(rate * seconds))
    with rig.engine() as (engine, settings):
        observed = _observe(rig, engine, settings.folder, rate, seconds)
        ledger = engine.stop()
        stored, probes = _count(settings.folder)
    return result_of(rate, observed, stored, probes, ledger)


def measure_idle(rig: Rig, seconds: float) -> Idle:
    """Measure an engine that nobody sends to, after its start has settled."""
    with rig.engine() as (engine, _):
        time.sleep(IDLE_SETTLE_SECONDS)
        before = sample(processes_of(engine))
        time.sleep(seconds)
        after = sample(processes_of(engine))
        engine.stop()
    return idle_of(before, after)


def processes_of(engine: Engine) -> list[Mapping[str, object]]:
    """Return the engine's processes, each with its `role` and `pid`."""
    processes = engine.status()["processes"]
    if not isinstance(processes, list):
        raise SysloggerError(f"the engine's status has no list of processes but {processes!r}")
    return processes


def _observe(rig: Rig, engine: Engine, folder: Path, rate: int, seconds: float) -> Observed:
    probe = Probe(folder, engine.port)
    try:
        samples = [sample(processes_of(engine))]
        probe.start()
        report = _generate(rig, engine, samples, rate, seconds)
        probe.end_sending()
        drain_seconds = _drain(engine, since=report.started_at + report.seconds)
        samples.append(sample(processes_of(engine)))
        buffer = engine.status()["buffer"]
    finally:
        probe.stop()
    return Observed(report, tuple(samples), probe, drain_seconds, _mapping(buffer))


def _generate(rig: Rig, engine: Engine, samples: list[Sample], rate: int, seconds: float) -> Report:
    """Run the generator to its end; sample the engine every fifth second and in the last one."""
    words = ["--port", engine.port, "--rate", rate, "--seconds", seconds, "--senders", SENDERS]
    command = [sys.executable, "-m", "syslogger.bench.generator", *map(str, words)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            started = time.monotonic()
            for second in itertools.count(1):
                if _ended(process, by=started + second):
                    break
                if second % SAMPLE_SECONDS == 0 or second == int(seconds):
                    samples.append(sample(processes_of(engine)))
                rig.note(f"{rate:,}/s for {seconds:g} s: second {second}, {_progress(engine)}")
        finally:
            process.kill()
        output = process.stdout.read() if process.stdout else ""
    if not output:
        raise SysloggerError("the load generator failed; what it said is above")
    return Report(**json.loads(output))


def _ended(process: subprocess.Popen[str], by: float) -> bool:
    """Wait for the process until `by` on the monotonic clock; say whether it has ended."""
    try:
        process.wait(max(0.0, by - time.monotonic()))
    except subprocess.TimeoutExpired:
        return False
    return True


def _progress(engine: Engine) -> str:
    ledger = _mapping(engine.status()["ledger"])
    return f"stored {ledger['stored']:,}, in flight {ledger['in_flight']:,}, lost {ledger['kernel_dropped']:,}"


def _drain(engine: Engine, since: float) -> float:
    """Wait until the engine has stored what the kernel held; return how long that took after `since` (epoch)."""
    deadline = time.monotonic() + DRAIN_DEADLINE_SECONDS
    ledger, changed_at = _mapping(engine.status()["ledger"]), time.time()
    # A second without a change: longer than a flush interval and a commit, and what the kernel holds comes at once.
    while time.monotonic() < deadline and (ledger["in_flight"] != 0 or time.time() - changed_at < 1.0):
        time.sleep(0.05)
        latest = _mapping(engine.status()["ledger"])
        if latest != ledger:
            ledger, changed_at = latest, time.time()
    return max(0.0, changed_at - since)


def _count(folder: Path) -> tuple[int, list[tuple[Path, int, str]]]:
    """Count the stored rows of all day files by SQL and find the probes among them."""
    stored, probes = 0, []
    for path in sorted(folder.glob("*.db")):
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as connection:
            stored += connection.execute("select count(*) from entries").fetchone()[0]
            query = "select id, original_log from entries where log_sender_ip = ?"
            probes += [(path, *row) for row in connection.execute(query, (PROBE_ADDRESS,))]
    return stored, probes


def _mapping(value: object) -> Mapping[str, object]:
    if not isinstance(value, Mapping):
        raise SysloggerError(f"the engine's status has {value!r} where an object was expected")
    return value
