"""A class over a batch: on both roads, and mixed, every value is what `re.search` finds in the text.

The reference is Python's `re`, one message at a time. Besides ours there are collected expressions and log lines where
they are at hand (a folder beside the repository).
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pyarrow as pa
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from syslogger.batch import Batch
from syslogger.extract.log_class import COLUMN_ROAD, RE_ROAD, Extractor
from syslogger.extract.pattern import Pattern, Road, probe
from syslogger.extract.text import Texts
from tests.batches import BATCHES, MESSAGES, batch_of, endpoint_of, messages_of, read, stored, text_of, value_of
from tests.extract.test_pattern import (
    COLLECTED,
    EXPRESSIONS,
    LINE,
    SHIPPED,
    cases_of,
    compile_any,
    compile_made,
    expressions,
    jsonl,
    searched,
)

OURS = Path(__file__).parents[1] / "corpus" / "extract"

# What the two roads could see differently: line ends, empty values, digits and words beyond ASCII, the end of the text.
COLUMN_PATTERNS = {
    **SHIPPED,
    "digits": r"(\d+)",
    "word": r"\b(\w+)\b",
    "line": r"(?m)^(.*)$",
    "all": r"(?s)(.*)",
    "end": r"(.)$",
    "unused": r"(x)?a|(?i:B)",
    "empty": r"a(b*)",
    "inside": r"\B(.?)",
    "space": r"(\s+)",
    "any_case": r"(?i)PPPOE-(k*s*.)",
}
RE_PATTERNS = {
    "behind": r"(?<=->)(\d+)",
    "ahead": r"(\w{1,9})(?=:)",
    "twice": r"(.)\1",
    "repeated": r"((?:a|)+)",
    "atomic": r"(?>a*)(b)",
}
PATTERNS = COLUMN_PATTERNS | RE_PATTERNS


@cache
def extractor_of(*names: str) -> Extractor:
    """A class of some of the fields above; compiled once."""
    return Extractor([(name, PATTERNS[name]) for name in names])


def found(extractor: Extractor, batch: Batch) -> dict[str, list[str | None]]:
    """The values of each field, before endpoints are split."""
    values = extractor.search(read(batch))
    return {field.name: column.to_list() for field, column in zip(extractor.fields, values, strict=True)}


def kept_texts(batch: Batch) -> list[str]:
    """The texts of the messages that are not empty."""
    return [text for text in map(text_of, messages_of(batch)) if text]


# ---------------------------------------------------------------------------------------------- one class


def test_shipped_class() -> None:
    """The shipped class takes from a line what it is there for, endpoints as address and port."""
    extractor = extractor_of(*SHIPPED)
    columns = extractor.extract(read(batch_of([LINE.encode()] * 3)))

    assert {name: column.to_pylist() for name, column in columns.items()} == {
        "pppoe": ["RRWLkNYEZ"] * 3,
        "router_identity": ["T8Y45jGZY"] * 3,
        "user_ip": ["73.181.232.17"] * 3,
        "user_port": [34921] * 3,
        "destination_ip": ["176.13.130.56"] * 3,
        "destination_port": [13878] * 3,
        "nat_ip": ["95.110.59.28"] * 3,
        "nat_port": [11384] * 3,
    }


def test_columns_are_in_class_order_and_of_their_types() -> None:
    """Columns stand in the order of the class, ports behind their addresses; text is string_view, ports are uint16."""
    names = ["nat_ip", "twice", "pppoe", "user_ip"]
    columns = extractor_of(*names).extract(read(batch_of([LINE.encode(), b"\xff", b"aa"])))

    assert list(columns) == ["nat_ip", "nat_port", "twice", "pppoe", "user_ip", "user_port"]
    assert list(columns) == [column for field in extractor_of(*names).fields for column in field.columns]
    for name, column in columns.items():
        assert column.type == (pa.uint16() if name.endswith("_port") else pa.string_view())
        column.validate(full=True)


def test_a_name_that_only_looks_like_an_endpoint() -> None:
    """Only `_ip` at the end of a name makes two columns."""
    texts = read(batch_of([b"1.2.3.4:5"]))
    columns = Extractor([(name, "(.*)") for name in ("ip", "x_ip_x", "x_ipv", "_ip")]).extract(texts)

    assert {name: column.to_pylist() for name, column in columns.items()} == {
        "ip": ["1.2.3.4:5"],
        "x_ip_x": ["1.2.3.4:5"],
        "x_ipv": ["1.2.3.4:5"],
        "_ip": ["1.2.3.4"],
        "_port": [5],
    }


def test_class_without_fields() -> None:
    """A class that has no fields makes no columns."""
    assert Extractor([]).extract(read(batch_of([b"a", b"\xff"]))) == {}


def test_batch_without_texts() -> None:
    """Where nothing is stored, every column is there and has no rows."""
    columns = extractor_of(*PATTERNS).extract(read(batch_of([b"", b"\n"])))

    assert {len(column) for column in columns.values()} == {0}
    assert len(columns) == len(PATTERNS) + 3


@pytest.mark.parametrize("name", PATTERNS)
def test_road_and_reason(name: str) -> None:
    """A field says which road its plain lines take, and why."""
    (field,) = extractor_of(name).fields

    assert field.road is (Road.RE if name in RE_PATTERNS else Road.COLUMN)
    assert field.why == field.pattern.why != ""


def test_both_roads_are_counted() -> None:
    """Each field counts the rows that each road has searched: odd rows always by `re`, whatever the field's road."""
    roads = np.zeros((2, 2), np.uint64)
    extractor = Extractor([("column", "(a)"), ("re", r"(a)(?=b)")], roads)
    for messages in ([b"a"] * 5, [b"a", b"\xff", b"", b"a\0a"], [b"\xff"], [b""]):
        extractor.extract(read(batch_of(messages)))

    assert roads.tolist() == [[6, 3], [0, 9]]
    assert (COLUMN_ROAD, RE_ROAD) == (0, 1)


