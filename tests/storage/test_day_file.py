"""Reading one day file: what it says of itself, while it is written, when it is sealed, when it is damaged."""

from __future__ import annotations

from pathlib import Path

import pytest

from syslogger.errors import StoreError
from syslogger.storage.day_file import DayFile
from tests.storage.making import DAY, entries, interval, log_class, partition, us
from tests.storage.plain import ask, change

NOON = us("2026-11-20T12:00:00")


def names(folder: Path) -> list[str]:
    """What lies in a folder."""
    return sorted(path.name for path in folder.iterdir())


def with_rows(path: Path, *stamps: int) -> Path:
    """A closed day file with rows of these stamps."""
    with partition(path) as made:
        made.database.ingest("entries", entries(stamps))
        made.advance(1, 0, 1, min(stamps), max(stamps))
        made.database.commit()
    return path


def test_a_day_says_what_it_is(tmp_path: Path) -> None:
    """Owner, day, interval, stamps, greatest id and columns come from the file, not from its name."""
    path = with_rows(tmp_path / "any.db", NOON, NOON + 5)
    with DayFile(path) as file:
        day = file.day

    assert day is not None
    assert (day.class_name, day.engine, day.day, day.time_zone) == ("word", "main", DAY, "UTC")
    assert (day.start, day.end) == (interval().start, interval().end)
    assert (day.least, day.greatest, day.last_id) == (NOON, NOON + 5, 2)
    assert day.columns["number"] == "TEXT"
    assert day.columns["severity"] == "INTEGER"
    assert (day.name, day.runs, day.sealed) == ("word.main.2026-11-20", (1,), False)


def test_reading_a_file_at_rest_leaves_nothing_beside_it(tmp_path: Path) -> None:
    """A closed file without a WAL gets none by being read."""
    path = with_rows(tmp_path / "day.db", NOON)
    with DayFile(path) as file:
        file.rows("SELECT * FROM entries")

        assert names(tmp_path) == ["day.db"]


def test_rows_that_are_committed_meanwhile_are_seen(tmp_path: Path) -> None:
    """Each statement is a snapshot of its own, of a file that is being written."""
    path = tmp_path / "day.db"
    with partition(path) as made, DayFile(path) as file:
        before = file.rows("SELECT count(*) FROM entries")
        made.database.ingest("entries", entries([NOON]))
        made.database.commit()

        assert (before, file.rows("SELECT count(*) FROM entries")) == ([(0,)], [(1,)])


def test_a_file_at_rest_that_changes_is_opened_anew(tmp_path: Path) -> None:
    """Read as immutable, it would be misread once somebody writes it: that is noticed."""
    path = with_rows(tmp_path / "day.db", NOON)
    with DayFile(path) as file:
        before = file.rows("SELECT count(*) FROM entries")
        with partition(path) as made:
            made.database.ingest("entries", entries([NOON + 1] * 50_000))
            made.database.commit()
            meanwhile = file.rows("SELECT count(*) FROM entries")
        after = file.rows("SELECT count(*) FROM entries")

    assert (before, meanwhile, after) == ([(1,)], [(50_001,)], [(50_001,)])


def test_a_sealed_file_is_read_without_a_trace(tmp_path: Path) -> None:
    """Mode 0444 and no WAL: it says that it is sealed, and may be read."""
    path = with_rows(tmp_path / "day.db", NOON)
    change(path, "pragma journal_mode = delete")
    path.chmod(0o444)
    with DayFile(path) as file:
        day = file.day
        assert file.stamp_at(1) == NOON

    assert day is not None
    assert day.sealed
    assert day.stamp is not None
    assert names(tmp_path) == ["day.db"]


def test_falling_stamps_begin_runs(tmp_path: Path) -> None:
    """Between the ids that are given stamps ascend; a file of the first format is looked through for them."""
    path = with_rows(tmp_path / "day.db", NOON, NOON + 5, NOON + 2, NOON + 3, NOON)
    assert ask(path, "select count(*) from sqlite_master where name = 'runs'") in ([[0]], [[1]])
    change(path, "drop table if exists runs")
    with DayFile(path) as file:
        assert file.day is not None
        assert file.day.runs == (1, 3, 5)


def test_the_first_row_from_a_stamp_on_is_found(tmp_path: Path) -> None:
    """Bisection gives the least id that is reached, or the one behind the last."""
    stamps = [NOON, NOON, NOON + 10, NOON + 10, NOON + 20]
    with DayFile(with_rows(tmp_path / "day.db", *stamps)) as file:
        found = [file.first_where(1, 5, lambda stamp, _, at=at: stamp >= NOON + at) for at in range(22)]  # type: ignore[misc]

    assert found == [1] + [3] * 10 + [5] * 10 + [6]


def test_a_newer_format_is_refused_with_what_to_do(tmp_path: Path) -> None:
    """A file of a later program is not guessed at."""
    path = with_rows(tmp_path / "day.db", NOON)
    change(path, "update partition set format_version = 99")
    with DayFile(path) as file, pytest.raises(StoreError, match="upgrade this program"):
        _ = file.day


def test_a_file_that_was_never_completed_is_no_day(tmp_path: Path) -> None:
    """Its writer makes all tables in one transaction; before it there is nothing."""
    path = tmp_path / "day.db"
    path.touch()
    with DayFile(path) as file:
        assert file.day is None


@pytest.mark.parametrize("content", [b"no database" * 1000, b"\0" * 100_000])
def test_what_is_no_database_is_named(tmp_path: Path, content: bytes) -> None:
    """The error has the path."""
    path = tmp_path / "day.db"
    path.write_bytes(content)
    with DayFile(path) as file, pytest.raises(StoreError, match=r"day\.db"):
        _ = file.day


def test_a_damaged_page_is_named(tmp_path: Path) -> None:
    """What cannot be read is an error with the path and what to do, never other rows."""
    path = with_rows(tmp_path / "day.db", *range(NOON, NOON + 5_000))
    with path.open("r+b") as raw:
        raw.seek(path.stat().st_size - 65536)
        raw.write(b"\xff" * 65536)
    with DayFile(path) as file, pytest.raises(StoreError, match=r"day\.db.*damaged"):
        file.rows("SELECT count(original_log) FROM entries")


def test_bytes_that_are_no_text_are_damage(tmp_path: Path) -> None:
    """A page whose structure holds and whose text does not is an error with the path, too."""
    path = with_rows(tmp_path / "day.db", NOON)
    change(path, "update entries set original_log = cast(x'6cff6e65' as text)")
    with DayFile(path) as file:
        for read in (file.rows, file.dicts):
            with pytest.raises(StoreError, match=r"day\.db.*damaged"):
                read("SELECT original_log FROM entries")


def test_a_missing_file_is_missing(tmp_path: Path) -> None:
    """A day that was deleted is no damaged one."""
    with pytest.raises(FileNotFoundError):
        DayFile(tmp_path / "day.db")


def test_columns_that_come_later_are_seen(tmp_path: Path) -> None:
    """A class that gained a field has its column for the next question."""
    path = with_rows(tmp_path / "day.db", NOON)
    with partition(path, fields=log_class(number="([0-9]+)", other="(x)")):
        pass
    with DayFile(path) as file:
        assert file.day is not None
        assert "other" in file.day.columns
