r"""Naive: what a condition means, as plainly as Python can say it; the reference for everything quicker.

Shares no code with what it is compared to. A row is a mapping of names to int, str or None.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Mapping

from syslogger.query import model

Row = Mapping[str, str | int | None]


def holds(condition: model.Condition, row: Row) -> bool:
    """Whether a condition is true for a row."""
    match condition:
        case model.And():
            return all(holds(each, row) for each in condition.conditions)
        case model.Or():
            return any(holds(each, row) for each in condition.conditions)
        case model.Not():
            return not holds(condition.condition, row)
        case model.Missing():
            return row.get(condition.field) is None
        case model.Phrase():
            return has_phrase(condition.text, text_of(row, model.ORIGINAL))
        case model.SeverityAtLeast():
            severity = row.get("severity")
            return severity is not None and int(severity) <= condition.severity
    return value_holds(condition, row.get(condition.field))


def value_holds(condition: model.Leaf, value: str | int | None) -> bool:
    """Whether a condition on one field is true for its value; none is for a missing one."""
    if value is None:
        return False
    text = str(value)
    match condition:
        case model.Equals():
            return text == str(condition.value)
        case model.OneOf():
            return text in [str(each) for each in condition.values]
        case model.Prefix():
            return text.startswith(condition.value)
        case model.Contains():
            return condition.value in text
        case model.Regex():
            return re.search(condition.pattern, text) is not None
        case model.InNetwork():
            return in_network(text, condition.network)
        case model.Between():
            return between(value, condition.least, condition.greatest)
    raise AssertionError(condition)


def text_of(row: Row, field: str) -> str | None:
    """The text of a field."""
    value = row.get(field)
    return None if value is None else str(value)


def in_network(text: str, network: str) -> bool:
    """Whether a text is an address of a network."""
    try:
        return ipaddress.ip_address(text) in ipaddress.ip_network(network)
    except ValueError:
        return False


def between(value: str | int, least: int | None, greatest: int | None) -> bool:
    """Whether a value is a whole number from `least` to `greatest`."""
    if isinstance(value, str) and not re.fullmatch("[+-]?[0-9]{1,18}", value):
        return False
    number = int(value)
    return (least is None or least <= number) and (greatest is None or number <= greatest)


def has_phrase(phrase: str, line: str | None) -> bool:
    """Whether the words and separators of a phrase stand in a line, as whole words, from any place on."""
    if line is None:
        return False
    return any(fits(phrase, line, start) for start in range(len(line) + 1))


def fits(phrase: str, line: str, place: int) -> bool:
    """Whether a phrase stands in a line from this place on: its words casefolded and whole, all else as it is."""
    if not phrase:
        return True
    word = re.match(r"\w+", phrase)
    if word is None:
        return line[place : place + 1] == phrase[0] and fits(phrase[1:], line, place + 1)
    there = {each.start(): each for each in re.finditer(r"\w+", line)}.get(place)
    return (
        there is not None
        and there[0].casefold() == word[0].casefold()
        and fits(phrase[word.end() :], line, there.end())
    )
