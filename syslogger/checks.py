"""What the configuration may hold: single values first, then what must fit together.

Rules:
  * A check of a value takes whatever JSON held, returns it as the program wants it, or raises UnfitError with what is
    wrong and what would be right. It raises nothing else: a person typed the value and it may be anything.
  * The cross checks (names used once, ports used once, columns that do not collide) yield findings and step over
    whatever has the wrong shape, because that is reported beside them and every problem is to be reported at once: a
    pattern that does not compile must not hide a port used twice.
  * Of two values that collide the later one is reported, and it names the earlier one.
  * Pure: no pydantic, and nothing of the machine is read but its time zone database.
"""

from __future__ import annotations

import difflib
import json
import re
import warnings
import zoneinfo
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network
from pathlib import Path
from typing import NamedTuple

from syslogger.clients import parse_address, parse_network
from syslogger.errors import UnfitError, shown

NAME_CHARACTERS = 40
SERVICE_PORTS = {"FAST_API_SERVER_PORT": 3000, "INTERFACE_FACTORY_PORT": 3100}
# Columns of the day file, and names that the parsed header, the index and the API will use.
RESERVED_FIELDS = frozenset(
    (
        *("log_sender_ip", "time", "time_zone", "date", "original_log", "id", "received_at", "client", "facility"),
        *("severity", "hostname", "app_name", "proc_id", "msg_id", "event_time"),
        *("class", "engine", "day", "sender"),  # asked for like columns, and what a person may see is said with them
    )
)
FIELDS_PER_CLASS = 200
PORT_RIGHT = "a port from 1 to 65535"

Location = tuple[str | int, ...]
Engines = Sequence[tuple[Location, Mapping[str, object]]]
Address = IPv4Address | IPv6Address

PATTERN_CHARACTERS, LABEL_CHARACTERS = 2_000, 100

_NAME = re.compile(r"[a-z][a-z0-9_]*", re.ASCII)
# Trees of the zone database that repeat it under other rules or name this machine's own choice: no IANA names.
_ZONE_TREES = frozenset({"posix", "right", "localtime", "posixrules", "Factory"})
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*", re.ASCII)
_EVERYWHERE: tuple[Address, ...] = (IPv4Address("0.0.0.0"), IPv6Address("::"))


def whole_number(least: int, most: int, right: str) -> Callable[[object], int]:
    """A check for an integer from `least` to `most` (both allowed); `right` is the sentence for one that is not."""

    def check(value: object) -> int:
        # bool is an int to Python and a different word to whoever wrote `true`.
        if not isinstance(value, int) or isinstance(value, bool):
            raise UnfitError(f"{shown(value)} is not a whole number", right)
        if not least <= value <= most:
            raise UnfitError(f"{shown(value)} is out of range", right)
        return value

    return check


def truth(value: object) -> bool:
    """Either true or false, and nothing that only looks like it."""
    if not isinstance(value, bool):
        raise UnfitError(f"{shown(value)} is neither true nor false", "true or false")
    return value


def name(least: int, most: int) -> Callable[[object], str]:
    """A check for the name of a class, field or engine, `least` to `most` characters long."""
    right = f"a name is {least} to {most} characters: a letter a-z first, then a-z, 0-9 or _"

    def check(value: object) -> str:
        if not isinstance(value, str) or not _NAME.fullmatch(value):
            raise UnfitError(f"{shown(value)} is not a name", right)
        if not least <= len(value) <= most:
            raise UnfitError(f"{shown(value)} is too {'short' if len(value) < least else 'long'}", right)
        return value

    return check


def text(value: object, right: str) -> str:
    """Text that can be written as UTF-8 (a lone surrogate cannot)."""
    if not isinstance(value, str):
        raise UnfitError(f"{shown(value)} is not text", right)
    try:
        value.encode()
    except UnicodeEncodeError as error:
        wrong = f"{shown(value)} has half a surrogate pair at position {error.start}, which is no character"
        raise UnfitError(wrong, right) from error
    return value


