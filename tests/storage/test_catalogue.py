"""Which days a question concerns, how they are cut to a time range, and what belongs to one moment."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest

from syslogger.query.model import Query
from syslogger.storage.catalogue import Bound, Catalogue, Files, concerned, spans
from syslogger.storage.day_file import Day
from tests.storage.making import entries, interval, partition, us
from tests.storage.plain import change

NOON = us("2026-11-20T12:00:00")
HOUR = 3_600_000_000


def made(root: Path, name: str, day: str, *stamps: int) -> Path:
    """A closed day `class/engine` under the root."""
    path = root / name / f"{day}.db"
    path.parent.mkdir(parents=True, exist_ok=True)
    with partition(path, interval(date.fromisoformat(day))) as opened:
        if stamps:
            opened.database.ingest("entries", entries(stamps))
            opened.advance(1, 0, 1, min(stamps), max(stamps))
        opened.database.execute("UPDATE partition SET class = ?, engine = ?", name.split("/"))
        opened.database.commit()
    return path


@contextmanager
def opened() -> Iterator[Files]:
    """Open files, closed behind the block."""
    files = Files()
    try:
        yield files
    finally:
        files.close()


def names(days: list[Day]) -> list[str]:
    """The days by name."""
    return [day.name for day in days]


def test_days_are_found_by_engine_and_class(tmp_path: Path) -> None:
    """In the order of class, engine and day; the total counts those that are asked for."""
    for name in ("b/main", "a/main", "a/edge"):
        made(tmp_path, name, "2026-11-20", NOON)
    made(tmp_path, "a/main", "2026-11-19", NOON - 24 * HOUR)
    with opened() as files:
        every = Catalogue(tmp_path).scope(Query(), files)
        some = Catalogue(tmp_path).scope(Query(engines=("a/main",)), files)

    assert names(every.days) == ["a.edge.2026-11-20", "a.main.2026-11-19", "a.main.2026-11-20", "b.main.2026-11-20"]
    assert (names(some.days), some.total) == (["a.main.2026-11-19", "a.main.2026-11-20"], 2)


def test_days_are_chosen_by_the_stamps_they_hold(tmp_path: Path) -> None:
    """A late row makes its file count whatever its name says; half-open ranges; a day without rows never counts."""
    made(tmp_path, "a/main", "2026-11-20", NOON, NOON + HOUR)
    made(tmp_path, "a/main", "2026-11-21", NOON - 30 * HOUR, NOON + 24 * HOUR)
    made(tmp_path, "a/main", "2026-11-22")
    with opened() as files:
        days = Catalogue(tmp_path).scope(Query(), files).days

    def chosen(since: int | None, until: int | None) -> list[str]:
        return [day.name[-2:] for day in concerned(days, since, until)]

    assert chosen(None, None) == ["20", "21"]
    assert chosen(None, NOON - 29 * HOUR) == ["21"]
    assert chosen(NOON + HOUR, NOON + HOUR + 1) == ["20", "21"]
    assert chosen(None, NOON - 30 * HOUR) == []
    assert chosen(NOON + 24 * HOUR + 1, None) == []


def test_what_a_file_says_is_remembered_while_it_is_at_rest(tmp_path: Path) -> None:
    """The same object comes again; after a change another one does."""
    path = made(tmp_path, "a/main", "2026-11-20", NOON)
    catalogue = Catalogue(tmp_path)
    with opened() as files:
        first = catalogue.scope(Query(), files).days[0]
    with opened() as files:
        again = catalogue.scope(Query(), files).days[0]
    change(path, "insert into entries select 2, received_at + 9, client, log_sender_ip, 1, 1, null, '' from entries")
    with opened() as files:
        changed = catalogue.scope(Query(), files).days[0]

    assert first is again
    assert changed.last_id == 2


def test_a_damaged_day_is_named_and_the_others_answer(tmp_path: Path) -> None:
    """One file that is no database takes nothing from the rest."""
    made(tmp_path, "a/main", "2026-11-20", NOON)
    (tmp_path / "a" / "main" / "2026-11-19.db").write_bytes(b"x" * 4096)
    with opened() as files:
        scope = Catalogue(tmp_path).scope(Query(), files)

    assert names(scope.days) == ["a.main.2026-11-20"]
    assert list(scope.damaged) == ["a.main.2026-11-19"]


def test_a_copy_beside_the_original_is_named(tmp_path: Path) -> None:
    """A folder that somebody copied has another's ids in it: it is named, with its place, and the original answers."""
    made(tmp_path, "a/main", "2026-11-20", NOON)
    shutil.copytree(tmp_path / "a" / "main", tmp_path / "a" / "saved")
    with opened() as files:
        scope = Catalogue(tmp_path).scope(Query(), files)

    assert names(scope.days) == ["a.main.2026-11-20"]
    assert list(scope.damaged) == ["a.saved.2026-11-20"]
    assert "a/main/2026-11-20, copied or renamed: move it back" in scope.damaged["a.saved.2026-11-20"]


@pytest.mark.parametrize(
    ("since", "until", "expected"),
    [
        (None, None, [(1, 3), (4, 6)]),
        (NOON + 10, None, [(2, 3), (5, 6)]),
        (None, NOON + 20, [(1, 2), (4, 5)]),
        (NOON + 5, NOON + 10, [(4, 4)]),
        (NOON + 31, NOON + 32, []),
    ],
)
def test_a_time_range_becomes_ids_of_each_run(
    tmp_path: Path, since: int | None, until: int | None, expected: list[tuple[int, int]]
) -> None:
    """Where the clock stepped back a run ends; within each, the range is a range of ids."""
    stamps = [NOON, NOON + 10, NOON + 20, NOON + 5, NOON + 15, NOON + 30]
    path = made(tmp_path, "a/main", "2026-11-20", *stamps)
    change(path, "delete from runs", "insert into runs values (4)")
    with opened() as files:
        day = Catalogue(tmp_path).scope(Query(), files).days[0]
        found = spans(day, files, since, until)

    assert [(span.first, span.last) for span in found] == expected


def test_a_bound_is_one_moment(tmp_path: Path) -> None:
    """Rows and days that come later do not belong to it; what was there does, sealed days too."""
    old = made(tmp_path, "a/main", "2026-11-19", NOON - 24 * HOUR)
    change(old, "pragma journal_mode = delete")
    old.chmod(0o444)
    live = made(tmp_path, "a/main", "2026-11-20", NOON)
    with opened() as files:
        bound = Bound.of(Catalogue(tmp_path).scope(Query(), files).days)
    change(live, "insert into entries select 2, received_at + 9, client, log_sender_ip, 1, 1, null, '' from entries")
    made(tmp_path, "a/main", "2026-11-21", NOON + 24 * HOUR)
    made(tmp_path, "b/main", "2026-11-20", NOON)
    with opened() as files:
        later = Catalogue(tmp_path).scope(Query(), files).days

    assert {day.name: bound.last_id(day) for day in later} == {
        "a.main.2026-11-19": 1,
        "a.main.2026-11-20": 1,
        "a.main.2026-11-21": 0,
        "b.main.2026-11-20": 0,
    }


def test_few_files_are_open_at_a_time(tmp_path: Path) -> None:
    """Beyond 64 the longest unused one is closed."""
    paths = [made(tmp_path, "a/main", f"2026-{1 + place // 28:02}-{1 + place % 28:02}", NOON) for place in range(70)]
    with opened() as files:
        first = files.of(paths[0])
        assert files.of(paths[0]) is first
        for path in paths:
            files.of(path)

        assert len(files._open) == 64
        assert paths[0] not in files._open
