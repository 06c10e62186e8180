"""The interface's own documentation: complete, made from the checks themselves, and true."""

from __future__ import annotations

from typing import Any

import orjson
import pytest

from interfaces.documentation import documentation, documentation_json
from interfaces.errors import CODES
from interfaces.fields import fields_of, validated, walk
from interfaces.operations import OPERATIONS
from syslogger.settings import EngineConfig


def fields(operation: str) -> dict[str, Any]:
    """The documented fields of an operation by path."""
    [described] = [each for each in documentation()["operations"] if each["operation"] == operation]
    return {each["field"]: each for each in described["fields"]}


def test_everything_is_in_it() -> None:
    """Every operation with its fields, an example and an answer; how to ask; every code of an error."""
    told = orjson.loads(orjson.dumps({"all": documentation_json()}))["all"]

    assert list(OPERATIONS) == [each["operation"] for each in told["operations"]]
    assert [dict(each.example) for each in OPERATIONS.values()] == [each["example"] for each in told["operations"]]
    assert {"request", "token", "author", "answer", "stream"} == told["about"].keys()
    assert CODES.keys() == told["errors"].keys()


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_field_says_what_would_be_right(operation: str) -> None:
    """No field is left with a sentence that says nothing, and every field of the example is documented."""
    described = fields(operation)

    assert [path for path, each in described.items() if each["right"] in ("", "any value")] == []
    assert OPERATIONS[operation].example.keys() <= described.keys()


def test_limits_are_those_of_the_checks() -> None:
    """The sentence beside a field is the one that its check answers."""
    described = fields("engines.create")

    assert "a port from 1 to 65535" == described["engine.port"]["right"]
    assert "a whole number of processes from 1 to 64, or null" == described["engine.workers"]["right"]
    assert "a list: an object { address, name }" == described["engine.clients"]["right"]
    assert described["engine.clients.address"]["required"]


def test_what_need_not_be_sent_has_its_default() -> None:
    """A field is required, or has the default of its model; of changes there is no default."""
    assert (True, None) == (
        fields("engines.create")["engine.name"]["required"],
        fields("engines.create")["engine"]["default"],
    )
    assert "operator" == fields("engines.pause")["reason"]["default"]
    assert 9 == len(fields("engines.create")["engine.clients"]["default"])
    assert [None] == list({each["default"] for path, each in fields("engines.edit").items() if "changes." in path})


def test_keys_are_those_of_json() -> None:
    """A field has the name that it has in a request, not the one of Python."""
    assert "engine.class" in fields("engines.create")
    assert "class.fields" in fields("classes.try")
    assert "class" in fields("jobs.start")


def test_a_model_is_walked_to_its_end() -> None:
    """Models in models are documented under the path of the field that holds them."""
    paths = [path for path, _ in walk(fields_of(EngineConfig))]

    assert paths[:3] == ["name", "class", "port"]
    assert paths.index("clients.address") == paths.index("clients") + 1


@pytest.mark.parametrize("data", [None, 5, "x", [], [5]])
def test_what_is_no_object_is_told_at_the_top(data: object) -> None:
    """A request that is no object is told so under the path of the whole."""
    request, findings = validated(EngineConfig, data)

    assert request is None
    assert [()] == [each.where for each in findings]