def pattern(value: object) -> str:
    """A regular expression with a group 1, at most 2,000 characters, that Python's `re` compiles."""
    source = text(value, "a regular expression whose group 1 is the value to keep")
    if len(source) > PATTERN_CHARACTERS:
        raise UnfitError(f"the pattern has {len(source):,} characters", f"at most {PATTERN_CHARACTERS:,} characters")
    if _compiled(source).groups < 1:
        right = "put parentheses around the part to keep, as in user=(\\w+)"
        raise UnfitError(f"the pattern {shown(source)} has no group 1", right)
    return source


def _compiled(source: str) -> re.Pattern[str]:
    with warnings.catch_warnings():
        # A possible change of meaning in some future Python is no problem of the file.
        warnings.simplefilter("ignore")
        try:
            return re.compile(source)
        except re.error as error:
            where = "" if error.pos is None else f" at position {error.pos}"
            raise UnfitError(f"the pattern does not compile: {error.msg}{where}", "a pattern of Python's re") from error
        except (ValueError, OverflowError) as error:
            raise UnfitError(f"the pattern does not compile: {error}", "a pattern of Python's re") from error
        except RecursionError as error:
            raise UnfitError("the pattern does not compile: it is nested too deep", "fewer nested groups") from error


def label(least: int, what: str) -> Callable[[object], str]:
    """A check for free text such as a client's name: stored and shown, but never part of a path or of SQL."""
    right = f"text of {least} to {LABEL_CHARACTERS} printable characters without a space at either end"

    def check(value: object) -> str:
        words = text(value, right)
        if not least <= len(words) <= LABEL_CHARACTERS or not words.isprintable() or words != words.strip():
            raise UnfitError(f"{shown(words)} is not {what}", right)
        return words

    return check


def client_range(value: object) -> str:
    """The range of a client, as written."""
    label = text(value, "an address, a CIDR such as 10.0.0.0/8, or whole octets such as 192.168.*")
    parse_network(label)
    return label


def listen_address(value: object) -> str:
    """An address to listen on, in its canonical form."""
    label = text(value, "an IP address such as 192.168.1.1, 0.0.0.0 (all of IPv4) or :: (all of IPv6)")
    return str(parse_address(label))


def origin(value: object) -> str:
    """A web origin that may use the API."""
    right = 'an origin such as "https://logs.example.net", or "*"'
    label = text(value, right)
    if not label or not label.isprintable() or " " in label:
        raise UnfitError(f"{shown(label)} is not an origin", right)
    return label


def origins(value: object) -> object:
    """One origin as a list of one, and the empty text as none."""
    if isinstance(value, str):
        return [value] if value else []
    return value


def directory(value: object) -> str:
    """The path of a directory, which need not exist yet, as text."""
    right = "the path of a directory (a relative one starts at the folder of this file)"
    path = text(str(value) if isinstance(value, Path) else value, right)
    if not path or "\0" in path:
        raise UnfitError(f"{shown(path)} is not a path", right)
    return path


def time_zone(value: object) -> str:
    """The IANA name of a time zone that this machine knows."""
    right = 'an IANA name such as "Europe/Berlin" or "UTC"'
    zone = text(value, right)
    if not is_time_zone(zone):
        near = nearest(zone, zoneinfo.available_timezones() - _ZONE_TREES)
        raise UnfitError(f"{shown(zone)} is no time zone known here", f"did you mean {near!r}?" if near else right)
    return zone


