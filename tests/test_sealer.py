"""Which days the keeper seals, when, and what it tells of those that it cannot."""

from __future__ import annotations

from pathlib import Path

import pytest

from syslogger.errors import SysloggerError
from syslogger.events import EventKind
from syslogger.storage import days
from syslogger.storage.day_names import stored_days
from tests.keeping import HOUR_US, TODAY, Hands, Heard, finished, kept, make_day, writer
from tests.storage.making import us
from tests.storage.past import asked, damaged, past_day

MIDNIGHT_US = us("2026-11-20T00:00:00")


def sealed(root: Path) -> list[str]:
    """The days that are sealed."""
    return [str(each.day) for each in stored_days(root) if days.is_sealed(each.path)]


def test_days_are_sealed_an_hour_after_their_end(tmp_path: Path) -> None:
    """Not a moment before, and never today; each is told of."""
    for age in (0, 1, 2):
        make_day(tmp_path, age)
    hands, heard = Hands(wall=MIDNIGHT_US + HOUR_US - 1), Heard()
    with kept(tmp_path, hands, heard) as keeping:
        assert finished(keeping.seal()) == "sealed 1 of 1 days"
        assert sealed(tmp_path) == ["2026-11-18"]
        assert keeping.sealer.due() == []
        hands.pass_by(1)
        keeping.notebook.observe()
        assert [str(each) for each in keeping.sealer.due()] == ["word/main/2026-11-19"]
        finished(keeping.seal())
        assert keeping.sealer.due() == []

    assert sealed(tmp_path) == ["2026-11-18", "2026-11-19"]
    kind, message, details = heard.events[-1]
    path = tmp_path / "word" / "main" / "2026-11-19.db"
    assert (kind, "word/main/2026-11-19 is sealed" in message) == (EventKind.DAY_SEALED, True)
    assert details == {"class": "word", "engine": "main", "day": "2026-11-19", "bytes": path.stat().st_size}
    assert asked(path, "select sealed_at from partition") == [(hands.wall,)]


def test_days_of_any_engine_are_sealed(tmp_path: Path) -> None:
    """Of those that no configuration knows, too."""
    make_day(tmp_path, 0)
    for owner in ("word/main", "word/gone", "gone/other"):
        make_day(tmp_path, 3, owner=owner)
    with kept(tmp_path, Hands()) as keeping:
        assert finished(keeping.seal()) == "sealed 3 of 3 days"


def test_while_the_clock_is_in_doubt_nothing_is_sealed(tmp_path: Path) -> None:
    """Nor by name, and it says why; after it is confirmed everything goes on."""
    make_day(tmp_path, 2)
    make_day(tmp_path, -300)
    with kept(tmp_path, Hands()) as keeping:
        assert finished(keeping.seal()).startswith("nothing is sealed now: the clock stepped back")
        with pytest.raises(SysloggerError, match="nothing is sealed now: the clock stepped back"):
            finished(keeping.seal("word", "main", ["2026-11-18"]))
        keeping.notebook.confirm()
        finished(keeping.seal())

    assert sealed(tmp_path) == ["2026-11-18"]


def test_a_day_that_is_written_waits_without_a_word(tmp_path: Path) -> None:
    """It is not even due; when its writer is gone it is."""
    path = tmp_path / "word" / "main" / "2026-11-18.db"
    make_day(tmp_path, 0)
    heard = Heard()
    with kept(tmp_path, Hands(), heard) as keeping:
        with writer(path, us("2026-11-18T23:59:59")):
            assert keeping.sealer.due() == []
            with pytest.raises(SysloggerError, match=r"0 of 1 days; word/main/2026-11-18: somebody has it open"):
                finished(keeping.seal("word", "main", ["2026-11-18"]))
            assert heard.events == []
        finished(keeping.seal())

    assert sealed(tmp_path) == ["2026-11-18"]


def test_a_damaged_day_is_named_once_a_day(tmp_path: Path) -> None:
    """It is looked at again every hour; the others are sealed."""
    damaged(past_day(tmp_path / "word" / "main" / "2026-11-17.db", 20_000))
    for age in (0, 2):
        make_day(tmp_path, age)
    hands, heard = Hands(), Heard()
    with kept(tmp_path, hands, heard) as keeping:
        told = finished(keeping.seal())
        assert keeping.sealer.due() == []
        for _ in range(23):
            hands.pass_by(HOUR_US)
            keeping.notebook.observe()
            assert "2026-11-17" in [str(each.day) for each in keeping.sealer.due()]
            finished(keeping.seal())

    assert "sealed 1 of 2 days" in told
    warnings = [message for kind, message, _ in heard.events if kind is EventKind.WARNING]
    assert len(warnings) == 2  # one of them after midnight
    assert "word/main/2026-11-17 stays unsealed" in warnings[0]
    assert "recover it with" in warnings[0]
    assert sealed(tmp_path) == ["2026-11-18", "2026-11-20"]


def test_days_are_sealed_by_name(tmp_path: Path) -> None:
    """One that is sealed already is no matter; one that is not over is refused, and one that is not there at once."""
    for age in (0, 2, 3):
        make_day(tmp_path, age)
    with kept(tmp_path, Hands()) as keeping:
        assert finished(keeping.seal("word", "main", ["2026-11-18"])) == "sealed 1 of 1 days"
        assert finished(keeping.seal("word", "main", ["2026-11-18", "2026-11-17"])) == "sealed 2 of 2 days"
        with pytest.raises(SysloggerError, match="one hour after its end"):
            finished(keeping.seal("word", "main", ["2026-11-20"]))
        with pytest.raises(SysloggerError, match="has no day 2026-01-01"):
            keeping.seal("word", "main", ["2026-01-01"])


def test_sealed_and_damaged_days_are_deleted_as_others(tmp_path: Path) -> None:
    """Retention and an operator need no rights on the file itself."""
    broken = damaged(past_day(tmp_path / "word" / "main" / "2026-11-17.db", 20_000))
    for age in (0, 2, 31, 32):
        make_day(tmp_path, age)
    with kept(tmp_path, Hands()) as keeping:
        finished(keeping.seal())
        assert sealed(tmp_path) == ["2026-10-19", "2026-10-20", "2026-11-18"]
        finished(keeping.retention())
        finished(keeping.retention())
        finished(keeping.delete_days("word", "main", [broken.stem, "2026-11-18"]))

    assert [each.day for each in stored_days(tmp_path)] == [TODAY]


def test_a_file_that_was_never_completed_is_left_alone(tmp_path: Path) -> None:
    """There is nothing to seal, and nothing to tell."""
    path = tmp_path / "word" / "main" / "2026-11-17.db"
    path.parent.mkdir(parents=True)
    path.touch()
    heard = Heard()
    with kept(tmp_path, Hands(), heard) as keeping:
        assert keeping.sealer.due() == []

    assert heard.events == []
