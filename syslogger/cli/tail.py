"""`syslogger tail`: the rows of an engine as they are stored, read from its day files.

Runs in: the command's own process, beside the engine or without one.
Reads: the newest day files of the engine, read-only, every 200 ms.
Writes: rows to stdout.
Ends when: Ctrl-C, its reader goes away, or (--no-follow) the last row is shown.
"""

from __future__ import annotations

import os
import re
import select
import sys
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

import click

from syslogger.cli.follow import Follower, Row
from syslogger.cli.options import DEFAULT_CONFIG, JSON
from syslogger.cli.output import escape, json_line
from syslogger.errors import ExitCode, StoreError

POLL_MILLISECONDS = 200
MOST_LINES = 100_000

_FACILITIES = (
    *("kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp"),
    *("ntp", "audit", "alert", "clock", *(f"local{number}" for number in range(8))),
)
_SEVERITIES = ("emerg", "alert", "crit", "err", "warning", "notice", "info", "debug")
# Shown in places of their own, or said by another column.
_PLACED = {"id", "date", "time", "time_zone", "received_at", "client", "facility", "severity", "original_log"}
_NAME = re.compile(r"[a-z][a-z0-9_]*")


@click.command("tail")
@click.argument("engine")
@click.option("--config", type=click.Path(path_type=Path), help=f"The configuration (default {DEFAULT_CONFIG}).")
@click.option("--data", type=click.Path(path_type=Path), help="The data directory, instead of a configuration.")
@click.option(
    "-n", "lines", type=click.IntRange(0, MOST_LINES), default=10, show_default=True, help="Rows to begin with."
)
@click.option("--follow/--no-follow", default=True, show_default=True, help="Go on with rows as they are stored.")
@JSON
def command(engine: str, config: Path | None, data: Path | None, lines: int, follow: bool, as_json: bool) -> ExitCode:
    """Show the rows of ENGINE as they are stored; CLASS/ENGINE where two classes have an engine of that name."""
    if config is not None and data is not None:
        raise click.UsageError("--config and --data exclude each other: a configuration names its data directory")
    folder = _folder_of(data, engine) if data is not None else _configured(config, engine)
    with closing(Follower(folder)) as follower:
        for rows in follower.last(lines):
            _show(rows, as_json)
        if follow:
            for rows in _following(follower):
                _show(rows, as_json)
    return ExitCode.OK


def _following(follower: Follower) -> Iterator[list[Row]]:
    reader = select.poll()
    reader.register(sys.stdout.fileno(), 0)
    while True:
        rows = follower.next()
        if rows:
            yield rows
        # The nap between two looks; it ends early only when nobody reads stdout any more.
        elif reader.poll(POLL_MILLISECONDS):
            raise BrokenPipeError


def _show(rows: list[Row], as_json: bool) -> None:
    sys.stdout.writelines(f"{json_line(row) if as_json else line(row)}\n" for row in rows)
    sys.stdout.flush()


def line(row: Row) -> str:
    """One row as a line for people: time, client, priority, the fields that have a value, the original."""
    words = [f"{row['date']} {str(row['time'])[11:23]}", str(row["client"]), priority(row)]
    fields = [f"{name}={value}" for name, value in row.items() if name not in _PLACED and value is not None]
    original = [] if row.get("original_log") is None else ["|", str(row["original_log"])]
    return escape(" ".join([*words, *fields, *original]))


def priority(row: Row) -> str:
    """`facility.severity` in the words of `logger -p`; `-` for a row without a PRI."""
    facility, severity = row.get("facility"), row.get("severity")
    if isinstance(facility, int) and isinstance(severity, int) and facility < 24 and severity < 8:
        return f"{_FACILITIES[facility]}.{_SEVERITIES[severity]}"
    return "-"


def _configured(path: Path | None, engine: str) -> Path:
    from syslogger import config

    loaded = config.load(path or DEFAULT_CONFIG)
    for known in loaded.engines:
        if engine in (known.name, f"{known.class_name}/{known.name}"):
            return loaded.root / known.class_name / known.name
    return _folder_of(loaded.root, engine, [f"{known.class_name}/{known.name}" for known in loaded.engines])


def _folder_of(root: Path, engine: str, configured: Sequence[str] = ()) -> Path:
    below = {f"{name}/{each}" for name in _names(root) for each in _names(root / name)}
    there = sorted(below.union(configured))
    found = [name for name in there if engine in (name, name.partition("/")[2])]
    if len(found) == 1:
        return root / found[0]
    if found:
        raise click.UsageError(f"{engine!r} is {len(found)} engines: {', '.join(found)}; name one of these")
    known = f"there are: {', '.join(there)}" if there else "there is none yet"
    raise click.UsageError(f"no engine {engine!r} in {str(root)!r}; {known}")


def _names(folder: Path) -> list[str]:
    try:
        with os.scandir(folder) as entries:
            return [entry.name for entry in entries if _NAME.fullmatch(entry.name) and entry.is_dir()]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise StoreError(f"cannot read {folder}: {error.strerror}") from error
