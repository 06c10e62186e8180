"""What answers look like in a terminal: tables and lists of names and values; log text made harmless."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from typing import Any

from rich.table import Table
from rich.text import Text

from syslogger.cli.output import escape

COLOURS = {
    "running": "green",
    "degraded": "yellow",
    "paused": "yellow",
    "starting": "cyan",
    "draining": "cyan",
    "failed": "red",
    "stopped": "dim",
}
COLUMNS_IN_A_TABLE, MOST_VALUES_IN_A_CELL = 10, 3
TIMES = {"at", "since", "started", "ended", "first_seen", "last_seen", "created_at"}
SECONDS_OF_THIS_CENTURY = 4_102_444_800  # larger numbers are microseconds
MINUTE, HOUR, DAY = 60, 3_600, 86_400


def status_table(engines: Mapping[str, Mapping[str, Any]]) -> Table:
    """One line an engine: state, port, rates, what was lost, the ring, memory; it fits 80 columns."""
    table = Table("engine", "port", "state", "since", box=None, pad_edge=False)
    for name in ("in/s", "stored/s", "refused", "lost", "ring", "RSS MB"):
        table.add_column(name, justify="right")
    table.add_column("why")
    for name, status in engines.items():
        state = str(status["state"])
        table.add_row(
            plain(name),
            str(status["port"]),
            Text(state, COLOURS.get(state, "")),
            span(time.time() - float(status["since"])),
            *_figures(status),
            plain(status.get("why") or ""),
        )
    return table


def _figures(status: Mapping[str, Any]) -> list[Text | str]:
    if "ledger" not in status:
        return [""] * 6
    ledger, rates = status["ledger"], status["rates"]
    lost = ledger["kernel_dropped"] + sum(ledger["dropped"].values()) + ledger["unexplained"]
    return [
        f"{rates['received_per_second']:,.0f}",
        f"{rates['stored_per_second']:,.0f}",
        f"{ledger['refused']:,}",
        Text(f"{lost:,}", "red" if lost else ""),
        f"{status['ring']['depth']}/{status['ring']['slots']}",
        f"{sum(each['rss_bytes'] for each in status['processes']) / 1e6:,.0f}",
    ]


def span(seconds: float) -> str:
    """A length of time in the largest unit that fits."""
    for unit, name in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        if seconds >= unit:
            return f"{seconds / unit:.0f} {name}"
    return f"{max(seconds, 0):.0f} s"


def plain(value: object) -> Text:
    """A value as one harmless line; what looks like rich's markup is none."""
    return Text(escape(value if isinstance(value, str) else _words(value)))


def _words(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.3f}"
    if isinstance(value, Mapping):
        return ", ".join(f"{name}={_words(each)}" for name, each in value.items())
    if isinstance(value, list):
        return ", ".join(map(_words, value))
    return str(value)


def shown(answer: object) -> Table | Text:
    """Any answer: a list of objects as a table, an object as names and values, a text as it is."""
    if isinstance(answer, list) and answer and all(isinstance(each, Mapping) for each in answer):
        return _rows(answer)
    if isinstance(answer, Mapping):
        table = Table(show_header=False, box=None, pad_edge=False)
        for name, value in answer.items():
            table.add_row(plain(str(name)), shown(value) if _is_table(value) else _named(name, value))
        return table
    return plain(answer if answer not in (None, []) else "none")


def _is_table(value: object) -> bool:
    return isinstance(value, list) and bool(value) and isinstance(value[0], Mapping)


def _rows(rows: Sequence[Mapping[str, Any]]) -> Table:
    names = [name for name in dict.fromkeys(name for row in rows for name in row) if _fits(name, rows)]
    table = Table(*names[:COLUMNS_IN_A_TABLE], box=None, pad_edge=False)
    for row in rows:
        table.add_row(*(_named(name, row.get(name)) for name in names[:COLUMNS_IN_A_TABLE]))
    return table


def _named(name: str, value: object) -> Text:
    """A value under its name: what is a time is shown as one."""
    if name in TIMES and isinstance(value, int | float) and value > 0:
        seconds = value / 1e6 if value > SECONDS_OF_THIS_CENTURY else value
        return Text(time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(seconds)))
    return plain(value)


def _fits(name: str, rows: Sequence[Mapping[str, Any]]) -> bool:
    """Large objects within objects are for --json."""
    return not any(isinstance(row.get(name), Mapping) and len(row[name]) > MOST_VALUES_IN_A_CELL for row in rows)
