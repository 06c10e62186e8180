"""Parts of the live side by themselves: what waits for a reader, what a watch gets, what lies between two rows."""

from __future__ import annotations

import datetime as dt
import os
import signal
import threading
from collections.abc import Iterator, Mapping
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.live import TOO_SLOW
from api.live.arriving import WAITING_BATCHES, Arriving, Come
from api.live.outbox import WAITING_BYTES, WAITING_MESSAGES, Line, Message, Outbox
from api.live.subscriptions import between
from api.live.watching import Watch, Watches, held, late
from syslogger.query.matching import Arrived
from syslogger.query.model import Query
from syslogger.query.text import parse
from syslogger.tail import TailBatch
from tests.query.naive import holds
from tests.query.strategies import Rows

DAY = dt.date(2026, 3, 29)


def come(count: int, first_id: int = 1, unlooked: int = 0, engine: str = "main") -> Come:
    """A batch of rows whose numbers are their ids."""
    ids = range(first_id, first_id + count)
    columns = {"received_at": list(ids), "client": ["a"] * count, "number": [str(each) for each in ids]}
    return Come(TailBatch("word", engine, DAY, first_id, pa.RecordBatch.from_pydict(columns), 0), unlooked)


def watch(number: int = 1, most: int = 1_000, **query: Any) -> Watch:
    """A watch on a query."""
    asked = Query(**query).model_dump(mode="json", include={"engines", "classes", "where", "columns"})
    return Watch({"watch": number, "query": asked, "most": most})


@pytest.fixture
def _alarm() -> Iterator[None]:
    """SIGVTALRM as the sieve has it."""
    before = signal.signal(signal.SIGVTALRM, late)
    yield
    signal.signal(signal.SIGVTALRM, before)


# -- the outbox --------------------------------------------------------------------------------------------------------