def test_counting_never_goes_back() -> None:
    """A counter in shared memory, which others read at any moment, only rises."""

    class Watched(np.ndarray):
        def __setitem__(self, key: Any, value: Any) -> None:
            assert (np.asarray(value) >= np.asarray(self[key])).all()
            super().__setitem__(key, value)

    roads = np.zeros((2, 2), np.uint64).view(Watched)
    extractor = Extractor([("column", "(a)"), ("re", r"(a)(?=b)")], roads)
    for _ in range(3):
        extractor.extract(read(batch_of([b"a", b"\xff", b"b"])))

    assert np.asarray(roads).tolist() == [[6, 3], [0, 9]]


# ---------------------------------------------------------------------------------------------- any message


@settings(max_examples=120)
@given(BATCHES)
@example(batch_of([b"<134> a", b"a\nb", b"bb\xff", b"xa\x1c", "a٣".encode()], b"0"))
@example(batch_of([b"\xff" * 65_535, b"ab" * 32_767, b"a"]))
@example(batch_of(["é->1".encode()]))
def test_any_message(batch: Batch) -> None:
    """Whatever the messages, each field of both roads has the value that `re` finds in the text."""
    texts = kept_texts(batch)

    assert found(extractor_of(*PATTERNS), batch) == {
        name: [value_of(pattern, text) for text in texts] for name, pattern in PATTERNS.items()
    }


@settings(max_examples=100)
@given(BATCHES, st.sampled_from(sorted(PATTERNS)), st.data())
def test_any_choice_of_rows(batch: Batch, name: str, data: st.DataObject) -> None:
    """Messages that are left out change nothing about the values of the others."""
    rows = sorted(data.draw(st.sets(st.sampled_from(range(batch.count)))))
    texts = [text for row, text in enumerate(map(text_of, messages_of(batch))) if row in rows and text]
    (values,) = extractor_of(name).search(read(batch, rows))

    assert values.to_list() == [value_of(PATTERNS[name], text) for text in texts]


ENDPOINTS = ["1.2.3.4:80", "256.1.1.1:80", "[::1]:443", "::ffff:1.2.3.4", "::1", "1.2.3.4:65536", "host", "٣.2.3.4", ""]


@settings(max_examples=100)
@given(st.lists(st.tuples(st.sampled_from(ENDPOINTS), st.sampled_from(["", "é", "a b"])), min_size=1, max_size=20))
@pytest.mark.parametrize("pattern", [r"src=(\S*)", r"(?<=src=)(\S*)"], ids=["column", "re"])
def test_endpoints_on_both_roads(pattern: str, drawn: list[tuple[str, str]]) -> None:
    """An `_ip` field has an address and a port, or neither, whichever road its value came."""
    messages = [f"{more} src={value} {more}".encode() for value, more in drawn]
    columns = Extractor([("source_ip", pattern)]).extract(read(batch_of(messages)))
    pairs = list(zip(columns["source_ip"].to_pylist(), columns["source_port"].to_pylist(), strict=True))

    assert pairs == [endpoint_of(value) for value, _ in drawn]


