"""Formats: what was written is what readers of that format read, wherever the tables were cut."""

from __future__ import annotations

import csv
import io
import json

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from syslogger.query.exports import ExportRequest, Format
from syslogger.storage.formats import GROUP_ROWS, encoder_of, schema_of

COLUMNS = {"id": "TEXT", "number": "INTEGER", "line": "TEXT"}
NASTY = (
    '"',
    "''",
    "a,b",
    "\r\n",
    "\r",
    "\n",
    "=1+1",
    "+1",
    "-1",
    "@a",
    "\t=",
    "\x00",
    "\\x00",
    "\u202e",
    "é😀",
    " ",
    "",
)
Row = tuple[str, int | None, str | None]

texts = st.one_of(st.sampled_from(NASTY), st.text(st.characters(codec="utf-8"), max_size=8))
rows = st.lists(
    st.tuples(
        texts.filter(bool),
        st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1)),
        st.one_of(st.none(), texts),
    ),
    max_size=6,
)


def written(form: Format, asked: list[Row], cut: int = 1_000, **options: bool) -> bytes:
    """The rows as bytes; they come in tables of `cut` rows."""
    schema = schema_of(COLUMNS, form)
    encoder = encoder_of(ExportRequest.model_validate({"format": form, **options}), schema)
    parts = [asked[start : start + cut] for start in range(0, len(asked), cut)]
    tables = [pa.table(dict(zip(COLUMNS, zip(*part, strict=True), strict=True)), schema) for part in parts]
    return b"".join([encoder.begin(), *map(encoder.add, tables), encoder.end()])


def read_csv(data: bytes) -> list[list[str]]:
    """What Python's reader makes of it, without the header."""
    found = list(csv.reader(io.StringIO(data.decode(), newline="")))
    assert found[0] == list(COLUMNS)
    return found[1:]


@given(rows)
@example([(text, 1, text) for text in NASTY if text])
def test_csv_is_read_back(asked: list[Row]) -> None:
    """Each text and number is what it was; a missing value reads as an empty text."""
    shown = [["" if value is None else str(value) for value in row] for row in asked]

    assert read_csv(written(Format.CSV, asked)) == shown


def test_csv_tells_missing_from_empty() -> None:
    """Nothing is missing, two quotes are an empty text; lines end with CR LF."""
    found = written(Format.CSV, [("a", None, None), ("b", 1, "")])

    assert found == b'id,number,line\r\n"a",,\r\n"b",1,""\r\n'


@given(rows)
@example([(text, -1, text) for text in NASTY if text])
def test_csv_can_be_harmless_to_a_spreadsheet(asked: list[Row]) -> None:
    """A text that begins like a formula gets an apostrophe, numbers and everything else are left alone."""

    def safe(value: str | int | None) -> str:
        text = "" if value is None else str(value)
        return "'" + text if isinstance(value, str) and text[:1] in {*"=+-@\t\r"} else text

    found = read_csv(written(Format.CSV, asked, formula_safe=True))

    assert found == [[safe(value) for value in row] for row in asked]


def test_csv_can_begin_with_a_byte_order_mark() -> None:
    """It stands once, before the header."""
    assert written(Format.CSV, [], bom=True) == b"\xef\xbb\xbfid,number,line\r\n"


@given(rows)
@example([(text, 1, text) for text in NASTY if text])
def test_json_lines_are_read_back(asked: list[Row]) -> None:
    """Each line is an object with every column, missing ones null; nothing but what must be is escaped."""
    data = written(Format.JSONL, asked)
    lines = data.split(b"\n")

    assert lines.pop() == b""
    assert [tuple(json.loads(line).items()) for line in lines] == [
        tuple(zip(COLUMNS, row, strict=True)) for row in asked
    ]


def test_json_is_utf8_and_not_escaped() -> None:
    """People can read it."""
    assert "é😀".encode() in written(Format.JSONL, [("é😀", None, None)])


@given(rows)
@example([(text, 1, text) for text in NASTY if text])
def test_parquet_is_read_back(asked: list[Row]) -> None:
    """Types and values are what they were."""
    table = pq.read_table(io.BytesIO(written(Format.PARQUET, asked)))

    assert table.schema.remove_metadata() == schema_of(COLUMNS, Format.PARQUET)
    assert [tuple(row.values()) for row in table.to_pylist()] == asked


@given(rows, st.integers(1, 6))
@settings(max_examples=30)
@pytest.mark.parametrize("form", [Format.CSV, Format.JSONL, Format.PARQUET])
def test_where_tables_are_cut_does_not_show(form: Format, asked: list[Row], cut: int) -> None:
    """The same rows are the same bytes."""
    assert written(form, asked, cut) == written(form, asked)


def test_parquet_has_groups_of_one_size() -> None:
    """32,768 rows each but the last, and the same bytes whatever size the tables had."""
    asked: list[Row] = [(str(number), number, "x" * (number % 50)) for number in range(2 * GROUP_ROWS + 5)]
    data = written(Format.PARQUET, asked, cut=9_999)
    about = pq.ParquetFile(io.BytesIO(data)).metadata

    assert [about.row_group(place).num_rows for place in range(3)] == [GROUP_ROWS, GROUP_ROWS, 5]
    assert data == written(Format.PARQUET, asked, cut=100_000)


@given(st.lists(texts, max_size=6))
def test_raw_is_the_lines(lines: list[str]) -> None:
    """Each as it is, and LF behind it."""
    encoder = encoder_of(ExportRequest(format=Format.RAW), schema_of({"original_log": "TEXT"}, Format.RAW))
    table = pa.table({"original_log": pa.array(lines, pa.string())}).slice(1)

    assert encoder.begin() + encoder.add(table) + encoder.end() == "".join(f"{each}\n" for each in lines[1:]).encode()


def test_a_day_file_is_no_format_of_rows() -> None:
    """It has no encoder."""
    request = ExportRequest(format=Format.DB, days=("a/b/2026-11-20",))

    with pytest.raises(ValueError, match="copied"):
        encoder_of(request, pa.schema([]))
