r"""A condition as text: one line, the shortest form that `query.text.parse` reads as the same condition.

What is not plain goes in quotes, and there what a terminal would obey or not show stands as `\u{hex}`. A regex stands
as it is: who shows it in a terminal escapes control characters, as of everything that a stranger wrote.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

from syslogger.query.model import (
    ORIGINAL,
    SENDER,
    And,
    Between,
    Condition,
    Contains,
    Equals,
    InNetwork,
    Missing,
    Not,
    OneOf,
    Or,
    Phrase,
    Prefix,
    Regex,
    SeverityAtLeast,
    Value,
)
from syslogger.query.normal import normalised
from syslogger.query.text_values import NAMES, SEVERITIES, escaped

_PLAIN = re.compile(r"\w(?:[\w-]|\.(?!\.))*")
_OPERATORS = {"AND", "OR", "NOT"}


def printed(condition: Condition | None) -> str:
    """The text of a condition; '' for none."""
    return "" if condition is None else _text(normalised(condition))


def _text(condition: Condition) -> str:
    return _TEXTS[type(condition)](condition)


def _field(name: str) -> str:
    return "sender" if name == SENDER else name


def _text_of_and(condition: And) -> str:
    return " ".join(f"({_text(part)})" if isinstance(part, Or) else _text(part) for part in condition.conditions)


def _text_of_or(condition: Or) -> str:
    return " OR ".join(map(_text, condition.conditions))


def _text_of_not(condition: Not) -> str:
    inner = condition.condition
    if isinstance(inner, Missing):
        return f"{_field(inner.field)}:*"
    return f"-({_text(inner)})" if isinstance(inner, And | Or) else f"-{_text(inner)}"


def _text_of_one_of(condition: OneOf) -> str:
    values = " ".join(_value(condition.field, value) for value in condition.values)
    return f"{_field(condition.field)}:({values})"


def _text_of_between(condition: Between) -> str:
    least, greatest = condition.least, condition.greatest
    # A severity behind >= means "as severe", which is the other way round.
    if condition.field == "severity" or None not in (least, greatest):
        return f"{_field(condition.field)}:{'' if least is None else least}..{'' if greatest is None else greatest}"
    return f"{_field(condition.field)}:" + (f"<={greatest}" if least is None else f">={least}")


def _text_of_phrase(condition: Phrase) -> str:
    if _PLAIN.fullmatch(condition.text) and condition.text not in _OPERATORS:
        return condition.text
    return f'"{escaped(condition.text)}"'


def _text_of_regex(condition: Regex) -> str:
    slashed = re.sub(r"\\.|/", lambda found: "\\/" if found[0] == "/" else found[0], condition.pattern, flags=re.DOTALL)
    return f"/{slashed}/" if condition.field == ORIGINAL else f"{_field(condition.field)}:/{slashed}/"


def _value(field: str, value: Value) -> str:
    if field in NAMES:
        names = NAMES[field]
        return names[value] if isinstance(value, int) and 0 <= value < len(names) else f'"{escaped(str(value))}"'
    return str(value) if isinstance(value, int) else _plain_or_quoted(field, value)


def _plain_or_quoted(field: str, text: str) -> str:
    is_plain = field not in NAMES and _PLAIN.fullmatch(text) and text not in _OPERATORS
    return text if is_plain else f'"{escaped(text)}"'


_TEXTS: dict[type[Condition], Callable[[Any], str]] = {
    And: _text_of_and,
    Or: _text_of_or,
    Not: _text_of_not,
    Equals: lambda leaf: f"{_field(leaf.field)}:{_value(leaf.field, leaf.value)}",
    Prefix: lambda leaf: f"{_field(leaf.field)}:{_plain_or_quoted(leaf.field, leaf.value)}*",
    Contains: lambda leaf: f"{_field(leaf.field)}:*{_plain_or_quoted(leaf.field, leaf.value)}*",
    OneOf: _text_of_one_of,
    InNetwork: lambda leaf: f"{_field(leaf.field)}:{leaf.network}",
    Between: _text_of_between,
    Missing: lambda leaf: f"-{_field(leaf.field)}:*",
    Phrase: _text_of_phrase,
    Regex: _text_of_regex,
    SeverityAtLeast: lambda leaf: f"severity:>={SEVERITIES[leaf.severity]}",
}
