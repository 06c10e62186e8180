"""Trial: the values are those of the engine, and the figures are figures."""

from __future__ import annotations

import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syslogger.bench.lines import PATTERNS, mikrotik_line
from syslogger.config import Field, LogClass
from syslogger.extract import trial
from syslogger.extract.log_class import Extractor
from syslogger.extract.pattern import Road
from syslogger.extract.trial import Trial, try_lines
from tests.batches import MESSAGES, batch_of, priority_of, read, text_of
from tests.support import deadline

LINES = [mikrotik_line(random.Random(number)) for number in range(50)]


def log_class(**patterns: str) -> LogClass:
    """A class of these fields."""
    return LogClass(name="tried", fields=tuple(Field(name=name, pattern=text) for name, text in patterns.items()))


@pytest.fixture
def _busy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Costs are in the time of this process, which others on the machine cannot lengthen."""
    monkeypatch.setattr(trial, "default_timer", time.process_time)


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Measuring that takes next to no time."""
    monkeypatch.setattr(trial, "MEASURED_ROWS", 1)
    monkeypatch.setattr(trial, "ROUNDS", 1)


def test_shipped_class() -> None:
    """Lines that match all fields give every column a value, in class order behind facility and severity."""
    tried = try_lines(log_class(**PATTERNS), LINES)

    assert [(field.name, field.road, field.hits, field.hit_rate) for field in tried.fields] == [
        (name, Road.COLUMN, 50, 1.0) for name in PATTERNS
    ]
    assert all(field.why for field in tried.fields)
    assert (tried.empty, len(tried.rows)) == (0, 50)
    assert list(tried.rows[0]) == [
        *["facility", "severity", "pppoe", "router_identity", "user_ip", "user_port"],
        *["destination_ip", "destination_port", "nat_ip", "nat_port"],
    ]
    assert None not in tried.rows[0].values()


def test_each_field_says_its_road() -> None:
    """A field that goes through `re` says so and why."""
    column, through_re = try_lines(log_class(column="(a)", through_re="(a)(?=b)"), [b"ab"]).fields

    assert (column.road, through_re.road) == (Road.COLUMN, Road.RE)
    assert "looks ahead" in through_re.why


@pytest.mark.usefixtures("quick")
def test_hits_are_values_that_would_be_stored() -> None:
    """Lines without a value are counted among all lines, empty ones too; an `_ip` without an address is no hit."""
    lines = [b"ip=1.2.3.4 n=", b"ip=1.2.3.400 n=7", b"", b"\n"]
    tried = try_lines(log_class(source_ip=r"ip=(\S+)", number=r"n=(\d*)"), lines)

    assert [(field.hits, field.hit_rate) for field in tried.fields] == [(1, 0.25), (2, 0.5)]
    assert tried.empty == 2
    assert [tuple(row.values()) for row in tried.rows] == [
        (None, None, "1.2.3.4", None, ""),
        (None, None, None, None, "7"),
    ]


@settings(max_examples=40)
@given(lines=st.lists(MESSAGES, max_size=8))
def test_values_are_those_of_the_engine(lines: list[bytes]) -> None:
    """For any lines the rows are what the engine's extraction makes of them."""
    patterns = {"user_ip": PATTERNS["user_ip"], "word": r"(\w+)", "behind": r"(?<=-)(.)"}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(trial, "MEASURED_ROWS", 1)
        patch.setattr(trial, "ROUNDS", 1)
        tried = try_lines(log_class(**patterns), lines)
    columns = Extractor(list(patterns.items())).extract(read(batch_of(lines)))
    texts = [text for text in map(text_of, lines) if text]

    assert tried.empty == len(lines) - len(texts)
    assert [(row.pop("facility"), row.pop("severity")) for row in tried.rows] == [priority_of(text) for text in texts]
    assert {name: [row[name] for row in tried.rows] for name in columns} == {
        name: column.to_pylist() for name, column in columns.items()
    }


@pytest.mark.parametrize("lines", [[], [b""], [b"\n", b"\0\0"]], ids=["none", "empty", "only ends"])
def test_nothing_to_try(lines: list[bytes]) -> None:
    """Without a line that is stored there are no hits, no cost and no rows."""
    tried = try_lines(log_class(word=r"(\w+)", user_ip="(.*)"), lines)

    assert [(field.hits, field.hit_rate, field.nanoseconds_per_line) for field in tried.fields] == [(0, 0.0, 0.0)] * 2
    assert (tried.rows, tried.empty) == ([], len(lines))


def test_class_without_fields() -> None:
    """A class that has no fields has facility and severity alone."""
    assert try_lines(log_class(), [b"<13>a"]) == Trial((), [{"facility": 1, "severity": 5}], 0)


@pytest.mark.usefixtures("_busy")
def test_one_line_costs_what_a_line_of_many_costs() -> None:
    """The price of a call is not put on one line: alone it costs no more than ten times what it costs among others."""
    (alone,) = try_lines(log_class(pppoe=PATTERNS["pppoe"]), LINES[:1]).fields
    (among,) = try_lines(log_class(pppoe=PATTERNS["pppoe"]), LINES * 100).fields

    assert 0 < alone.nanoseconds_per_line < 10 * among.nanoseconds_per_line


@pytest.mark.usefixtures("_busy")
def test_a_dear_field_costs_more_than_a_cheap_one() -> None:
    """The figures tell fields apart that differ a hundredfold."""
    cheap, dear = try_lines(log_class(cheap="^(x)", dear=r"(.{1,20}Q)(?=b)"), [b"x" * 500] * 50).fields

    assert cheap.nanoseconds_per_line * 10 < dear.nanoseconds_per_line


def test_measuring_ends() -> None:
    """A pattern that takes milliseconds for a line is measured on fewer lines than a batch has."""
    with deadline(40):
        (field,) = try_lines(log_class(slow=r"((?:a+)+)(?=c)"), [b"a" * 17] * 20).fields

    assert field.nanoseconds_per_line > 1e6


def test_long_lines_are_measured_on_fewer_rows() -> None:
    """Lines as long as a datagram can be are tried in little time and memory."""
    with deadline(60):
        tried = try_lines(log_class(end=r"(.)$"), [b"x" * 65_535, b"\xff" * 65_535])

    assert [row["end"] for row in tried.rows] == ["x", "f"]
