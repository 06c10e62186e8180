"""`address:port` values: what is an endpoint, by the column and by a model made of `ipaddress`.

The model (`tests.batches.endpoint_of`) reads one value at a time and shares no expression with the program.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from syslogger.extract.address import split_columns, split_endpoints
from tests.batches import NEITHER, Endpoint, endpoint_of

CASES = Path(__file__).parents[1] / "corpus" / "extract" / "endpoints.jsonl"


def cases() -> list[dict[str, Any]]:
    """Values of ours with the endpoint that they are."""
    return [json.loads(line) for line in CASES.read_text("utf-8").splitlines()]


def pairs(addresses: pa.Array, ports: pa.Array) -> list[Endpoint]:
    """The endpoints in two columns, which are well-formed and of the right types."""
    assert (addresses.type, ports.type) == (pa.string_view(), pa.uint16())
    addresses.validate(full=True)
    return list(zip(addresses.to_pylist(), ports.to_pylist(), strict=True))


def split(values: Sequence[str | None]) -> list[Endpoint]:
    """What the column says."""
    return pairs(*split_endpoints(pl.Series(values, dtype=pl.String)))


@pytest.mark.parametrize("case", cases(), ids=lambda case: ascii(case["value"]))
def test_case(case: dict[str, Any]) -> None:
    """The value is the endpoint of the case, by the model and by the column, alone and between others."""
    expected = (case["address"], case["port"])

    assert endpoint_of(case["value"]) == expected
    assert split([case["value"]]) == [expected]
    assert split([None, "9.8.7.6:5", case["value"], "::2", "x"]) == [
        NEITHER,
        ("9.8.7.6", 5),
        expected,
        ("::2", None),
        NEITHER,
    ]


OCTETS = st.sampled_from(["0", "1", "9", "10", "99", "100", "199", "249", "250", "255", "256", "00", "007", "0010", ""])
GROUPS = st.sampled_from(["0", "1", "ab", "FFFF", "0db8", "12345", "g", "", "", ""])
PORTS = st.sampled_from(
    ["0", "80", "00080", "000080", "9999", "59999", "60000", "65535", "65536", "65540", "66000", ""]
)
IPV4 = st.one_of(
    st.lists(OCTETS, min_size=3, max_size=5).map(".".join),
    st.integers(0, 2**32 - 1).map(IPv4Address).map(str),
)
IPV6 = st.one_of(
    st.lists(GROUPS, min_size=1, max_size=9).map(":".join),
    st.integers(0, 2**128 - 1).map(IPv6Address).map(lambda address: address.exploded),
    st.lists(st.sampled_from([0, 0, 1, 65535]), min_size=8, max_size=8).map(
        lambda groups: IPv6Address(b"".join(group.to_bytes(2, "big") for group in groups)).compressed
    ),
    st.builds("{}:{}".format, st.lists(GROUPS, min_size=1, max_size=7).map(":".join), IPV4),
)
ADDRESSES = st.one_of(IPV4, IPV6)
NOISE = st.sampled_from(["%1", "%", " ", "\n", "\0", "/64", "]", "[", ".", ":", "٣", "é", "-", "0"])
FORMS = ["{0}", "{0}:{1}", "[{0}]:{1}", "[{0}]", "[{0}:{1}", "{0}]:{1}", "[{0}]{1}", "[{0}]:{1}:{1}"]
RIGHT = st.one_of(
    st.builds("{}:{}".format, IPV4, PORTS), st.builds("[{}]:{}".format, IPV6, PORTS), ADDRESSES, ADDRESSES
)
NEARLY = st.one_of(
    RIGHT,
    RIGHT,
    st.builds(str.format, st.sampled_from(FORMS), ADDRESSES, PORTS),
    st.builds(lambda value, noise, place: value[:place] + noise + value[place:], RIGHT, NOISE, st.integers(0, 40)),
)
VALUES = st.one_of(st.none(), NEARLY, NEARLY, NEARLY, st.text("0123456789abcdefF.:[]%", max_size=30), st.text())


@settings(max_examples=500)
@given(st.lists(VALUES, max_size=30))
@example(["[::1]:80", None])
@example(["1.2.3.4:65536", "1.2.3.4:65535"])
def test_the_column_says_what_ipaddress_says(values: list[str | None]) -> None:
    """Whatever the values, the column has exactly the endpoints that the model reads, as they were sent."""
    assert split(values) == [NEITHER if value is None else endpoint_of(value) for value in values]


def test_every_number_as_a_part_and_as_a_port() -> None:
    """Of the numbers of up to four digits 0 to 255 are parts; of the five-digit ones those to 65535 are ports."""
    parts = [f"{number:0{width}}" for number in range(1_100) for width in (1, 2, 3, 4)]
    ports = [f"{number:0{width}}" for number in (*range(120), *range(59_000, 70_000)) for width in (1, 4, 5, 6)]
    values = [f"1.{part}.3.4" for part in parts] + [f"[::1]:{port}" for port in ports]
    values += [f"1.2.3.4:{port}" for port in ports]

    assert split(values) == [endpoint_of(value) for value in values]


def test_every_place_of_the_zeros() -> None:
    """`::` may stand anywhere for one group or more, with groups or an IPv4 address behind it, and nowhere for none."""
    before = [":".join("1234567"[:groups]) for groups in range(8)]
    behind = [":".join("abcdefa"[:groups]) for groups in range(8)]
    behind += [f"{groups}:1.2.3.4".removeprefix(":") for groups in behind]
    values = [f"{left}::{right}" for left in before for right in behind]
    values += [f"{left}:{right}" for left in before for right in behind]
    read = [endpoint_of(value) for value in values]

    assert split(values) == read
    assert split([f"[{value}]:9" for value in values]) == [
        NEITHER if address is None else (address, 9) for address, _ in read
    ]
    assert 60 < sum(address is not None for address, _ in read) < 100


@settings(max_examples=100)
@given(st.integers(1, 12), st.data())
def test_columns_side_by_side(rows: int, data: st.DataObject) -> None:
    """Several columns at once are split like each of them alone."""
    several = data.draw(st.lists(st.lists(VALUES, min_size=rows, max_size=rows), min_size=1, max_size=4))
    found = split_columns([pl.Series(values, dtype=pl.String) for values in several])

    assert [pairs(*columns) for columns in found] == [split(values) for values in several]


def test_no_columns() -> None:
    """A class without endpoints asks for none; columns without rows are split into such."""
    assert split_columns([]) == []
    assert [pairs(*columns) for columns in split_columns([pl.Series([], dtype=pl.String)] * 2)] == [[], []]


@pytest.mark.parametrize(
    "value", ["1:" * 32_000, "[" * 65_535, "1." * 32_000, "::" * 32_000, "1.2.3.4:" + "9" * 60_000]
)
def test_very_long_values(value: str) -> None:
    """A value of 64 kB is no endpoint, and saying so is quick."""
    assert split([value, "1.2.3.4:5"]) == [NEITHER, ("1.2.3.4", 5)]


def test_no_values() -> None:
    """Columns without rows, and without values, have neither addresses nor ports."""
    assert split([]) == []
    assert split([None, None]) == [NEITHER, NEITHER]


@settings(max_examples=100)
@given(st.lists(st.tuples(NEARLY, st.booleans()), min_size=1, max_size=20))
def test_what_lies_below_a_null_is_no_value(drawn: list[tuple[str, bool]]) -> None:
    """Values that were made null, whose bytes are still there, have neither address nor port."""
    whole = pl.Series([value for value, _ in drawn], dtype=pl.String)
    gone = pl.Series([none for _, none in drawn])
    found = pairs(*split_endpoints(whole.set(gone, None)))

    assert found == [NEITHER if none else endpoint_of(value) for value, none in drawn]


def test_a_part_of_a_column() -> None:
    """A slice of a column, and columns laid end to end, are split like columns of their own."""
    column = pl.Series(["1.2.3.4:1", None, "[::1]:2", "x", "5.6.7.8"])
    expected = [("1.2.3.4", 1), NEITHER, ("::1", 2), NEITHER, ("5.6.7.8", None)]

    for first in range(5):
        assert pairs(*split_endpoints(column.slice(first, 3))) == expected[first : first + 3]
    laid = pl.concat([column[2:], column[:2]], rechunk=False)
    assert pairs(*split_endpoints(laid)) == expected[2:] + expected[:2]
