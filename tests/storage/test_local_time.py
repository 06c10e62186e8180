"""Local times of many stamps are what `datetime` says of each."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from syslogger.storage.local_time import iso_times

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
ZONES = ("UTC", "Europe/Berlin", "Asia/Kolkata", "Australia/Lord_Howe", "America/St_Johns", "Africa/Monrovia")
AUTUMN = 1_792_890_000_000_000  # 2026-10-25 01:00 UTC: Berlin goes back from +02:00 to +01:00


def by_datetime(stamp: int, zone: str) -> str:
    """The plain way."""
    return (EPOCH + timedelta(microseconds=stamp)).astimezone(ZoneInfo(zone)).isoformat(timespec="microseconds")


@given(
    st.one_of(st.just(AUTUMN), st.integers(-(10**14), 4 * 10**15)),
    st.lists(st.integers(-(10**13), 10**13), max_size=8),
    st.sampled_from(ZONES),
)
@example(AUTUMN, [-1, 0, 1], "Europe/Berlin")
@example(0, [-1, 0, 1], "Africa/Monrovia")
def test_times_are_those_of_datetime(middle: int, around: list[int], zone: str) -> None:
    """Every stamp reads as `isoformat` writes it: before 1970, across changes of the offset, with odd offsets."""
    ascending = sorted(middle + each for each in around)

    found = iso_times(np.array(ascending, np.int64), ZoneInfo(zone)).to_pylist()

    assert found == [by_datetime(stamp, zone) for stamp in ascending]


@pytest.mark.parametrize("stamp", [-(2**63), 2**63 - 1, 253_402_300_800_000_000])
def test_a_stamp_that_no_calendar_knows_is_an_error(stamp: int) -> None:
    """It is refused, not written as something else."""
    with pytest.raises(ValueError, match="calendar"):
        iso_times(np.array([stamp], np.int64), ZoneInfo("Europe/Berlin"))
