"""How answers that are no rows look to people."""

from __future__ import annotations

from zoneinfo import ZoneInfo

import pytest

from syslogger.cli.answers_shown import lines_of
from syslogger.query.answers import (
    CountAnswer,
    Facet,
    FacetsAnswer,
    HistogramAnswer,
    LedgerAnswer,
    LedgerSeries,
    RowAnswer,
    Searched,
    SenderRow,
    SendersAnswer,
)

ZONE = ZoneInfo("Europe/Vienna")
NOON = 1_795_172_400_000_000  # 2026-11-20 12:00 in Vienna
HOUR_US = 3_600_000_000
SEARCHED = Searched()


def test_a_count_says_whether_it_is_one() -> None:
    """Thousands are set apart; one that is not exact says so."""
    assert ["1,234"] == lines_of(CountAnswer(count=1234, exact=True, searched=SEARCHED), ZONE)
    assert ["at least 5"] == lines_of(CountAnswer(count=5, exact=False, searched=SEARCHED), ZONE)


def test_a_histogram_is_bars_on_the_clock_of_the_zone() -> None:
    """The fullest step has the longest bar, an empty one none."""
    starts = [NOON, NOON + HOUR_US, NOON + 2 * HOUR_US]
    answer = HistogramAnswer(step="1h", starts=starts, counts=[2, 0, 4], searched=SEARCHED)

    assert [
        "2026-11-20 12:00:00+01:00  2  " + "█" * 25,
        "2026-11-20 13:00:00+01:00  0",
        "2026-11-20 14:00:00+01:00  4  " + "█" * 50,
    ] == lines_of(answer, ZONE)


def test_a_split_histogram_is_a_column_for_each_value() -> None:
    """Rows without a value have a column of their own, the rare values share one."""
    answer = HistogramAnswer(
        step="1h", starts=[NOON], counts=[6], series=[("a", [3]), (None, [2])], others=[1], searched=SEARCHED
    )

    assert [
        "time                       a  (none)  others  all",
        "2026-11-20 12:00:00+01:00  3  2       1       6",
    ] == lines_of(answer, ZONE)


def test_facets_say_what_they_do_not_know() -> None:
    """An approximate facet says so; control characters of a value are escaped."""
    facets = [Facet(field="user", values=[("a\x1b", 3), (None, 1)], distinct=None, approximate=True)]

    assert ["user, approximate", "  a\\x1b   3", "  (none)  1", "", "4 rows looked at"] == "\n".join(
        lines_of(FacetsAnswer(facets=facets, rows=4, searched=SEARCHED), ZONE)
    ).split("\n")


def test_senders_that_may_have_more_rows_have_a_plus() -> None:
    """A sender that is not complete has a `+`; those that are not named are the others."""
    numbers = {"bytes": 10, "received": 2, "refused": 0, "dropped": 0}
    some = SenderRow(engine="word/main", client="office", sender="10.0.0.1", rows=2, complete=False, **numbers)
    rest = SenderRow(engine="word/main", client="", sender="", rows=1, complete=True, **numbers)
    shown = lines_of(SendersAnswer(senders=[some], others=[rest], searched=SEARCHED), ZONE)

    assert ["word/main", "office", "10.0.0.1", "2+", "10", "2", "0", "0"] == shown[1].split()
    assert ["word/main", "others", "others", "1", "10", "2", "0", "0"] == shown[2].split()


def test_a_refused_address_has_no_client() -> None:
    """It is one sender with a name of its own, not all the others."""
    numbers = {"rows": 0, "bytes": 0, "received": 3, "refused": 3, "dropped": 0}
    refused = SenderRow(engine="word/main", client="", sender="10.0.0.9", complete=True, **numbers)
    series = LedgerSeries(engine="word/main", client="", sender="10.0.0.9", counts={"refused": [3]})
    senders = lines_of(SendersAnswer(senders=[refused], others=[], searched=SEARCHED), ZONE)
    ledger = lines_of(LedgerAnswer(step="1h", starts=[NOON], series=[series], searched=SEARCHED), ZONE)

    assert ["word/main", "(none)", "10.0.0.9", "0", "0", "3", "3", "0"] == senders[1].split()
    assert ["word/main", "(none)", "10.0.0.9", "3"] == ledger[1].split()[-4:]


def test_a_ledger_leaves_out_steps_in_which_nothing_happened() -> None:
    """A row for each step with a count; what was dropped has its reason."""
    series = LedgerSeries(engine="word/main", counts={"stored": [0, 5]}, dropped={"paused": [0, 1]})
    answer = LedgerAnswer(step="1h", starts=[NOON, NOON + HOUR_US], series=[series], searched=SEARCHED)

    assert [
        "time                       engine     stored  dropped: paused",
        "2026-11-20 13:00:00+01:00  word/main  5       1",
    ] == lines_of(answer, ZONE)


def test_rows_are_shown_elsewhere() -> None:
    """An answer of rows is a defect here, not an empty table."""
    with pytest.raises(TypeError, match="RowAnswer"):
        lines_of(RowAnswer(row=None), ZONE)
