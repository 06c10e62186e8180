"""What commands print: nothing that a terminal would obey, and JSON that reads back exactly."""

from __future__ import annotations

import json
import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from syslogger.cli.output import columns, escape, json_line

HOSTILE = "\x1b]0;gotcha\x07\x1b[2J\u202eevil\u2066\x9b31m\x7f\u2028\x00\udcff"
ANY_TEXT = st.text(st.characters(exclude_categories=()))


def obeyed(text: str) -> list[str]:
    """The characters a terminal or a viewer would act on instead of showing them."""
    kinds = {"Cc", "Cs", "Zl", "Zp"}
    bidirectional = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}
    return [c for c in text if unicodedata.category(c) in kinds or unicodedata.bidirectional(c) in bidirectional]


@given(ANY_TEXT)
@example(HOSTILE)
def test_no_control_character_survives_escape(text: str) -> None:
    """Escaped text holds no character that a terminal obeys, by Unicode's own tables."""
    assert obeyed(escape(text)) == []


@given(ANY_TEXT)
@example(HOSTILE)
def test_escape_leaves_every_other_character_alone(text: str) -> None:
    """Text without a harmful character is printed as it is, in any script."""
    harmless = "".join(c for c in text if not obeyed(c))

    assert harmless == escape(harmless)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\tb\r\n", "a\\tb\\r\\n"),
        ("\x1b[0m", "\\x1b[0m"),
        ("\x00\x7f", "\\x00\\x7f"),
        ("\x9b", "\\u009b"),
        ("\u202e", "\\u202e"),
        ("\udc80", "\\udc80"),
        ("سلام ü 日本", "سلام ü 日本"),
    ],
)
def test_escapes_are_the_ones_python_writes(text: str, shown: str) -> None:
    """Each kind of harmful character has its visible form."""
    assert shown == escape(text)


@given(st.dictionaries(ANY_TEXT, ANY_TEXT | st.integers() | st.none()))
@example({HOSTILE: HOSTILE})
def test_json_line_is_harmless_and_reads_back(value: dict[str, str | int | None]) -> None:
    """A JSON line holds nothing a terminal obeys, no line end, and the exact value."""
    line = json_line(value)

    assert obeyed(line) == []
    assert value == json.loads(line)


def test_json_line_shows_bytes_as_text() -> None:
    """A blob in a day file that somebody else wrote is shown, not a traceback."""
    assert '{"a":"\\\\xffb"}' == json_line({"a": b"\xffb"})


def test_columns_are_aligned_and_escaped() -> None:
    """Every column is as wide as its widest cell; the last one is not padded."""
    assert ["name  n  why", "a     1  \\x1b", "bcde  2"] == columns(
        [("name", "n", "why"), ("a", "1", "\x1b"), ("bcde", "2", "")]
    )
