"""Retention by bytes and by free space, over real files: what goes, what stays, and that everything is measured."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from syslogger.errors import StoreError
from syslogger.events import EventKind
from syslogger.space import used_percent
from syslogger.storage import days
from syslogger.storage.surplus import Disk
from tests.e2e.disk import on_a_small_disk, small_disk
from tests.keeping import HOUR_US, TODAY, Hands, Heard, ages, finished, kept, make_day, writer
from tests.storage.past import past_day, start_us

MIB = 1 << 20
TOO_MUCH = [{"class": "word", "name": "main", "auto_delete_bytes": 3 * MIB}]


def large(root: Path, *ages_days: int, owner: str = "word/main") -> int:
    """Days of a little over a MiB; returns the bytes of one."""
    for age in ages_days:
        path = past_day(root / owner / f"{TODAY - timedelta(days=age)}.db", 8_000, padding=20)
    return path.stat().st_size


def test_an_engine_with_too_many_bytes_loses_its_oldest_days(tmp_path: Path) -> None:
    """No more than are too many, at the next run, whatever their age; another engine keeps all of its own."""
    size = large(tmp_path, *range(6))
    large(tmp_path, 7, 8, 9, 10, owner="word/second")
    heard = Heard()
    with kept(tmp_path, Hands(), heard, engines=TOO_MUCH) as keeping:
        previewed = [each.reason for each in keeping.preview().deletions]
        told = finished(keeping.retention())

    left = 3 * MIB // size
    assert ages(tmp_path) == [*range(left), 7, 8, 9, 10]
    assert told == f"retention deleted {6 - left} days; 0 that are due wait for a later run"
    reasons = [message for kind, message, _ in heard.events if kind is EventKind.DAY_DELETED]
    assert reasons == previewed
    assert reasons[0].endswith(f"the days of this engine take {6 * size:,} bytes, auto_delete_bytes is {3 * MIB:,}")


def test_age_goes_first_and_counts(tmp_path: Path) -> None:
    """What age has deleted is not deleted for its bytes once more, and a preview knows it."""
    large(tmp_path, 0, 1, 31)
    with kept(tmp_path, Hands(), engines=TOO_MUCH) as keeping:
        assert len(keeping.preview().deletions) == 1
        finished(keeping.retention())

    assert ages(tmp_path) == [0, 1]


def test_today_and_yesterday_stay(tmp_path: Path) -> None:
    """Even if they alone are too much, and when a day of another date holds a row of yesterday."""
    large(tmp_path, 0, 1, 5)
    young = start_us(TODAY - timedelta(days=1))
    with closing(sqlite3.connect(tmp_path / "word" / "main" / f"{TODAY - timedelta(days=5)}.db")) as late:
        late.execute("update partition set greatest_received_at = ?", (young,))
        late.commit()
    limit = [{**TOO_MUCH[0], "auto_delete_bytes": MIB}]
    with kept(tmp_path, Hands(), engines=limit) as keeping:
        finished(keeping.retention())

    assert ages(tmp_path) == [0, 1, 5]


def test_an_open_day_stays_and_the_next_one_goes(tmp_path: Path) -> None:
    """Its bytes count; when it is closed it is the oldest."""
    large(tmp_path, *range(3))
    path = tmp_path / "word" / "main" / f"{TODAY - timedelta(days=9)}.db"
    with writer(path, start_us(TODAY - timedelta(days=9))):
        with kept(tmp_path, Hands(), engines=TOO_MUCH) as keeping:
            assert [each.stored.day for each in keeping.preview().deletions] == [TODAY - timedelta(days=2)]
            finished(keeping.retention())
        assert ages(tmp_path) == [0, 1, 9]


def test_while_the_clock_is_in_doubt_nothing_goes(tmp_path: Path) -> None:
    """For no reason at all."""
    large(tmp_path, *range(6))
    make_day(tmp_path, -300, owner="word/second")
    with kept(tmp_path, Hands(), engines=TOO_MUCH, delete_oldest_below_free_percentage=50) as keeping:
        assert keeping.preview().deletions == ()
        assert "retention waits" in finished(keeping.retention())
        assert ages(tmp_path) == [-300, *range(6)]
        keeping.notebook.confirm()
        finished(keeping.retention())

    assert len(ages(tmp_path)) < 7


def test_one_that_cannot_be_deleted_does_not_hold_the_others(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next oldest goes instead, and the job fails with the path."""
    large(tmp_path, *range(6))
    delete = days.delete

    def refuse(path: Path) -> None:
        if path.stem == "2026-11-15":
            raise StoreError(f"{path}: Operation not permitted")
        delete(path)

    monkeypatch.setattr(days, "delete", refuse)
    with (
        kept(tmp_path, Hands(), engines=TOO_MUCH) as keeping,
        pytest.raises(StoreError, match=r"1 of 4 days: .*2026-11-15\.db"),
    ):
        finished(keeping.retention())

    assert ages(tmp_path) == [0, 1, 5]


def test_a_disk_that_gives_back_late_costs_no_more_days(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A reader still has the files: what was deleted counts as free, and no day goes in place of another."""
    size = large(tmp_path, *range(10))
    monkeypatch.setattr(days, "disk_of", lambda _: Disk(47 * size, 100 * size))
    with kept(tmp_path, Hands(), delete_oldest_below_free_percentage=50) as keeping:
        assert len(keeping.preview().deletions) == 3
        finished(keeping.retention())

    assert ages(tmp_path) == [*range(7)]


def test_what_others_free_meanwhile_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is measured before each deletion, so a run ends when enough is free, whoever freed it."""
    size = large(tmp_path, *range(10))
    measured = [Disk(size, 100 * size)] * 2 + [Disk(60 * size, 100 * size)]
    monkeypatch.setattr(days, "disk_of", lambda _: measured.pop(0))
    with kept(tmp_path, Hands(), delete_oldest_below_free_percentage=50) as keeping:
        finished(keeping.retention())

    assert ages(tmp_path) == [*range(9)]


@on_a_small_disk
def test_a_full_disk_is_free_again(tmp_path: Path, size: int) -> None:
    """As much as was wanted and not a day more, the oldest of all engines first; a second run does nothing."""
    with small_disk(tmp_path / "disk", size) as small:
        disk = small.folder
        of_a_day = large(disk, 0, 2, 4, 6, 8)
        large(disk, 1, 3, 5, 7, owner="word/second")
        hands = Hands()
        with kept(disk, hands, delete_oldest_below_free_percentage=50) as keeping:
            finished(keeping.retention())
            left = ages(disk)
            free = 100.0 - used_percent(disk)
            hands.pass_by(HOUR_US)
            finished(keeping.retention())

        assert left == ages(disk) == [*range(len(left))]
        assert 50.0 <= free < 50.0 + 100.0 * of_a_day / size
