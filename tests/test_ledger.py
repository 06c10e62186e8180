"""The ledger's arithmetic: two equations, one name for every loss, and the public keys."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syslogger.ledger import COUNTERS, DROP_REASONS, Counts, DropReason, Ledger, dropped_json

numbers = st.integers(0, 2**63)
counts = st.lists(numbers, min_size=COUNTERS, max_size=COUNTERS).map(Counts.of)
KEYS = [
    "offered",
    "kernel_dropped",
    "received",
    "stored",
    "refused",
    "empty",
    "dropped",
    "in_flight",
    "unexplained",
    "truncated",
]


@given(counts, numbers, numbers)
def test_both_equations_hold_when_everything_is_named(fates: Counts, in_flight: int, kernel_dropped: int) -> None:
    """What was received is settled or in flight, nothing is unexplained, and offered has the kernel's drops on top."""
    ledger = Ledger(fates.settled + in_flight, kernel_dropped, fates, in_flight)
    shown = ledger.as_json()

    assert ledger.unexplained == shown["unexplained"] == 0
    assert ledger.offered == ledger.received + kernel_dropped
    assert ledger.received == fates.stored + fates.refused + fates.empty + sum(fates.dropped) + in_flight


@given(counts, numbers, st.integers(-(2**62), 2**62).filter(bool))
def test_what_nobody_has_named_is_shown(fates: Counts, in_flight: int, missing: int) -> None:
    """A surplus or a lack appears as `unexplained`, with its sign, and nowhere else."""
    ledger = Ledger(fates.settled + in_flight + missing, 0, fates, in_flight)

    assert ledger.as_json()["unexplained"] == missing


@given(counts, st.integers(0, 99))
def test_truncation_is_no_fate(fates: Counts, truncated: int) -> None:
    """A truncated message is stored, refused or empty like any other and not counted a second time."""
    assert replace(fates, truncated=truncated).settled == replace(fates, truncated=0).settled


@given(counts, counts)
def test_counts_add_and_differ_term_by_term(one: Counts, other: Counts) -> None:
    """`-` takes back what `+` has added, and settled messages add up."""
    assert (one + other) - other == one
    assert (one + other).settled == one.settled + other.settled
    assert Counts.of((one + other).numbers()) == one + other


@given(counts)
def test_counts_survive_shared_memory(fates: Counts) -> None:
    """`of` is the inverse of `numbers`, which are as many as there are counters."""
    assert Counts.of(fates.numbers()) == fates
    assert len(fates.numbers()) == COUNTERS


def test_the_public_keys() -> None:
    """The JSON has exactly these keys, and the drops exactly the reasons."""
    shown = Ledger(10, 5, Counts(stored=1, refused=2, empty=3, truncated=7, dropped=(1, 1, 1)), 1).as_json()
    dropped = {"abandoned": 1, "paused": 1, "no_space": 1}

    assert list(shown) == KEYS
    assert list(shown.values()) == [15, 5, 10, 1, 2, 3, dropped, 1, 0, 7]


@pytest.mark.parametrize("reason", DROP_REASONS)
def test_a_drop_is_of_one_reason(reason: DropReason) -> None:
    """It is counted under its reason alone, settles as many messages, and can be told to people."""
    dropped = Counts.drop(reason, 7)

    assert {name for name, count in dropped_json(dropped).items() if count} == {reason.value}
    assert dropped.settled == 7
    assert reason.sentence.endswith(".")
    assert len({each.sentence for each in DROP_REASONS}) == len(DROP_REASONS)


def test_nothing_has_happened_yet() -> None:
    """A new ledger is all zeros and balances."""
    assert {key: value for key, value in Ledger().as_json().items() if value} == {
        "dropped": {"abandoned": 0, "paused": 0, "no_space": 0}
    }
