r"""Bounds: a condition on one field as SQL, from above (true wherever it is) and from below.

Rules
1. Values are parameters.
2. NULL counts as false: SQL takes it so where nothing is negated, and a negation is IS NOT TRUE.
3. A text with a NUL inside, though none of ours has one, is asked as exactly as any other: `length`, GLOB and LIKE stop
   there; `=`, `<`, `instr` and `octet_length` do not.

Forms were chosen by processor time: ms for a million rows of 330 bytes in windows of 131,072 ids through ADBC (2-core
x86-64 virtual machine, file in the page cache; to look at an INTEGER alone: 75).
  field        = 80   IN, 10 or 1,000 values, as parameters or JSON 128   prefix as a range 110, GLOB 176
  a text in the line           instr 300-320   GLOB 130-200   GLOB, else instr behind a NUL 200-285
  a text folded                LIKE 125-225    or a NUL 200-305   or beyond ASCII 250-350
  network                      one range 94, with the look for leading zeros 96 (200 where every row is in it)
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import assert_never

import orjson

from syslogger.query.literal import sure_literal
from syslogger.query.model import (
    ORIGINAL,
    SENDER,
    Between,
    Contains,
    Equals,
    InNetwork,
    Leaf,
    Missing,
    OneOf,
    Phrase,
    Prefix,
    Regex,
    SeverityAtLeast,
    Value,
)
from syslogger.query.quoting import quoted
from syslogger.query.words import CutPhrase

Parameters = tuple[int | str, ...]
_INT64 = 1 << 63
_NUMBER = re.compile("0|-?[1-9][0-9]*")
# What a letter beyond ASCII may be when it is casefolded: of the Kelvin sign, the long and the sharp s, the ligatures.
_FOLDED_FROM_BEYOND = re.compile("[ks]|f[fil]")
_NO_GLOB = re.compile(r"[*?\[\0]")
_GREATEST_CHARACTER = chr(0x10FFFF)


@dataclass(frozen=True, slots=True)
class Sql:
    """An expression, in parentheses where it needs them, and its parameters in order."""

    text: str
    parameters: Parameters = ()


TRUE, FALSE = Sql("1"), Sql("0")


@dataclass(frozen=True, slots=True)
class Bounds:
    """upper: true wherever the condition is; lower: true nowhere else."""

    upper: Sql
    lower: Sql

    @property
    def exact(self) -> bool:
        """Whether SQL says it all."""
        return self.upper == self.lower


def leaf_bounds(leaf: Leaf, name: str, kind: str) -> Bounds:
    """The bounds of a leaf on a column that the day has; kind: TEXT or INTEGER."""
    column, whole = quoted(name), kind == "INTEGER"
    text = f"CAST({column} AS TEXT)" if whole else column
    match leaf:
        case Between(least=least, greatest=greatest):
            return _between(column, least, greatest, whole=whole)
        case InNetwork(network=network):
            return _exactly(FALSE) if whole else _in_network(name, network)
        case Phrase(text=phrase):
            return _phrase(text, CutPhrase.of(phrase))
        case Regex(pattern=pattern):
            return Bounds(_may_match(text, pattern), FALSE)
    return _exactly(_said(leaf, column, text, whole=whole))


def _said(
    leaf: Missing | SeverityAtLeast | Equals | OneOf | Prefix | Contains, column: str, text: str, *, whole: bool
) -> Sql:
    match leaf:
        case Missing():
            return Sql(f"({column} IS NULL)")
        case SeverityAtLeast(severity=severity):
            return _sql(f"{column} <= ?", severity)
        case Equals(value=value):
            return _one_of(column, (value,), whole=whole)
        case OneOf(values=values):
            return _one_of(column, values, whole=whole)
        case Prefix(value=prefix):
            return _begins(text, prefix)
        case Contains(value=part):
            return _has(text, part)
    assert_never(leaf)


def _exactly(sql: Sql) -> Bounds:
    return Bounds(sql, sql)


def _sql(text: str, *parameters: int | str) -> Sql:
    return Sql(f"({text})", parameters)


def _one_of(column: str, values: tuple[Value, ...], *, whole: bool) -> Sql:
    wanted = [each for value in values if (each := _number(str(value)) if whole else str(value)) is not None]
    if not wanted:
        return FALSE
    if len(wanted) == 1:
        return _sql(f"{column} = ?", wanted[0])
    # one parameter, however many values: 500 lists of 1,000 would be more than a statement can have
    return _sql(f"{column} IN (SELECT value FROM json_each(?))", orjson.dumps(wanted).decode())


def _number(text: str) -> int | None:
    """The number of a decimal text as SQLite writes it; None: no INTEGER has this text."""
    if not _NUMBER.fullmatch(text) or len(text) > len(str(-_INT64)):
        return None
    number = int(text)
    return number if -_INT64 <= number < _INT64 else None


def _begins(text: str, prefix: str) -> Sql:
    end = _behind(prefix)
    if end is None:
        return _sql(f"{text} >= ?", prefix)
    return _sql(f"{text} >= ? AND {text} < ?", prefix, end)


def _behind(prefix: str) -> str | None:
    """The least text that is greater than all that begin so, by code points (as by bytes); None: there is none."""
    rest = prefix.rstrip(_GREATEST_CHARACTER)
    if not rest:
        return None
    following = ord(rest[-1]) + 1
    return rest[:-1] + chr(0xE000 if following == 0xD800 else following)


def _has(text: str, part: str) -> Sql:
    if text != quoted(ORIGINAL) or not part or _NO_GLOB.search(part):
        return _sql(f"instr({text}, ?) > 0", part)
    return _sql(f"{text} GLOB ? OR ({_has_nul(text)} AND instr({text}, ?) > 0)", f"*{part}*", part)


def _has_nul(text: str) -> str:
    return f"octet_length(format('%s', {text})) <> octet_length({text})"


def _beyond_ascii(text: str) -> str:
    """True of a text with a NUL, too."""
    return f"length({text}) <> octet_length({text})"


def _between(column: str, least: int | None, greatest: int | None, *, whole: bool) -> Bounds:
    number = column if whole else f"CAST({column} AS INTEGER)"
    ends = {f"{number} >= ?": least, f"{number} <= ?": greatest}
    given = {text: end for text, end in ends.items() if end is not None}
    found = _sql(" AND ".join(given), *given.values())
    return Bounds(found, found if whole else FALSE)


def _phrase(line: str, phrase: CutPhrase) -> Bounds:
    if not phrase.words:
        return _exactly(_has(line, phrase.separators[0]))
    parts = [part for pair in zip(phrase.separators, (*phrase.words, ""), strict=True) for part in pair]
    return Bounds(_may_have_phrase(line, "".join(parts)), FALSE)


def _may_have_phrase(line: str, folded: str) -> Sql:
    # LIKE folds ASCII; `%` and `_` of the phrase itself only find more
    if not folded.isascii() or "\0" in folded:
        return _sql(_beyond_ascii(line))
    elsewhere = _beyond_ascii(line) if _FOLDED_FROM_BEYOND.search(folded) else _has_nul(line)
    return _sql(f"{line} LIKE ? OR {elsewhere}", f"%{folded}%")


def _may_match(text: str, pattern: str) -> Sql:
    literal = sure_literal(pattern)
    if literal is None:
        return _sql(f"{text} IS NOT NULL")
    if literal.folded:
        return _sql(f"{text} LIKE ? OR {_beyond_ascii(text)}", f"%{literal.text}%")
    return _has(text, literal.text)


# -- IPv4 -------------------------------------------------------------------------------------------------------------

# Together they leave exactly the texts that `ipaddress` takes for IPv4; 620 ms for a million texts that come so far.
_FOUR_PARTS = "[0-9]*.[0-9]*.[0-9]*.[0-9]*"
_MALFORMED = (
    "*[^0-9.]*", "*.*.*.*.*", "0[0-9]*", "*.0[0-9]*", "*[0-9][0-9][0-9][0-9]*", "*[3-9][0-9][0-9]*", "*2[6-9][0-9]*",
    "*25[6-9]*",
)  # fmt: skip
_LONGEST = len("255.255.255.255")


def _in_network(name: str, text: str) -> Bounds:
    network, column = ipaddress.ip_network(text), quoted(name)
    if network.version == 6:
        return Bounds(_sql(f"instr({column}, ':') > 0"), FALSE)
    octets, bits = divmod(network.prefixlen, 8)
    parts = str(network.network_address).split(".")
    head = "".join(f"{part}." for part in parts[:octets])
    if octets == len(parts):
        return _exactly(_one_of(column, (head[:-1],), whole=False))
    tests = [_begins(column, head)]
    if bits:
        tests.append(_octet(column, len(head), int(parts[octets]), 256 >> bits))
    tests.append(_sql(_address_as_sent(column, head) if _holds_addresses(name) else _address(column)))
    return _exactly(all_of(tests))


def _octet(column: str, place: int, first: int, count: int) -> Sql:
    """The number behind so many characters is one of `count`: a cast ends at the dot."""
    return _sql(f"CAST(substr({column}, ?) AS INTEGER) BETWEEN ? AND ?", place + 1, first, first + count - 1)


def _holds_addresses(name: str) -> bool:
    """Whether a column has nothing but addresses: `extract.address` leaves nothing else in those called so."""
    return name == SENDER or name.endswith("_ip")


def _address_as_sent(column: str, head: str) -> str:
    """IPv4 among addresses as they were sent: `010.1.2.3` is kept there, and no address to Python."""
    found = f"{column} NOT GLOB '*.0[0-9]*'"
    return found if head else f"{found} AND {column} NOT GLOB '0[0-9]*' AND instr({column}, ':') = 0"


def _address(column: str) -> str:
    """IPv4 among any texts."""
    plain = f"octet_length({column}) <= {_LONGEST} AND length({column}) = octet_length({column})"
    malformed = "".join(f" AND {column} NOT GLOB '{pattern}'" for pattern in _MALFORMED)
    return f"{plain} AND {column} GLOB '{_FOUR_PARTS}'{malformed}"


# -- together ---------------------------------------------------------------------------------------------------------


def all_of(parts: Sequence[Sql]) -> Sql:
    """True where all are."""
    return _joined(" AND ", [part for part in parts if part != TRUE], FALSE, TRUE)


def any_of(parts: Sequence[Sql]) -> Sql:
    """True where one is."""
    return _joined(" OR ", [part for part in parts if part != FALSE], TRUE, FALSE)


def negated(part: Sql) -> Sql:
    """True where it is not."""
    known = {TRUE: FALSE, FALSE: TRUE}
    return known.get(part) or Sql(f"({part.text} IS NOT TRUE)", part.parameters)


def _joined(operator: str, parts: Sequence[Sql], decisive: Sql, otherwise: Sql) -> Sql:
    if decisive in parts:
        return decisive
    if not parts:
        return otherwise
    if len(parts) == 1:
        return parts[0]
    text = operator.join(part.text for part in parts)
    return Sql(f"({text})", tuple(value for part in parts for value in part.parameters))
