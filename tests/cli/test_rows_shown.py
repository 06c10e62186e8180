"""How found rows look to people."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syslogger.cli.rows_shown import line, marker
from syslogger.query.model import And, Contains, Equals, Not, Phrase, Regex

ROW: dict[str, Any] = {
    "id": "word.main.2026-11-20.7",
    "received_at": 1_795_176_000_250_000,
    "time": "2026-11-20T13:00:00.250000+01:00",
    "class": "word",
    "engine": "main",
    "day": "2026-11-20",
    "client": "office",
    "facility": 16,
    "severity": 6,
    "user": None,
    "port": 0,
    "original_log": "a\x1b[2Jb",
}


def test_a_row_is_a_line() -> None:
    """Time, engine, client, priority, the fields that have a value, the original; nothing a terminal obeys."""
    assert "2026-11-20 13:00:00.250 word/main office local0.info port=0 | a\\x1b[2Jb" == line(ROW)


def test_columns_are_shown_alone() -> None:
    """Asked for columns, a row shows these, those without a value too, behind its id where that is asked for."""
    assert "word.main.2026-11-20.7 2026-11-20 13:00:00.250 user=- severity=6" == line(
        ROW, ("user", "severity"), ids=True
    )


@pytest.mark.parametrize(
    ("condition", "marked"),
    [
        (Phrase(text="error"), "an [ERROR] of user=bob"),
        (And(conditions=(Contains(field="user", value="bo"), Phrase(text="an"))), "[an] ERROR of user=[bo]b"),
        (Not(condition=Phrase(text="error")), "an ERROR of user=bob"),
        (Regex(pattern="(a+)+$"), "an ERROR of user=bob"),
        (Equals(field="severity", value=6), "an ERROR of user=bob"),
        (None, "an ERROR of user=bob"),
    ],
)
def test_hits_are_marked(condition: Any, marked: str) -> None:
    """What was looked for is marked wherever it stands; what must not be there, and patterns, are not."""
    shown = marker(condition)("an ERROR of user=bob")

    assert marked == shown.replace("\x1b[1;7m", "[").replace("\x1b[0m", "]")


@given(text=st.text(), wanted=st.text(min_size=1))
def test_marks_are_the_only_thing_a_terminal_obeys(text: str, wanted: str) -> None:
    """Whatever the text and whatever is looked for: without the marks no control character is left."""
    shown = marker(Phrase(text=wanted) if wanted.isascii() else None)(text)

    assert "\x1b" not in shown.replace("\x1b[1;7m", "").replace("\x1b[0m", "")
