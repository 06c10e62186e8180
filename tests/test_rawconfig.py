"""Reading a file as JSON: what json alone would let pass, and the order in which problems are told."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syslogger.checks import Finding
from syslogger.errors import ConfigError
from syslogger.rawconfig import problems_in_order, read_json


def refusal(data: bytes) -> str:
    """The one line with which a file is refused."""
    with pytest.raises(ConfigError) as caught:
        read_json(data)
    (problem,) = caught.value.problems
    return str(problem)


@pytest.mark.parametrize(
    ("data", "beginning"),
    [
        (b"", "$: line 1, column 1: Expecting value"),
        (b" \n ", "$: line 2, column 2: Expecting value"),
        (b'{"a": 1\n "b": 2}', "$: line 2, column 2: Expecting ',' delimiter"),
        ('\ufeff{"a" 1}'.encode(), "$: line 1, column 6: Expecting ':' delimiter"),
        (b'{"a": "b\nc"}', "$: line 1, column 9: Invalid control character"),
        (b'{"a": 1} {"b": 2}', "$: line 1, column 10: Extra data"),
        (b'{\n"a": "\xff"}', "$: line 2: the byte 0xff is not UTF-8 here; save the file as UTF-8"),
        ('{"a": 1}'.encode("utf-16"), "$: line 1: the byte 0xff is not UTF-8"),
        (b"[" * 1_000_000, "$: the brackets are nested too deep"),
        (b'{"a":' * 1_000_000, "$: the brackets are nested too deep"),
        (b"[]", "$: the file holds a list; an object"),
        (b"null", "$: the file holds null; an object"),
        (b"NaN", "$: the file holds NaN; an object"),
    ],
)
def test_a_file_without_an_object_is_refused(data: bytes, beginning: str) -> None:
    """What is not a JSON object is refused with its line and column."""
    assert refusal(data).startswith(beginning)


@given(st.binary(max_size=60) | st.text('{}[],:"\\ \n0123456789aeNItrufnl.-+', max_size=60).map(str.encode))
def test_any_bytes_are_an_object_or_a_problem(data: bytes) -> None:
    """Reading never ends in a traceback."""
    try:
        raw, repeated = read_json(data)
    except ConfigError as error:
        raw, repeated = {}, []
        assert len(error.problems) == 1  # noqa: PT017

    assert isinstance(raw, dict)
    assert all(finding.where for finding in repeated)


def test_a_key_that_stands_twice_is_found() -> None:
    """At any depth a repeated key is reported once, at its place, and the last one counts for the other checks."""
    raw, repeated = read_json(b'{"a": 1, "a": [{"b": 1, "b": 2, "b": 3}], "c": {"a": 1}}')

    assert raw == {"a": [{"b": 3}], "c": {"a": 1}}
    assert [finding.where for finding in repeated] == [("a",), ("a", 0, "b")]


def test_numbers_that_python_cannot_hold_are_left_to_their_setting() -> None:
    """A number of thousands of digits, NaN and 1e999 do not stop the reading."""
    raw, _ = read_json(
        b'{"a": ' + b"9" * 5_000 + b', "b": -' + b"9" * 5_000 + b', "c": 1e999, "d": 18446744073709551616}'
    )

    assert raw == {"a": float("inf"), "b": float("-inf"), "c": float("inf"), "d": 1 << 64}


def test_problems_come_in_the_order_of_the_file() -> None:
    """Problems stand where their keys stand; a missing key stands where its object begins."""
    raw, _ = read_json(b'{"b": {"y": 1, "x": [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]}, "a": {}}')
    places = [("a", "missing"), ("b", "x", 10), ("b", "x", 9), ("b", "y"), ("a",), ("b",), ("b", "missing"), ("zzz",)]
    ordered = problems_in_order([Finding(where, "wrong", "right") for where in places], raw)

    assert [problem.path for problem in ordered] == [
        "zzz",
        "b",
        "b.missing",
        "b.y",
        "b.x[9]",
        "b.x[10]",
        "a.missing",
        "a",
    ]
