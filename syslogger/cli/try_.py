"""`syslogger try`: lines of a file or of stdin through the production extraction, and what each field made of them.

Rules:
- The lines go where datagrams go: cut at `max_message_bytes`, in batches of the size of a slot, through the same roads.
- Memory holds one batch and the rows that are shown, however long the input is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from syslogger.cli.options import CONFIG, JSON, class_of
from syslogger.cli.output import columns, escape, json_line
from syslogger.errors import ExitCode

if TYPE_CHECKING:
    from syslogger.config import LogClass
    from syslogger.extract.trial import FieldTrial, Trial

BATCH_LINES = 8_192


@dataclass
class FieldSummary:
    """One field over all lines: the road it takes and why, in how many lines it has a value, what a line costs."""

    name: str
    road: str
    why: str
    hits: int = 0
    hit_rate: float = 0.0
    nanoseconds_per_line: float = 0.0

    def add(self, trial: FieldTrial, before: int, lines: int) -> None:
        """Counts a batch of `lines` in, after `before` lines."""
        total = max(before + lines, 1)
        self.hits += trial.hits
        self.hit_rate = self.hits / total
        spent = self.nanoseconds_per_line * before + trial.nanoseconds_per_line * lines
        self.nanoseconds_per_line = round(spent / total, 1)


@dataclass
class Summary:
    """What became of all lines; `rows` are the values of the first of them that are not empty."""

    lines: int = 0
    empty: int = 0
    truncated: int = 0
    fields: list[FieldSummary] = field(default_factory=list)
    rows: list[dict[str, str | int | None]] = field(default_factory=list)

    def add(self, trial: Trial, lines: int, limit: int) -> None:
        """Counts the trial of one batch of `lines` in; keeps rows up to `limit`."""
        if not self.fields:
            self.fields = [FieldSummary(each.name, str(each.road), each.why) for each in trial.fields]
        for summary, each in zip(self.fields, trial.fields, strict=True):
            summary.add(each, self.lines, lines)
        self.lines += lines
        self.empty += trial.empty
        self.rows += islice(trial.rows, limit - len(self.rows))


@click.command("try")
@click.option("--class", "class_name", required=True, help="The class of ENGINE_CLASSES whose fields to try.")
@CONFIG
@click.option(
    "--limit", type=click.IntRange(0), default=20, show_default=True, help="Show the values of so many lines."
)
@JSON
@click.argument("file", type=click.File("rb"), default="-")
def command(class_name: str, config: Path, limit: int, as_json: bool, file: BinaryIO) -> ExitCode:
    """Run the lines of FILE (or of stdin) through a class: values, hit rate, cost, road and why."""
    from syslogger.config import load

    loaded = load(config)
    summary = tried(class_of(loaded, class_name), file, limit, loaded.receive.max_message_bytes)
    for line in [json_line(asdict(summary))] if as_json else report(summary):
        click.echo(line)
    return ExitCode.OK


def tried(log_class: LogClass, lines: Iterable[bytes], limit: int, most_bytes: int) -> Summary:
    """Runs all lines through the class, a batch at a time; the rows of the first `limit` are kept."""
    from syslogger.extract.trial import try_lines

    summary = Summary()
    bare = (line.removesuffix(b"\n") for line in lines)
    for batch in iter(lambda: list(islice(bare, BATCH_LINES)), []):
        summary.truncated += sum(len(line) > most_bytes for line in batch)
        trial = try_lines(log_class, [line[:most_bytes] for line in batch])
        summary.add(trial, len(batch), limit)
    return summary


def report(summary: Summary) -> Iterator[str]:
    """The summary as lines for people: counts, a table of the fields, the values of the first lines."""
    yield f"{summary.lines} lines, {summary.empty} empty, {summary.truncated} truncated"
    if summary.fields:
        yield from [
            "",
            *columns([("field", "hits", "hit rate", "ns a line", "road", "why"), *map(_cells, summary.fields)]),
        ]
    if summary.rows:
        yield ""
    for row in summary.rows:
        values = [f"{name}={value}" for name, value in row.items() if value is not None]
        yield escape(" ".join(values) or "nothing found")


def _cells(each: FieldSummary) -> Sequence[str]:
    rate, cost = f"{each.hit_rate:.1%}", f"{each.nanoseconds_per_line:,.0f}"
    return (each.name, str(each.hits), rate, cost, each.road, each.why)
