"""When storing rests for the disk's sake, and when it goes on."""

from __future__ import annotations

import subprocess
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from syslogger.space import BELOW_PERCENT, must_pause, used_percent

PERCENT = st.floats(0.0, 100.0)


def test_it_counts_as_df_does(tmp_path: Path) -> None:
    """The percentage is that of df(1), which rounds it up."""
    shown = subprocess.run(["df", "--output=pcent", tmp_path], capture_output=True, text=True, check=True).stdout

    assert abs(used_percent(tmp_path) - int(shown.split()[-1].rstrip("%"))) <= 1.5


@given(PERCENT, st.integers(1, 100))
def test_it_pauses_above_the_limit(percent: float, limit: int) -> None:
    """Who stores rests above the limit and not below it; a limit of 100 is none."""
    assert must_pause(percent, limit, paused=False) == (percent > limit)


@given(PERCENT, st.integers(1, 100))
def test_it_goes_on_five_points_below(percent: float, limit: int) -> None:
    """Who rests goes on five points below the limit, and not above: there is no switching to and fro."""
    assert must_pause(percent, limit, paused=True) == (percent > limit - BELOW_PERCENT)
    assert must_pause(percent, limit, paused=True) or not must_pause(percent, limit, paused=False)
