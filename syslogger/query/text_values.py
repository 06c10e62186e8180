"""What stands behind `field:` in the text of a query, as a condition of that field.

Rules
1. A bare value may be more than a text: a number, a name (severity, facility), a range, a comparison, a network, or
   with `*` at its ends a part of the value. One with a backslash in it is never more than a text, but for the `*`.
2. What looks like one of these and is none is an error that says the right form: it is not looked for as a text.
3. In quotes everything is text; a `*` outside of them makes it a part of the value.

Positions are characters of the whole query's text, from 0.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator
from typing import NoReturn, TypeVar

from pydantic import ValidationError

from syslogger.errors import SHOWN_CHARACTERS, QueryError, shown
from syslogger.query.model import (
    Between,
    Condition,
    Contains,
    Equals,
    Frozen,
    InNetwork,
    Missing,
    Not,
    Prefix,
    SeverityAtLeast,
    Value,
)
from syslogger.query.normal import plain

SEVERITIES = ("emerg", "alert", "crit", "err", "warning", "notice", "info", "debug")
FACILITIES = (
    *("kern", "user", "mail", "daemon", "auth", "syslog", "lpr", "news", "uucp", "cron", "authpriv", "ftp"),
    *("ntp", "audit", "alert", "clock", *(f"local{number}" for number in range(8))),
)
NAMES = {"severity": SEVERITIES, "facility": FACILITIES}
_ALIASES = {
    "severity": {
        "emergency": 0,
        "panic": 0,
        "critical": 2,
        "error": 3,
        "warn": 4,
        "informational": 6,
    },
    "facility": {},
}
NUMBERS = {
    field: {name: number for number, name in enumerate(names)} | _ALIASES[field] for field, names in NAMES.items()
}

_COMPARED = re.compile(r"(>=|<=|>|<)(.*)", re.DOTALL)
_RANGED = re.compile(r"(-?[0-9]+)?\.\.(-?[0-9]+)?")
_WHOLE = re.compile(r"-?[0-9]+")
_PIECE = re.compile(r"\\u\{[0-9A-Fa-f]{1,6}\}|\\.|[^\\]", re.DOTALL)
_CONTROLS = {"n": "\n", "r": "\r", "t": "\t"}
_INT64 = 1 << 63
_MOST_DIGITS = 20

Made = TypeVar("Made", bound=Frozen)


def made(model: type[Made], position: int, **values: object) -> Made:
    """A condition; what the model refuses is a QueryError at the position."""
    try:
        return model(**values)
    except ValidationError as error:
        last = error.errors()[-1]  # of a number or a text: what is wrong with the text
        if last["type"] == "string_too_long":
            most = last["ctx"]["max_length"]
            raise QueryError(f"this is too long: there are at most {most:,} characters", position) from error
        raise QueryError(last["msg"].removeprefix("Value error, "), position) from error


def valued(field: str, raw: str, position: int) -> Condition:
    """The condition that `field:raw` is, raw as it was typed, without quotes. Raises QueryError."""
    if raw == "*":
        return Not(condition=made(Missing, position, field=field))
    _check_beginning(field, raw, position)
    pieces = _PIECE.findall(raw)
    stars = [index for index, piece in enumerate(pieces) if piece == "*"]
    if stars:
        return _part(field, raw, position, stars == [len(pieces) - 1], len(raw) > 2 and stars == [0, len(pieces) - 1])
    if "\\" in raw:
        return made(Equals, position, field=field, value=plain(unescaped(raw, position)))
    return _special(field, raw, position) or made(Equals, position, field=field, value=_named(field, raw, position))


def quoted(field: str, raw: str, position: int) -> Condition:
    """The condition that `field:raw` is, raw with its quotes and stars."""
    text = unescaped(raw.strip("*")[1:-1], position + raw.index('"') + 1)
    if raw.startswith("*"):
        return made(Contains, position, field=field, value=text)
    if raw.endswith("*"):
        return made(Prefix, position, field=field, value=text)
    return made(Equals, position, field=field, value=plain(text))


def listed(field: str, raw: str, position: int) -> Value:
    """One value of a list, as it was typed."""
    if raw.startswith('"'):
        return plain(unescaped(raw[1:-1], position + 1))
    if raw in {"AND", "OR", "NOT"}:
        raise QueryError(f"values of a list stand side by side, without {raw}: {field}:(a b)", position)
    if "," in raw:
        raise QueryError(
            f"values of a list are apart by blanks, without commas: {field}:(a b); one with a comma goes in quotes",
            position + raw.index(","),
        )
    condition = valued(field, raw, position)
    if not isinstance(condition, Equals):
        raise QueryError(
            f"a list has plain values only; ranges, networks and * stand alone: {field}:a OR {field}:{raw}",
            position,
        )
    return condition.value


def unescaped(raw: str, position: int) -> str:
    """A text without its backslashes. Raises QueryError at a backslash that means nothing."""
    return raw if "\\" not in raw else "".join(_characters(raw, position))


def escaped(text: str) -> str:
    r"""A text as it stands between quotes; what a terminal would obey or not show, as `\u{hex}`."""
    return "".join(map(_escaped, text))


def exact(text: str) -> str:
    """A text in quotes, for a message: a long one is cut."""
    return f'"{escaped(text if len(text) <= SHOWN_CHARACTERS else text[:SHOWN_CHARACTERS] + "…")}"'


def _escaped(character: str) -> str:
    if character in '"\\':
        return f"\\{character}"
    return character if character.isprintable() else f"\\u{{{ord(character):x}}}"


def _characters(raw: str, position: int) -> Iterator[str]:
    for piece in _PIECE.findall(raw):
        yield piece if len(piece) == 1 else _unescaped(piece, position)
        position += len(piece)


def _unescaped(piece: str, position: int) -> str:
    if len(piece) > 2:
        number = int(piece[3:-1], 16)
        if number > 0x10FFFF or 0xD800 <= number < 0xE000:
            raise QueryError("there is no such character: \\u{…} holds a number from 0 to 10ffff", position)
        return chr(number)
    if not piece[1].isalnum():
        return piece[1]
    if piece[1] in _CONTROLS:
        return _CONTROLS[piece[1]]
    raise QueryError(
        f"{shown(piece[1])} needs no backslash; a backslash itself is \\\\, and \\n \\r \\t \\u{{hex}} are characters",
        position,
        ("\\\\",),
    )


def _check_beginning(field: str, raw: str, position: int) -> None:
    if raw.startswith("/"):
        raise QueryError(
            f"a regex stands between two slashes, those inside it with a backslash ({field}:/a\\/b/); "
            f"a text that begins with a slash goes in quotes: {field}:{exact(raw)}",
            position,
        )
    if raw.startswith("="):
        _refuse_sign(field, raw.lstrip("="), position, f"{field}:")
    if raw.startswith("!"):
        _refuse_sign(field, raw.lstrip("!="), position, f"-{field}:")


def _refuse_sign(field: str, rest: str, position: int, right: str) -> NoReturn:
    raise QueryError(
        f"a value begins right behind the colon: {right}{rest or 'value'}; "
        f'a text with this sign goes in quotes: {field}:"…"',
        position,
    )


def _part(field: str, raw: str, position: int, is_prefix: bool, is_inner: bool) -> Condition:
    if field in NAMES and not re.fullmatch(r"[0-9*]+", raw):
        raise QueryError(f"a name is written whole: {field}:{NAMES[field][4]}; there are {_names(field)}", position)
    if is_prefix:
        return made(Prefix, position, field=field, value=unescaped(raw[:-1], position))
    if is_inner:
        return made(Contains, position, field=field, value=unescaped(raw[1:-1], position + 1))
    raise QueryError(
        f"a * stands at the end ({field}:begin*) or at both ends ({field}:*part*); "
        f"for more there is a regex ({field}:/a.*b/), for the * itself \\*",
        position + raw.index("*"),
    )


def _special(field: str, text: str, position: int) -> Condition | None:
    if compared := _COMPARED.fullmatch(text):
        return _comparison(field, compared[1], compared[2], position)
    if ".." in text:
        return _range(field, text, position)
    return _network(field, text, position)


def _comparison(field: str, sign: str, text: str, position: int) -> Condition:
    if field == "severity":
        return _severity(sign, text, position)
    if not _WHOLE.fullmatch(text):
        raise QueryError(
            f"behind {sign} stands a whole number: {field}:{sign}1000; "
            f"a text goes in quotes: {field}:{exact(sign + text)}",
            position + len(sign),
            ("a whole number",),
        )
    number = _whole(text, position + len(sign)) + {">": 1, "<": -1}.get(sign, 0)
    return made(Between, position, field=field, **{"least" if sign[0] == ">" else "greatest": number})


def _severity(sign: str, text: str, position: int) -> Condition:
    number = _named("severity", text, position + len(sign))
    if sign == ">=" and isinstance(number, int):
        return made(SeverityAtLeast, position, severity=number)
    name = SEVERITIES[number] if isinstance(number, int) else "warning"
    raise QueryError(
        f"a severity is compared with >=, which means as severe or worse: severity:>={name}; "
        f"by their numbers (0 is the worst) there is a range: severity:4..7",
        position,
        (">=",),
    )


def _range(field: str, text: str, position: int) -> Condition:
    ends = _RANGED.fullmatch(text)
    if ends is None or text == "..":
        raise QueryError(
            f"a range has whole numbers: {field}:1000..2000, {field}:1000.. or {field}:..2000; "
            f"a text with two dots goes in quotes: {field}:{exact(text)}",
            position,
            ("a whole number",),
        )
    least, greatest = (None if end is None else _whole(end, position) for end in ends.groups())
    return made(Between, position, field=field, least=least, greatest=greatest)


def _whole(text: str, position: int) -> int:
    number = int(text) if len(text) <= _MOST_DIGITS else _INT64
    if not -_INT64 <= number < _INT64:
        raise QueryError("a whole number has at most 64 bits", position)
    return number


def _network(field: str, text: str, position: int) -> Condition | None:
    address, slash, _ = text.partition("/")
    if not slash or not _is_address(address):
        return None
    try:
        network = ipaddress.ip_network(text, strict=False)
    except ValueError as error:
        raise QueryError(
            f"behind the slash stands how many bits are fixed: {field}:10.0.0.0/8; "
            f"a text goes in quotes: {field}:{exact(text)}",
            position + len(address) + 1,
            ("a number of bits",),
        ) from error
    if ipaddress.ip_address(address) != network.network_address:
        raise QueryError(f"this network begins at another address: {field}:{network}", position, (str(network),))
    return made(InNetwork, position, field=field, network=str(network))


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return "%" not in text


def _named(field: str, text: str, position: int) -> Value:
    """A bare value: of severity and facility their number."""
    if field not in NAMES:
        return plain(text)
    number = NUMBERS[field].get(text.lower(), plain(text))
    if isinstance(number, int) and 0 <= number < len(NAMES[field]):
        return number
    raise QueryError(f"there is no {field} {shown(text)}: there are {_names(field)}", position, NAMES[field])


def _names(field: str) -> str:
    return f"{' '.join(NAMES[field])} (or 0 to {len(NAMES[field]) - 1})"
