"""Facets and completion equal a plain Counter over the matching rows, or say that they looked at some only."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syslogger.query.answers import Cut
from syslogger.query.model import Order, Phrase, Prefix, Query
from syslogger.query.questions import Facets, Values
from syslogger.storage import facets as facets_module
from syslogger.storage.catalogue import Catalogue
from syslogger.storage.facets import answer_facets, answer_values
from syslogger.storage.scan import Budget
from tests.storage.made_days import DaySpec, Row, make_root
from tests.storage.made_roots import ample, made, queries, roots
from tests.storage.making import us

NOON = us("2026-11-20T12:00:00")
ROWS: list[dict[str, Any]] = [
    {"received_at": NOON + 30_000_000 * place, "severity": place % 3, "number": str(place % 7)} for place in range(20)
]
FIELDS = ("severity", "client", "log_sender_ip", "number", "extra", "nat_port", "engine", "class", "day", "nowhere")


def best_of(rows: list[Row], name: str) -> list[tuple[Any, int]]:
    """Values and how often: most rows first, then missing, numbers, texts."""
    found = Counter(row.get(name) for row in rows).items()
    return sorted(found, key=lambda each: (-each[1], each[0] is not None, isinstance(each[0], str), each[0]))


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_facets_are_what_one_counts(data: st.DataObject) -> None:
    """Exact over all matching rows, of every field, over every kind of day."""
    specs = data.draw(roots())
    with made(specs) as root:
        for _ in range(2):
            query = data.draw(queries(specs))
            fields = tuple(data.draw(st.lists(st.sampled_from(FIELDS), min_size=1, unique=True)))
            top = data.draw(st.sampled_from((1, 3, 50)))
            answer = answer_facets(root.catalogue, Facets(query=query, fields=fields, top=top), ample())
            rows = root.matching(query)

            assert answer.rows == len(rows)
            assert tuple(facet.field for facet in answer.facets) == fields
            for facet in answer.facets:
                best = best_of(rows, facet.field)
                assert (facet.values, facet.distinct, facet.approximate) == (best[:top], len(best), False)


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_only_the_first_rows_are_looked_at(data: st.DataObject) -> None:
    """With `most_rows` a facet counts just so many matching rows, of each value not more than there are."""
    specs = data.draw(roots())
    with made(specs) as root:
        order = data.draw(st.sampled_from(Order))
        query = data.draw(queries(specs, order=order))
        most = data.draw(st.integers(1, 20))
        answer = answer_facets(root.catalogue, Facets(query=query, fields=("number",), most_rows=most), ample())
        rows = root.matching(query)
        [facet] = answer.facets

        assert answer.rows <= len(rows)
        assert facet.approximate == (answer.searched.cut is Cut.ROWS)
        assert facet.approximate or facet.values == best_of(rows, "number")[:10]
        whole = Counter(row.get("number") for row in rows)
        assert all(rows_seen <= whole[value] for value, rows_seen in facet.values)
        if facet.approximate:
            assert sum(rows_seen for _, rows_seen in facet.values) == answer.rows == most


@pytest.mark.parametrize(("order", "values"), [(Order.NEWEST, ["5", "4"]), (Order.OLDEST, ["0", "1"])])
def test_the_first_rows_are_the_first_of_the_order(order: Order, values: list[str]) -> None:
    """Newest or oldest, in a day of one run."""
    with made([DaySpec(ROWS)]) as root:
        asked = Facets(query=Query(order=order), fields=("number",), most_rows=2)
        [facet] = answer_facets(root.catalogue, asked, ample()).facets

    assert facet.values == [(value, 1) for value in sorted(values)]


def test_engines_take_turns() -> None:
    """Of two engines that store at the same time both are among the newest rows."""
    with made([DaySpec(ROWS), DaySpec(ROWS, engine="edge")]) as root:
        asked = Facets(query=Query(where=Phrase(text="line")), fields=("engine",), most_rows=15)
        [facet] = answer_facets(root.catalogue, asked, ample()).facets

    assert sorted(str(value) for value, _ in facet.values) == ["edge", "main"]


def test_a_spent_budget_is_told() -> None:
    """What the rollups know is exact even then."""
    with made([DaySpec(ROWS)]) as root:
        asked = Facets(query=Query(), fields=("severity", "number"))
        answer = answer_facets(root.catalogue, asked, Budget.of(0))

    assert [facet.approximate for facet in answer.facets] == [False, True]
    assert answer.facets[0].values == [(0, 7), (1, 7), (2, 6)]
    assert (answer.searched.cut, answer.rows) == (Cut.DEADLINE, 0)


def test_a_damaged_day_is_named_and_the_others_are_counted(tmp_path: Path) -> None:
    """Of the fields that are read, and of those the rollups know."""
    make_root(tmp_path, [DaySpec(ROWS), DaySpec(ROWS, engine="edge")])
    (tmp_path / "word" / "edge" / "2026-11-20.db").write_bytes(b"nothing of ours" * 10_000)
    answer = answer_facets(Catalogue(tmp_path), Facets(query=Query(), fields=("severity", "engine")), ample())

    assert [facet.values for facet in answer.facets] == [[(0, 7), (1, 7), (2, 6)], [("main", 20)]]
    assert list(answer.searched.damaged) == ["word.edge.2026-11-20"]
    assert answer.facets[0].approximate, "what the damaged day has is not in it"


# -- completion -------------------------------------------------------------------------------------------------------


@settings(max_examples=20, deadline=None)
@given(st.data())
def test_values_are_what_begins_so(data: st.DataObject) -> None:
    """The most frequent values with this beginning, among the matching rows."""
    specs = data.draw(roots())
    with made(specs) as root:
        query = data.draw(queries(specs))
        name = data.draw(st.sampled_from(("number", "extra", "nat_port", "log_sender_ip")))
        prefix = data.draw(st.sampled_from(("", "a", "ab", "1", "10.")))
        answer = answer_values(root.catalogue, Values(query=query, field=name, prefix=prefix, most=3), ample())
        best = best_of(root.matching(query), name)

        assert (
            answer.values
            == [(value, rows) for value, rows in best if value is not None and str(value).startswith(prefix)][:3]
        )


def values(root: Path, name: str, prefix: str = "", **query: Any) -> list[tuple[int | str, int]]:
    """The values of a field."""
    asked = Values(query=Query(**query), field=name, prefix=prefix)
    return answer_values(Catalogue(root), asked, ample()).values


def test_what_is_known_without_rows_completes_too(tmp_path: Path) -> None:
    """All severities, the clients of the days, and the days themselves, whatever the condition."""
    others = [{"received_at": NOON, "client": name} for name in ("plant", "pool")]
    make_root(tmp_path, [DaySpec(ROWS), DaySpec(others, engine="edge")])
    nobody = Prefix(field="number", value="nothing")

    assert values(tmp_path, "severity") == [(0, 7), (1, 7), (2, 6), (6, 2), (3, 0), (4, 0), (5, 0), (7, 0)]
    assert values(tmp_path, "client", "p") == [("plant", 1), ("pool", 1)]
    assert values(tmp_path, "client", "p", where=nobody) == [("plant", 0), ("pool", 0)]
    assert values(tmp_path, "engine") == [("main", 20), ("edge", 2)]
    assert values(tmp_path, "engine", "e", where=nobody) == [("edge", 2)]
    assert values(tmp_path, "class", "wo") == [("word", 22)]
    assert values(tmp_path, "day", "2026-1") == [("2026-11-20", 22)]


def test_completion_looks_at_some_rows_only(monkeypatch: pytest.MonkeyPatch) -> None:
    """The newest ones, and it says so."""
    monkeypatch.setattr(facets_module, "COMPLETION_ROWS", 3)
    with made([DaySpec(ROWS)]) as root:
        answer = answer_values(root.catalogue, Values(query=Query(), field="number"), ample())

    assert answer.values == [("3", 1), ("4", 1), ("5", 1)]
    assert answer.searched.cut is Cut.ROWS
