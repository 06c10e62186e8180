"""A day with damage in the middle: every answer names it, ends, and has all of the other days."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from syslogger.query.answers import CountAnswer, FacetsAnswer, HistogramAnswer, RowsAnswer, SendersAnswer, ValuesAnswer
from syslogger.query.model import Contains, Prefix, Query
from syslogger.query.questions import Count, Facets, Histogram, Rows, Senders, Values
from syslogger.storage.catalogue import Catalogue
from syslogger.storage.counting import answer_count
from syslogger.storage.day_file import DayFile
from syslogger.storage.facets import answer_facets, answer_values
from syslogger.storage.histogram import answer_histogram
from syslogger.storage.rows import answer_rows
from syslogger.storage.senders_answer import answer_senders
from tests.storage.made_days import DaySpec, make_root
from tests.storage.made_roots import ample
from tests.storage.making import us
from tests.storage.plain import change

NOON = us("2026-11-20T12:00:00")
PAGE_BYTES = 65_536
ROWS: list[dict[str, Any]] = [{"received_at": NOON + place, "number": f"{place:01000}"} for place in range(400)]
WHERE = Contains(field="number", value="0")
BROKEN = "word.broken.2026-11-20"

Answer = RowsAnswer | CountAnswer | HistogramAnswer | FacetsAnswer | ValuesAnswer | SendersAnswer


def overwritten(path: Path) -> None:
    """A page of rows that is no page any more."""
    with DayFile(path) as file:
        root = file.rows("SELECT rootpage FROM sqlite_master WHERE name = 'entries'")[0][0]
        pages = file.rows("PRAGMA page_count")[0][0]
    assert pages > root + 3, "rows of several pages"
    with path.open("r+b") as raw:
        raw.seek((pages - 3) * PAGE_BYTES)
        raw.write(os.urandom(PAGE_BYTES))


def untextual(path: Path) -> None:
    """A field that is no UTF-8."""
    change(path, "UPDATE entries SET number = CAST(x'30ff30' AS TEXT) WHERE id = 200")


@pytest.fixture(params=[overwritten, untextual])
def root(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A good day and a damaged one, without rollups that would answer for it."""
    make_root(tmp_path, [DaySpec(ROWS, engine="broken", state="old"), DaySpec(ROWS, engine="good", state="old")])
    request.param(tmp_path / "word" / "broken" / "2026-11-20.db")
    return tmp_path


def ask(root: Path) -> list[Answer]:
    """Answers that have to read each row."""
    catalogue, query, budget = Catalogue(root), Query(where=WHERE, limit=1_000), ample()
    return [
        answer_rows(catalogue, Rows(query=query), budget),
        answer_histogram(catalogue, Histogram(query=query, by="number", top=50), budget),
        answer_facets(catalogue, Facets(query=query, fields=("number",), top=1_000), budget),
        answer_senders(catalogue, Senders(query=Query(where=Prefix(field="number", value="0"))), budget),
    ]


def test_a_damaged_day_is_named_by_all_who_read_it(root: Path) -> None:
    """And every row of the other one is in the answer."""
    rows, histogram, facets, senders = ask(root)

    assert isinstance(rows, RowsAnswer)
    assert len([row for row in rows.rows if row["engine"] == "good"]) == 400
    assert isinstance(histogram, HistogramAnswer)
    assert sum(histogram.counts) >= 400
    assert isinstance(facets, FacetsAnswer)
    assert {value for value, _ in facets.facets[0].values} >= {row["number"] for row in ROWS}
    assert isinstance(senders, SendersAnswer)
    assert [row.rows for row in senders.senders if row.engine == "word/good"] == [400]


@pytest.mark.parametrize("place", range(3))
def test_the_damage_is_told(root: Path, place: int) -> None:
    """By name, with what to do about it."""
    damaged = ask(root)[place].searched.damaged

    assert list(damaged) == [BROKEN]
    assert "is damaged: keep a copy" in damaged[BROKEN]


def test_a_count_says_at_least(tmp_path: Path) -> None:
    """When a day that must be read cannot be."""
    make_root(tmp_path, [DaySpec(ROWS, engine="broken"), DaySpec(ROWS, engine="good")])
    overwritten(tmp_path / "word" / "broken" / "2026-11-20.db")
    answer = answer_count(Catalogue(tmp_path), Count(query=Query(where=WHERE)), ample())

    assert answer.count >= 400
    assert not answer.exact
    assert list(answer.searched.damaged) == [BROKEN]
    whole = answer_values(Catalogue(tmp_path), Values(query=Query(), field="severity"), ample())
    assert whole.values[0] == (6, 800), "the rollups are not damaged"
