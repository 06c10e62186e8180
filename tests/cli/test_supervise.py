"""Supervision: how long until the next start, and exit codes in words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syslogger.cli.supervise import FIRST_DELAY_SECONDS, HEALTHY_SECONDS, MOST_DELAY_SECONDS, Backoff
from syslogger.errors import exit_word


def test_delay_doubles_up_to_a_minute() -> None:
    """An engine that dies at once is started after 1 s, 2 s, 4 s … and never later than 60 s."""
    backoff = Backoff()

    assert [1, 2, 4, 8, 16, 32, 60, 60] == [backoff.after(0.5) for _ in range(8)]


def test_health_is_forgiveness() -> None:
    """After a minute of health the next delay is the first one again."""
    backoff = Backoff()
    delays = [backoff.after(seconds) for seconds in (0.1, 59.9, 60.0, 0.1, 3_600.0)]

    assert [1, 2, 1, 2, 1] == delays


@given(st.lists(st.floats(0, 1_000)))
def test_delay_is_always_bounded(lives: list[float]) -> None:
    """Whatever happened before, a delay is between 1 s and 60 s, and 1 s after a healthy life."""
    backoff = Backoff()
    for lived_seconds in lives:
        delay = backoff.after(lived_seconds)
        assert FIRST_DELAY_SECONDS <= delay <= MOST_DELAY_SECONDS
        assert delay == FIRST_DELAY_SECONDS or lived_seconds < HEALTHY_SECONDS


@pytest.mark.parametrize(
    ("code", "words"), [(5, "child_died (5)"), (3, "bind (3)"), (-9, "killed by SIGKILL"), (99, "exit code 99")]
)
def test_exit_codes_in_words(code: int, words: str) -> None:
    """A code of ours is its word, a signal its name, anything else a number."""
    assert words == exit_word(code)
