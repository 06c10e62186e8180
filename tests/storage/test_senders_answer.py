"""Sender statistics equal a plain sum over the rows, and say where more may be hidden among the others."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from syslogger.query.answers import Cut, SenderRow, SendersAnswer
from syslogger.query.model import Equals, Phrase, Query
from syslogger.query.questions import Senders
from syslogger.storage.catalogue import Catalogue
from syslogger.storage.day import MINUTE_US
from syslogger.storage.scan import Budget
from syslogger.storage.senders_answer import answer_senders
from tests.storage.made_days import DaySpec, Row, Settled, make_root
from tests.storage.made_roots import ample, made, queries, roots
from tests.storage.making import us

NOON = us("2026-11-20T12:00:00")
ROWS: list[dict[str, Any]] = [
    {"received_at": NOON + 30_000_000 * place, "log_sender_ip": f"10.0.0.{place % 3}", "bytes": 100}
    for place in range(20)
]
LOST = [
    Settled(NOON // MINUTE_US, sender="192.0.2.1", refused=5),
    Settled(NOON // MINUTE_US + 1, "office", "10.0.0.1", dropped=2),
    Settled(NOON // MINUTE_US + 99, sender="192.0.2.1", refused=7),
]


def by_sender(rows: list[Row]) -> Counter[tuple[str, str, str]]:
    """How many rows each client and sender of an engine has."""
    return Counter((f"{row['class']}/{row['engine']}", row["client"], row["log_sender_ip"]) for row in rows)


def who(row: SenderRow) -> tuple[str, str, str]:
    """Engine, client, sender."""
    return row.engine, row.client, row.sender


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_senders_are_what_one_counts(data: st.DataObject) -> None:
    """No row is lost, complete ones are exact, and of the others there are not more than that."""
    specs = data.draw(roots())
    with made(specs) as root:
        for _ in range(2):
            query = data.draw(queries(specs))
            answer = answer_senders(root.catalogue, Senders(query=query), ample())
            truth = by_sender(root.matching(query))
            found = {who(row): row for row in answer.senders}

            assert sum(row.rows for row in (*answer.senders, *answer.others)) == truth.total()
            for each, row in found.items():
                assert row.rows <= truth[each]
                assert not row.complete or row.rows == truth[each]
            hidden = {each[0] for each in truth if each not in found}
            assert hidden <= {row.engine for row in answer.others}
            assert answer.senders == sorted(answer.senders, key=lambda row: -row.rows)


@settings(max_examples=15, deadline=None)
@given(st.data())
def test_everything_adds_up(data: st.DataObject) -> None:
    """Over all minutes: bytes as received, and what was refused and dropped, of days with rollups."""
    specs = [spec for spec in data.draw(roots()) if spec.state != "old"]
    with made(specs) as root:
        answer = answer_senders(root.catalogue, Senders(query=Query(), most=data.draw(st.integers(1, 5))), ample())
        everybody = (*answer.senders, *answer.others)
        lost = [each for spec in specs for each in spec.settled]

        assert sum(row.bytes for row in everybody) == sum(row["bytes"] for row in root.rows)
        assert sum(row.refused for row in everybody) == sum(each.refused for each in lost)
        assert sum(row.dropped for row in everybody) == sum(each.dropped for each in lost)
        assert sum(row.received for row in everybody) == len(root.rows) + sum(
            each.refused + each.dropped for each in lost
        )


def asked(root: Path, most: int = 100, **query: Any) -> SendersAnswer:
    """The senders of a root."""
    return answer_senders(Catalogue(root), Senders(query=Query(**query), most=most), ample())


def test_a_day_is_told_by_its_rollup(tmp_path: Path) -> None:
    """Bytes of the datagrams, refused and dropped by their minute, the busiest first, the rest by engine."""
    make_root(tmp_path, [DaySpec(ROWS, settled=LOST)])
    answer = asked(tmp_path, most=2, until=NOON + 10 * MINUTE_US)

    assert [(row.client, row.sender, row.rows, row.bytes, row.received, row.dropped) for row in answer.senders] == [
        ("office", "10.0.0.1", 7, 700, 9, 2),
        ("office", "10.0.0.0", 7, 700, 7, 0),
    ]
    [rest] = answer.others
    assert (rest.engine, rest.client, rest.sender, rest.rows, rest.refused) == ("word/main", "", "", 6, 5)


def test_who_was_only_refused_is_shown(tmp_path: Path) -> None:
    """A day without a row counts as well."""
    make_root(tmp_path, [DaySpec(settled=LOST)])
    answer = asked(tmp_path, since=NOON + 1, until=NOON + 100 * MINUTE_US)

    assert [(row.sender, row.rows, row.refused, row.dropped) for row in answer.senders] == [
        ("192.0.2.1", 0, 7, 0),
        ("10.0.0.1", 0, 0, 2),
    ]


def test_folded_senders_are_the_others(tmp_path: Path) -> None:
    """Who keeps a name is complete; a name that comes back another day is not; one that is asked for is counted."""
    later = [{**row, "received_at": row["received_at"] + 86_400_000_000} for row in ROWS[:2]]
    folded = DaySpec(ROWS, state="sealed", kept=1)
    make_root(tmp_path, [folded, DaySpec(later, day=folded.day.replace(day=21))])
    answer = asked(tmp_path)

    assert [(row.sender, row.rows, row.complete) for row in answer.senders] == [
        ("10.0.0.0", 8, True),
        ("10.0.0.1", 1, False),
    ]
    assert [row.rows for row in answer.others] == [13]
    assert [(row.sender, row.rows, row.complete) for row in asked(tmp_path, where=SECOND).senders] == [
        ("10.0.0.1", 8, True)
    ]


def test_a_fold_that_is_under_way(tmp_path: Path) -> None:
    """Who has lost the name is one of the others, although its minutes are still apart."""
    make_root(tmp_path, [DaySpec(ROWS, state="folding", kept=1, settled=LOST)])
    answer = asked(tmp_path)

    assert [(row.sender, row.rows, row.dropped, row.complete) for row in answer.senders] == [("10.0.0.1", 7, 2, True)]
    assert [(row.sender, row.rows, row.refused, row.dropped) for row in answer.others] == [("", 13, 12, 0)]


SECOND = Equals(field="sender", value="10.0.0.1")


def test_bytes_are_those_of_the_lines_where_nobody_counted(tmp_path: Path) -> None:
    """In a day without rollups, and for a condition on the line; a row without a line has none."""
    rows = [*ROWS, {"received_at": NOON + 601_000_000, "log_sender_ip": "10.0.0.9", "original_log": None}]
    make_root(tmp_path, [DaySpec(rows, state="old")])
    line = len("a line")

    assert [row.bytes for row in asked(tmp_path).senders] == [7 * line, 7 * line, 6 * line, 0]
    assert [row.bytes for row in asked(tmp_path, where=Phrase(text="line")).senders] == [7 * line, 7 * line, 6 * line]


def test_a_spent_budget_is_told() -> None:
    """Of what must be read nothing is there."""
    with made([DaySpec(ROWS, state="old"), DaySpec(ROWS, engine="edge")]) as root:
        answer = answer_senders(root.catalogue, Senders(query=Query()), Budget.of(0))

    assert {row.engine for row in answer.senders} == {"word/edge"}
    assert answer.searched.cut is Cut.DEADLINE
