"""The typed query: what it accepts, what it refuses, what it says of itself."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from syslogger.query.model import (
    MOST_CONDITIONS,
    And,
    Between,
    Equals,
    Missing,
    Not,
    Or,
    Order,
    Phrase,
    Query,
    fields_of,
    walk,
)

EXAMPLE: dict[str, Any] = {
    "engines": ["main"],
    "since": "-15m",
    "where": {
        "op": "and",
        "conditions": [
            {"op": "equals", "field": "sender", "value": "10.0.0.1"},
            {"op": "not", "condition": {"op": "phrase", "text": "login failed"}},
        ],
    },
}


def test_a_query_comes_from_plain_data_and_goes_back() -> None:
    """What an API gets as JSON is the same query again after it was written as JSON."""
    query = Query.model_validate(EXAMPLE)

    assert query.where == And(
        conditions=(Equals(field="log_sender_ip", value="10.0.0.1"), Not(condition=Phrase(text="login failed")))
    )
    assert Query.model_validate_json(query.model_dump_json()) == query


def test_the_digest_is_of_the_question_and_not_of_the_page() -> None:
    """Another limit is the same question; another order is another one."""
    query = Query.model_validate(EXAMPLE)

    assert query.model_copy(update={"limit": 7}).digest == query.digest
    assert query.model_copy(update={"order": Order.OLDEST}).digest != query.digest


@pytest.mark.parametrize(
    ("engines", "classes", "covered"),
    [
        ((), (), {"a/main", "b/main", "b/edge"}),
        (("main",), (), {"a/main", "b/main"}),
        (("b/main",), (), {"b/main"}),
        ((), ("b",), {"b/main", "b/edge"}),
        (("a/main",), ("b",), {"a/main", "b/main", "b/edge"}),
        (("other",), (), set()),
    ],
)
def test_engines_and_classes_choose(engines: tuple[str, ...], classes: tuple[str, ...], covered: set[str]) -> None:
    """Names, class/name and classes add up; nothing named is everything."""
    query = Query(engines=engines, classes=classes)
    there = [("a", "main"), ("b", "main"), ("b", "edge")]

    assert {f"{owner}/{name}" for owner, name in there if query.covers(owner, name)} == covered


@pytest.mark.parametrize(
    "where",
    [
        {"op": "equals", "field": "Upper", "value": "x"},
        {"op": "equals", "field": 'x" OR 1', "value": "x"},
        {"op": "equals", "field": "x", "value": "\ud800"},
        {"op": "equals", "field": "x", "value": 1 << 63},
        {"op": "one_of", "field": "x", "values": []},
        {"op": "one_of", "field": "x", "values": list(range(1001))},
        {"op": "in_network", "field": "x", "network": "10.0.0.1/8"},
        {"op": "in_network", "field": "x", "network": "nowhere"},
        {"op": "in_network", "field": "x", "network": "fe80::%a b/64"},
        {"op": "between", "field": "x"},
        {"op": "phrase", "text": ""},
        {"op": "phrase", "text": "x" * 2001},
        {"op": "regex", "pattern": "("},
        {"op": "severity_at_least", "severity": 8},
        {"op": "and", "conditions": []},
        {"op": "nothing"},
        {"op": "missing", "field": "x", "value": 1},
    ],
)
def test_what_cannot_be_asked_is_refused(where: dict[str, Any]) -> None:
    """A wrong name, a wrong value, an unknown operation: an error, never another meaning."""
    with pytest.raises(ValidationError):
        Query.model_validate({"where": where})


def test_a_pattern_that_python_warns_of_is_taken() -> None:
    """What may mean something else one day means today what `re` says."""
    Query.model_validate({"where": {"op": "regex", "pattern": "[[a]"}})


def test_a_query_is_bounded() -> None:
    """Too many conditions and too deep ones are refused; the most that is allowed is not."""
    leaf = Missing(field="x")
    deep: Any = leaf
    for _ in range(50):
        deep = Not(condition=deep)

    Query(where=Or(conditions=(leaf,) * (MOST_CONDITIONS - 1)))
    with pytest.raises(ValidationError, match="at most"):
        Query(where=Or(conditions=(leaf,) * MOST_CONDITIONS))
    with pytest.raises(ValidationError, match="deep"):
        Query(where=deep)


def test_what_a_condition_speaks_of() -> None:
    """Every node is walked over, and the fields are those of its leaves."""
    condition = Or(
        conditions=(Between(field="b", least=1), Not(condition=Equals(field="a", value=1)), Phrase(text="w"))
    )

    assert fields_of(condition) == {"a", "b"}
    assert [depth for depth, _ in walk(condition)] == [1, 2, 2, 3, 2]
    assert fields_of(None) == set()
