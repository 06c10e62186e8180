"""Conditions through a real file: what a filter finds is what the plainest reading of the condition finds."""

from __future__ import annotations

import ipaddress
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syslogger.query import model
from syslogger.query.conditions import compile_condition
from tests.query.entries import Entries, entries
from tests.query.naive import holds
from tests.query.strategies import COLUMNS, CONSTANTS, LEAVES, Rows, conditions, rows

ROW: dict[str, str | int | None] = {**dict.fromkeys(COLUMNS), "id": 1, "received_at": 1, "original_log": "a line"}


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Entries]:
    with entries(tmp_path_factory.mktemp("day")) as opened:
        yield opened


def meant(condition: model.Condition, made: Rows) -> list[int]:
    return [place for place, row in enumerate(made, 1) if holds(condition, {**row, **CONSTANTS})]


@given(made=rows(), asked=st.lists(conditions(), min_size=1, max_size=8))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_a_filter_finds_what_is_meant(day: Entries, made: Rows, asked: list[model.Condition]) -> None:
    """SQL and mask together find exactly the rows for which the condition holds, and its negation all others."""
    day.hold(made)

    for condition in asked:
        matching = meant(condition, made)
        assert day.found(condition) == matching
        assert day.found(model.Not(condition=condition)) == [
            id_ for id_ in range(1, len(made) + 1) if id_ not in matching
        ]


@given(made=rows(), asked=st.lists(LEAVES, min_size=1, max_size=12))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_the_sql_never_excludes_a_match(day: Entries, made: Rows, asked: list[model.Condition]) -> None:
    """The SQL alone finds every matching row, and only those where it says to be exact."""
    day.hold(made)

    for condition in asked:
        wanted = compile_condition(condition, COLUMNS, CONSTANTS)
        candidates, matching = day.candidates(wanted)["id"].to_pylist(), meant(condition, made)
        assert set(candidates) >= set(matching)
        assert candidates == matching or not wanted.exact
        assert not (wanted.never and matching)
        assert not wanted.always or len(matching) == len(made)


def leaf(asked: dict[str, object]) -> model.Condition:
    where = model.Query.model_validate({"where": asked}).where
    assert where is not None
    return where


@pytest.mark.parametrize(
    "asked",
    [
        {"op": "equals", "field": "word", "value": "a"},
        {"op": "one_of", "field": "user_port", "values": [5, "514", "05"]},
        {"op": "prefix", "field": "user_port", "value": "5"},
        {"op": "contains", "field": "original_log", "value": "*"},
        {"op": "contains", "field": "original_log", "value": "fail"},
        {"op": "missing", "field": "word"},
        {"op": "between", "field": "user_port", "least": 5},
        {"op": "severity_at_least", "severity": 3},
        {"op": "in_network", "field": "place", "network": "10.4.0.0/14"},
        {"op": "in_network", "field": "user_ip", "network": "0.0.0.0/0"},
        {"op": "phrase", "text": " -> "},
    ],
)
def test_what_sql_can_say_it_says_alone(asked: dict[str, object]) -> None:
    """These need no mask, so a limit may stand in the statement."""
    assert compile_condition(leaf(asked), COLUMNS, CONSTANTS).exact
    assert compile_condition(model.Not(condition=leaf(asked)), COLUMNS, CONSTANTS).exact


@pytest.mark.parametrize("prefix", ["\ud7ff", "a\ud7ff", "\U0010ffff", "a\U0010ffff", "\x7f", "\uffff", "é", "", "\0"])
def test_a_prefix_ends_at_the_borders_of_unicode(day: Entries, prefix: str) -> None:
    """A prefix finds what begins so, and nothing of what comes right before or behind it by code points."""
    ends = ["", "a", "\0", "\x80", "\ud7ff", "\ue000", "\U0010ffff", "\U0010ffff\U0010ffff"]
    near = ["b", "a", "\ue000", "a\ue000", "\uffff", "\U00010000", "è", "ê", "\ud7fe", *(prefix + end for end in ends)]
    made: Rows = [{**ROW, "id": place, "word": text} for place, text in enumerate(near, 1)]
    day.hold(made)

    asked = model.Prefix(field="word", value=prefix)

    assert day.found(asked) == meant(asked, made)