@settings(max_examples=200)
@given(EXPRESSIONS, st.lists(MESSAGES, min_size=1, max_size=8))
@example("(a)|b", [b"b", b"a", b"b\xff", b"a\xff"])
@example(r"(?i)(\u017f)", [b"s", "ſ".encode()])
def test_made_up_expression(source: str, messages: list[bytes]) -> None:
    """Whatever the expression and the messages, the class has what `re` finds."""
    pattern = compile_made(source)
    assume(pattern.group == 1)
    # Without what makes `re` itself hang; messages stay as they are, so that rows have odd and plain neighbours.
    known = searched(pattern, [text for text in map(text_of, messages) if text])
    values = dict(known)
    kept = [message for message in messages if text_of(message) in values]
    assume(kept)

    assert found(Extractor([("field", source)]), batch_of(kept)) == {"field": [values[text_of(m)] for m in kept]}


# ---------------------------------------------------------------------------------------------- collected expressions


def variants(line: str) -> list[bytes]:
    """A line as it is, and in the ways that make it odd."""
    data = line.encode()
    return [data, data + b"\r\n", "é".encode() + data, data + "é".encode(), data + b"\xff", b"\0" + data]


def values_on_its_roads(pattern: Pattern, texts: Texts) -> list[str | None]:
    """The values of a batch, where the wanted group may be the whole match, which a class does not have."""
    if pattern.group == 1:
        return Extractor([("field", pattern.source)]).search(texts)[0].to_list()
    if pattern.road is Road.RE:
        return [pattern.search(text) for text in texts.strings()]
    values = pl.DataFrame({"text": texts.column}).select(pattern.expression("text")).to_series().to_list()
    for place, text in zip(texts.odd.tolist(), texts.odd_texts, strict=True):
        values[place] = pattern.search(text)
    return values


# Ours, with their own lines, are what test_pattern.py is about; here a few of them stand in where nothing else is.
COLLECTED_EXPRESSIONS = [
    record for place, record in enumerate(expressions()) if place % 8 == 0 or not record["name"].startswith("ours: ")
]


@cache
def some_lines() -> list[str]:
    """Lines that are made for other expressions."""
    return [case["line"] for case in jsonl(COLLECTED / "regex" / "cases.jsonl")[::40]] + [LINE]


@pytest.mark.parametrize("record", COLLECTED_EXPRESSIONS, ids=lambda record: record["name"])
def test_collected_expression(record: dict[str, Any]) -> None:
    """An expression finds in its own lines and in others, plain or made odd at either end, what `re` finds."""
    lines = [case["line"] for case in cases_of().get(record["name"], [])] + some_lines()
    messages = [message for line in lines for message in variants(line)]
    pattern = probe(compile_any(record["regex"]))
    values = dict(searched(pattern, [text for text in map(text_of, messages) if text]))
    kept = [message for message in messages if text_of(message) in values]

    assert len(kept) * 2 > len(messages)
    assert values_on_its_roads(pattern, read(batch_of(kept))) == [values[text_of(message)] for message in kept]


# ---------------------------------------------------------------------------------------------- collected lines


def log_files() -> list[Path]:
    """Our messages, and the collected files with log lines."""
    logs = COLLECTED / "logs"
    return [OURS / "messages.jsonl", *sorted(logs.glob("**/*.jsonl")), *sorted(logs.glob("**/*.log"))]


def messages_in(path: Path) -> list[bytes]:
    """The lines of a file as they would come, at most 2,000."""
    lines = path.read_bytes().splitlines(keepends=True)[:2_000]
    if path.suffix == ".log":
        return lines
    records = [json.loads(line) for line in lines]
    return [record["line"].encode() if "line" in record else record["latin1"].encode("latin-1") for record in records]


def assert_class(messages: Sequence[bytes]) -> None:
    """The shipped class and the texts are what the contract says of each message."""
    batch = batch_of([message[:65_535] for message in messages])
    texts = kept_texts(batch)

    assert stored(batch, read(batch)) == texts
    assert found(extractor_of(*SHIPPED), batch) == {
        name: [value_of(pattern, text) for text in texts] for name, pattern in SHIPPED.items()
    }


@pytest.mark.parametrize("path", log_files(), ids=lambda path: path.name)
def test_collected_lines(path: Path) -> None:
    """Lines of other programs, and strange ones of ours, go through the shipped class."""
    assert_class(messages_in(path))


def test_values_are_made_of_python_strings() -> None:
    """The model is no mirror of the program: it is `re.search` on a text that Python decoded."""
    assert value_of("(.)", text_of(b"\xff\n")) == "\\"
    assert re.search("(.)", b"\xff\n".rstrip(b"\n\r\0").decode("utf-8", "backslashreplace"))
