"""What questions to a live day cost, while nobody sends and while an engine stores 50,000 lines a second into it.

    python -m benchmarks.query.run [--rows 10000000] [--rate 50000] [--quick] [--data FOLDER] [--json FILE]

Makes a day of so many rows, starts a real engine on it, asks every question through a `LogReader`, idle and under load,
and exports the day as CSV. All data is removed at the end.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from benchmarks.query.asked import PAGES, deep_page, questions
from benchmarks.query.exported import export_csv
from benchmarks.query.lines import CLASS, lines
from benchmarks.query.measured import HEAD, Figures, Watch, timed
from syslogger.bench.machine import describe_machine, require_disk, require_linux, require_room
from syslogger.config import EngineSettings
from syslogger.engine import Engine
from syslogger.query.model import Query
from syslogger.query.questions import Count, Question, Rows
from syslogger.reader import LogReader

LOAD_SECONDS = 600  # of room on the disk; what it takes depends on the questions
EVENING_HOUR = 20


@dataclass(frozen=True, slots=True)
class Asked:
    """The words of the command line."""

    rows: int
    rate: int
    seconds: float
    data: Path
    json: Path | None
    quick: bool


def evening_zone() -> str:
    """A time zone in which it is about eight in the evening: the day is long, and does not end meanwhile."""
    offset = (EVENING_HOUR - datetime.now(UTC).hour + 12) % 24 - 12
    return f"Etc/GMT{-offset:+d}" if offset else "UTC"


def asked_for(first: Any, reader: LogReader) -> Rows:
    """The 50th page."""
    page = first
    for _ in range(PAGES - 1):
        answer = reader.ask(page)
        if answer.after is None:
            break
        page = page.model_copy(update={"after": answer.after})
    return Rows.model_validate(page.model_dump())


def phase(name: str, reader: LogReader, asked: dict[str, Question], day: Path, seconds: float) -> dict[str, Any]:
    """Ask everything; print and return what it took."""
    watch = Watch(day.with_name(day.name + "-wal"))
    print(f"\n{name}\n{HEAD}", flush=True)
    found: list[Figures] = []
    with watch.running():
        for title, question in asked.items():
            found.append(timed(reader, title, question, seconds))
            print(found[-1].line, flush=True)
    print(f"WAL {watch.wal_bytes / 1e6:,.0f} MB at most, the reader's process {watch.reader_bytes / 1e6:,.0f} MB RSS")
    return {"questions": [asdict(each) for each in found], "wal_bytes": watch.wal_bytes, "rss": watch.reader_bytes}


@contextmanager
def load(port: int, rate: int, sent: list[int]) -> Iterator[None]:
    """So many lines a second to the port while the block runs; how many were sent is added to `sent`."""
    words = [sys.executable, "-m", "benchmarks.query.load", str(port), str(rate)]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield
        finally:
            output, _ = process.communicate("end")
    sent.append(int(output))


def measure(asked: Asked, root: Path) -> dict[str, Any]:
    """Make the day, ask, and say what became of the lines that were sent meanwhile."""
    zone, began = evening_zone(), time.monotonic()
    words = [sys.executable, "-m", "benchmarks.query.made_day", str(root), str(asked.rows), zone]
    subprocess.run(words, check=True)
    made_until = time.time_ns() // 1_000
    (day,) = root.glob("*/*/*.db")
    print(
        f"made {asked.rows:,} rows, {day.stat().st_size / 1e9:.2f} GB, in {time.monotonic() - began:.0f} s", flush=True
    )
    settings = EngineSettings.build(
        name="main", log_class=CLASS, port=0, root=root, allow=("127.0.0.0/8",), time_zone=zone
    )
    sent: list[int] = []
    with Engine(settings) as engine, LogReader(root, time_zone=zone, processes=1) as reader:
        with load(engine.port, 1, sent):
            _wait_for(reader, asked.rows + 1)  # a line of its own: from now on the day is live
        everything = questions(made_until)
        everything[f"page {PAGES} deep"] = asked_for(deep_page(made_until), reader)
        idle = phase("idle", reader, everything, day, asked.seconds)
        with load(engine.port, asked.rate, sent):
            busy = phase(f"while {asked.rate:,}/s are stored", reader, everything, day, asked.seconds)
        ledger = engine.stop()
        stored = reader.ask(Count(query=Query())).count - asked.rows
    print(f"sent {sum(sent):,}, stored {stored:,}, lost {sum(sent) - stored:,}; ledger {ledger}")
    return {"idle": idle, "busy": busy, "sent": sum(sent), "stored": stored, "export": export_csv(root)}


def _wait_for(reader: LogReader, rows: int) -> None:
    deadline = time.monotonic() + 30
    while reader.ask(Count(query=Query())).count < rows:
        if time.monotonic() > deadline:
            raise TimeoutError("the engine stores nothing")
        time.sleep(0.1)


def arguments() -> Asked:
    """The words of the command line."""
    parser = argparse.ArgumentParser(description=str(__doc__).splitlines()[0])
    parser.add_argument("--rows", type=int, default=10_000_000)
    parser.add_argument("--rate", type=int, default=50_000)
    parser.add_argument("--seconds", type=float, default=10.0, help="of each question, in each phase")
    parser.add_argument("--quick", action="store_true", help="a tenth of the rows, a second a question")
    parser.add_argument("--data", type=Path, default=Path())
    parser.add_argument("--json", type=Path)
    asked = Asked(**vars(parser.parse_args()))
    if not asked.quick:
        return asked
    return Asked(asked.rows // 10, asked.rate, 1.0, asked.data, asked.json, quick=True)


def main() -> None:
    """Run it once."""
    asked = arguments()
    require_linux()
    require_disk(asked.data)
    require_room(asked.data, asked.rows + asked.rate * LOAD_SECONDS)
    machine = describe_machine(asked.data)
    print(f"machine {machine.cores} cores, {machine.cpu}, {machine.memory_bytes >> 30} GiB, Linux {machine.kernel}")
    print(f"load    {asked.rows:,} rows of {len(lines()):,} different lines, class of {len(CLASS.fields)} fields")
    with tempfile.TemporaryDirectory(prefix="syslogger-query-", dir=asked.data) as root:
        result = measure(asked, Path(root).resolve())
    if asked.json is not None:
        asked.json.write_text(json.dumps({"machine": asdict(machine), "rows": asked.rows, **result}, indent=2) + "\n")


if __name__ == "__main__":
    main()