@given(
    length=st.integers(0, 32),
    parts=st.tuples(*[st.sampled_from((0, 1, 9, 10, 99, 100, 127, 128, 199, 200, 249, 250, 255))] * 4),
    flips=st.lists(st.integers(0, 31), min_size=8, max_size=8),
)
@settings(max_examples=100, deadline=None)
def test_every_network_has_its_addresses(day: Entries, length: int, parts: tuple[int, ...], flips: list[int]) -> None:
    """Of addresses that differ in one bit, a network of any length has those that `ipaddress` says."""
    base = int.from_bytes(bytes(parts), "big")
    network = str(ipaddress.ip_network((base, length), strict=False))
    near = [str(ipaddress.ip_address(base ^ 1 << bit)) for bit in flips]
    made: Rows = [{**ROW, "id": place, "place": text, "user_ip": text} for place, text in enumerate(near, 1)]
    day.hold(made)

    for field in ("place", "user_ip"):
        asked = model.InNetwork(field=field, network=network)
        assert day.found(asked) == meant(asked, made)


def test_what_is_known_of_a_day_is_not_asked_of_its_rows() -> None:
    """Fields that a day does not have and what is the same for all its rows are decided before any row is read."""
    nowhere = model.Equals(field="nowhere", value="a")
    of_class = model.Equals(field="class", value="routers")
    word = model.Phrase(text="word")

    assert compile_condition(model.And(conditions=(word, nowhere)), COLUMNS, CONSTANTS).never
    assert compile_condition(model.Or(conditions=(word, of_class)), COLUMNS, CONSTANTS).always
    assert compile_condition(model.Not(condition=nowhere), COLUMNS, CONSTANTS).always
    assert compile_condition(None, COLUMNS, CONSTANTS).always
    left = compile_condition(model.And(conditions=(of_class, word)), COLUMNS, CONSTANTS)
    assert left.sql == compile_condition(word, COLUMNS, CONSTANTS).sql


def test_what_the_sql_has_made_sure_of_is_not_delivered() -> None:
    """Of conditions that must all hold, the exact ones cost the mask nothing."""
    exact = model.Equals(field="word", value="a")
    word = model.Phrase(text="login")

    both = compile_condition(model.And(conditions=(word, exact)), COLUMNS, CONSTANTS)
    either = compile_condition(model.Or(conditions=(word, exact)), COLUMNS, CONSTANTS)

    assert (both.computed, both.columns) == ((), ("original_log",))
    assert [parameters for _, _, parameters in either.computed] == [("a",)]


@pytest.mark.parametrize(
    ("asked", "field", "values", "found"),
    [
        (model.Contains(field="original_log", value="fail"), "original_log", ["a\0fail", "fai\0l", "FAIL"], [1]),
        (model.Phrase(text="wont"), "original_log", ["a\0wont", "won\0t", "\0WONT"], [1, 3]),
        (model.Phrase(text="a_b"), "original_log", ["a_b", "a b", "aXb", "A_B"], [1, 4]),
        (model.Phrase(text="50%"), "original_log", ["50%", "50", "150%", "50% 1"], [1, 4]),
        (model.Regex(pattern="fail"), "original_log", ["a\0fail", "FAIL"], [1]),
        (model.Regex(pattern="(?i)fail"), "original_log", ["FaiL", "fa\u0131l", "é Fail", "fai"], [1, 2, 3]),
        (model.Regex(pattern="(?i)ask?f"), "original_log", ["ASKF", "a\u017f\u212af", "asf"], [1, 2, 3]),
        (model.Equals(field="user_port", value="05"), "user_port", [5, 0], []),
        (model.Equals(field="user_port", value="-0"), "user_port", [5, 0], []),
        (model.OneOf(field="user_port", values=("5", "+7", 0, "9" * 30)), "user_port", [5, 7, 0], [1, 3]),
        (model.OneOf(field="word", values=("a\0", 5, "\ud7ff")), "word", ["a\0", "a", "5", "\ud7ff", None], [1, 3, 4]),
        (model.Prefix(field="user_port", value="51"), "user_port", [514, 51, 5, 15, None], [1, 2]),
        (model.Contains(field="word", value="a*b"), "word", ["xa*bx", "axb", "a*B"], [1]),
        (
            model.InNetwork(field="user_ip", network="0.0.0.0/0"),
            "user_ip",
            ["1.2.3.4", "1::", "::1.2.3.4", "01.2.3.4", "1.02.3.4", None],
            [1],
        ),
        (model.InNetwork(field="user_ip", network="0.0.0.0/1"), "user_ip", ["127.0.0.1", "128.0.0.1", "1::"], [1]),
        (
            model.InNetwork(field="place", network="10.4.0.0/14"),
            "place",
            ["10.3.255.255", "10.4.0.0", "10.7.255.255", "10.8.0.0", "10.5.0.0\0", "10.5.0.256", "10.5.0"],
            [2, 3],
        ),
        (model.InNetwork(field="place", network="10.4.0.4/31"), "place", ["10.4.0.4", "10.4.0.5", "10.4.0.6"], [1, 2]),
        (
            model.Between(field="number_text", least=-5, greatest=5),
            "number_text",
            ["+5", "-05", "5 ", "5a", "6", "", "5\0", "-6"],
            [1, 2],
        ),
    ],
)
def test_what_is_easily_misread(
    day: Entries, asked: model.Condition, field: str, values: list[str | int | None], found: list[int]
) -> None:
    """Borders, NULs, signs, wildcards and leading zeros are taken as the model has them, negated ones as well."""
    made: Rows = [{**ROW, "id": place, field: value} for place, value in enumerate(values, 1)]
    day.hold(made)

    assert meant(asked, made) == found
    assert day.found(asked) == found
    assert day.found(model.Not(condition=asked)) == [place for place in range(1, len(made) + 1) if place not in found]


