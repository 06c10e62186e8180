"""A histogram equals plain counting into the steps, whether minutes, ids or rows are looked at."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syslogger.errors import QueryError
from syslogger.query.answers import Cut, HistogramAnswer
from syslogger.query.model import Phrase, Query, SeverityAtLeast
from syslogger.query.questions import Histogram
from syslogger.query.times import steps
from syslogger.storage.catalogue import Catalogue
from syslogger.storage.day import MINUTE_US
from syslogger.storage.day_file import DayFile
from syslogger.storage.histogram import answer_histogram
from syslogger.storage.scan import Budget
from tests.storage.made_days import DaySpec, Row, make_root
from tests.storage.made_roots import Made, ample, made, queries, roots
from tests.storage.making import us

NOON = us("2026-11-20T12:00:00")
ROWS: list[dict[str, Any]] = [{"received_at": NOON + 30_000_000 * place, "severity": place % 3} for place in range(20)]
FIELDS = ("severity", "client", "sender", "number", "extra", "nat_port", "engine", "nowhere")


def assert_true(root: Made, asked: Histogram, answer: HistogramAnswer) -> None:
    """The answer is what one counts by hand."""
    rows = root.matching(asked.query)
    if not answer.starts:
        assert rows == []
        return
    zone = ZoneInfo(asked.time_zone or "UTC")
    borders = steps(answer.starts[0], answer.starts[-1] + 1, answer.step, zone)
    assert borders[:-1] == answer.starts
    assert sum(answer.counts) == len(rows)
    assert answer.counts == by_step(borders, rows)
    if asked.by is None:
        assert (answer.series, answer.others) == ([], [])
        return
    name = "log_sender_ip" if asked.by == "sender" else asked.by
    best = Counter(row.get(name) for row in rows)
    assert len(answer.series) == min(asked.top, len(best))
    for value, counts in answer.series:
        assert counts == by_step(borders, [row for row in rows if row.get(name) == value])
    shown = [sum(counts) for _, counts in answer.series]
    assert shown == sorted(best.values(), reverse=True)[: asked.top]
    assert [sum(column) for column in zip(answer.others, *(counts for _, counts in answer.series), strict=True)] == (
        answer.counts
    )


def by_step(borders: list[int], rows: list[Row]) -> list[int]:
    """How many rows in each step."""
    found = Counter(bisect_right(borders, row["received_at"]) - 1 for row in rows)
    return [found[place] for place in range(len(borders) - 1)]


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_a_histogram_is_what_one_counts(data: st.DataObject) -> None:
    """Over every kind of day, in steps of seconds to weeks, plain, filtered, by a field; DST days are no exception."""
    specs = data.draw(roots())
    with made(specs) as root:
        for _ in range(3):
            asked = Histogram(
                query=data.draw(queries(specs)),
                step=data.draw(st.sampled_from((None, "30s", "1m", "15m", "1h", "3h", "1d", "1w"))),
                time_zone=specs[0].zone,
                by=data.draw(st.none() | st.sampled_from(FIELDS)),
                top=data.draw(st.sampled_from((1, 2, 50))),
            )
            try:
                answer = answer_histogram(root.catalogue, asked, ample())
            except QueryError:
                assert asked.step in {"30s", "1m", "15m"}, "only fine steps are too many for a year"
                continue
            assert_true(root, asked, answer)


def test_a_plain_histogram_reads_no_rows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """By minutes and severity it comes from the rollup alone."""
    heard: list[str] = []
    table = DayFile.table

    def listening(self: DayFile, sql: str, parameters: tuple[int | str | None, ...] = ()) -> object:
        heard.append(sql)
        return table(self, sql, parameters)

    make_root(tmp_path, [DaySpec(ROWS)])
    monkeypatch.setattr(DayFile, "table", listening)
    asked = Histogram(query=Query(), step="1m", by="severity")
    answer = answer_histogram(Catalogue(tmp_path), asked, ample())

    assert answer.counts == [2] * 10
    assert [sql for sql in heard if "FROM entries WHERE" in sql] == []


def test_the_range_has_all_its_steps(tmp_path: Path) -> None:
    """Steps without rows are there, also when no day is concerned."""
    make_root(tmp_path, [DaySpec(ROWS)])
    empty = Histogram(query=Query(since=NOON - 10 * MINUTE_US, until=NOON), step="5m")
    nothing = Histogram(query=Query(engines=("nobody",)))

    assert answer_histogram(Catalogue(tmp_path), empty, ample()).counts == [0, 0]
    assert answer_histogram(Catalogue(tmp_path), nothing, ample()).starts == []


def test_the_zone_is_that_of_the_newest_day(tmp_path: Path) -> None:
    """Steps of a day begin at its midnight, if no zone is asked for."""
    make_root(tmp_path, [DaySpec(ROWS, zone="Europe/Vienna")])
    answer = answer_histogram(Catalogue(tmp_path), Histogram(query=Query(), step="1d"), ample())

    assert answer.starts == [us("2026-11-19T23:00:00")]


def test_too_many_steps_are_an_error(tmp_path: Path) -> None:
    """It says which step would do."""
    make_root(tmp_path, [DaySpec(ROWS)])
    asked = Histogram(query=Query(since=NOON - 86_400_000_000, until=NOON), step="1s")

    with pytest.raises(QueryError, match="take 10s"):
        answer_histogram(Catalogue(tmp_path), asked, ample())


@pytest.mark.parametrize("name", ["Europe/Nowhere", "../etc/passwd", "Europe", "\0"])
def test_a_zone_that_is_none_is_an_error(tmp_path: Path, name: str) -> None:
    """Whatever a stranger calls it."""
    with pytest.raises(QueryError, match="is no time zone"):
        answer_histogram(Catalogue(tmp_path), Histogram(query=Query(), time_zone=name), ample())


@pytest.mark.parametrize("where", [Phrase(text="line"), None])
def test_a_spent_budget_is_told(where: Phrase | None) -> None:
    """What needs no reading is there, the rest is cut."""
    with made([DaySpec(ROWS)]) as root:
        asked = Histogram(query=Query(where=where), step="1m")
        answer = answer_histogram(root.catalogue, asked, Budget.of(0))

    assert sum(answer.counts) == (0 if where else 20)
    assert answer.searched.cut == (Cut.DEADLINE if where else None)


def test_a_damaged_day_is_named_and_the_others_are_shown(tmp_path: Path) -> None:
    """A page of its rows that is no page leaves the others' counts."""
    make_root(tmp_path, [DaySpec(ROWS), DaySpec(ROWS, engine="edge")])
    (tmp_path / "word" / "edge" / "2026-11-20.db").write_bytes(b"nothing of ours" * 10_000)
    asked = Histogram(query=Query(where=SeverityAtLeast(severity=1)), step="1h")
    answer = answer_histogram(Catalogue(tmp_path), asked, ample())

    assert answer.counts == [14]
    assert list(answer.searched.damaged) == ["word.edge.2026-11-20"]
