"""Scope: part of every query, so that no answer holds more."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from api.scope import EVERYTHING, MOST_NAMES, Scope
from syslogger.query.model import And, OneOf, Or, Query

names = st.lists(st.text("abcd", min_size=1, max_size=2), max_size=4, unique=True).map(tuple)
scopes = st.builds(Scope, engines=names, clients=names)
MINE = OneOf(field="engine", values=("other",))


def test_no_scope_changes_no_query() -> None:
    """Who sees everything asks what was asked."""
    query = Query(where=MINE)

    assert EVERYTHING.narrowed(query) is query
    assert not EVERYTHING.limited


def test_engines_and_clients_add_up() -> None:
    """All of these engines, and these clients in every engine."""
    scope = Scope(engines=("a",), clients=("fw",))
    engines, clients = OneOf(field="engine", values=("a",)), OneOf(field="client", values=("fw",))

    assert scope.condition == Or(conditions=(engines, clients))
    assert Scope(engines=("a",)).condition == engines
    assert Scope(clients=("fw",)).condition == clients


@given(scopes)
def test_a_query_cannot_get_around_a_scope(scope: Scope) -> None:
    """The scope's condition is joined by AND around whatever was asked; narrowed twice it is no wider."""
    narrowed = scope.narrowed(Query(where=MINE))
    if not scope.limited:
        return
    assert isinstance(narrowed.where, And)
    assert narrowed.where.conditions[0] == scope.condition
    assert scope.narrowed(Query()).where == scope.condition


@given(scopes, st.text("abcd", min_size=1, max_size=2), st.text("abcd", min_size=1, max_size=2))
def test_what_is_seen_follows_from_the_names(scope: Scope, engine: str, client: str) -> None:
    """A whole engine is seen by its name; a client in it by its own name or by that of the engine."""
    assert scope.sees_engine(engine) == (not scope.limited or engine in scope.engines)
    assert scope.sees_client(engine, client) == (scope.sees_engine(engine) or client in scope.clients)


def test_a_scope_survives_its_json() -> None:
    """As it is kept, so it is read."""
    scope = Scope(engines=("a", "\u00fc"), clients=("'; --",))

    assert Scope.model_validate_json(scope.model_dump_json()) == scope


@pytest.mark.parametrize("engines", [("",), ("x" * 201,), tuple(map(str, range(MOST_NAMES + 1)))])
def test_what_is_no_scope_is_refused(engines: tuple[str, ...]) -> None:
    """Empty, long, and too many names."""
    with pytest.raises(ValidationError):
        Scope(engines=engines)