def test_values_never_stand_in_the_sql(day: Entries) -> None:
    """A value full of SQL is a value, and a column whose name is full of quotes is a column."""
    text = "') OR 1=1 --\"'"
    day.hold([{**ROW, "word": text}, {**ROW, "id": 2, "word": "a"}])
    nasty = 'a"b'

    assert day.found(model.Equals(field="word", value=text)) == [1]
    assert text not in compile_condition(model.Contains(field="word", value=text), COLUMNS, CONSTANTS).sql
    named = model.Missing.model_construct(field=nasty)
    assert compile_condition(named, {nasty: "TEXT"}, {}).sql == '("a""b" IS NULL)'


def test_bytes_that_are_no_text_are_told(tmp_path: Path) -> None:
    """A damaged line is an error for whoever asks about lines, not for who asks about another field."""
    with entries(tmp_path) as day:
        day.hold([ROW])
        day.run("UPDATE entries SET original_log = CAST(x'C3FF41' AS TEXT)")

        with pytest.raises(UnicodeDecodeError):
            day.found(model.Regex(pattern="[a-z]"))
        assert day.found(model.Missing(field="word")) == [1]


def test_letters_beyond_ascii_that_fold_into_it(day: Entries) -> None:
    """A word in ASCII finds each spelling that casefold takes for it, whichever letter it is written with."""
    letters = [chr(code) for code in range(128, sys.maxunicode + 1) if chr(code).casefold().isascii()]
    made: Rows = [{**ROW, "id": place, "original_log": f"x {letter} y"} for place, letter in enumerate(letters, 1)]
    day.hold(made)

    assert len(letters) > 8
    for word in {letter.casefold() for letter in letters}:
        asked = model.Phrase(text=word)
        assert day.found(asked) == meant(asked, made) != []


MOST_VALUES = tuple(f"value {place}" for place in range(model.MOST_VALUES))
BIG_LEAVES = (
    model.OneOf(field="word", values=MOST_VALUES),
    model.InNetwork(field="place", network="10.128.0.0/9"),
    model.InNetwork(field="user_ip", network="0.0.0.0/1"),
    model.Contains(field="original_log", value="x" * 100),
    model.Phrase(text="login"),
    model.Between(field="number_text", least=1, greatest=2),
)


@pytest.mark.parametrize("big", BIG_LEAVES, ids=lambda big: f"{big.op} {getattr(big, 'field', '')}")
@pytest.mark.parametrize("operator", [model.And, model.Or])
def test_a_query_at_the_limits_runs(day: Entries, big: model.Condition, operator: type[model.And | model.Or]) -> None:
    """As many conditions, as deep and as long as the model lets through stay within what SQLite takes."""
    found: dict[str, str | int | None] = {
        "id": 2,
        "original_log": "login " + "x" * 200,
        "place": "10.200.0.1",
        "user_ip": "1.2.3.4",
        "word": "value 7",
    }
    made: Rows = [ROW, {**ROW, **found, "number_text": "2"}]
    day.hold(made)
    inexact, wraps = model.Phrase(text="a line"), model.MOST_DEPTH - 2
    asked: model.Condition = operator(
        conditions=(*[big] * (model.MOST_CONDITIONS - 2 - 3 * wraps // 2), inexact),
    )
    for wrap in range(wraps):
        asked = model.Not(condition=asked) if wrap % 2 else operator(conditions=(asked, inexact))

    model.Query(where=asked)
    assert len(list(model.walk(asked))) == model.MOST_CONDITIONS
    assert day.found(asked) == meant(asked, made)
