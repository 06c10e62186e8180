"""Counting equals a plain count, whichever of its three ways answers."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syslogger.query.answers import Cut
from syslogger.query.model import Contains, Equals, Or, Phrase, Query, SeverityAtLeast
from syslogger.query.questions import Count
from syslogger.storage.catalogue import Catalogue
from syslogger.storage.counting import answer_count
from syslogger.storage.day_file import DayFile
from syslogger.storage.scan import Budget
from tests.storage.made_days import DaySpec, make_root
from tests.storage.made_roots import ample, made, queries, roots
from tests.storage.making import us

NOON = us("2026-11-20T12:00:00")
# half a minute later each, of three severities
ROWS: list[dict[str, Any]] = [
    {"received_at": NOON + 30_000_000 * place, "severity": place % 3, "number": str(place)} for place in range(20)
]


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_a_count_is_what_one_counts(data: st.DataObject) -> None:
    """Over every kind of day, with every kind of condition and range."""
    specs = data.draw(roots())
    with made(specs) as root:
        for query in data.draw(st.lists(queries(specs), min_size=3, max_size=3)):
            answer = answer_count(root.catalogue, Count(query=query), ample())

            assert (answer.count, answer.exact) == (len(root.matching(query)), True)
            assert answer.searched.searched == answer.searched.partitions


@pytest.fixture
def statements(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every statement that day files are asked from now on."""
    heard: list[str] = []
    table = DayFile.table

    def listening(self: DayFile, sql: str, parameters: tuple[int | str | None, ...] = ()) -> object:
        heard.append(sql)
        return table(self, sql, parameters)

    monkeypatch.setattr(DayFile, "table", listening)
    return heard


@pytest.mark.parametrize(
    ("query", "count"),
    [
        (Query(), 20),
        (Query(since=NOON + 1, until=NOON + 300_000_000), 9),
        (Query(where=SeverityAtLeast(severity=1), until=NOON + 300_000_000), 7),
    ],
)
def test_what_is_known_is_not_read(tmp_path: Path, statements: list[str], query: Query, count: int) -> None:
    """Without a condition, and for severities over whole minutes, no rows are scanned."""
    make_root(tmp_path, [DaySpec(ROWS)])
    answer = answer_count(Catalogue(tmp_path), Count(query=query), ample())

    assert answer.count == count
    assert [sql for sql in statements if "BETWEEN" in sql] == []


def test_a_condition_on_severity_and_sender_is_put_to_the_rows(tmp_path: Path) -> None:
    """Neither rollup has both, and one that lacks a column would take its name for a text."""
    make_root(tmp_path, [DaySpec(ROWS)])
    where = Or(conditions=(SeverityAtLeast(severity=0), Equals(field="client", value="nobody")))

    assert answer_count(Catalogue(tmp_path), Count(query=Query(where=where)), ample()).count == 7


@pytest.mark.parametrize("where", [Contains(field="number", value=""), Phrase(text="line")])
def test_counting_stops_where_it_is_enough(tmp_path: Path, where: Contains | Phrase) -> None:
    """An answer with `at_most` says at least so many, when rows had to be looked at for it."""
    with made([DaySpec(ROWS)]) as root:
        answer = answer_count(root.catalogue, Count(query=Query(where=where), at_most=7), ample())

    assert (answer.exact, answer.searched.cut) == (False, Cut.ROWS)
    assert 7 <= answer.count < 20


def test_a_spent_budget_is_told() -> None:
    """What was counted until then is given, and that it is not all."""
    with made([DaySpec(ROWS)]) as root:
        answer = answer_count(root.catalogue, Count(query=Query(where=Phrase(text="line"))), Budget.of(0))

    assert (answer.count, answer.exact, answer.searched.cut) == (0, False, Cut.DEADLINE)


def test_a_damaged_day_is_named_and_the_others_are_counted(tmp_path: Path) -> None:
    """There are at least so many."""
    make_root(tmp_path, [DaySpec(ROWS), DaySpec(ROWS, engine="edge")])
    (tmp_path / "word" / "edge" / "2026-11-20.db").write_bytes(b"nothing of ours" * 10_000)
    answer = answer_count(Catalogue(tmp_path), Count(query=Query()), ample())

    assert (answer.count, answer.exact) == (20, False)
    assert list(answer.searched.damaged) == ["word.edge.2026-11-20"]