def is_time_zone(key: str) -> bool:
    """Whether `key` is an IANA name that the zone database of this machine holds."""
    if key.partition("/")[0] in _ZONE_TREES:
        return False
    try:
        zoneinfo.ZoneInfo(key)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        # A folder of the database ("America") and a name too long for a file are OSErrors up to Python 3.11.
        return False
    return True


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` was probably meant to be, case aside; None where nothing is near."""
    by_lower = {candidate.lower(): candidate for candidate in known}
    near = difflib.get_close_matches(word.lower(), by_lower, n=1)
    return by_lower[near[0]] if near else None


class Finding(NamedTuple):
    """A problem before its place is written as text; `where` holds the keys and indexes that lead to it."""

    where: Location
    wrong: str
    right: str


def path_text(where: Location) -> str:
    """A place as a JSON path such as `ENGINES[0].clients[2].address`; `$` is the file itself."""
    text = ""
    for part in where:
        plain = isinstance(part, str) and _IDENTIFIER.fullmatch(part)
        text += f".{part}" if plain else f"[{json.dumps(part)}]"
    return text.removeprefix(".") or "$"


def columns_of(field: str) -> tuple[tuple[str, str], ...]:
    """The (column, SQL type) pairs that a field becomes: an `x_ip` is stored as x_ip and x_port."""
    if field.endswith("_ip"):
        return (field, "TEXT"), (field.removesuffix("_ip") + "_port", "INTEGER")
    return ((field, "TEXT"),)


def file_findings(data: Mapping[str, object]) -> Iterator[Finding]:
    """Everything in a configuration file that does not fit together."""
    for class_name, fields in _mapping(data.get("ENGINE_CLASSES")).items():
        for finding in class_findings(class_name, _mapping(fields)):
            yield finding._replace(where=("ENGINE_CLASSES", class_name, *finding.where))
    engines = [(("ENGINES", i), engine) for i, engine in enumerate(_sequence(data.get("ENGINES")))]
    for where, engine in engines:
        for finding in engine_findings(_mapping(engine)):
            yield finding._replace(where=(*where, *finding.where))
    shaped = [(where, _mapping(engine)) for where, engine in engines]
    yield from _unknown_classes(shaped, data.get("ENGINE_CLASSES"))
    yield from _repeated_names(shaped)
    yield from _repeated_ports(data, shaped)


def class_findings(class_name: str, fields: Iterable[str]) -> Iterator[Finding]:
    """Too many fields, reserved field names, and fields whose column another field makes."""
    names = list(fields)
    if len(names) > FIELDS_PER_CLASS:
        yield Finding((), f"the class has {len(names)} fields", f"at most {FIELDS_PER_CLASS} fields")
    for field in names:
        reserved = [column for column, _ in columns_of(field) if column in RESERVED_FIELDS]
        if reserved:
            # Cut at the class, so that what is proposed is itself a name.
            proposal = f"{class_name[: NAME_CHARACTERS - 1 - len(field)]}_{field}"
            yield Finding((field,), f"the name {reserved[0]!r} is reserved", f"call the field {proposal!r}")
    made = {columns_of(field)[1][0]: field for field in names if field.endswith("_ip")}
    for field in names:
        if field in made:
            wrong = f"{made[field]!r} already makes a column {field!r} for the port of its address"
            yield Finding((field,), wrong, f"take {field!r} out or give it another name")


def engine_findings(engine: Mapping[str, object]) -> Iterator[Finding]:
    """Addresses, ranges and client names that one engine has twice."""
    yield from _overlapping_addresses(engine)
    yield from _repeated_ranges(engine)
    yield from _repeated_client_names(engine)


def _overlapping_addresses(engine: Mapping[str, object]) -> Iterator[Finding]:
    seen: list[Address] = []
    for i, text in enumerate(_sequence(engine.get("addresses"))):
        address = _parsed_address(text)
        if address is None:
            continue
        covering = next((other for other in seen if _overlap(address, other)), None)
        if covering is not None:
            wrong = f"{shown(text)} and {str(covering)!r} cannot both be listened on"
            yield Finding(("addresses", i), wrong, "list an address once, or 0.0.0.0 or :: alone for all of its family")
        seen.append(address)


def _repeated_ranges(engine: Mapping[str, object]) -> Iterator[Finding]:
    first: dict[IPv4Network | IPv6Network, tuple[int, object]] = {}
    for i, client in _clients(engine):
        text = client.get("address")
        network = _parsed_network(text)
        earlier, its_text = first.setdefault(network, (i, text)) if network else (i, text)
        if earlier != i:
            wrong = f"the range {network} stands here already, as {shown(its_text)}"
            yield Finding(("clients", i, "address"), wrong, "give each range to one client")


def _repeated_client_names(engine: Mapping[str, object]) -> Iterator[Finding]:
    first: dict[str, int] = {}
    nameless: dict[object, int] = {}
    for i, client in _clients(engine):
        text = client.get("address")
        name = client.get("name", text if _parsed_network(text) else None)
        # Two nameless clients of one address are one mistake, and it has been told as a range given twice.
        if not isinstance(name, str) or ("name" not in client and nameless.setdefault(text, i) != i):
            continue
        if first.setdefault(name, i) != i:
            wrong = f"the name {shown(name)} belongs to clients[{first[name]}] already"
            yield Finding(("clients", i, "name"), wrong, "client names are unique in an engine")


def _unknown_classes(engines: Engines, classes: object) -> Iterator[Finding]:
    if not isinstance(classes, Mapping):
        return
    for where, engine in engines:
        name = engine.get("class")
        if isinstance(name, str) and name not in classes:
            near = nearest(name, classes)
            right = (
                f"did you mean {near!r}?" if near else f"the classes are: {', '.join(map(shown, classes)) or 'none'}"
            )
            yield Finding((*where, "class"), f"{shown(name)} is no class of ENGINE_CLASSES", right)


def _repeated_names(engines: Engines) -> Iterator[Finding]:
    first: dict[str, Location] = {}
    for where, engine in engines:
        name = engine.get("name")
        if isinstance(name, str) and first.setdefault(name, where) != where:
            wrong = f"the name {shown(name)} belongs to {path_text(first[name])} already"
            yield Finding((*where, "name"), wrong, "engine names are unique")


def _repeated_ports(data: Mapping[str, object], engines: Engines) -> Iterator[Finding]:
    """Ports used twice. Services are TCP and engines UDP: legal, but a firewall rule or a person mistakes them."""
    users: list[tuple[Location, int, tuple[Address, ...]]] = []
    services = [((key,), data.get(key, default), _EVERYWHERE) for key, default in SERVICE_PORTS.items()]
    listeners = [((*where, "port"), engine.get("port"), _listening(engine)) for where, engine in engines]
    for where, port, addresses in [*services, *listeners]:
        if not isinstance(port, int) or isinstance(port, bool):
            continue
        if port == 0 and where[0] == "ENGINES":
            yield Finding(where, "0 is out of range", PORT_RIGHT)
        other = next((user for user in users if port and user[1] == port and _share(addresses, user[2])), None)
        if other is not None:
            user = path_text(other[0]) if other[0][0] in data else f"{path_text(other[0])} (its default)"
            yield Finding(where, f"port {port} is used by {user} already", "a port of its own")
        users.append((where, port, addresses))


def _listening(engine: Mapping[str, object]) -> tuple[Address, ...]:
    listed = [_parsed_address(text) for text in _sequence(engine.get("addresses"))]
    return tuple(address for address in listed if address) or _EVERYWHERE


def _share(some: Sequence[Address], others: Sequence[Address]) -> bool:
    return any(_overlap(one, other) for one in some for other in others)


def _overlap(one: Address, other: Address) -> bool:
    """Whether a socket of one address is in the way of the other; `::` is bound for IPv6 alone."""
    return one.version == other.version and (one == other or one.is_unspecified or other.is_unspecified)


def _parsed_address(text: object) -> Address | None:
    """The address, or None for one that its own check reports."""
    try:
        return parse_address(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _parsed_network(text: object) -> IPv4Network | IPv6Network | None:
    """The range, or None for one that its own check reports."""
    try:
        return parse_network(text) if isinstance(text, str) else None
    except ValueError:
        return None


def _clients(engine: Mapping[str, object]) -> Iterator[tuple[int, Mapping[str, object]]]:
    for i, client in enumerate(_sequence(engine.get("clients"))):
        yield i, _mapping(client)


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}


def _sequence(value: object) -> Sequence[object]:
    return value if isinstance(value, list | tuple) else ()
