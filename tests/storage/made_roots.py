"""Roots and questions made by hypothesis, and what naive Python says of them: the reference of every answer.

Days with a DST change in two zones, several engines and classes, every state a day can be in, clocks that step back,
rows outside of their day, fields that come later, senders that are folded away. Windows are made tiny, so that a few
rows are many of them.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import strategies as st

from syslogger.query.model import (
    And,
    Condition,
    Contains,
    Equals,
    Missing,
    Not,
    Or,
    Phrase,
    Prefix,
    Query,
    Regex,
    SeverityAtLeast,
)
from syslogger.storage import rows as rows_module
from syslogger.storage import scan, stepping
from syslogger.storage.catalogue import Catalogue
from syslogger.storage.day import MINUTE_US
from syslogger.storage.scan import Budget
from tests.query.naive import holds
from tests.storage.made_days import DaySpec, Row, Settled, make_root
from tests.storage.making import interval

ZONES = {
    "Europe/Vienna": (date(2026, 3, 29), date(2026, 10, 25), date(2026, 10, 26)),
    "America/St_Johns": (date(2026, 3, 8), date(2026, 11, 1), date(2026, 11, 2)),
}
ENGINES = (("word", "edge"), ("word", "main"), ("nat", "main"))
CLIENTS = ("office", "plant", "zoo")
SENDERS = ("10.0.0.1", "10.0.0.2", "10.1.0.1", "2001:db8::1")
TEXTS = ("", "abc", "abd", "7", "ABC", "ümlaut", "50% 'off'_", "a b abc")


@dataclass(frozen=True)
class Made:
    """A root on disk: all its rows, and who answers."""

    path: Path
    specs: list[DaySpec]
    rows: list[Row]
    catalogue: Catalogue

    def matching(self, query: Query) -> list[Row]:
        """The rows that a query means, in the order (received_at, class, engine, day, id)."""
        found = [row for row in self.rows if means(query, row)]
        return sorted(found, key=lambda row: row["key"])


def means(query: Query, row: Row) -> bool:
    """Whether a query whose ends are numbers means a row."""
    since, until = query.since, query.until
    assert not isinstance(since, str)
    assert not isinstance(until, str)
    if not query.covers(row["class"], row["engine"]):
        return False
    if (since is not None and row["received_at"] < since) or (until is not None and row["received_at"] >= until):
        return False
    return query.where is None or holds(query.where, row)


@contextmanager
def made(specs: list[DaySpec]) -> Iterator[Made]:
    """The days on disk, and windows of a few rows."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(scan, "GREATEST_WINDOW", 5)
        patch.setattr(rows_module, "GREATEST_WINDOW", 5)
        patch.setattr(stepping, "_READ_ROWS", 3)
        path = Path(folder)
        yield Made(path, specs, make_root(path, specs), Catalogue(path))


def ample() -> Budget:
    """More time than any test needs."""
    return Budget.of(60)


# -- rows and days ----------------------------------------------------------------------------------------------------

_ROWS = st.fixed_dictionaries(
    {
        "client": st.sampled_from(CLIENTS),
        "log_sender_ip": st.sampled_from(SENDERS),
        "severity": st.none() | st.integers(0, 7),
        "number": st.none() | st.sampled_from(TEXTS),
        "original_log": st.none() | st.sampled_from(TEXTS),
        "bytes": st.integers(1, 200),
    },
    optional={"extra": st.none() | st.sampled_from(TEXTS), "nat_port": st.none() | st.integers(0, 3)},
)
# mostly a few seconds on, now and then the clock steps back, or hours go by
_PACES = st.sampled_from([0, 1, 1_000_000, 7_300_001, 30_000_000, MINUTE_US, 3_600_000_000, -1, -90_000_000])


