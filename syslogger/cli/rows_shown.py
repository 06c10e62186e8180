"""How found rows look to people: a line each, what they were searched for marked on a terminal."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from syslogger.cli.output import escape
from syslogger.cli.tail import priority
from syslogger.query.answers import RowObject
from syslogger.query.model import And, Contains, Equals, OneOf, Or, Phrase, Prefix

# Shown in places of their own, or said by another one.
_PLACED = {
    *("id", "received_at", "time", "time_zone", "class", "engine", "day", "client", "facility", "severity"),
    "original_log",
}
_MARK, _PLAIN = "\x1b[1;7m", "\x1b[0m"
MOST_MARKED = 100

Mark = Callable[[str], str]


def line(row: RowObject, columns: Sequence[str] = (), *, ids: bool = False, mark: Mark = escape) -> str:
    """One row: time, engine, client, priority, the fields that have a value, the original; or only `columns`.

    ids: its global id stands in front. mark: how text becomes harmless, and what is looked for marked.
    """
    head = [row["id"]] if ids else []
    head.append(_time(row))
    if columns:
        return mark(" ".join([*head, *(f"{name}={_value(row.get(name))}" for name in columns)]))
    words = [*head, f"{row['class']}/{row['engine']}", _value(row.get("client")), priority(row)]
    fields = [f"{name}={value}" for name, value in row.items() if name not in _PLACED and value is not None]
    original = [] if row.get("original_log") is None else ["|", str(row["original_log"])]
    return mark(" ".join([*words, *fields, *original]))


def _time(row: RowObject) -> str:
    """Of its day's clock, to the millisecond."""
    return str(row["time"])[:23].replace("T", " ")


def _value(value: Any) -> str:
    return "-" if value is None else str(value)


def marker(condition: Any) -> Mark:
    """Escapes a text and marks in it what the condition looks for; what it must not have is not looked for.

    Patterns are left out: one that takes for ever would hold the terminal.
    """
    found = sorted({escape(text) for text in _texts(condition) if text}, key=len, reverse=True)
    if not found:
        return escape
    wanted = re.compile("|".join(map(re.escape, found[:MOST_MARKED])), re.IGNORECASE)
    return lambda text: wanted.sub(lambda hit: f"{_MARK}{hit[0]}{_PLAIN}", escape(text))


def _texts(condition: Any) -> Iterator[str]:
    match condition:
        case And() | Or():
            for each in condition.conditions:
                yield from _texts(each)
        case Phrase():
            yield condition.text
        case Equals() | Prefix() | Contains() if condition.field != "severity":
            yield str(condition.value)
        case OneOf():
            yield from map(str, condition.values)
