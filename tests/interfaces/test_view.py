"""Answers in a terminal: every shape that the factory answers can be shown, and log text obeys nobody."""

from __future__ import annotations

import io
import re
import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console

from interfaces.view import plain, shown, span, status_table

KNOWN = {"state": "stopped", "class": "word", "port": 5140, "since": 0.0, "why": ""}
LEDGER = {
    "received": 1_234_567,
    "stored": 1_234_560,
    "refused": 2,
    "kernel_dropped": 1,
    "dropped": {"abandoned": 1, "paused": 2, "no_space": 0},
    "unexplained": 0,
}
RUNNING: dict[str, Any] = {
    **KNOWN,
    "state": "running",
    "ledger": LEDGER,
    "rates": {"received_per_second": 1_000.4, "stored_per_second": 999.6},
    "ring": {"depth": 3, "slots": 16},
    "processes": [{"cpu_seconds": 1.5, "rss_bytes": 50e6}, {"cpu_seconds": 2.5, "rss_bytes": 70e6}],
}


def drawn(thing: object, width: int = 200) -> str:
    """What a terminal of that width would get; no colours."""
    out = io.StringIO()
    Console(file=out, width=width).print(thing)
    return out.getvalue()


def test_the_status_of_engines() -> None:
    """A line for each: rates, refusals, everything that was lost in one figure, memory, and why it is as it is."""
    stopped = {**KNOWN, "since": time.time() - 120}
    failed = {**KNOWN, "state": "failed", "why": "port 5140 is in use\n[bold]"}
    head, first, second, third = drawn(status_table({"main": RUNNING, "rest": stopped, "bad": failed})).splitlines()
    assert head.split()[:4] == ["engine", "port", "state", "since"]
    assert first.split()[:3] == ["main", "5140", "running"]
    assert first.split()[5:] == ["1,000", "1,000", "2", "4", "3/16", "120"]
    assert second.split() == ["rest", "5140", "stopped", "2", "min"]
    assert third.rstrip().endswith("port 5140 is in use\\n[bold]")


def test_the_status_fits_a_narrow_terminal() -> None:
    """Nothing of a line is cut off in 80 columns."""
    text = drawn(status_table({"main": {**RUNNING, "since": time.time()}}), width=80)
    assert "\u2026" not in text
    assert len(text.splitlines()) == 2


@pytest.mark.parametrize(
    ("seconds", "text"), [(-1, "0 s"), (59.4, "59 s"), (60, "1 min"), (3_600, "1 h"), (86_400 * 3, "3 d")]
)
def test_spans(seconds: float, text: str) -> None:
    """The largest unit that fits; a clock that stepped back is no negative time."""
    assert span(seconds) == text


def test_lists_of_objects_are_tables() -> None:
    """The names of the first ten columns are the head; what is missing is a dash, what is deep is left to --json."""
    rows = [
        {"name": "one", "address": "10.0.0.1", "received": 1, "deep": {"a": 1, "b": 2, "c": 3, "d": 4}},
        {"name": "two", "rate": 0.5, "ok": True, "few": {"a": None}},
    ]
    head, first, second = drawn(shown(rows)).splitlines()
    assert head.split() == ["name", "address", "received", "rate", "ok", "few"]
    assert first.split() == ["one", "10.0.0.1", "1", "-", "-", "-"]
    assert second.split() == ["two", "-", "-", "0.500", "yes", "a=-"]
    wide = [{f"column{number}": number for number in range(30)}]
    assert len(drawn(shown(wide)).splitlines()[0].split()) == 10


def test_objects_and_texts() -> None:
    """An object is names and values, a list in it a table; a text is itself, nothing is said to be none."""
    text = drawn(shown({"live": ["title", "clients"], "job": None, "rows": [{"id": 1}]}))
    assert "live title, clients" in text.replace("  ", " ")
    assert "job" in text
    assert "id" in text
    assert drawn(shown("the clock was right")) == "the clock was right\n"
    assert drawn(shown(None)) == drawn(shown([])) == "none\n"


HARMFUL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
NAMES = st.from_regex("[a-z_]{1,8}", fullmatch=True)  # the names in an answer are ours
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(NAMES, inner, max_size=4),
    max_leaves=12,
)


@given(VALUES)
def test_any_answer_is_shown_harmlessly(answer: object) -> None:
    """Whatever JSON holds is drawn without an error, and no control character reaches the terminal."""
    assert not HARMFUL.search(drawn(shown(answer)))


@given(st.text())
def test_markup_is_text(text: str) -> None:
    """What looks like rich's markup or a line's end is one line of text as it is."""
    assert "\n" not in plain(text).plain
    assert plain("[red]x[/red]").plain == "[red]x[/red]"
