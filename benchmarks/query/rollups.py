"""The rate an engine holds with rollups against the rate it holds without them, in one run.

    python -m benchmarks.query.rollups [--seconds 20] [--rate 200000] [--pairs 3] [--data FOLDER] [--json FILE]

Without: the engine finds today's file in format 1, which it continues without rollups; nothing else differs. First both
take the same load alternately (CPU a message), then the highest rate of either is searched as `syslogger bench` does.
"""

from __future__ import annotations

import argparse
import json
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

from syslogger.bench.lines import CLASS_NAME, PATTERNS
from syslogger.bench.machine import describe_machine, require_disk, require_linux
from syslogger.bench.measure import Rig, measure
from syslogger.bench.result import Run
from syslogger.bench.search import find_max
from syslogger.config import BatchingConfig, EngineSettings, Field, LogClass, ReceiveConfig
from syslogger.engine import Engine

CLASS = LogClass(name=CLASS_NAME, fields=tuple(Field(name=name, pattern=text) for name, text in PATTERNS.items()))
# What a short run may leave in rings and buffers, as `syslogger bench --find-max` has it.
BACKLOG_SECONDS = 0.5


@dataclass(frozen=True, slots=True)
class RollupRig(Rig):
    """Engines with rollups or without."""

    rollups: bool = True

    @contextmanager
    def engine(self) -> Iterator[tuple[Engine, EngineSettings]]:
        """Start an engine on a free port in a fresh folder; remove the folder afterwards."""
        with tempfile.TemporaryDirectory(prefix="syslogger-rollups-", dir=self.folder) as root:
            settings = EngineSettings.build(
                name="bench", log_class=self.log_class, port=0, root=Path(root).resolve(), allow=("127.0.0.0/8",)
            )
            if not self.rollups:
                words = [sys.executable, "-m", "benchmarks.query.format_one"]
                subprocess.run(words, input=settings.model_dump_json(by_alias=True), text=True, check=True)
            with Engine(settings) as engine:
                yield engine, settings
            self._check(settings)

    def _check(self, settings: EngineSettings) -> None:
        """The file has what it should: otherwise the figures would compare nothing."""
        for path in settings.folder.glob("*.db"):
            with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as day:
                version = day.execute("SELECT format_version FROM partition").fetchone()[0]
                assert (version > 1) is self.rollups, f"{path} is of format {version}"
                if self.rollups:
                    rolled = day.execute("SELECT sum(rows) FROM rollup_severity").fetchone()[0]
                    assert rolled == day.execute("SELECT count(*) FROM entries").fetchone()[0]


def alternating(rigs: dict[str, RollupRig], rate: int, seconds: float, pairs: int) -> dict[str, list[Run]]:
    """The same load on both, one after the other, so many times."""
    runs: dict[str, list[Run]] = {name: [] for name in rigs}
    for _ in range(pairs):
        for name, rig in rigs.items():
            run = measure(rig, rate, seconds)
            runs[name].append(run)
            print(
                f"{name:8} {rate:,}/s: lost {run.lost:,}, {run.cpu_microseconds_a_message:.2f} us a message", flush=True
            )
    return runs


def highest(name: str, rig: RollupRig, seconds: float) -> int:
    """The highest rate that it holds without loss, searched as the bench does; 0: none."""

    def holds(rate: int, run_seconds: float) -> bool:
        run = measure(rig, rate, run_seconds)
        print(f"{name:8} {rate:,}/s for {run_seconds:g} s: lost {run.lost:,}", flush=True)
        return run.held and (run_seconds >= seconds or run.drain_seconds <= BACKLOG_SECONDS)

    return find_max(holds, seconds) or 0


def main() -> None:
    """Run it once."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--seconds", type=float, default=20.0)
    parser.add_argument("--rate", type=int, default=200_000)
    parser.add_argument("--pairs", type=int, default=3)
    parser.add_argument("--no-search", action="store_true", help="only the same load on both")
    parser.add_argument("--data", type=Path, default=Path())
    parser.add_argument("--json", type=Path)
    asked = parser.parse_args()
    require_linux()
    require_disk(asked.data)
    machine = describe_machine(asked.data)
    print(f"machine  {machine.cores} cores, {machine.cpu}, {machine.memory_bytes >> 30} GiB, Linux {machine.kernel}")
    rigs = {
        name: RollupRig(asked.data, CLASS, None, ReceiveConfig(), BatchingConfig(), lambda _: None, rollups=rollups)
        for name, rollups in (("without", False), ("with", True))
    }
    runs = alternating(rigs, asked.rate, asked.seconds, asked.pairs)
    costs = {name: median(run.cpu_microseconds_a_message for run in of) for name, of in runs.items()}
    print(f"CPU      {costs['without']:.2f} us a message without, {costs['with']:.2f} us with, medians")
    rates = {} if asked.no_search else {name: highest(name, rig, asked.seconds) for name, rig in rigs.items()}
    if rates:
        share = rates["with"] / rates["without"]
        print(f"held     {rates['without']:,}/s without, {rates['with']:,}/s with: {share:.1%}")
    if asked.json is not None:
        lost = {name: [run.lost for run in of] for name, of in runs.items()}
        result = {"machine": asdict(machine), "microseconds": costs, "lost": lost, "held": rates}
        asked.json.write_text(json.dumps(result, indent=2) + "\n")


if __name__ == "__main__":
    main()