@st.composite
def _days(draw: st.DrawFn, zone: str, day: date, owner: tuple[str, str]) -> DaySpec:
    rows: list[dict[str, Any]] = draw(st.lists(_ROWS, max_size=25))
    start = interval(day, zone).start
    stamp = start + draw(st.sampled_from([-2 * MINUTE_US, 0, 3_600_000_000, 23 * 3_600_000_000]))
    for row in rows:
        stamp += draw(_PACES)
        row["received_at"] = stamp
    settled = st.builds(
        Settled,
        minute=st.integers(start // MINUTE_US, start // MINUTE_US + 180),
        client=st.sampled_from(("", "office")),
        sender=st.sampled_from(("10.0.0.1", "192.0.2.1", "192.0.2.2")),
        refused=st.integers(0, 3),
        dropped=st.integers(0, 2),
        in_flight=st.integers(0, 5),
    )
    return DaySpec(
        rows,
        *owner,
        day,
        zone,
        draw(st.sampled_from(("live", "open", "folding", "sealed", "old"))),
        draw(st.lists(settled, max_size=4)),
        kept=draw(st.sampled_from((1, 3, 1_000))),
    )


@st.composite
def roots(draw: st.DrawFn) -> list[DaySpec]:
    """The days of one to three engines, one to three days each."""
    zone = draw(st.sampled_from(sorted(ZONES)))
    owners = draw(st.lists(st.sampled_from(ENGINES), min_size=1, max_size=3, unique=True))
    chosen = [
        (owner, day)
        for owner in owners
        for day in draw(st.lists(st.sampled_from(ZONES[zone]), min_size=1, max_size=2, unique=True))
    ]
    return [draw(_days(zone, day, owner)) for owner, day in chosen]


# -- questions --------------------------------------------------------------------------------------------------------

_CHEAP = st.one_of(
    st.builds(SeverityAtLeast, severity=st.integers(0, 7)),
    st.builds(Equals, field=st.just("severity"), value=st.integers(0, 7)),
    st.builds(Missing, field=st.just("severity")),
    st.builds(Equals, field=st.just("client"), value=st.sampled_from(CLIENTS)),
    st.builds(Equals, field=st.just("sender"), value=st.sampled_from(SENDERS)),
    st.builds(Equals, field=st.just("engine"), value=st.sampled_from(("main", "edge"))),
)
_DEAR = st.one_of(
    st.builds(Prefix, field=st.sampled_from(("number", "extra", "nowhere")), value=st.sampled_from(("", "a", "ab"))),
    st.builds(Contains, field=st.just("number"), value=st.sampled_from(("b", "'"))),
    st.builds(Missing, field=st.sampled_from(("number", "extra"))),
    st.builds(Phrase, text=st.sampled_from(("abc", "ÜMLAUT", "b abc"))),
    st.builds(Regex, field=st.just("number"), pattern=st.sampled_from(("^a", "[0-9]", "ü"))),
)


def conditions() -> st.SearchStrategy[Condition]:
    """Conditions that rollups answer, that SQL answers, that only a mask answers, and all of them mixed."""
    return st.recursive(
        _CHEAP | _DEAR,
        lambda inner: st.one_of(
            st.builds(Not, condition=inner),
            st.builds(And, conditions=st.lists(inner, min_size=1, max_size=3).map(tuple)),
            st.builds(Or, conditions=st.lists(inner, min_size=1, max_size=3).map(tuple)),
        ),
        max_leaves=4,
    )


@st.composite
def queries(draw: st.DrawFn, /, specs: list[DaySpec], **fixed: Any) -> Query:
    """A question about these days: ends at, beside and away from their rows, on whole minutes or not."""
    stamps = [row["received_at"] for spec in specs for row in spec.rows]
    moments = st.sampled_from(stamps or [interval(specs[0].day, specs[0].zone).start]).flatmap(
        lambda stamp: st.sampled_from([stamp, stamp + 1, stamp // MINUTE_US * MINUTE_US, stamp + MINUTE_US])
    )
    ends = sorted(draw(st.lists(moments, min_size=2, max_size=2)))
    since, until = (draw(st.sampled_from([None, end])) for end in ends)
    engines = draw(st.sampled_from([(), ("main",), ("word/edge",)]))
    where = draw(st.none() | conditions())
    return Query(**{"engines": engines, "since": since, "until": until, "where": where} | fixed)
