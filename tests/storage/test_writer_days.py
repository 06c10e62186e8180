"""The writer at midnight, with a clock that steps, and minute by minute."""

from __future__ import annotations

from pathlib import Path

import pytest

from syslogger.ring import cursor
from syslogger.storage import writer as module
from syslogger.storage.day import DAY_US
from tests.storage.making import interval, settings, us
from tests.storage.writing import balances, engine

SECOND = 1_000_000
MINUTE = 60 * SECOND
NOON = us("2026-11-20T12:00")
MIDNIGHT = us("2026-11-21T00:00")


class Clock:
    """The time of day as a test wants it, in microseconds."""

    def __init__(self, now: int) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """It is noon, until a test says otherwise."""
    now = Clock(NOON)
    monkeypatch.setattr(module, "_now_us", now)
    return now


def test_midnight_between_two_batches(tmp_path: Path, clock: Clock) -> None:
    """Each batch goes to its day's file though both are ready at once, and the ring shows the new day's borders."""
    with engine(settings(tmp_path), commit_batches=4) as made:
        clock.now = MIDNIGHT - 1
        writer = made.writer()
        assert made.ring.day.tolist() == [interval().start, interval().end]
        made.batch(1, [MIDNIGHT - 2, MIDNIGHT - 1])
        made.batch(2, [MIDNIGHT, MIDNIGHT + 1])
        made.batch(3, [MIDNIGHT + 2])
        clock.now = MIDNIGHT + 3
        made.last()
        writer.run()

        assert made.ring.day.tolist() == [MIDNIGHT, MIDNIGHT + DAY_US]
        assert [path.stem for path in made.files()] == ["2026-11-20", "2026-11-21"]
        assert made.query("SELECT count(*) FROM entries") == [(2,), (3,)]
        assert made.query("SELECT last_sequence FROM partition") == [(1,), (3,)]
        assert made.query("SELECT least_received_at, greatest_received_at FROM partition") == [
            (MIDNIGHT - 2, MIDNIGHT - 1),
            (MIDNIGHT, MIDNIGHT + 2),
        ]
        assert made.stored() == [0, 1, 2, 3, 4]
        assert balances(made)


def test_a_clock_that_steps_back(tmp_path: Path, clock: Clock) -> None:
    """A waver is smoothed; a step keeps the true time, in the day it is of, with a row and an event."""
    with engine(settings(tmp_path)) as made:
        clock.now = MIDNIGHT - SECOND
        writer = made.writer()
        made.batch(1, [MIDNIGHT + 5 * SECOND, MIDNIGHT + 4 * SECOND])
        made.settle(writer, cursor(2))
        made.batch(2, [MIDNIGHT - 2 * SECOND])
        made.last()
        writer.run()

        assert made.query("SELECT received_at FROM entries ORDER BY id") == [
            (MIDNIGHT - 2 * SECOND,),
            (MIDNIGHT + 5 * SECOND,),
            (MIDNIGHT + 5 * SECOND,),
        ]
        assert made.query("SELECT * FROM clock_steps") == [(2, MIDNIGHT + 5 * SECOND, MIDNIGHT - 2 * SECOND)]
        (step,) = [each for each in made.events() if each["event"] == "clock_step"]
        assert (step["from_us"], step["to_us"]) == (MIDNIGHT + 5 * SECOND, MIDNIGHT - 2 * SECOND)
        assert "stepped back by 7.0 s" in step["message"]


def test_a_step_is_noticed_across_a_restart(tmp_path: Path) -> None:
    """The last stamp is remembered by the file."""
    made_settings = settings(tmp_path)
    for stamp in (NOON, NOON - MINUTE):
        with engine(made_settings) as made:
            writer = made.writer()
            made.batch(made.ring.settled_cursor >> 16, [stamp])
            made.last()
            writer.run()

            assert made.query("SELECT count(*) FROM clock_steps") == [(int(stamp < NOON),)]


def test_every_minute_has_a_row(tmp_path: Path, clock: Clock) -> None:
    """Minutes without messages are written as they end, also over midnight, and rows go to the minute they came in."""
    with engine(settings(tmp_path)) as made:
        clock.now = MIDNIGHT - 2 * MINUTE
        writer = made.writer()
        for minute in range(5):
            clock.now = MIDNIGHT + (minute - 2) * MINUTE
            writer._turn()
            if minute == 3:
                made.batch(1, [clock.now] * 4)
                made.settle(writer, cursor(2))
        made.last()
        writer.run()

        first = MIDNIGHT // MINUTE - 2
        assert made.query("SELECT minute, received, stored FROM ledger") == [
            (first, 0, 0),
            (first + 1, 0, 0),
            (first + 2, 0, 0),
            (first + 3, 4, 4),
            (first + 4, 0, 0),
        ]
        assert [path.stem for path in made.files()] == ["2026-11-20", "2026-11-21"]
