"""The benchmark's lines: what a result claims about them is true of every one."""

from __future__ import annotations

import json
import re
from itertools import chain
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syslogger.bench.lines import CLASS_NAME, PATTERNS, TRAIN_LINES, Train, marked_line, trains


@pytest.fixture(scope="module")
def load() -> list[Train]:
    return trains()


@pytest.fixture(scope="module")
def lines(load: list[Train]) -> list[bytes]:
    return list(chain.from_iterable(train.lines for train in load))


def test_there_are_enough_lines_and_no_two_are_the_same(lines: list[bytes]) -> None:
    """The issue asks for at least 20,000 different lines."""
    assert len(lines) >= 20_000
    assert len(set(lines)) == len(lines)


def test_every_line_has_the_length_of_the_shape(lines: list[bytes]) -> None:
    """Each line is 235-265 bytes long, and the whole range is used."""
    lengths = set(map(len, lines))

    assert lengths == set(range(235, 266))


def test_every_priority_occurs(lines: list[bytes]) -> None:
    """PRI covers 0-191 and nothing else."""
    priorities = {int(line[1 : line.index(b">")]) for line in lines}

    assert priorities == set(range(192))


@pytest.mark.parametrize("field", PATTERNS)
def test_every_field_is_found_in_every_line(field: str, lines: list[bytes]) -> None:
    """A line in which a pattern found nothing would be cheaper than the lines that the result speaks of."""
    pattern = re.compile(PATTERNS[field])

    assert [line for line in lines if not pattern.search(line.decode())] == []


def test_fields_hold_what_the_shape_says() -> None:
    """The three endpoints are three different parts of the line: source, target, translated source."""
    line = trains(count=1)[0].lines[0].decode()

    found = {name: re.search(pattern, line) for name, pattern in PATTERNS.items()}
    values = {name: match[1] for name, match in found.items() if match}
    assert f"{values['user_ip']}->{values['destination_ip']}, NAT ({values['user_ip']}->{values['nat_ip']})" in line


def test_a_train_has_lines_of_one_length(load: list[Train]) -> None:
    """The kernel cuts a train at one fixed length."""
    for train in load:
        assert {train.line_bytes} == set(map(len, train.lines))
        assert len(train.lines) == TRAIN_LINES
        assert len(train.payload) == TRAIN_LINES * train.line_bytes


def test_the_same_lines_every_time(load: list[Train]) -> None:
    """Two machines send the same bytes."""
    assert trains() == load


@given(count=st.integers(1, 20), lines_each=st.integers(1, 64), seed=st.integers(0, 10))
def test_any_load_has_the_size_that_was_asked_for(count: int, lines_each: int, seed: int) -> None:
    """The number of trains and of lines in each is what the caller says."""
    made = trains(count, lines_each, seed)

    assert [len(train.lines) for train in made] == [lines_each] * count


@given(st.from_regex(r"[A-Za-z0-9]{1,20}", fullmatch=True))
def test_a_probe_can_be_found_by_its_token(token: str) -> None:
    """A marked line has its token in `pppoe` and matches the other fields like any line."""
    line = marked_line(token).decode()

    found = {name: re.search(pattern, line) for name, pattern in PATTERNS.items()}
    assert all(found.values())
    assert found["pppoe"] is not None
    assert found["pppoe"][1] == token


def test_the_patterns_are_those_of_the_shipped_class() -> None:
    """The benchmark measures the class that users get."""
    shipped = json.loads((Path(__file__).parents[2] / "GLOBAL_CONFIG.json").read_text())

    assert shipped["ENGINE_CLASSES"][CLASS_NAME] == PATTERNS
