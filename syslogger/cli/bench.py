"""`syslogger bench`: a real engine under a real load, on this machine, now.

Rules: results go to stdout, progress to stderr, so that `--json` is one document. A loss is a result and not an error:
the exit code says whether the benchmark ran. Strategy: the measuring is in `syslogger.bench`; this file only chooses
what to run and prints it.
"""

from __future__ import annotations

import signal
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

import click
import orjson
from rich.console import Console
from rich.status import Status

from syslogger.bench.lines import CLASS_NAME, PATTERNS
from syslogger.bench.machine import describe_machine, require_disk, require_linux
from syslogger.bench.measure import Rig, measure, measure_idle
from syslogger.bench.report import describe_load, machine_lines, run_line, run_lines, summary_lines
from syslogger.bench.result import Idle, Run
from syslogger.bench.search import find_max
from syslogger.config import BatchingConfig, Field, LogClass, ReceiveConfig, load
from syslogger.errors import ConfigError, Problem

DEFAULT_RATE = 50_000
IDLE_SECONDS = 10.0
# What a short run of the search may leave in rings and buffers; more means that they held it up, not the engine.
BACKLOG_SECONDS = 0.5
DEFAULT_CONFIG = Path("GLOBAL_CONFIG.json")


@click.command()
@click.option("--rate", type=click.IntRange(1), help=f"Messages a second to send.  [default: {DEFAULT_RATE}]")
@click.option("--find-max", is_flag=True, help="Search the highest rate held for --seconds without loss.")
@click.option("--seconds", type=click.FloatRange(1.0, 3600.0), default=10.0, show_default=True, help="Length of a run.")
@click.option("--class", "class_name", default=CLASS_NAME, show_default=True, help="Class whose fields are extracted.")
@click.option("--config", type=click.Path(path_type=Path), help="File that has the class; none for the shipped one.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON document on stdout.")
@click.option("--data", type=click.Path(path_type=Path, file_okay=False), help="Folder for the data, a tmpfs too.")
@click.option("--workers", type=click.IntRange(1), help="Worker processes; the engine decides without it.")
def command(
    rate: int | None,
    find_max: bool,
    seconds: float,
    class_name: str,
    config: Path | None,
    as_json: bool,
    data: Path | None,
    workers: int | None,
) -> None:
    """Measure an engine: rate, loss, CPU, memory, latency.

    The same MikroTik-shaped lines are sent whatever class is named. Data goes to a temporary folder and is removed.
    """
    if find_max and rate is not None:
        raise click.UsageError("--rate and --find-max exclude each other: the search chooses its rates")
    require_linux()
    # A terminated benchmark must still remove its data and stop its engine.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    screen = Screen()
    rig = _rig(class_name, config, data, workers, screen)
    machine = describe_machine(rig.folder)
    result = {"machine": asdict(machine), "load": describe_load(class_name, _patterns(rig.log_class))}
    with screen:
        run = _search if find_max else _single
        outcome, lines = run(rig, rate or DEFAULT_RATE, seconds, screen)
    if as_json:
        click.echo(orjson.dumps(result | outcome, option=orjson.OPT_INDENT_2))
    else:
        click.echo("\n".join([*machine_lines(machine, result["load"]), *lines]))


class Screen:
    """Progress on stderr: one changing line on a terminal, and a lasting line for each run that is over."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False, soft_wrap=True)
        self._status: Status = self._console.status("")

    def __enter__(self) -> None:
        self._status.start()

    def __exit__(self, *_: object) -> None:
        self._status.stop()

    def now(self, text: str) -> None:
        """Show what is going on."""
        self._status.update(text)

    def line(self, text: str) -> None:
        """Print a line that stays."""
        self._console.print(text, markup=False)


def _rig(class_name: str, config: Path | None, data: Path | None, workers: int | None, screen: Screen) -> Rig:
    folder = data or Path.cwd()
    if data is None:
        require_disk(folder)
    else:
        folder.mkdir(parents=True, exist_ok=True)
    if config is None and class_name == CLASS_NAME:
        shipped = LogClass(name=CLASS_NAME, fields=tuple(Field(name=n, pattern=p) for n, p in PATTERNS.items()))
        return Rig(folder, shipped, workers, ReceiveConfig(), BatchingConfig(), screen.now)
    loaded = load(config or DEFAULT_CONFIG)
    if class_name not in loaded.classes:
        wrong = f"there is no class {class_name!r} in {config or DEFAULT_CONFIG}"
        raise ConfigError([Problem("ENGINE_CLASSES", wrong, f"name one of {', '.join(loaded.classes)} with --class")])
    return Rig(folder, loaded.classes[class_name], workers, loaded.receive, loaded.batching, screen.now)


def _single(rig: Rig, rate: int, seconds: float, screen: Screen) -> tuple[dict[str, object], list[str]]:
    run = measure(rig, rate, seconds)
    screen.line(run_line(run))
    return {"run": run_document(run)}, ["", *run_lines(run)]


def _search(rig: Rig, _: int, seconds: float, screen: Screen) -> tuple[dict[str, object], list[str]]:
    runs: list[Run] = []

    def holds(rate: int, run_seconds: float) -> bool:
        run = measure(rig, rate, run_seconds)
        runs.append(run)
        screen.line(run_line(run))
        return run.held and (run_seconds >= seconds or run.drain_seconds <= BACKLOG_SECONDS)

    highest = find_max(holds, seconds)
    best = runs[-1] if highest else None
    half = measure(rig, highest // 2, seconds) if highest else None
    screen.now(f"idle for {IDLE_SECONDS:.0f} s")
    idle = measure_idle(rig, IDLE_SECONDS)
    return _search_document(runs, best, half, idle), summary_lines(best, half, idle)


def _search_document(runs: list[Run], best: Run | None, half: Run | None, idle: Idle) -> dict[str, object]:
    return {
        "rate_held": best.rate_asked if best else None,
        "run": run_document(best) if best else None,
        "half_rate": run_document(half) if half else None,
        "idle": asdict(idle),
        "tried": [{"rate": run.rate_asked, "seconds": run.seconds, "lost": run.lost, "held": run.held} for run in runs],
    }


def run_document(run: Run) -> dict[str, object]:
    """Return a run as the JSON object that `--json` prints."""
    return {**asdict(run)} | {"held": run.held}


def _patterns(log_class: LogClass) -> Mapping[str, str]:
    return {field.name: field.pattern for field in log_class.fields}
