"""Pages, one row and its surroundings equal the sorted list of matching rows, whatever happens between two pages."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syslogger.errors import StoreError, SysloggerError
from syslogger.query.answers import Cut, RowsAnswer
from syslogger.query.cursor import CursorError
from syslogger.query.model import Equals, Order, Phrase, Query
from syslogger.query.questions import Context, Rows
from syslogger.query.questions import Row as OneRow
from syslogger.storage.catalogue import Catalogue
from syslogger.storage.rows import answer_context, answer_row, answer_rows
from syslogger.storage.scan import Budget
from tests.storage.made_days import DaySpec, Row, make_root
from tests.storage.made_roots import Made, ample, made, queries, roots
from tests.storage.making import DAY, entries, partition, us

NOON = us("2026-11-20T12:00:00")
ROWS: list[dict[str, Any]] = [
    {"received_at": NOON + place, "number": str(place), "log_sender_ip": f"10.0.0.{place % 2}"} for place in range(20)
]


def pages(catalogue: Catalogue, query: Query, between: Callable[[int], None] = lambda _: None) -> list[RowsAnswer]:
    """All pages of a query; `between` is called with the number of each that was given."""
    found = [answer_rows(catalogue, Rows(query=query), ample())]
    while found[-1].after is not None:
        between(len(found))
        found.append(answer_rows(catalogue, Rows(query=query, after=found[-1].after), ample()))
        assert len(found) < 500, "it goes on and on"
    return found


def ids(answers: list[RowsAnswer]) -> list[str]:
    """The ids of all rows of some pages."""
    return [row["id"] for answer in answers for row in answer.rows]


def expected(root: Made, query: Query) -> list[str]:
    """The ids of the matching rows in the order of the query."""
    found = [row["id"] for row in root.matching(query)]
    return found if query.order is Order.OLDEST else found[::-1]


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_pages_are_the_sorted_rows(data: st.DataObject) -> None:
    """Of every size, in both orders, over every kind of day: each row once, in its place, with all it has."""
    specs = data.draw(roots())
    with made(specs) as root:
        truth = {row["id"]: row for row in root.rows}
        for _ in range(2):
            order, limit = data.draw(st.sampled_from(Order)), data.draw(st.sampled_from((1, 2, 7, 1_000)))
            query = data.draw(queries(specs, order=order, limit=limit))
            answers = pages(root.catalogue, query)

            assert ids(answers) == expected(root, query)
            assert all(len(answer.rows) == limit for answer in answers[:-1])
            for answer in answers:
                assert all(is_whole(row, truth[row["id"]]) for row in answer.rows)


def is_whole(row: dict[str, Any], truth: Row) -> bool:
    """Whether a row has what was stored, and nothing else."""
    names = (row.keys() | truth.keys()) - {"bytes", "key", "time"}
    when = datetime.fromisoformat(row["time"])
    return all(row.get(name) == truth.get(name) for name in names) and (
        (when - datetime.fromtimestamp(0, ZoneInfo("UTC"))) // timedelta(microseconds=1) == row["received_at"]
    )


def test_rows_that_arrive_meanwhile_change_no_page(tmp_path: Path) -> None:
    """Pages are of one moment: rows and days that come after the first one are left out, older stamps or not."""
    make_root(tmp_path, [DaySpec(ROWS)])
    before = make_root(tmp_path, [DaySpec(ROWS, engine="edge", state="sealed")])
    query = Query(limit=7)

    def arrive(number: int) -> None:
        path = tmp_path / "word" / "main" / f"{DAY}.db"
        with partition(path) as opened:
            opened.database.ingest("entries", entries([NOON + 100 + number, NOON + 3]))
            [(last,)] = opened.database.rows("SELECT max(id) FROM entries")
            opened.database.execute("INSERT INTO runs VALUES (?), (?)", (last, last - 1) if number > 1 else (last, 999))
            opened.advance(1, 0, number + 1, NOON + 3, NOON + 100 + number)
            opened.database.commit()
        if number == 1:
            make_root(tmp_path, [DaySpec(ROWS, day=DAY.replace(day=21)), DaySpec(ROWS, engine="new")])

    answers = pages(Catalogue(tmp_path), query, arrive)
    main = [f"word.main.{DAY}.{row_id}" for row_id in range(1, 21)]

    assert sorted(ids(answers)) == sorted([*main, *(row["id"] for row in before)])
    assert [row["received_at"] for answer in answers for row in answer.rows] == sorted(
        [row["received_at"] for row in ROWS] * 2, reverse=True
    )


def test_a_day_deleted_meanwhile_is_left_out(tmp_path: Path) -> None:
    """What is there is given in its order."""
    make_root(tmp_path, [DaySpec(ROWS), DaySpec(ROWS, engine="edge")])

    def delete(_: int) -> None:
        (tmp_path / "word" / "edge" / f"{DAY}.db").unlink(missing_ok=True)

    found = ids(pages(Catalogue(tmp_path), Query(limit=10), delete))

    assert [name for name in found if ".main." in name] == [f"word.main.{DAY}.{row_id}" for row_id in range(20, 0, -1)]
    assert len(found) == 25


def test_a_foreign_cursor_is_refused(tmp_path: Path) -> None:
    """One of another query, and a word that is none; another limit is the same query."""
    make_root(tmp_path, [DaySpec(ROWS)])
    catalogue, query = Catalogue(tmp_path), Query(limit=5)
    after = answer_rows(catalogue, Rows(query=query), ample()).after
    assert after is not None

    for question in (Query(order=Order.OLDEST), Query(where=Phrase(text="a")), Query(engines=("main",))):
        with pytest.raises(CursorError, match="another query"):
            answer_rows(catalogue, Rows(query=question, after=after), ample())
    for word in ("", "nothing", after[:-4], after + "AAAA"):
        with pytest.raises(CursorError, match="no cursor"):
            answer_rows(catalogue, Rows(query=query, after=word), ample())
    assert len(answer_rows(catalogue, Rows(query=Query(limit=100), after=after), ample()).rows) == 15


@pytest.mark.parametrize("order", Order)
def test_a_spent_budget_gives_a_cursor_that_goes_on(order: Order) -> None:
    """Nothing is lost and nothing comes twice."""
    with made([DaySpec(ROWS), DaySpec(ROWS, engine="edge", state="sealed")]) as root:
        query = Query(order=order, limit=1_000, where=Phrase(text="line"))
        first = answer_rows(root.catalogue, Rows(query=query), Budget.of(0))
        rest = answer_rows(root.catalogue, Rows(query=query, after=first.after), ample())

        assert (first.rows, first.searched.cut) == ([], Cut.DEADLINE)
        assert ids([rest]) == expected(root, query)


def test_columns_are_those_that_are_asked_for(tmp_path: Path) -> None:
    """And what every row has; one that a day does not have is missing."""
    make_root(tmp_path, [DaySpec(ROWS[:1])])
    [row] = answer_rows(Catalogue(tmp_path), Rows(query=Query(columns=("number", "nowhere"))), ample()).rows

    assert row == {
        "id": f"word.main.{DAY}.1",
        "received_at": NOON,
        "time": "2026-11-20T12:00:00.000000+00:00",
        "class": "word",
        "engine": "main",
        "day": "2026-11-20",
        "number": "0",
        "nowhere": None,
    }


def test_a_damaged_day_is_named_and_the_others_are_given(tmp_path: Path) -> None:
    """In their order."""
    make_root(tmp_path, [DaySpec(ROWS), DaySpec(ROWS, engine="edge")])
    (tmp_path / "word" / "edge" / f"{DAY}.db").write_bytes(b"nothing of ours" * 10_000)
    answer = answer_rows(Catalogue(tmp_path), Rows(query=Query()), ample())

    assert ids([answer]) == [f"word.main.{DAY}.{row_id}" for row_id in range(20, 0, -1)]
    assert list(answer.searched.damaged) == [f"word.edge.{DAY}"]


# -- one row ----------------------------------------------------------------------------------------------------------


def test_a_row_is_found_by_its_id(tmp_path: Path) -> None:
    """As a page shows it; None for one that is not there. The answer says whether there is such a day."""
    make_root(tmp_path, [DaySpec(ROWS)])
    catalogue = Catalogue(tmp_path)
    for row in answer_rows(catalogue, Rows(query=Query()), ample()).rows:
        assert answer_row(catalogue, OneRow(id=row["id"])).row == row

    looked = {f"word.main.{DAY}.21": 1, f"word.main.{DAY}.0": 1, "word.main.2026-11-21.1": 0, f"word.edge.{DAY}.1": 0}
    for name, days in looked.items():
        answer = answer_row(catalogue, OneRow(id=name))
        assert answer.row is None
        assert (answer.searched.partitions, answer.searched.searched) == (days, days)


@pytest.mark.parametrize("name", ["", "1", "word.main.2026-11-20", "word.main.2026-02-30.1", "../x.main.2026-11-20.1"])
def test_what_is_no_id_is_refused(tmp_path: Path, name: str) -> None:
    """It never becomes a path."""
    with pytest.raises(SysloggerError, match="a row's id is"):
        answer_row(Catalogue(tmp_path), OneRow(id=name))


def test_a_row_of_a_damaged_day_is_an_error(tmp_path: Path) -> None:
    """That names the file."""
    make_root(tmp_path, [DaySpec(ROWS)])
    path = tmp_path / "word" / "main" / f"{DAY}.db"
    path.write_bytes(b"nothing of ours" * 10_000)

    with pytest.raises(StoreError, match=str(path)):
        answer_row(Catalogue(tmp_path), OneRow(id=f"word.main.{DAY}.1"))


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_context_is_what_stands_around(data: st.DataObject) -> None:
    """So many rows of the engine before and after, over days, of the same sender if asked."""
    specs = data.draw(roots())
    with made(specs) as root:
        if not root.rows:
            return
        row = data.draw(st.sampled_from(root.rows))
        before, after, same = data.draw(st.tuples(st.integers(0, 9), st.integers(0, 9), st.booleans()))
        question = Context(id=row["id"], before=before, after=after, same_sender=same)
        answer = answer_context(root.catalogue, question, ample())
        where = Equals(field="log_sender_ip", value=row["log_sender_ip"]) if same else None
        around = [
            each["id"] for each in root.matching(Query(engines=(f"{row['class']}/{row['engine']}",), where=where))
        ]
        place = around.index(row["id"])

        assert answer.row is not None
        assert answer.row["id"] == row["id"]
        assert [each["id"] for each in answer.before] == around[max(0, place - before) : place]
        assert [each["id"] for each in answer.after] == around[place + 1 : place + 1 + after]


def test_a_row_that_is_gone_has_no_context(tmp_path: Path) -> None:
    """Nothing is around it."""
    make_root(tmp_path, [DaySpec(ROWS)])
    answer = answer_context(Catalogue(tmp_path), Context(id=f"word.main.{DAY}.21"), ample())

    assert (answer.before, answer.row, answer.after) == ([], None, [])


def test_context_says_how_far_it_looked(tmp_path: Path) -> None:
    """A neighbouring day that cannot be read is named, and one that the time cut says so."""
    make_root(tmp_path, [DaySpec(ROWS)])
    (tmp_path / "word" / "main" / "2026-11-19.db").write_bytes(b"x" * 4096)
    question = Context(id=f"word.main.{DAY}.5", before=10)
    whole = answer_context(Catalogue(tmp_path), question, ample())
    cut = answer_context(Catalogue(tmp_path), question, Budget.of(0))

    assert ([row["id"][-1] for row in whole.before], list(whole.searched.damaged)) == (
        ["1", "2", "3", "4"],
        ["word.main.2026-11-19"],
    )
    assert (whole.searched.cut, whole.searched.searched, whole.searched.partitions) == (None, 1, 2)
    assert (cut.before, cut.after, cut.searched.cut) == ([], [], Cut.DEADLINE)


def test_a_row_of_a_copied_day_is_an_error(tmp_path: Path) -> None:
    """Its id is the original's: the error says where the day belongs."""
    make_root(tmp_path, [DaySpec(ROWS)])
    shutil.copytree(tmp_path / "word" / "main", tmp_path / "word" / "saved")

    with pytest.raises(StoreError, match=f"is the day word/main/{DAY}, copied or renamed"):
        answer_row(Catalogue(tmp_path), OneRow(id=f"word.saved.{DAY}.1"))
