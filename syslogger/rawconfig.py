"""The configuration before it is one: raw JSON, where everything stands in it, and what has the wrong shape.

Rules:
  * What json lets pass in silence is a finding: a key that stands twice. NaN and numbers of any size are read as they
    come and refused at their own place, by the check of the setting that holds them.
  * pydantic judges the shape; its errors are told in our words, with the place in the file.
  * Problems come in the order of the file.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from syslogger.checks import PORT_RIGHT, Finding, Location, nearest, path_text
from syslogger.errors import ConfigError, Problem, UnfitError, shown

CLASSES_KEY = "ENGINE_CLASSES"
CROSS_CHECK = "cross_check"

# The file is at most this deep (ENGINES, [0], clients, [0], address); what lies deeper is wrong already.
_DEPTH = 5
# Left out of pydantic's list: the cross checks are run over the whole raw file, and a name that defaults to an address
# has no problem of its own when the address has one.
_TOLD_ELSEWHERE = frozenset({CROSS_CHECK, "default_factory_not_called"})
_RIGHT: Mapping[str | int, str] = {
    CLASSES_KEY: "an object of classes, each an object of field to pattern",
    "ENGINES": "a list of engines",
    "FAST_API_ALLOWED_ORIGIN": "an origin or a list of them",
    "TRUSTED_PROXIES": "a list of addresses and CIDRs",
    "addresses": "a list of addresses",
    "clients": "a list of objects { address, name }",
    "name": "the name of the engine",
    "class": "the name of a class of ENGINE_CLASSES",
    "port": PORT_RIGHT,
    "address": "an address, a CIDR such as 10.0.0.0/8, or whole octets such as 192.168.*",
}

Keys = Mapping[Location, Sequence[str]]
_Model = TypeVar("_Model", bound=BaseModel)


class _Object(dict[str, Any]):
    """A JSON object that remembers the keys it had twice; json lets the last one win without a word."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.repeated = [key for key, times in Counter(key for key, _ in pairs).items() if times > 1]


def read_json(data: bytes) -> tuple[dict[str, Any], list[Finding]]:
    """The object that a file holds and the keys that stand in it twice; raises ConfigError where there is no object."""
    try:
        raw = json.loads(data.decode("utf-8-sig"), object_pairs_hook=_Object, parse_int=_number)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        wrong = f"line {line}: the byte 0x{data[error.start]:02x} is not UTF-8 here"
        raise file_problem(wrong, "save the file as UTF-8") from error
    except json.JSONDecodeError as error:
        wrong = f"line {error.lineno}, column {error.colno}: {error.msg}"
        raise file_problem(wrong, "the file is JSON: no comments, no comma behind the last value") from error
    except RecursionError as error:
        raise file_problem("the brackets are nested too deep", "at most a list in an object in a list") from error
    if not isinstance(raw, _Object):
        raise file_problem(f"the file holds {shown(raw)}", "an object { … } with the key ENGINE_CLASSES")
    return raw, list(_repeated_keys(raw))


def file_problem(wrong: str, right: str) -> ConfigError:
    """The error for a file that cannot be read at all."""
    return ConfigError([Problem(path_text(()), wrong, right)])


def problems_in_order(findings: Iterable[Finding], raw: Mapping[str, object]) -> list[Problem]:
    """The findings as problems, in the order of the file; what is missing comes where its object begins."""
    order = {where: i for i, (where, _) in enumerate(_nodes(raw))}

    def position(finding: Finding) -> int:
        ancestors = (finding.where[:depth] for depth in range(len(finding.where), -1, -1))
        return next(order[where] for where in ancestors if where in order)

    return [Problem(path_text(f.where), f.wrong, f.right) for f in sorted(findings, key=position)]


def shaped(model: type[_Model], data: object, file_keys: Keys | None) -> tuple[_Model | None, list[Finding]]:
    """`data` as `model`, or None and what has the wrong shape.

    `file_keys` are the keys that the objects of a file may have; None where `data` has the names of Python.
    """
    try:
        return model.model_validate(data, by_alias=True, by_name=file_keys is None), []
    except ValidationError as error:
        wanted = [details for details in error.errors(include_url=False) if details["type"] not in _TOLD_ELSEWHERE]
        return None, [_finding(details, data, file_keys or {}) for details in wanted]


def _finding(details: ErrorDetails, data: object, file_keys: Keys) -> Finding:
    where, node = _place(details["loc"], data)
    unfit = details.get("ctx", {}).get("error")
    if isinstance(unfit, UnfitError):
        return Finding(where, unfit.wrong, unfit.right)
    match details["type"]:
        case "missing":
            return Finding(where, "the key is missing", _RIGHT[where[-1]])
        case "extra_forbidden":
            return Finding(where, "the key is unknown", _known_key(where, file_keys))
        case "tuple_type" if where[0] != CLASSES_KEY:
            return Finding(where, f"{shown(node)} is not a list", _RIGHT[where[-1]])
        case _:
            return Finding(where, f"{shown(node)} is not an object", _object(where, file_keys))


def _place(loc: Location, data: object) -> tuple[Location, Any]:
    """Where in the file an error of pydantic is, and what stands there.

    ENGINE_CLASSES is an object in the file and a tuple in the model: there an index stands for a key, and the
    names of the attributes between are no part of the file.
    """
    where: list[str | int] = []
    node: Any = data
    for part in loc:
        if where[:1] == [CLASSES_KEY] and isinstance(part, str):
            continue
        if isinstance(node, dict):
            key = list(node)[part] if isinstance(part, int) else part
            node = node.get(key)
        else:
            key, node = part, node[part]
        where.append(key)
    return tuple(where), node


def _object(where: Location, file_keys: Keys) -> str:
    if where[0] == CLASSES_KEY:
        return "an object of field to pattern"
    return f"an object {{ {', '.join(file_keys[_names(where)])} }}"


def _known_key(where: Location, file_keys: Keys) -> str:
    """What an unknown key was probably meant to be, among the keys that its object may have."""
    known = file_keys[_names(where[:-1])]
    near = nearest(str(where[-1]), known)
    return f"did you mean {near!r}?" if near else f"the keys here are: {', '.join(known)}"


def _names(where: Location) -> Location:
    return tuple(part for part in where if isinstance(part, str))


def _number(digits: str) -> int | float:
    # No setting has so many digits, and Python refuses to convert thousands of them.
    return int(digits) if len(digits) <= 20 else float(digits)


def _nodes(node: object, where: Location = ()) -> Iterator[tuple[Location, object]]:
    """Every value of the file with its place, in the order of the file."""
    yield where, node
    if len(where) >= _DEPTH:
        return
    if isinstance(node, dict):
        for key, child in node.items():
            yield from _nodes(child, (*where, key))
    if isinstance(node, list):
        for index, child in enumerate(node):
            yield from _nodes(child, (*where, index))


def _repeated_keys(raw: _Object) -> Iterator[Finding]:
    for where, node in _nodes(raw):
        for key in node.repeated if isinstance(node, _Object) else ():
            yield Finding((*where, key), "the key stands here more than once", "each key once")
