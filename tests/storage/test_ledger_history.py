"""The history of the ledger equals plain sums over its minutes."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syslogger.errors import SysloggerError
from syslogger.query.answers import Cut, LedgerAnswer
from syslogger.query.model import Phrase, Query
from syslogger.query.questions import LedgerHistory
from syslogger.query.times import steps
from syslogger.storage.catalogue import Catalogue
from syslogger.storage.day import MINUTE_US
from syslogger.storage.ledger_history import answer_ledger
from syslogger.storage.scan import Budget
from tests.storage.made_days import DaySpec, Settled, make_root
from tests.storage.made_roots import ample, made, queries, roots
from tests.storage.making import us
from tests.storage.plain import change

NOON = us("2026-11-20T12:00:00")
ROWS: list[dict[str, Any]] = [
    {"received_at": NOON + 30_000_000 * place, "log_sender_ip": f"10.0.0.{place % 3}", "bytes": 100}
    for place in range(20)
]
LOST = [
    Settled(NOON // MINUTE_US, sender="192.0.2.1", refused=5, in_flight=4),
    Settled(NOON // MINUTE_US + 1, "office", "10.0.0.1", dropped=2, in_flight=3),
    Settled(NOON // MINUTE_US + 60, sender="192.0.2.1", refused=7),
]


def events(specs: list[DaySpec]) -> list[tuple[str, int, dict[str, int]]]:
    """Engine, minute and what happened in it: each row, and each message that did not become one."""
    found = []
    for spec in specs:
        engine = f"{spec.class_name}/{spec.engine}"
        found += [
            (engine, row["received_at"] // MINUTE_US, {"stored": 1, "received": 1, "bytes": row["bytes"]})
            for row in spec.rows
        ]
        for each in spec.settled:
            lost = {"refused": each.refused, "dropped": each.dropped, "received": each.refused + each.dropped}
            found.append((engine, each.minute, lost))
    return found


def truth(specs: list[DaySpec], query: Query, borders: list[int]) -> dict[tuple[str, str], list[int]]:
    """The sums of each engine and name by step; of minutes that begin in the range."""
    found: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0] * (len(borders) - 1))
    since, until = query.since, query.until
    assert not isinstance(since, str)
    assert not isinstance(until, str)
    for engine, minute, numbers in events(specs):
        began = minute * MINUTE_US
        if query.covers(*engine.split("/")) and (since is None or since <= began) and (until is None or began < until):
            for name, number in numbers.items():
                found[engine, name][bisect_right(borders, began) - 1] += number
    return {key: by_step for key, by_step in found.items() if any(by_step)}


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_the_history_is_what_one_adds_up(data: st.DataObject) -> None:
    """By engine, and of all senders together, in steps of minutes to weeks, over every kind of day."""
    specs = data.draw(roots())
    with made(specs) as root:
        for by in ("engine", "sender"):
            query = data.draw(queries(specs, where=None))
            step = data.draw(st.sampled_from((None, "3h", "1d", "1w")))
            asked = LedgerHistory(query=query, step=step, by=by, time_zone=specs[0].zone, top=2)
            answer = answer_ledger(root.catalogue, asked, ample())
            zone = ZoneInfo(specs[0].zone)
            borders = steps(answer.starts[0], answer.starts[-1] + 1, answer.step, zone) if answer.starts else [0]

            assert answer.starts == borders[:-1]
            names = ("stored", "received", "refused", "dropped", *(["bytes"] if by == "sender" else []))
            expected = {key: by_step for key, by_step in truth(specs, query, borders).items() if key[1] in names}
            found = summed(answer, names)
            if by == "sender" and any(spec.state == "old" for spec in specs):
                found, expected = (
                    {key: each for key, each in sums.items() if key[1] != "bytes"} for sums in (found, expected)
                )
            assert found == expected


def summed(answer: LedgerAnswer, names: tuple[str, ...]) -> dict[tuple[str, str], list[int]]:
    """The series of each engine added up, by name."""
    found: dict[tuple[str, str], list[int]] = {}
    for series in answer.series:
        dropped = [sum(column) for column in zip(*series.dropped.values(), strict=True)]
        for name in names:
            numbers = series.counts.get(name, dropped)
            before = found.get((series.engine, name), [0] * len(numbers))
            found[series.engine, name] = [a + b for a, b in zip(before, numbers, strict=True)]
    return {key: by_step for key, by_step in found.items() if any(by_step)}


def history(root: Path, **asked: Any) -> LedgerAnswer:
    """The ledger of a root."""
    return answer_ledger(
        Catalogue(root), LedgerHistory.model_validate({"query": Query(), "step": "1h"} | asked), ample()
    )


def test_what_is_in_flight_is_no_sum(tmp_path: Path) -> None:
    """It is what the last minute of the step says; drops come with their reason."""
    make_root(tmp_path, [DaySpec(ROWS[:4], settled=LOST)])
    [series] = history(tmp_path).series

    assert (series.engine, series.client, series.sender) == ("word/main", None, None)
    assert series.counts["in_flight"] == [3, 0]
    assert series.counts["offered"] == [11, 7]
    assert series.dropped == {"abandoned": [0, 0], "paused": [2, 0], "no_space": [0, 0]}


def test_senders_come_by_their_rank(tmp_path: Path) -> None:
    """Those with the most rows by name, then all others together, as nobody."""
    make_root(tmp_path, [DaySpec(ROWS, settled=LOST)])
    answer = history(tmp_path, by="sender", top=2)

    assert [(each.client, each.sender, each.counts["stored"]) for each in answer.series] == [
        ("office", "10.0.0.1", [7, 0]),
        ("office", "10.0.0.0", [7, 0]),
        ("", "", [6, 0]),
    ]
    assert answer.series[2].counts["refused"] == [5, 7]
    assert answer.series[0].counts["bytes"] == [700, 0]


def test_a_minute_counts_whose_rows_lie_behind_the_range(tmp_path: Path) -> None:
    """It begins within, and the ledger knows nothing finer; nor is the day left out that holds it."""
    make_root(tmp_path, [DaySpec([{"received_at": NOON - 86_400_000_000 + 1_000_000}])])
    [series] = history(tmp_path, query=Query(until=NOON - 86_400_000_000 + 1_000_000)).series

    assert series.counts["stored"] == [1]


def test_no_step_is_shorter_than_a_minute(tmp_path: Path) -> None:
    """The ledger knows nothing finer."""
    make_root(tmp_path, [DaySpec(ROWS[:3])])

    assert history(tmp_path, step="10s").step == "1m"
    assert history(tmp_path, step=None).step == "1m"


def test_a_condition_is_refused(tmp_path: Path) -> None:
    """A message that was lost has no fields."""
    with pytest.raises(SysloggerError, match="ask without a condition"):
        history(tmp_path, query=Query(where=Phrase(text="line")))


def test_an_empty_root_has_no_history(tmp_path: Path) -> None:
    """No steps and no series, unless a range is asked for."""
    assert history(tmp_path).starts == []
    assert history(tmp_path, query=Query(since=NOON, until=NOON + 1)).starts == [NOON]


def test_a_ledger_that_is_none_is_named(tmp_path: Path) -> None:
    """The others answer."""
    make_root(tmp_path, [DaySpec(ROWS), DaySpec(ROWS, engine="edge")])
    change(tmp_path / "word" / "edge" / "2026-11-20.db", "UPDATE ledger SET dropped = 'none'")
    answer = history(tmp_path)

    assert [each.engine for each in answer.series] == ["word/main"]
    assert list(answer.searched.damaged) == ["word.edge.2026-11-20"]


@pytest.mark.parametrize("by", ["engine", "sender"])
def test_a_spent_budget_is_told(tmp_path: Path, by: str) -> None:
    """What was added up until then is given."""
    make_root(tmp_path, [DaySpec(ROWS)])
    asked = LedgerHistory.model_validate({"query": Query(), "by": by})
    answer = answer_ledger(Catalogue(tmp_path), asked, Budget.of(0))

    assert (answer.series, answer.searched.cut) == ([], Cut.DEADLINE)
