"""Following stored days: each matching row comes once, whatever is committed when."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syslogger.query.answers import Cut, FollowAnswer
from syslogger.query.cursor import CursorError
from syslogger.query.model import Equals, Query
from syslogger.query.questions import Follow
from syslogger.storage.catalogue import Catalogue
from syslogger.storage.following import answer_follow
from syslogger.storage.partition import Partition
from syslogger.storage.scan import Budget
from tests.storage.making import DAY, WORD, entries, interval, us

NEXT_DAY = date(2026, 11, 21)
NOON = us("2026-11-20T12:00:00")


class Stored:
    """Days of several engines, written by the real partition; `rows`: what every one of them holds, by global id."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.rows: dict[str, dict[str, Any]] = {}
        self.catalogue = Catalogue(root)
        self._open = ExitStack()
        self._partitions: dict[tuple[str, date], Partition] = {}
        self._last: dict[tuple[str, date], int] = {}

    def add(self, engine: str, *stamps: int, day: date = DAY, number: str = "1") -> None:
        """Commit rows with these stamps."""
        found = self._partition(engine, day)
        first = found.database.rows("SELECT coalesce(max(id), 0) + 1 FROM entries")[0][0]
        found.database.ingest("entries", entries(stamps, number=[number] * len(stamps)))
        for row_id, stamp in enumerate(stamps, first):
            if stamp < self._last.get((engine, day), stamp):
                found.database.execute("INSERT INTO runs VALUES (?)", (row_id,))
            self._last[engine, day] = stamp
            name = f"word.{engine}.{day.isoformat()}.{row_id}"
            self.rows[name] = {"received_at": stamp, "engine": engine, "id": row_id, "number": number}
        found.advance(0, 0, 0, min(stamps), max(stamps))
        found.database.commit()

    def _partition(self, engine: str, day: date) -> Partition:
        if (engine, day) not in self._partitions:
            path = self.root / "word" / engine / f"{day.isoformat()}.db"
            path.parent.mkdir(parents=True, exist_ok=True)
            made = Partition.open(path, interval(day), ("word", engine), WORD, 0, print)
            self._open.callback(made.database.close)
            self._partitions[engine, day] = made
        return self._partitions[engine, day]

    def follow(self, query: Query, after: str | None, seconds: float = 30.0) -> FollowAnswer:
        """What is new."""
        return answer_follow(self.catalogue, Follow(query=query, after=after), Budget.of(seconds))

    def all_new(self, query: Query, after: str | None) -> tuple[list[str], str]:
        """The ids of everything that is new, and the cursor."""
        found: list[str] = []
        while True:
            answer = self.follow(query, after)
            found += [row["id"] for row in answer.rows]
            after = answer.after
            if not answer.behind:
                return found, after

    def close(self) -> None:
        """Let go of the files."""
        self._open.close()


@pytest.fixture
def stored(tmp_path: Path) -> Any:
    """Days without a row."""
    made = Stored(tmp_path)
    yield made
    made.close()


_ADDING = st.tuples(
    st.sampled_from(("main", "other")),
    st.sampled_from((DAY, NEXT_DAY)),
    st.sampled_from("12"),
    st.lists(st.integers(NOON - 5, NOON + 5), min_size=1, max_size=6),
)


@settings(max_examples=60)
@given(
    steps=st.lists(_ADDING | st.none(), max_size=12),
    limit=st.integers(1, 4),
    since=st.none() | st.integers(NOON - 4, NOON),
    until=st.none() | st.integers(NOON + 1, NOON + 5),
    number=st.none() | st.sampled_from("12"),
)
def test_each_row_comes_once(
    steps: list[Any], limit: int, since: int | None, until: int | None, number: str | None
) -> None:
    """Rows committed in any order, by any engine, into any day: those asked for come once each, the others never."""
    where = None if number is None else Equals(field="number", value=number)
    query = Query(since=since, until=until, where=where, limit=limit)
    with tempfile.TemporaryDirectory() as root:
        stored = Stored(Path(root))
        given_ids: list[str] = []
        after = None
        for step in steps:
            if step is None:
                answer = stored.follow(query, after)
                after = answer.after
                given_ids += [row["id"] for row in answer.rows]
            else:
                engine, day, value, stamps = step
                stored.add(engine, *stamps, day=day, number=value)
        rest, _ = stored.all_new(query, after)
        stored.close()

    wanted = [
        name
        for name, row in stored.rows.items()
        if (since is None or row["received_at"] >= since)
        and (until is None or row["received_at"] < until)
        and number in (None, row["number"])
    ]
    assert sorted(wanted) == sorted(given_ids + rest)


def test_rows_of_one_answer_are_in_order(stored: Stored) -> None:
    """What several engines stored since the last answer comes by time, whoever committed first."""
    stored.add("other", NOON + 2, NOON + 4)
    stored.add("main", NOON + 1, NOON + 3)

    assert [NOON + 1, NOON + 2, NOON + 3, NOON + 4] == [row["received_at"] for row in stored.follow(Query(), None).rows]


def test_a_limit_cuts_the_oldest_off(stored: Stored) -> None:
    """An answer of at most two rows has the two oldest, says that there is more, and the next one goes on."""
    stored.add("other", NOON + 2, NOON + 4)
    stored.add("main", NOON + 1, NOON + 3)
    first = stored.follow(Query(limit=2), None)
    second = stored.follow(Query(limit=2), first.after)

    assert ([NOON + 1, NOON + 2], True) == ([row["received_at"] for row in first.rows], first.behind)
    assert ([NOON + 3, NOON + 4], False) == ([row["received_at"] for row in second.rows], second.behind)


def test_a_late_commit_is_not_left_out(stored: Stored) -> None:
    """A row received before one that was given already, and committed after it, still comes."""
    query = Query()
    stored.add("main", NOON + 5)
    first, after = stored.all_new(query, None)
    stored.add("other", NOON + 1)

    assert ["word.main.2026-11-20.1"] == first
    assert ["word.other.2026-11-20.1"] == stored.all_new(query, after)[0]


def test_time_over_gives_no_row_twice(stored: Stored) -> None:
    """An answer whose time was over at once says so, gives nothing, and the next one gives everything."""
    stored.add("main", NOON)
    cut = stored.follow(Query(), None, seconds=0.0)

    assert ([], Cut.DEADLINE, True) == (cut.rows, cut.searched.cut, cut.behind)
    assert ["word.main.2026-11-20.1"] == stored.all_new(Query(), cut.after)[0]


def test_a_damaged_day_is_named_and_the_others_go_on(stored: Stored) -> None:
    """A file that is no day does not stop the rows of the others."""
    stored.add("main", NOON)
    broken = stored.root / "word" / "broken" / "2026-11-20.db"
    broken.parent.mkdir()
    broken.write_bytes(b"no database at all" * 100)
    answer = stored.follow(Query(), None)

    assert ["word.main.2026-11-20.1"] == [row["id"] for row in answer.rows]
    assert ["broken"] == [name for name in ("broken",) if name in " ".join(answer.searched.damaged)]


def test_another_querys_cursor_is_refused(stored: Stored) -> None:
    """A cursor goes on with its own query only."""
    stored.add("main", NOON)
    answer = stored.follow(Query(), None)

    with pytest.raises(CursorError, match="another query"):
        stored.follow(Query(where=Equals(field="number", value="1")), answer.after)
