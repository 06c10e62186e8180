"""Errors that cross the interface: raised on one side, the same on the other."""

from __future__ import annotations

import ast
from pathlib import Path

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from interfaces import errors
from interfaces.errors import CODES, BadRequest, InterfaceError, Internal, Refused, Unavailable, from_wire, to_wire
from syslogger.errors import (
    AbandonedError,
    BindError,
    ConfigError,
    EngineDiedError,
    LockError,
    Problem,
    QueryError,
    ReaderDiedError,
    StoreError,
    SysloggerError,
    TimeLimitError,
)
from tests.imports import Module, modules_below, reachable

ROOT = Path(__file__).resolve().parents[2]
KINDS = sorted(
    (
        each
        for each in vars(errors).values()
        if isinstance(each, type) and issubclass(each, InterfaceError) and each is not InterfaceError
    ),
    key=lambda each: each.__name__,
)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
PROBLEMS = st.lists(st.builds(Problem, TEXT, TEXT, TEXT), max_size=3)


def across(error: SysloggerError) -> SysloggerError:
    """The error after it went through JSON."""
    status, body = to_wire(error)
    return from_wire(status, orjson.loads(orjson.dumps(body)))


def test_every_kind_has_a_code_of_its_own() -> None:
    """Codes are unique, and the table that is documented holds each with its status."""
    assert len(KINDS) == len({each.code for each in KINDS}) == 11
    assert {each.code: each.status for each in KINDS}.items() <= {code: each[1] for code, each in CODES.items()}.items()
    assert all(means for means, _ in CODES.values())


@pytest.mark.parametrize("kind", KINDS)
@given(message=TEXT, field=st.none() | TEXT, hint=TEXT, problems=PROBLEMS)
def test_our_errors_come_back(
    kind: type[InterfaceError], message: str, field: str | None, hint: str, problems: list[Problem]
) -> None:
    """Type, sentence, field, hint and problems are the same on the other side."""
    error = kind(message, field=field, hint=hint, problems=problems)
    back = across(error)

    assert kind is type(back)
    assert isinstance(back, InterfaceError)
    assert (message, field, hint, tuple(problems)) == (back.message, back.field, back.hint, back.problems)
    assert (str(error), error.exit_code) == (str(back), back.exit_code)


@given(st.lists(st.builds(Problem, TEXT, TEXT, TEXT), min_size=1, max_size=3))
def test_problems_of_a_configuration_come_back(problems: list[Problem]) -> None:
    """A ConfigError is the same on the other side; its first problem is the field and the hint."""
    status, body = to_wire(ConfigError(problems))
    back = across(ConfigError(problems))

    assert isinstance(back, ConfigError)
    assert tuple(problems) == back.problems
    assert (422, problems[0].path, problems[0].right) == (status, body["error"]["field"], body["error"]["hint"])


@pytest.mark.parametrize("kind", [BindError, LockError, StoreError, AbandonedError, EngineDiedError])
def test_errors_of_the_engine_come_back(kind: type[SysloggerError]) -> None:
    """Each type of the engine is the same on the other side, and so is one derived from it."""
    derived = type("Derived", (kind,), {})

    assert (kind, "why") == (type(across(kind("why"))), str(across(kind("why"))))
    assert kind is type(across(derived("why")))


def test_errors_of_questions_cannot_come_here() -> None:
    """Whoever raises them is not loaded by the control plane, now or later: it asks no day, so they need no code."""
    syslogger, plane = (modules_below(ROOT / name) for name in ("syslogger", "interfaces"))
    names = {kind.__name__ for kind in (QueryError, TimeLimitError, ReaderDiedError)}
    raising = {name for name, module in syslogger.items() if names & calls(module)}
    brought = {found.name for module in plane.values() for found in module.imports}
    loaded = {name for each in brought for name in reachable(each, syslogger | plane, at_load=True)}

    assert raising >= {"syslogger.reader", "syslogger.reader_process", "syslogger.query.text", "syslogger.query.times"}
    assert raising & loaded == set()


def calls(module: Module) -> set[str]:
    """The names of what a module calls."""
    called = [node.func for node in ast.walk(module.tree) if isinstance(node, ast.Call)]
    return {function.id for function in called if isinstance(function, ast.Name)}


def test_an_error_without_a_code_is_a_refusal() -> None:
    """What the service has no type for is refused with its sentence."""
    back = across(SysloggerError("no field 'user' is parked"))

    assert (Refused, "no field 'user' is parked") == (type(back), str(back))


@pytest.mark.parametrize("body", [None, 5, [], {}, {"error": 5}, {"detail": "Not Found"}])
def test_who_is_no_factory_is_unavailable(body: object) -> None:
    """What something else answers is not taken for an answer of the factory."""
    assert Unavailable is type(from_wire(404, body))
    assert Unavailable is type(from_wire(503, body, 1))


def test_a_code_of_a_later_version_is_told() -> None:
    """An unknown code keeps its sentence."""
    back = from_wire(418, {"error": {"code": "teapot", "message": "short and stout"}})

    assert (Internal, "short and stout") == (type(back), str(back))


def test_a_bad_request_speaks_through_its_first_problem() -> None:
    """Its text is a line a problem, as a wrong file's is; field and hint are the first one's."""
    error = BadRequest.of([Problem("port", "it is taken", "another"), Problem("name", "it is short", "a longer one")])

    assert ("port", "another") == (error.field, error.hint)
    assert "port: it is taken; another\nname: it is short; a longer one" == str(error)
