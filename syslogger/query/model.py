"""Query: one typed question about rows, as library, command line, API and page speak it.

Rules
1. A condition is true or false for a row, never unknown: on a missing value each is false, but for `Missing`; so a
   negated one holds for missing values.
2. Field comparisons and `Contains` are case-sensitive; words and phrases are compared with `casefold`.
3. A time range is half-open. Its ends are us since the epoch, or texts (`-15m`, `today`, ISO 8601) that `times.resolve`
   turns into them when the question is asked.
4. What a stranger can send is bounded: nodes, depth, lists, lengths.

Besides the columns of a day, `class`, `engine` and `day` can be asked for; `sender` is `log_sender_ip`.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
import warnings
from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

import orjson
from pydantic import AfterValidator, BaseModel, ConfigDict, model_validator
from pydantic import Field as Setting

ORIGINAL = "original_log"
SENDER = "log_sender_ip"
MOST_CONDITIONS = 500
MOST_DEPTH = 50
MOST_VALUES = 1_000
MOST_CHARACTERS = 2_000
MOST_ROWS = 10_000
_INT64 = 1 << 63


class Frozen(BaseModel):
    """What cannot be changed once it was made; keys that nobody knows are refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


def _named(name: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]*", name):
        raise ValueError("a field is called [a-z][a-z0-9_]*")
    return SENDER if name == "sender" else name


def _encodable(text: str) -> str:
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError("a text has only characters that UTF-8 can hold") from error
    return text


def _network(text: str) -> str:
    if "%" in text:
        raise ValueError("a network has no zone")
    return str(ipaddress.ip_network(text))


def _pattern(text: str) -> str:
    try:
        with warnings.catch_warnings():  # they change nothing in what it means today
            warnings.simplefilter("ignore")
            re.compile(text)
    except (re.error, RecursionError, OverflowError) as error:
        raise ValueError(f"no regular expression: {error}") from error
    return text


FieldName = Annotated[str, Setting(max_length=64), AfterValidator(_named)]
Text = Annotated[str, Setting(max_length=MOST_CHARACTERS), AfterValidator(_encodable)]
Whole = Annotated[int, Setting(ge=-_INT64, lt=_INT64)]
Value = Whole | Text


class Equals(Frozen):
    """The field has exactly this value; numbers and their decimal texts are the same."""

    op: Literal["equals"] = "equals"
    field: FieldName
    value: Value


class Prefix(Frozen):
    """The field begins so."""

    op: Literal["prefix"] = "prefix"
    field: FieldName
    value: Text


class Contains(Frozen):
    """The field has this text somewhere."""

    op: Literal["contains"] = "contains"
    field: FieldName
    value: Text


class OneOf(Frozen):
    """The field has one of these values."""

    op: Literal["one_of"] = "one_of"
    field: FieldName
    values: Annotated[tuple[Value, ...], Setting(min_length=1, max_length=MOST_VALUES)]


class InNetwork(Frozen):
    """The field is an address in this network (CIDR)."""

    op: Literal["in_network"] = "in_network"
    field: FieldName
    network: Annotated[str, Setting(max_length=64), AfterValidator(_network)]


class Between(Frozen):
    """The field is a whole number (a text of at most 18 ASCII digits with an optional sign counts) in this range.

    Both ends belong to it; None is open.
    """

    op: Literal["between"] = "between"
    field: FieldName
    least: Whole | None = None
    greatest: Whole | None = None

    @model_validator(mode="after")
    def _has_an_end(self) -> Self:
        if self.least is None and self.greatest is None:
            raise ValueError("a range has at least one end")
        return self


class Missing(Frozen):
    """The field has no value, or the day no such field."""

    op: Literal["missing"] = "missing"
    field: FieldName


class Phrase(Frozen):
    """Words of the original line in sequence, with exactly the given characters between; or one (`query.words`)."""

    op: Literal["phrase"] = "phrase"
    text: Annotated[Text, Setting(min_length=1)]


class Regex(Frozen):
    """Python's `re.search` finds the pattern in the field."""

    op: Literal["regex"] = "regex"
    field: FieldName = ORIGINAL
    pattern: Annotated[Text, AfterValidator(_pattern)]


class SeverityAtLeast(Frozen):
    """As severe as this or worse: `severity <= n`. Rows without a severity never match."""

    op: Literal["severity_at_least"] = "severity_at_least"
    severity: Annotated[int, Setting(ge=0, le=7)]


class And(Frozen):
    """Every one of them."""

    op: Literal["and"] = "and"
    conditions: Annotated[tuple[Condition, ...], Setting(min_length=1)]


class Or(Frozen):
    """At least one of them."""

    op: Literal["or"] = "or"
    conditions: Annotated[tuple[Condition, ...], Setting(min_length=1)]


class Not(Frozen):
    """Not this one."""

    op: Literal["not"] = "not"
    condition: Condition


Leaf = Equals | Prefix | Contains | OneOf | InNetwork | Between | Missing | Phrase | Regex | SeverityAtLeast
Condition = Annotated[Leaf | And | Or | Not, Setting(discriminator="op")]


class Order(StrEnum):
    """Which rows come first, by (received_at, class, engine, day, id)."""

    NEWEST = "newest"
    OLDEST = "oldest"


Moment = int | Annotated[str, Setting(max_length=100)]


class Query(Frozen):
    """Which rows are asked for, and how they are shown.

    engines: names, or `class/name`; classes: names; both empty: all, both given: what is in either. since, until: the
    time range. columns: which to show; none: all.
    """

    engines: Annotated[tuple[str, ...], Setting(max_length=MOST_VALUES)] = ()
    classes: Annotated[tuple[str, ...], Setting(max_length=MOST_VALUES)] = ()
    since: Moment | None = None
    until: Moment | None = None
    where: Condition | None = None
    order: Order = Order.NEWEST
    columns: Annotated[tuple[FieldName, ...], Setting(max_length=300)] = ()
    limit: Annotated[int, Setting(ge=1, le=MOST_ROWS)] = 100

    @model_validator(mode="after")
    def _is_bounded(self) -> Self:
        nodes = list(walk(self.where))
        if len(nodes) > MOST_CONDITIONS or max((depth for depth, _ in nodes), default=0) > MOST_DEPTH:
            raise ValueError(f"a query has at most {MOST_CONDITIONS} conditions, {MOST_DEPTH} deep")
        return self

    @property
    def digest(self) -> str:
        """What a cursor is bound to: 16 hex digits of the question without `limit`."""
        plain = self.model_dump(mode="json", exclude={"limit"})
        return hashlib.sha256(orjson.dumps(plain, option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]

    def covers(self, class_name: str, engine: str) -> bool:
        """Whether this engine's rows are asked for."""
        if not self.engines and not self.classes:
            return True
        return class_name in self.classes or engine in self.engines or f"{class_name}/{engine}" in self.engines


def walk(condition: Any, depth: int = 1) -> Iterator[tuple[int, Any]]:
    """Every node of a condition with its depth, from the root on."""
    if condition is None:
        return
    yield depth, condition
    children = (condition.condition,) if isinstance(condition, Not) else getattr(condition, "conditions", ())
    for child in children:
        yield from walk(child, depth + 1)


def fields_of(condition: Condition | None) -> set[str]:
    """The fields that a condition speaks of."""
    return {node.field for _, node in walk(condition) if hasattr(node, "field")}


for _model in (And, Or, Not, Query):
    _model.model_rebuild()
