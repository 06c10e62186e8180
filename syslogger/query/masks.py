"""Masks: what SQL cannot say exactly, held against a column of texts at once, and against a single text.

Rules: the meaning is that of `query.model`; a missing value never matches. A column is String; numbers come as their
decimal texts.

Strategy: rows of plain ASCII go column-wise through Polars' engine, where the same is meant there; the others, few as a
rule, go one by one. What needs Python anyway is asked once for each distinct value. Nothing here is bounded in time: a
pattern may take for ever, and whoever runs one is a process that is killed at its deadline.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable
from functools import partial

import numpy as np
import polars as pl

from syslogger.extract.pattern import Pattern, compile_pattern, probe
from syslogger.query.model import (
    Between,
    Contains,
    Equals,
    InNetwork,
    Leaf,
    OneOf,
    Phrase,
    Prefix,
    Regex,
)
from syslogger.query.words import CutPhrase

Test = Callable[[pl.Series], np.ndarray]
Holds = Callable[[str], bool]

_WORD = re.compile(r"\w")
_WHOLE = re.compile(r"[+-]?[0-9]{1,18}")


def column_test(leaf: Leaf) -> Test:
    """How a leaf is held against a column (String, n): bool (n,)."""
    match leaf:
        case Phrase(text=text):
            return partial(_phrase_test, CutPhrase.of(text))
        case Regex(pattern=pattern):
            return partial(_regex_test, probe(compile_pattern(pattern, group=0)))
    return partial(_distinct_test, text_test(leaf))


def text_test(leaf: Leaf) -> Holds:
    """How a leaf is held against one text that is there."""
    match leaf:
        case Equals() | OneOf():
            values = (leaf.value,) if isinstance(leaf, Equals) else leaf.values
            return frozenset(map(str, values)).__contains__
        case Prefix(value=prefix):
            return lambda text: text.startswith(prefix)
        case Contains(value=part):
            return lambda text: part in text
        case Regex(pattern=pattern):
            search = compile_pattern(pattern, group=0).regex.search
            return lambda text: search(text) is not None
        case Phrase(text=phrase):
            return CutPhrase.of(phrase).is_in
        case InNetwork(network=network):
            return partial(_is_address_in, ipaddress.ip_network(network))
        case Between(least=least, greatest=greatest):
            return partial(_is_between, least, greatest)
    return lambda _: False  # Missing: it is there; SeverityAtLeast: a severity is no text


def _is_address_in(network: ipaddress.IPv4Network | ipaddress.IPv6Network, text: str) -> bool:
    try:
        return ipaddress.ip_address(text) in network
    except ValueError:
        return False


def _is_between(least: int | None, greatest: int | None, text: str) -> bool:
    if not _WHOLE.fullmatch(text):
        return False
    number = int(text)
    return (least is None or least <= number) and (greatest is None or number <= greatest)


def _distinct_test(holds: Holds, column: pl.Series) -> np.ndarray:
    values = column.drop_nulls().unique()
    matching = [value for value in values.to_list() if holds(value)]
    return _truths(column.is_in(pl.Series(matching, dtype=pl.String).implode()))


def _regex_test(pattern: Pattern, column: pl.Series) -> np.ndarray:
    def holds(text: str) -> bool:
        return pattern.regex.search(text) is not None

    if pattern.rust is None:
        return _by_one(holds, column, np.ones(len(column), np.bool_), np.zeros(len(column), np.bool_))
    # what the column road is open to is said in `extract.translate`
    odd = (
        _beyond_ascii(column)
        | _truths(column.str.contains("\0", literal=True))
        | _truths(column.str.ends_with("\n") | column.str.ends_with("\r") | (column == ""))
    )
    return _by_one(holds, column, odd, _truths(column.str.contains(pattern.rust)))


def _phrase_test(phrase: CutPhrase, column: pl.Series) -> np.ndarray:
    pattern = _ascii_pattern(phrase)
    found = np.zeros(len(column), np.bool_) if pattern is None else _truths(column.str.contains(pattern))
    folded = "".join(_parts(phrase)).casefold()
    return _by_one(partial(_has_phrase, phrase, folded), column, _beyond_ascii(column), found)


def _has_phrase(phrase: CutPhrase, folded: str, line: str) -> bool:
    """`is_in`, sooner: it cuts the whole line, which takes 20 us for one of 240 characters."""
    there = line.casefold()
    if folded not in there:
        return False
    if len(there) != len(line):
        return phrase.is_in(line)
    starts = (found.start() for found in re.finditer(f"(?={re.escape(folded)})", there))
    return any(_stands_at(phrase, line, start, start + len(folded)) for start in starts)


def _stands_at(phrase: CutPhrase, line: str, start: int, end: int) -> bool:
    """Whether a line has the phrase from `start` to `end`; at an end of its own a phrase's word is whole."""
    cut_before = not phrase.separators[0] and _WORD.match(line[start - 1 : start])
    cut_behind = not phrase.separators[-1] and _WORD.match(line[end : end + 1])
    return not cut_before and not cut_behind and CutPhrase.of(line[start:end]) == phrase


def _parts(phrase: CutPhrase) -> list[str]:
    """Its separators and casefolded words in order."""
    return [part for pair in zip(phrase.separators, (*phrase.words, ""), strict=True) for part in pair]


def _ascii_pattern(phrase: CutPhrase) -> str | None:
    r"""A phrase for Polars' engine and lines of ASCII; None when no such line can have it."""
    folded = "".join(_parts(phrase))
    if not folded.isascii():
        return None
    written = "".join(f"\\x{ord(character):02x}" for character in folded)
    before, behind = ("" if separator else r"\b" for separator in (phrase.separators[0], phrase.separators[-1]))
    return f"(?i-u:{before}{written}{behind})"


def _by_one(holds: Holds, column: pl.Series, odd: np.ndarray, found: np.ndarray) -> np.ndarray:
    """`found`, with the odd rows asked one by one."""
    places = np.flatnonzero(odd)
    if not len(places):
        return found
    answers = found.copy()
    answers[places] = [text is not None and holds(text) for text in column.gather(places).to_list()]
    return answers


def _beyond_ascii(column: pl.Series) -> np.ndarray:
    return _truths(column.str.len_bytes() != column.str.len_chars())


def _truths(answers: pl.Series) -> np.ndarray:
    return answers.fill_null(value=False).to_numpy()