@given(st.lists(st.integers(1, 50), max_size=2 * WAITING_MESSAGES), st.integers(1, 1_000))
def test_every_row_is_sent_or_counted(rows: list[int], kilobytes: int) -> None:
    """Whatever gives way is in `skipped` of what follows: no row is sent twice or lost without a count."""
    line, body = Line("a"), b'"' + b"x" * (kilobytes * 100) + b'"'
    for count in rows:
        line.put(Message({"rows": count, "skipped": 0, "unlooked": 1}, body, weight=count))
    sent = [orjson.loads(text) for text in iter(line.take, None)]

    assert sum(each["rows"] + each["skipped"] for each in sent) == sum(rows)
    assert sum(each["unlooked"] for each in sent) == len(rows)
    assert len(sent) <= WAITING_MESSAGES
    assert len(sent) <= max(1, WAITING_BYTES // len(body))


def test_a_newer_state_takes_the_place_of_the_older() -> None:
    """Of what is told every second only the newest waits, and nothing counts as skipped."""
    line = Line("s", latest=True)
    for number in range(3):
        line.put(Message({"skipped": 0}, str(number).encode(), "engines"))

    assert line.take() == b'{"skipped":0,"engines":2}'
    assert line.take() is None


def test_counts_of_others_are_not_told() -> None:
    """Who may not know how many rows went by learns that there were some, and not how many; none is none."""
    line = Line("a", told=False)
    for unlooked in (7, 0):
        line.put(Message({"unlooked": unlooked}))
    told = [orjson.loads(text)["unlooked"] for text in iter(line.take, None)]
    line.miss()
    line.put(Message({"unlooked": 3}))

    assert told == [None, 0]
    assert orjson.loads(line.take() or b"")["unlooked"] is None


def test_subscriptions_take_turns_and_answers_go_first() -> None:
    """One with much to say does not hold up another, nor an answer."""
    outbox = Outbox()
    outbox.lines = {name: Line(name) for name in "ab"}
    for name in "aaab":
        outbox.put(outbox.lines[name], Message({"id": name}))
    outbox.answer(b"answer")

    assert list(outbox.take()) == [b"answer", b'{"id":"a"}', b'{"id":"b"}', b'{"id":"a"}', b'{"id":"a"}']


# -- watches -----------------------------------------------------------------------------------------------------------


def test_a_watch_gets_the_newest_of_what_matches() -> None:
    """Of ten rows that match three are shown, the last ones; the others are counted; columns are those asked for."""
    made = watch(most=3, where=parse("number:>10"), columns=("number",))
    found = made.take(come(20), np.arange(20) >= 10)

    assert found is not None
    head, body = found
    assert (head["rows"], head["skipped"], head["unlooked"]) == (3, 7, 0)
    ids = [f"word.main.2026-03-29.{number}" for number in (18, 19, 20)]
    assert orjson.loads(body) == {"id": ids, "received_at": [18, 19, 20], "number": ["18", "19", "20"]}


@pytest.mark.usefixtures("_alarm")
def test_each_watch_gets_what_it_asked_for() -> None:
    """Engines and conditions are looked at for each; where it begins is told once, and what went by before is not."""
    watches = Watches()
    watches.add(watch(1, engines=("main",)))
    watches.add(watch(2, engines=("other",)))
    watches.add(watch(3, where=parse("number:2")))
    first = [head for head, _ in watches.look(come(3, unlooked=5))]
    again = [head for head, _ in watches.look(come(3, first_id=9, unlooked=5))]

    assert [(each["watch"], each["first_id"]) for each in first if "begun" in each] == [(1, 1), (3, 1)]
    assert [(each["watch"], each["rows"], each["unlooked"]) for each in first if "rows" in each] == [
        (1, 3, 0),
        (3, 1, 0),
    ]
    assert [(each["watch"], each["rows"], each["unlooked"]) for each in again] == [(1, 3, 5)]
    assert watches.engines({"main", "third"}) == {"main", "third"}


@pytest.mark.usefixtures("_alarm")
def test_a_condition_that_takes_too_long_ends_its_watch(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is interrupted in the middle of a match, and is not asked again; the others get their rows."""
    monkeypatch.setattr("api.live.watching.CONDITION_SECONDS", 0.5)
    watches = Watches()
    watches.add(watch(1, where={"op": "regex", "field": "text", "pattern": r"^(?=(a+)+$)"}))
    watches.add(watch(2))
    rows = Come(TailBatch("word", "main", DAY, 1, pa.RecordBatch.from_pydict({"text": ["a" * 50 + "?"]}), 0), 0)
    found = [head for head, _ in watches.look(rows)]

    assert {"watch": 1, "over": TOO_SLOW} in found
    assert [each["watch"] for each in found if "rows" in each] == [2]
    assert [head["watch"] for head, _ in watches.look(rows)] == [2]


@pytest.mark.usefixtures("_alarm")
def test_a_condition_that_has_no_processor_is_not_late(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its time is that in which it computes, whatever else the machine does meanwhile."""
    monkeypatch.setattr("api.live.watching.CONDITION_SECONDS", 0.2)
    found = np.array([True])

    def held_up(_rows: Arrived) -> np.ndarray:
        threading.Event().wait(0.6)
        return found

    assert held(held_up, Arrived(pa.RecordBatch.from_pydict({"text": ["a"]}), 1, {})) is found


# -- what arrives ------------------------------------------------------------------------------------------------------


def test_batches_that_nobody_takes_are_counted(tmp_path: Any) -> None:
    """When nobody looks in time the oldest give way, and their rows are in the count of their engine's next one."""
    arriving = Arriving(tmp_path)
    for number in range(WAITING_BATCHES + 3):
        arriving.put(come(2, first_id=1 + 2 * number).batch, 1)
    taken = list(iter(arriving.next, None))
    arriving.put(come(2, first_id=100).batch, 0)
    last = arriving.next()
    os.close(arriving.fileno())

    assert last is not None
    rows = sum(each.batch.table.num_rows + each.unlooked for each in (*taken, last))
    assert rows == 3 * (WAITING_BATCHES + 3) + 2


@given(st.integers(1, 30), st.integers(1, 30), st.sampled_from(["2026-03-29", "2026-03-30"]))
def test_between_two_rows_lies_what_is_neither_seen_nor_shown(last: int, first: int, day: str) -> None:
    """Exactly the rows behind the one and before the other are meant, on one day or over midnight."""
    query = between(Query(where=parse("number:<20")), "word/main", ("2026-03-29", last), (day, first))
    rows: Rows = [
        {"day": each, "id": number, "number": str(number)}
        for each in sorted({"2026-03-29", day})
        for number in range(1, 31)
    ]
    found = [place(row) for row in rows if query.where is not None and holds(query.where, row)]
    wanted = [place(row) for row in rows if place(row)[1] < 20]

    assert (query.since, query.until) == ("2026-03-29", "2026-03-30" if day == "2026-03-29" else "2026-03-31")
    assert found == [each for each in wanted if ("2026-03-29", last) < each < (day, first)]


def place(row: Mapping[str, object]) -> tuple[str, int]:
    """Where a row lies."""
    return str(row["day"]), int(str(row["id"]))
