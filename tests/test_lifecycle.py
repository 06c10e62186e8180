"""The states of an engine: only allowed ones follow each other, and reasons are sets."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syslogger.lifecycle import SERVING, TRANSITIONS, Lifecycle, State, TransitionError


def serving() -> Lifecycle:
    """An engine that runs."""
    life = Lifecycle()
    life.move(State.STARTING, 1.0)
    life.move(State.RUNNING, 2.0)
    return life


@given(st.sampled_from(State), st.sampled_from(State))
def test_only_the_table_decides(before: State, after: State) -> None:
    """A move that the table has is made, any other raises and changes nothing."""
    life = Lifecycle(before, 1.0, "before")

    if after in TRANSITIONS[before]:
        life.move(after, 2.0, "because")
        assert (life.state, life.since, life.why) == (after, 2.0, "because")
    else:
        with pytest.raises(TransitionError, match=f"{before} cannot become {after}"):
            life.move(after, 2.0)
        assert (life.state, life.since, life.why) == (before, 1.0, "before")


def test_every_state_can_be_left_and_reached() -> None:
    """No state is a trap, and none is unreachable."""
    assert TRANSITIONS.keys() == set(State)
    assert all(TRANSITIONS.values())
    assert set().union(*TRANSITIONS.values()) == set(State)


@given(st.lists(st.tuples(st.sampled_from(["pause", "trouble"]), st.sampled_from("abc"), st.booleans()), max_size=12))
def test_it_runs_when_no_reason_is_left(steps: list[tuple[str, str, bool]]) -> None:
    """The state follows from the two sets alone, whatever order reasons come and go in."""
    life = serving()
    paused, troubled = set[str](), set[str]()
    for kind, reason, comes in steps:
        reasons, model = (life.pause_reasons, paused) if kind == "pause" else (life.troubles, troubled)
        if comes:
            reasons[reason] = f"because of {reason}"
            model.add(reason)
        else:
            reasons.pop(reason, None)
            model.discard(reason)
        life.settle(3.0)

        assert life.state is (State.PAUSED if paused else State.DEGRADED if troubled else State.RUNNING)
        assert all(f"because of {reason}" in life.why for reason in paused or troubled)


@pytest.mark.parametrize("state", sorted(set(State) - SERVING))
def test_reasons_move_nothing_that_does_not_serve(state: State) -> None:
    """An engine that starts, drains or has ended keeps its state whatever reasons there are."""
    life = Lifecycle(state, 1.0, "so", {"operator": "asked"}, {"disk": "full"})

    assert not life.settle(2.0)
    assert (life.state, life.since, life.why) == (state, 1.0, "so")
